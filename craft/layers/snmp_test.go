package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// wrongHeader is a header of BER that announces too much, for those fields of SNMP that are one.
func wrongHeader(p *craft.Protocol, f craft.Field) (string, bool) {
	tags := map[craft.Name]string{layers.SNMPGet: "\xa0", layers.SNMPNext: "\xa1", layers.SNMPResponse: "\xa2", layers.SNMPSet: "\xa3",
		layers.SNMPTrapV1: "\xa4", layers.SNMPBulk: "\xa5", layers.SNMPInform: "\xa6", layers.SNMPTrapV2: "\xa7"}
	tag, isPDU := tags[p.Name()]
	if !isPDU || f.Name == "list_header" {
		tag = "0"
	}
	return tag + "\x7f", strings.HasPrefix(string(p.Name()), "SNMP") && strings.HasSuffix(f.Name, "header")
}

// bind is an object with a value.
func varbind(oid string, value any) *craft.Layer {
	return layers.SNMPVarbind.New("oid", oid, "value", value)
}

func snmp(pdu *craft.Layer, fields ...any) *craft.Layer {
	return layers.SNMP.New(append(fields, "PDU", pdu)...)
}

// ber is a value of a type.
func ber(name string, value any) craft.Verbatim {
	b, err := layers.EncodeBER(name, value)
	if err != nil {
		panic(err)
	}
	return b
}

var goldenSNMP = []goldenPacket{
	{"SNMP", stack(layers.SNMP.New()), "301802010104067075626c6963a00b0201000201000201003000"},
	{"SNMP over UDP", stack(layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), layers.UDP.New("sport", 999), layers.SNMP.New()),
		"4500003600010000401174b1010101010202020203e700a10022371e301802010104067075626c6963a00b0201000201000201003000"},
	{"SNMP get", stack(snmp(layers.SNMPGet.New("id", 5, "varbindlist", list(layers.SNMPVarbind.New("oid", "1.3.6.1.2.1.1.1.0"))), "version", 0, "community", "private")),
		"3027020100040770726976617465a019020105020100020100300e300c06082b060102010101000500"},
	{"SNMP next", stack(snmp(layers.SNMPNext.New("id", 70000, "varbindlist", list(
		layers.SNMPVarbind.New("oid", "1.3.6.1.2.1.1.1.0"), layers.SNMPVarbind.New("oid", ".1.3.6.1.4.1.9.9.12345678"))))),
		"303902010104067075626c6963a12c0203011170020100020100301f300c06082b060102010101000500300f060b2b06010401090985f1c24e0500"},
	{"SNMP response", stack(snmp(layers.SNMPResponse.New("id", 1, "error", "no_such_name", "error_index", 1, "varbindlist", list(
		varbind("1.3.6.1.2.1.1.1.0", "abc"), varbind("1.3.6.1.2.1.1.2.0", []any{"OID", "1.3.6.1.4"}), varbind("1.3.6", -5),
		varbind("1.3.6", []any{"TIME_TICKS", 70000}), varbind("1.3.6", []any{"COUNTER32", 7}), varbind("1.3.6", []any{"GAUGE32", 7}), varbind("1.3.6", []any{"IPADDRESS", "1.2.3.4"}))))),
		"306d02010104067075626c6963a2600201010201020201013055300f06082b060102010101000403616263301006082b0601020101020006042b060104300706022b060201fb300906022b064303011170300706022b06410107300706022b06420107300a06022b06400401020304"},
	{"SNMP set", stack(snmp(layers.SNMPSet.New("varbindlist", list(varbind("1.3.6.1", "text"), varbind("1.3.6.1", 5))))),
		"302f02010104067075626c6963a3220201000201000201003017300b06032b0601040474657874300806032b0601020105"},
	{"SNMP bulk", stack(snmp(layers.SNMPBulk.New("non_repeaters", 1, "max_repetitions", 20))), "301802010104067075626c6963a50b0201000201010201143000"},
	{"SNMP inform", stack(snmp(layers.SNMPInform.New())), "301802010104067075626c6963a60b0201000201000201003000"},
	{"SNMP trap, version 1", stack(snmp(layers.SNMPTrapV1.New("enterprise", "1.3.6.1.4.1.9", "agent_addr", "1.2.3.4", "generic_trap", 6, "specific_trap", 7, "time_stamp", 99))),
		"302602010104067075626c6963a41906062b06010401094004010203040201060201074301633000"},
	{"SNMP trap, version 2", stack(snmp(layers.SNMPTrapV2.New())), "301802010104067075626c6963a70b0201000201000201003000"},
	{"SNMP with a long community", stack(layers.SNMP.New("community", strings.Repeat("x", 130))),
		"308195020101048182" + strings.Repeat("78", 130) + "a00b0201000201000201003000"},
	{"SNMP value: 128", stack(varbind("1.3", 128)), "300706012b02020080"},
	{"SNMP value: 2^40", stack(varbind("1.3", []any{"INTEGER", uint64(1) << 40})), "300b06012b0206010000000000"},
	{"SNMP value: 0", stack(varbind("1.3", 0)), "300606012b020100"},
	{"SNMP value: 200 bytes", stack(varbind("1.3", strings.Repeat("x", 200))), "3081ce06012b0481c8" + strings.Repeat("78", 200)},
	{"SNMP object 2.999.3", stack(layers.SNMPVarbind.New("oid", "2.999.3")), "300706038837030500"},
	{"SNMP object 0.0", stack(layers.SNMPVarbind.New("oid", "0.0")), "30050601000500"},
	{"SNMP object without numbers", stack(layers.SNMPVarbind.New("oid", "")), "300406000500"},
}

