package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// values is a list of values for a field.
func several(v ...any) []any { return v }

// TestDHCPOptions are the bytes that scapy 2.5.0 builds, and what it reads from them.
func TestDHCPOptions(t *testing.T) {
	cases := []struct {
		name string
		set  any
		wire string
		read string // when it is another spelling than what was set
	}{
		{"a message's type by name", several("message-type", "discover"), "350101", `{{"message-type", 1}}`},
		{"by number", several("message-type", 5), "350105", ""},
		{"the last type", several("message-type", "lease_active"), "35010d", `{{"message-type", 13}}`},
		{"a number", several("lease_time", 5), "330400000005", ""},
		{"two numbers", several("max_dhcp_size", 1500, 7), "390405dc0007", ""},
		{"a byte", several("default_ttl", 64), "170140", ""},
		{"bytes", several("hostname", "a"), "0c0161", ""},
		{"no bytes", several("hostname", ""), "0c00", ""},
		{"nothing", several("hostname"), "0c00", `{{"hostname", ""}}`},
		{"bytes in pieces", several("hostname", "a", "b"), "0c026162", `{{"hostname", "ab"}}`},
		{"an address", several("requested_addr", "1.2.3.4"), "320401020304", ""},
		{"addresses", several("router", "1.1.1.1", "2.2.2.2"), "03080101010102020202", ""},
		{"addresses in a list", several("router", several("1.1.1.1", "2.2.2.2")), "03080101010102020202", `{{"router", "1.1.1.1", "2.2.2.2"}}`},
		{"no address", several("router"), "0300", ""},
		{"options that are asked for", several("param_req_list", several(1, 2)), "37020102", ""},
		{"the same without a list", several("param_req_list", 1, 2), "37020102", `{{"param_req_list", {1, 2}}}`},
		{"the same by name", several("param_req_list", several("router", "name_server")), "37020306", `{{"param_req_list", {3, 6}}}`},
		{"a number with bytes", several(200, "abc"), "c803616263", ""},
		{"a known number with bytes", several(53, "\x02"), "350102", `{{"message-type", 2}}`},
		{"a known number with a value", several(53, 2), "350102", `{{"message-type", 2}}`},
		{"pad", "pad", "00", `{"pad"}`},
		{"end", "end", "ff", `{"end"}`},
		{"end in a list", several("end"), "ff", `{"end"}`},
		{"pad with nothing", several("pad", ""), "00", `{"pad"}`},
		{"pad by number, with nothing", several(0, ""), "00", `{"pad"}`},
		{"end by number, with no bytes", several(255, craft.Verbatim("")), "ff", `{"end"}`},
		{"a route", several("classless_static_routes", "192.168.0.0/16:10.0.0.1"), "790710c0a80a000001", `{{"classless_static_routes", {"192.168.0.0/16:10.0.0.1"}}}`},
		{"routes", several("classless_static_routes", several("192.168.123.4/32:10.0.0.1", "0.0.0.0/0:9.9.9.9")), "790e20c0a87b040a0000010009090909", ""},
		{"as it stands", craft.Verbatim("\x99"), "99", `{raw"\x99"}`},
		{"relay agent", several("relay_agent_information", "abc"), "5203616263", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := layers.DHCP.New("options", several(c.set))
			is(t, built(t, craft.Stack(l)), c.wire)
			want := c.read
			if want == "" {
				want = values.Literal(several(c.set))
			}
			read := craft.Dissect(crafttest.Unhex(t, c.wire), layers.DHCP).Layer(layers.DHCP)
			if got := read.Text("options"); got != want {
				t.Errorf("read %s, want %s", got, want)
			}
			v, err := read.Get("options")
			if err != nil {
				t.Fatal(err)
			}
			crafttest.Set(t, read, "options", v.List()) // reading gives what setting takes
			is(t, built(t, read.Packet()), c.wire)
		})
	}
}

func TestMalformedDHCPOptionsAreKept(t *testing.T) {
	cases := []struct{ wire, want string }{
		{"3501", `{raw"5\x01"}`},
		{"35", `{raw"5"}`},
		{"350201020000ff0000", `{{"message-type", 1, 2}, "pad", "pad", "end", "pad", "pad"}`},
		{"3303010203", `{raw"3\x03\x01\x02\x03"}`},
		{"3303010203ff", `{raw"3\x03\x01\x02\x03", "end"}`},
		{"0304010101", `{raw"\x03\x04\x01\x01\x01"}`},
		{"03050101010102", `{raw"\x03\x05\x01\x01\x01\x01\x02"}`},
		{"3700", `{{"param_req_list"}}`},
		{"fe02", `{raw"\xfe\x02"}`},
		{"fe020102", `{{254, "\x01\x02"}}`},
		{"7906180a000001", `{raw"y\x06\x18\n\x00\x00\x01"}`},
		{"790521c0a80001", `{raw"y\x05!\xc0\xa8\x00\x01"}`},
		{"79052100000000", `{raw"y\x05!\x00\x00\x00\x00"}`},
		{"5301020304", `{{83, "\x02"}, raw"\x03\x04"}`},
	}
	for _, c := range cases {
		wire := crafttest.Unhex(t, c.wire)
		p := craft.Dissect(wire, layers.DHCP)
		if got := p.Layer(layers.DHCP).Text("options"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.wire, got, c.want)
		}
		v, err := p.Layer(layers.DHCP).Get("options")
		if err != nil {
			t.Fatal(err)
		}
		crafttest.Set(t, p.Layer(layers.DHCP), "options", v.List())
		crafttest.Rebuilt(t, p, wire)
	}
}

