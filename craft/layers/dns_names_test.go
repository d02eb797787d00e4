package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

const oneBit = "TC has one bit, and the next one is T: RFC 4795, section 2.1.1"

// oneBitTC is a message of LLMNR.
func oneBitTC(name craft.Name) deviation {
	return deviation{
		layer: name, why: oneBit,
		mend: func(p plan, i int) { p[i].drop("tc"); p[i].drop("t") },
		plan: plan{{name, []setting{{field: "tc", tag: "number", value: uint64(1)}}}},
	}
}

var partialFQDN = deviation{
	layer: layers.DHCP6OptClientFQDN, why: "a label without a dot behind it is a partial name: RFC 4704, section 4.2",
	mend: func(p plan, i int) { p[i].drop("fqdn") },
	plan: plan{{layers.DHCP6OptClientFQDN, []setting{{field: "fqdn", tag: "text", value: "host"}}}},
}

var moreNames = deviation{
	layer: layers.DNSRR, why: "the data of MB, MG, MR, NSAP-PTR and DNAME are names: RFC 1035, 1348 and 6672",
	mend: func(p plan, i int) {
		switch n, _ := p[i].number("type"); n {
		case 7, 8, 9, 23, 39:
			p[i].drop("type")
			p[i].drop("rdata")
		}
	},
	plan: plan{{layers.DNSRR, []setting{{field: "type", tag: "number", value: uint64(39)}}}},
}

// TestLLMNRFlags sets one flag after the other: RFC 4795, section 2.1.1.
func TestLLMNRFlags(t *testing.T) {
	for _, c := range []struct {
		field string
		value uint64
		word  string
	}{
		{"qr", 1, "8000"}, {"opcode", 15, "7800"}, {"c", 1, "0400"}, {"tc", 1, "0200"}, {"t", 1, "0100"}, {"z", 15, "00f0"}, {"rcode", 15, "000f"},
	} {
		for _, name := range []craft.Name{layers.LLMNRQuery, layers.LLMNRResponse} {
			wire := "0007" + c.word + "0000000000000000"
			is(t, built(t, craft.Stack(name.New("id", 7, "qr", 0, c.field, c.value))), wire)
			if got := craft.Dissect(crafttest.Unhex(t, wire), name).Layers()[0].Uint(c.field); got != c.value {
				t.Errorf("%s.%s: got %d, want %d", name, c.field, got, c.value)
			}
		}
	}
}

// TestRecordsWhoseDataIsAName are written and read as names, pointers followed; the bytes stay.
func TestRecordsWhoseDataIsAName(t *testing.T) {
	for _, kind := range []string{"NS", "MD", "MF", "CNAME", "MB", "MG", "MR", "PTR", "NSAP-PTR", "DNAME"} {
		l := layers.DNSRR.New("rrname", "a", "type", kind, "rdata", "b.example")
		code := l.Uint("type")
		head := "016100" + hexWord(code) + "000100000000"
		is(t, built(t, craft.Stack(l)), head+"000b"+"01620765 78616d706c6500")
		if got := layers.DNSRR.New("type", kind).Text("rdata"); got != `"."` {
			t.Errorf("%s: the default is %s", kind, got)
		}
		wire := crafttest.Unhex(t, "0000 8000 0001 0001 0000 0000"+"076578616d706c6500 0001 0001"+"c00c"+hexWord(code)+"0001 00000000 0004 0162c00c")
		p := craft.Dissect(wire, layers.DNS)
		if got := p.Layer(layers.DNSRR).Text("rdata"); got != `"b.example."` {
			t.Errorf("%s: got %s", kind, got)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

func hexWord(n uint64) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15]})
}

// TestNamesInDataAreReadInFull holds that names inside data may point elsewhere in the types that RFC 3597, section 4, lists,
// wherever in the data they stand.
func TestNamesInDataAreReadInFull(t *testing.T) {
	const name, full = "0162c00c", "0162076578616d706c6500"
	for kind, c := range map[uint64]struct{ before, between, after string }{
		6: {between: name, after: "0000000000000000000000000000000000000000"}, 14: {between: name}, 15: {before: "0005"}, 17: {between: name}, 18: {before: "0001"}, 21: {before: "0001"},
		24: {before: "000100000000000000000000000000000000"}, 26: {before: "0001", between: name}, 30: {after: "00"}, 33: {before: "000100020003"},
		35: {before: "00010002000000"}, 36: {before: "0001"},
	} {
		data := c.before + name + c.between + c.after
		want := c.before + full
		if c.between != "" {
			want += full
		}
		want += c.after
		wire := crafttest.Unhex(t, "0000 8000 0001 0001 0000 0000"+"076578616d706c6500 0001 0001"+"c00c"+hexWord(kind)+"0001 00000000"+hexWord(uint64(len(data)/2))+data)
		p := craft.Dissect(wire, layers.DNS)
		list := p.Layers()[0].Value("an").Packets()
		if len(list) != 1 {
			t.Fatalf("type %d: got %s", kind, p)
		}
		is(t, built(t, list[0]), "076578616d706c6500"+hexWord(kind)+"0001 00000000"+hexWord(uint64(len(want)/2))+want)
		crafttest.Rebuilt(t, p, wire)
	}
}