func TestValuesOfSNMPKeepTheirTypes(t *testing.T) {
	for _, c := range []struct{ wire, want string }{
		{"0500", `{"NULL"}`}, {"8000", `{"NO_SUCH_OBJECT"}`}, {"8100", `{"NO_SUCH_INSTANCE"}`}, {"8200", `{"END_OF_MIB_VIEW"}`},
		{"020105", "5"}, {"0201fb", "-5"}, {"02020080", "128"}, {"0202ff7f", "-129"}, {"0403616263", `"abc"`}, {"0400", `""`},
		{"06022b06", `{"OID", "1.3.6"}`}, {"0603883703", `{"OID", "2.999.3"}`}, {"400401020304", `{"IPADDRESS", "1.2.3.4"}`},
		{"410500ffffffff", `{"COUNTER32", 4294967295}`}, {"4104ffffffff", `{"COUNTER32", 4294967295}`}, {"42020080", `{"GAUGE32", 128}`},
		{"4303011170", `{"TIME_TICKS", 70000}`}, {"4609ffffffffffffffffff", `raw"F\t\xff\xff\xff\xff\xff\xff\xff\xff\xff"`},
		{"460900ffffffffffffffff", `{"COUNTER64", "18446744073709551615"}`}, {"0208ffffffffffffffff", "-1"}, {"02088000000000000000", "-9223372036854775808"},
		{"020400000005", "5"}, {"4403616263", `{"OPAQUE", "abc"}`}, {"0a0105", `{"ENUMERATED", 5}`}, {"3003020105", `{"SEQUENCE", "\x02\x01\x05"}`},
		{"0500ff", `raw"\x05\x00\xff"`}, {"050100", `raw"\x05\x01\x00"`}, {"0200", `raw"\x02\x00"`}, {"0602882a80", `raw"\x06\x02\x88*\x80"`}, {"06018a", `raw"\x06\x01\x8a"`},
		{"40030a0000", `raw"@\x03\n\x00\x00"`}, {"1f8101", `raw"\x1f\x81\x01"`}, {"0480", `raw"\x04\x80"`}, {"05", `raw"\x05"`}, {"", `raw""`},
	} {
		value := crafttest.Unhex(t, c.wire)
		wire := append([]byte{0x30, byte(3 + len(value)), 6, 1, 0x2b}, value...)
		p := craft.Dissect(wire, layers.SNMPVarbind)
		l := p.Layer(layers.SNMPVarbind)
		if l == nil || l.Text("value") != c.want {
			t.Errorf("%s: read %s, want %s", c.wire, p, c.want)
			continue
		}
		crafttest.Rebuilt(t, p, wire)
		v, err := l.Get("value")
		if err != nil {
			t.Fatal(err)
		}
		again := layers.SNMPVarbind.New("oid", "1.3", "value", v.Decoded())
		if got := again.Text("value"); got != c.want {
			t.Errorf("%s: %s set again is %s", c.wire, c.want, got)
		}
	}
}

func TestSNMPLengthsFollowWhatIsChanged(t *testing.T) {
	wire := crafttest.Unhex(t, "3027020100040770726976617465a019020105020100020100300e300c06082b060102010101000500")
	p := craft.Dissect(wire, layers.SNMP)
	for _, c := range []struct {
		layer craft.Name
		field string
		value any
	}{{layers.SNMPVarbind, "oid", "1.3.6.1.2.1.1.1.0.77777"}, {layers.SNMPVarbind, "value", strings.Repeat("v", 150)}, {layers.SNMPGet, "id", -70000}, {layers.SNMP, "community", "c"}} {
		if err := p.Layer(c.layer).Set(c.field, c.value); err != nil {
			t.Fatal(err)
		}
	}
	got, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := craft.Stack(snmp(layers.SNMPGet.New("id", -70000, "varbindlist", list(varbind("1.3.6.1.2.1.1.1.0.77777", strings.Repeat("v", 150)))), "version", 0, "community", "c"))
	crafttest.Rebuilt(t, want, got)
	if id := p.Layer(layers.SNMPGet).Text("id"); id != "-70000" {
		t.Errorf("id %s", id)
	}
	text, err := p.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{p.Command(), string(text)} {
		if !strings.Contains(text, "-70000") {
			t.Errorf("no id in %s", text)
		}
	}
}

