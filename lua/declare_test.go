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
		{"fields that are no list", `protocol{name="X", fields={a=8}}`, `protocol: X: fields: want a list, as {{"a", bits=8}}, got the name "a"`},
		{"a list with a name in it", `protocol{name="X", fields={{"a"}, b=8}}`, `fields: want a list, as {{"a", bits=8}}, got the name "b"`},
		{"no fields", `protocol{name="X"}`, `fields: want its fields in wire order, as {{"id", bits=16}}, got none`},
		{"a row that is a string", `protocol{name="X", fields={"a"}}`, `field 1: want {"name", "kind", bits=8}, got string`},
		{"a width without its name", `protocol{name="X", fields={{"a", 8}}}`, `a: a width has a name: {"a", bits=8}`},
		{"a width in the third place", `protocol{name="X", fields={{"a", "number", 8}}}`, `field: want {"name", "kind", bits=8}, got 8 at place 3`},
		{"flags by name", `protocol{name="X", fields={{"a", flags={F=1}}}}`, `flags: want a list, as {"a", "b"}, got the name "F"`},
		{"names the wrong way round", `protocol{name="X", fields={{"a", bits=8, names={ask=1}}}}`, `names: want the names of values, as {[1]="ask"}, got ask=1`},
		{"a carrier without a field", `protocol{name="X", fields={{"a"}}, over={UDP, 7}}`, "over: want {UDP, field=value}, got 7 without a name"},
		{"a carrier that is no table", `protocol{name="X", fields={{"a"}}, over=UDP}`, "over: want {UDP, dport=7777} or a list of these, got protocol"},
		{"carriers with a name among them", `protocol{name="X", fields={{"a"}}, over={{UDP, dport=7}, dport=8}}`, `over: want a list, as {{UDP, dport=7777}}, got the name "dport"`},
		{"read that is a number", `protocol{name="X", fields={{"a"}}, over={UDP, dport=7, read=1}}`, "over: read: want true or false, got 1"},
		{"answers as a list", `protocol{name="X", fields={{"a"}}, answers={"a"}}`, `answers: want {same={"id"}}, got a at place 1`},
		{"the same by name", `protocol{name="X", fields={{"a"}}, answers={same={a=1}}}`, `answers: same: want a list, as {"a", "b"}, got the name "a"`},
		{"a reply as a list", `protocol{name="X", fields={{"a"}}, answers={reply={"a"}}}`, "answers: reply: want {field={[1]=2}}, got a list"},
		{"a condition as a list", `protocol{name="X", fields={{"a"}, {"b", when={"a"}}}}`, `when: want "field" or {field=value}, got a list`},
		{"an unknown word of a condition", `protocol{name="X", fields={{"a"}, {"b", when={a={mask=1, x=2}}}}}`, `when: a: no "x"; there are mask, unless`},
		{"a computation as a list", `protocol{name="X", fields={{"a", computed={"total"}}}}`, `computed: want "total" or {what="count", of="list"}, got total at place 1`},
		{"a length as a list", `protocol{name="X", fields={{"n"}, {"a", "bytes", length={"n"}}}}`, `length: want "n" or {field="n", unit=4}, got n at place 1`},
		{"a zero byte behind a number", `protocol{name="X", fields={{"a", bits=8, zero=true}}}`, "zero: want a field of kind text to end in a zero byte, got number"},
		{"a text with a width", `protocol{name="X", fields={{"a", "text", bits=32}}}`, "bits: a text has no width; want length, or a field of kind bytes"},
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

// TestDeclaredTextHasNoEndUnlessItIsSaid holds a text as scapy's StrField and, with zero=true, its StrNullField.
func TestDeclaredTextHasNoEndUnlessItIsSaid(t *testing.T) {
	for fields, want := range map[string]string{
		`{"n", bits=8}, {"t", "text"}`:                                                             "006162\t00\tabx",
		`{"n", bits=8}, {"t", "text", zero=true}`:                                                  "00616200\t0000\tab",
		`{"n", bits=8, computed={what="length", of="t"}}, {"t", "text"}`:                           "026162\t00\tab",
		`{"n", bits=8, computed={what="length", of="t"}}, {"t", "text", zero=true}, {"m", bits=8}`: "0361620000\t010000\tab",
		`{"n", bits=8, default=2}, {"t", "text", length="n"}`:                                      "026162\t02\tab",
		`{"n", bits=8, computed={what="length", of="t"}}, {"t", "text", zero=true, default="z"}`:   "03616200\t027a00\tab",
	} {
		newShell(t, nil).check(t, `protocol{name="B", fields={`+fields+`}} print(hex(B{t="ab"}), hex(B{}), dissect(bytes(B{t="ab"}/"x"), B)[B].t)`, want)
	}
	newShell(t, nil).contains(t, "help(protocol)", "text      text as it is")
}

func TestDeclarationsStayInTheirSession(t *testing.T) {
	newShell(t, nil).check(t, pingProtocol, "")
	newShell(t, nil).check(t, `print(rawget(_G, "Pong"), dissect(bytes(UDP{sport=99, dport=4000}/"abc"), UDP):summary())`, "nil\tUDP 99 > 4000 / Raw")
}