func TestMistakesInDHCPAreNamed(t *testing.T) {
	cases := []struct {
		proto craft.Name
		field string
		value any
		want  string
	}{
		{layers.DHCP, "options", several(several("nameserver", "1.1.1.1")), `DHCP.options: element 1: no option "nameserver"; there is "name_server"`},
		{layers.DHCP, "options", several("end", several("xyz", 1)), `DHCP.options: element 2: no option "xyz"; any number in 0..255 is taken with its data as bytes`},
		{layers.DHCP, "options", several(several("lease_time", "x")), "DHCP.options: element 1: lease_time: want a number of 32 bits, got x"},
		{layers.DHCP, "options", several(several("default_ttl", 300)), "DHCP.options: element 1: default_ttl: want a number of 8 bits, got 300"},
		{layers.DHCP, "options", several(several("router", "x")), "DHCP.options: element 1: router: want IPv4 address, got x"},
		{layers.DHCP, "options", several(several(256, "x")), "DHCP.options: element 1: want the name of an option or a number in 0..255, got 256"},
		{layers.DHCP, "options", several(several("end", 1)), "DHCP.options: element 1: want no value for end, got {1}"},
		{layers.DHCP, "options", several(5), `DHCP.options: element 1: want an option such as {"message-type", "discover"}, or "end", got 5`},
		{layers.DHCP, "options", several(several("hostname", strings.Repeat("x", 256))), "DHCP.options: element 1: hostname: want at most 255 bytes, got 256"},
		{layers.DHCP, "options", several(several("classless_static_routes", "10.0.0.0/8")), `DHCP.options: element 1: classless_static_routes: want a route such as "192.168.0.0/24:10.0.0.1", got "10.0.0.0/8"`},
		{layers.BOOTP, "chaddr", "02:00:00:00:00:01:03", `BOOTP.chaddr: want at most 16 bytes or a MAC address, got "02:00:00:00:00:01:03"`},
		{layers.BOOTP, "flags", "X", `BOOTP.flags: want flags out of "B", got "X"`},
	}
	for _, c := range cases {
		if err := c.proto.New().Set(c.field, c.value); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	err := layers.DHCP.New().Set("options", several(several("message-type", "disco")))
	if err == nil || !strings.HasPrefix(err.Error(), "DHCP.options: element 1: message-type: want one of discover, offer, request,") {
		t.Errorf("got %v", err)
	}
}

func TestBOOTPTellsDHCPByItsCookie(t *testing.T) {
	p := craft.Stack(layers.UDP.New(), layers.BOOTP.New("chaddr", "02:00:00:00:00:01"), layers.DHCP.New("options", several("end")))
	wire := built(t, p)
	if wire[:8] != "00430044" || !strings.HasSuffix(wire, "63825363ff") || wire[16+56:16+56+32] != "020000000001"+strings.Repeat("0", 20) {
		t.Errorf("built %s", wire)
	}
	read := craft.Dissect(crafttest.Unhex(t, wire), layers.UDP)
	if got := read.Summary(); got != "UDP 67 > 68 / BOOTP / DHCP" && !strings.HasSuffix(got, "/ DHCP") {
		t.Errorf("read %s", got)
	}
	plain := craft.Stack(layers.BOOTP.New(), craft.Raw.New("load", "x"))
	if got := built(t, plain); len(got) != 2*237 || !strings.HasSuffix(got, "0078") {
		t.Errorf("BOOTP without a cookie: %s", got)
	}
	own := craft.Stack(layers.BOOTP.New("options", "abc"), layers.DHCP.New("options", "end"))
	if got := built(t, own); !strings.HasSuffix(got, "616263ff") {
		t.Errorf("a cookie that was set went out as %s", got)
	}
	if err := own.Layers()[0].Clear("options"); err != nil {
		t.Fatal(err)
	}
	if got := built(t, own); !strings.HasSuffix(got, "63825363ff") {
		t.Errorf("a cookie given back went out as %s", got)
	}
	if got := craft.Stack(layers.BOOTP.New(), layers.DHCP.New("options", several("pad", several("message-type", "ack")))).Summary(); got != "BOOTP / DHCP Ack" {
		t.Errorf("summary %s", got)
	}
}

func TestBOOTPAnswersByTheTransaction(t *testing.T) {
	message := func(xid int, op int, src, dst string, sport, dport int) *craft.Packet {
		return craft.Stack(layers.IP.New("src", src, "dst", dst), layers.UDP.New("sport", sport, "dport", dport), layers.BOOTP.New("xid", xid, "op", op),
			layers.DHCP.New("options", several(several("message-type", 4-op), "end")))
	}
	q := message(7, 1, "10.0.0.9", "10.0.0.1", 68, 67)
	if r := message(7, 2, "10.0.0.1", "10.0.0.9", 67, 68); !craft.Answers(r, q) {
		t.Error(craft.Why(r, q))
	}
	if r := message(8, 2, "10.0.0.1", "10.0.0.9", 67, 68); craft.Answers(r, q) {
		t.Error("another transaction answers")
	}
}