func TestSNMPHeadersCanBeWrong(t *testing.T) {
	wire, err := craft.Build(craft.Stack(layers.SNMP.New("header", "\x30\x82\x00\x05", "PDU", layers.SNMPGet.New("list_header", "\x30\x7f"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := crafttest.Unhex(t, "3082000502010104067075626c6963a00b020100020100020100307f"); string(wire) != string(want) {
		t.Errorf("got %x, want %x", wire, want)
	}
}

func TestMalformedSNMPIsKeptAndNoted(t *testing.T) {
	for _, c := range []struct{ wire, want string }{
		{"302602010104067075626c6963a0190201000201000201", "SNMP [truncated: SNMP of 38 bytes, 21 are here]"},
		{"3082001802010104067075626c6963a00b0201000201000201003000", "SNMP"}, // a length longer than it has to be
		{"301802010104067075626c6963a00b0201000201000201003000ffff", "SNMP / Raw"},
		{"300a04010104017802010102", "SNMP [malformed: tag 0x4 where 0x2 belongs]"},
		{"300f0201033009020101020105dc040104", "SNMP [not read: what version 3 has behind its number, RFC 3412]"},
		{"30060201030201000a", "SNMP [malformed: tag 0x2 where 0x4 belongs]"},
		{"ffffffff", "SNMP [malformed: a tag of several bytes] / Raw"},
		{"30", "SNMP [malformed: no tag and length] / Raw"},
		{"308502010104", "SNMP [malformed: a length that cannot be read] / Raw"},
		{"3080020101", "SNMP [malformed: a length that cannot be read] / Raw"},
		{"300d020103300802010102010204010", "SNMP"},
	} {
		wire := crafttest.Unhex(t, c.wire+strings.Repeat("0", len(c.wire)%2))
		p := craft.Dissect(wire, layers.SNMP)
		if got := p.Summary(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %s, want %s", c.wire, got, c.want)
		}
		_ = p.Show() + p.Command()
		crafttest.Rebuilt(t, p, wire)
	}
}

func TestSNMPMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		layer *craft.Layer
		field string
		value any
		want  string
	}{
		{layers.SNMPVarbind.New(), "oid", "1", `SNMPvarbind.oid: OID: want an object identifier such as 1.3.6.1, got "1"`},
		{layers.SNMPVarbind.New(), "oid", "1.x", `SNMPvarbind.oid: OID: want an object identifier such as 1.3.6.1, got "1.x"`},
		{layers.SNMPVarbind.New(), "oid", "1.40", `SNMPvarbind.oid: OID: want an object identifier such as 1.3.6.1, got "1.40"`},
		{layers.SNMPVarbind.New(), "value", []any{"TICKS", 1}, `SNMPvarbind.value: no type "TICKS"; there are BOOLEAN, INTEGER, BIT_STRING, STRING, NULL, OID, ENUMERATED, ` +
			`UTF8_STRING, PRINTABLE_STRING, IA5_STRING, UTC_TIME, GENERALIZED_TIME, SEQUENCE, IPADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64, NO_SUCH_OBJECT, NO_SUCH_INSTANCE and END_OF_MIB_VIEW`},
		{layers.SNMPVarbind.New(), "value", []any{"COUNTER32", -1}, "SNMPvarbind.value: COUNTER32: want a number of at most 64 bits, got -1"},
		{layers.SNMPVarbind.New(), "value", 1.5, `SNMPvarbind.value: want a number, a string, or a type and its value such as {"TIME_TICKS", 100}, got 1.5`},
		{layers.SNMPGet.New(), "id", "x", "SNMPget.id: INTEGER: want a number of at most 64 bits, got x"},
		{layers.SNMPTrapV1.New(), "agent_addr", "::1", "SNMPtrapv1.agent_addr: IPADDRESS: want an IPv4 address, got ::1"},
	} {
		if err := c.layer.Set(c.field, c.value); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestSNMPAnswers(t *testing.T) {
	ask := craft.Stack(snmp(layers.SNMPGet.New("id", 5)))
	for _, c := range []struct {
		name string
		pdu  *craft.Layer
		want bool
	}{
		{"a response to the id", layers.SNMPResponse.New("id", 5), true},
		{"a response to another id", layers.SNMPResponse.New("id", 6), false},
		{"a question", layers.SNMPNext.New("id", 5), false},
	} {
		if got := craft.Answers(craft.Stack(snmp(c.pdu)), ask); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestEncodeBERWritesValuesOfAllTypes(t *testing.T) {
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"INTEGER", "0x10", "020110"}, {"TIME_TICKS", 100, "430164"}, {"NULL", nil, "0500"}, {"OID", "1.3.6", "06022b06"}, {"STRING", []byte{1}, "040101"},
	} {
		if got := ber(c.name, c.value); string(got) != string(crafttest.Unhex(t, c.want)) {
			t.Errorf("%s: % x, want %s", c.name, got, c.want)
		}
	}
}
