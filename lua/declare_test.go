package lua_test

import (
	"context"
	"strings"
	"testing"
)

const pingProtocol = `protocol{name="Pong", doc="a game", fields={
  {"op", bits=8, names={[1]="serve", [2]="return"}, default="serve"}, {"ball", bits=16}, {"words", "list", of=16}},
  over={UDP, dport=4000}, answers={same={"ball"}, reply={op={[1]=2}}}}
`

func TestADeclaredProtocolIsLikeABuiltInOne(t *testing.T) {
	cases := []struct{ name, source, want string }{
		{"builds", `print(hex(UDP/Pong{ball=7, words={1,2}}))`, "00350fa0000f00000100070001" + "0002"},
		{"dissects", `print(dissect(bytes(IP/UDP/Pong{ball=7}))[Pong].ball)`, "7"},
		{"has sets", `print(#Pong{ball={1,2,3}, op={"serve","return"}})`, "6"},
		{"names its values", `print(Pong{op=2}[Pong]:name("op"))`, "return"},
		{"answers", `print(why(IP{src="2.2.2.2",dst="1.1.1.1"}/UDP{sport=9}/Pong{ball=1}, IP{src="1.1.1.1",dst="2.2.2.2"}/UDP{sport=4000,dport=9}/Pong{op=2,ball=1}))`, "yes: "},
		{"does not answer another", `print(why(IP{src="2.2.2.2",dst="1.1.1.1"}/UDP{sport=9}/Pong{ball=1}, IP{src="1.1.1.1",dst="2.2.2.2"}/UDP{sport=4000,dport=9}/Pong{op=2,ball=2}))`, "no: ball differs"},
		{"is listed", `ls("pong")`, "Pong       : a game"},
		{"has help", `help(Pong)`, "a game"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			newShell(t, nil).contains(t, pingProtocol+c.source, c.want)
		})
	}
}

// TestADeclaredProtocolIsReadInsideFields reads one in the packet that a redirect quotes: in a field of a dissected packet, and
// in one that a script filled.
func TestADeclaredProtocolIsReadInsideFields(t *testing.T) {
	newShell(t, nil).check(t, `protocol{name="Knock", fields={{"times", bits=64}}, over={UDP, dport=7000}}
local given = ICMPv6NDOptRedirectedHdr{pkt=IPv6/UDP/Knock{times=3}}
print(given.pkt[1][Knock].times)
local set = IPv6/ICMPv6NDOptRedirectedHdr
set[ICMPv6NDOptRedirectedHdr].pkt = IPv6/UDP/Knock{times=4}
print(set[ICMPv6NDOptRedirectedHdr].pkt[1][Knock].times)
local read = dissect(bytes(IPv6/ICMPv6ND_Redirect/given), IPv6)
print(read[ICMPv6NDOptRedirectedHdr].pkt[1]:summary())`, "3\n4\nIPv6 / UDP ::1:53 > ::1:7000 / Knock")
}

func TestDeclarationsSayWhatIsWrong(t *testing.T) {
	cases := []struct{ name, source, want string }{
		{"an unknown key", `protocol{nam="X"}`, `no option "nam"; there are name,`},
		{"an unknown key of a field", `protocol{name="X", fields={{"a", bit=8}}}`, `protocol: X: field 1: a: field: no "bit"; there are bits,`},
		{"an unknown kind", `protocol{name="X", fields={{"a", "numbr"}}}`, `protocol: X: field 1: a: no kind "numbr"`},
		{"a row without a name", `protocol{name="X", fields={{bits=8}}}`, `protocol: X: field 1: want {"name", "kind", bits=8}, got nil where the name is`},
		{"a default that does not fit", `protocol{name="X", fields={{"a", bits=8, default=300}}}`, "X.a: default: want number in 0..255, got 300"},
		{"a number of no protocol", `protocol{name="X", fields={{"a", bits=16, computed={what="checksum", over="segment", number=300}}}}`, "computed: number: want a protocol's number in 0..255, got 300"},
		{"a count of bytes", `protocol{name="X", fields={{"n"}, {"a", "bytes", length={field="n", count=true}}}}`, "a: length: want a list for a count of elements, got bytes"},
		{"a taken name", `protocol{name="print", fields={{"a"}}}`, "there is something else called print already"},
		{"a built-in name", `protocol{name="IP", fields={{"a"}}}`, "IP is a built-in protocol"},
		{"over a variable", `protocol{name="X", fields={{"a"}}, over={rawget(_G, "UDPP"), dport=3}}`, "over: want a layer, got"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", c.source)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestDeclarationsStayInTheirSession(t *testing.T) {
	newShell(t, nil).check(t, pingProtocol, "")
	newShell(t, nil).check(t, `print(rawget(_G, "Pong"), dissect(bytes(UDP{sport=99, dport=4000}/"abc"), UDP):summary())`, "nil\tUDP 99 > 4000 / Raw")
}
