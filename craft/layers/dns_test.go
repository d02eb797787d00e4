package layers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// built is a packet's bytes in hex.
func built(t *testing.T, p *craft.Packet) string {
	t.Helper()
	b, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return hexText(b)
}

func hexText(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, c := range b {
		s.WriteByte(digits[c>>4])
		s.WriteByte(digits[c&15])
	}
	return s.String()
}

// is compares bytes with golden ones, which may have spaces.
func is(t *testing.T, got, want string) {
	t.Helper()
	if want = strings.ReplaceAll(want, " ", ""); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// misbuiltDNS are messages and parts of them that lack what they ought to have, or have more.
var misbuiltDNS = []goldenPacket{
	{"a pointer to no name", stack(layers.DNS.New("id", 1, "qd", []any{}, "an", []any{layers.DNSRR.New("type", "PTR")})),
		"0001 0100 0000 0001 0000 0000 00 000c 0001 00000000 0001 00"},
	{"bytes behind a message over TCP", stack(layers.TCP.New("dport", 53), layers.DNS.New("id", 1, "qd", []any{}), craft.Raw.New("load", "x")),
		"00350035000000000000000050022000 00000000 000c 0001 0100 0000 0000 0000 0000 78"},
	{"a client's network of IPv6", stack(layers.DNSRROPT.New("rdata", []any{layers.EDNS0ClientSubnet.New("family", 2)})),
		"00 0029 1000 00 00 8000 000c 0008 0008 0002 20 00 20010db8"},
}

func TestDomainNames(t *testing.T) {
	cases := []struct{ name, text, wire, back string }{
		{"the root", ".", "00", "."},
		{"nothing is the root", "", "00", "."},
		{"a dot at the end", "a.b.", "01610162 00", "a.b."},
		{"no dot at the end", "a.b", "01610162 00", "a.b."},
		{"bytes beyond ASCII", "\xc3\xa9.x", "02c3a9 0178 00", "\xc3\xa9.x."},
		{"a space", "My Printer.local", "0a4d79205072696e746572 056c6f63616c 00", "My Printer.local."},
		{"a dot in a label", `a\.b.c`, "03612e62 0163 00", `a\.b.c.`},
		{"a backslash in a label", `a\\b`, "03615c62 00", `a\\b.`},
		{"a byte by its number", `\000\255`, "0200ff 00", "\x00\xff."},
		{"a backslash and digits in a label", `\\065`, "045c303635 00", `\\065.`},
		{"a label of 63 bytes", strings.Repeat("x", 63), "3f" + strings.Repeat("78", 63) + "00", strings.Repeat("x", 63) + "."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := layers.DNSQR.New("qname", c.text)
			is(t, built(t, craft.Stack(l)), c.wire+"00010001")
			if got, err := l.Get("qname"); err != nil || got.Text() != c.back {
				t.Errorf("read %q, want %q", got.Text(), c.back)
			}
			if err := l.Set("qname", c.back); err != nil {
				t.Fatal(err)
			}
			is(t, built(t, craft.Stack(l)), c.wire+"00010001")
		})
	}
}

func TestMistakesInDNSAreNamed(t *testing.T) {
	cases := []struct {
		proto craft.Name
		field string
		value any
		want  string
	}{
		{layers.DNSQR, "qname", "a..b", `DNSQR.qname: want a domain name, got "a..b" with an empty label`},
		{layers.DNSQR, "qname", ".a", `DNSQR.qname: want a domain name, got ".a" with an empty label`},
		{layers.DNSQR, "qname", "ab." + strings.Repeat("x", 64), `DNSQR.qname: want labels of at most 63 bytes, got 64 in "` + strings.Repeat("x", 64) + `"`},
		{layers.DNSQR, "qname", `a\`, `DNSQR.qname: want a character behind the backslash in "a\\"`},
		{layers.DNSQR, "qname", `\256`, `DNSQR.qname: want \000 to \255, got \256 in "\\256"`},
		{layers.DNSQR, "qtype", "AAAAA", `DNSQR.qtype: want number or name in 0..65535, got "AAAAA"`},
		{layers.DNSRR, "rdata", "x", `DNSRR.rdata: want an IPv4 address, got "x"`},
		{layers.DNSRR, "rdata", []any{"1.1.1.1", "2.2.2.2"}, "DNSRR.rdata: want one value in a record of type A, got 2; several are several records"},
		{layers.DNS, "qd", "a.b", "DNS.qd: want a list of layers, got a.b"},
		{layers.DNSRRNSEC, "typebitmaps", []any{"A", "XY"}, `DNSRRNSEC.typebitmaps: element 2: want a type of records in 0..65535 or its name, got "XY"`},
		{layers.EDNS0ClientSubnet, "address", "x", `EDNS0ClientSubnet.address: want an IPv4 address, got "x"`},
	}
	for _, c := range cases {
		t.Run(string(c.proto)+"."+c.field, func(t *testing.T) {
			if err := c.proto.New().Set(c.field, c.value); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	long := layers.DNSRR.New("type", "NULL", "rdata", strings.Repeat("x", 0x10000))
	if _, err := craft.Build(craft.Stack(long), nil); err == nil || err.Error() != "craft: DNSRR.rdlen: want at most 65535 bytes, got 65536: set rdlen yourself to send it" {
		t.Errorf("got %v", err)
	}
}

// records are the packets in a section of the first DNS layer.
func records(t *testing.T, p *craft.Packet, section string) []*craft.Packet {
	t.Helper()
	v, err := p.Layer(layers.DNS).Get(section)
	if err != nil {
		t.Fatal(err)
	}
	return v.Packets()
}

// compressedMessage is a message as servers send it: its names point to others.
const compressedMessage = "000181800001000200000000 076578616d706c6503636f6d00 00010001" +
	"c00c 0001 0001 0000012c 0004 c0000250" + "c00c 0005 0001 0000012c 0006 03777777 c00c"

func TestChangingARecordRebuildsTheMessage(t *testing.T) {
	const plain = "0001 8180 0001 0002 0000 0000 076578616d706c6503636f6d00 0001 0001" +
		"076578616d706c6503636f6d00 0001 0001 %s 0004 c0000250" + "076578616d706c6503636f6d00 0005 0001 0000012c 0011 03777777076578616d706c6503636f6d00"
	t.Run("ttl", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		crafttest.Set(t, records(t, p, "an")[0].Layers()[0], "ttl", 5)
		is(t, built(t, p), strings.Replace(plain, "%s", "00000005", 1))
	})
	t.Run("a question, longer than before", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		crafttest.Set(t, p.Layer(layers.DNSQR), "qname", "a.much.longer.name.example.org")
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.DNS)
		if got := again.Nth(layers.DNSRR, 2).Text("rdata"); got != `"www.example.com."` || again.Nth(layers.DNSRR, 2).Text("rrname") != `"example.com."` {
			t.Errorf("the answers were lost: %s", again)
		}
	})
	t.Run("two records, one after the other", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		first, second := p.Nth(layers.DNSRR, 1), p.Nth(layers.DNSRR, 2)
		crafttest.Set(t, first, "ttl", 5)
		crafttest.Set(t, second, "rdata", "a.b")
		crafttest.Set(t, first, "rdata", "192.0.2.81")
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.DNS)
		a, b := again.Nth(layers.DNSRR, 1), again.Nth(layers.DNSRR, 2)
		if a.Uint("ttl") != 5 || a.Addr("rdata").String() != "192.0.2.81" || b.Text("rdata") != `"a.b."` || b.Uint("rdlen") != 5 {
			t.Errorf("got %s", again)
		}
	})
	t.Run("the list of them", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		crafttest.Set(t, p.Layer(layers.DNS), "an", append(slices.Clone(records(t, p, "an")), craft.Stack(layers.DNSRR.New())))
		if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.DNS).Layer(layers.DNS); got.Uint("ancount") != 3 || got.Note() != "" {
			t.Errorf("got %s", got.Packet())
		}
	})
	t.Run("a record that was replaced", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		old := p.Nth(layers.DNSRR, 1)
		crafttest.Set(t, p.Layer(layers.DNS), "an", craft.Stack(layers.DNSRR.New("ttl", 1)))
		crafttest.Set(t, old, "ttl", 99) // stands nowhere now
		if got := p.Layer(layers.DNSRR).Uint("ttl"); got != 1 {
			t.Errorf("a record that is gone changed the packet: ttl %d", got)
		}
	})
	t.Run("a copy", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		records(t, p, "an")
		c := p.Copy()
		crafttest.Set(t, c.Layer(layers.DNSRR), "ttl", 77)
		crafttest.Rebuilt(t, p, crafttest.Unhex(t, compressedMessage))
		if p.Layer(layers.DNSRR).Uint("ttl") != 300 || c.Layer(layers.DNSRR).Uint("ttl") != 77 {
			t.Error("a copy shares its records with the packet")
		}
	})
	t.Run("an option inside a record", func(t *testing.T) {
		p := craft.Stack(layers.DNS.New("ar", craft.Stack(layers.DNSRROPT.New("rdata", craft.Stack(layers.EDNS0TLV.New())))))
		crafttest.Set(t, p.Layer(layers.EDNS0TLV), "optdata", "abc")
		is(t, built(t, p)[2*33:], "00 0029 1000 00 00 8000 0007 0000 0003 616263")
	})
	t.Run("a question given back", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
		if err := p.Layer(layers.DNS).Clear("qd"); err != nil {
			t.Fatal(err)
		}
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.DNS)
		if q, a := again.Layer(layers.DNSQR).Text("qname"), again.Nth(layers.DNSRR, 2).Text("rdata"); q != `"www.example.com."` || a != q {
			t.Errorf("got %s", again)
		}
	})
	t.Run("given back", func(t *testing.T) {
		p := craft.Stack(layers.DNS.New("qd", craft.Stack(layers.DNSQR.New("qname", "a.b"))))
		if err := p.Layer(layers.DNSQR).Clear("qname"); err != nil || p.Layer(layers.DNSQR).Text("qname") != `"www.example.com."` {
			t.Errorf("%v, got %s", err, p)
		}
	})
}

func TestCountsThatWereSetStay(t *testing.T) {
	p := craft.Dissect(crafttest.Unhex(t, compressedMessage), layers.DNS)
	l := p.Layer(layers.DNS)
	if !l.IsSet("ancount") {
		t.Error("a count that was on the wire does not count as set")
	}
	crafttest.Set(t, l, "ancount", 9)
	crafttest.Set(t, l, "an", []*craft.Packet{})
	if got := built(t, p)[12:16]; got != "0009" {
		t.Errorf("ancount is %s", got)
	}
	wrong := craft.Dissect(crafttest.Unhex(t, strings.Replace(compressedMessage, "00010002", "00010003", 1)), layers.DNS)
	crafttest.Set(t, wrong.Nth(layers.DNSRR, 1), "ttl", 1)
	if got := built(t, wrong)[12:16]; got != "0003" {
		t.Errorf("a count that was wrong on the wire became %s", got)
	}
	record := layers.DNSRR.New("rdlen", 2, "rdata", "1.2.3.4")
	crafttest.Set(t, record, "ttl", 1)
	is(t, built(t, craft.Stack(record)), "00 0001 0001 00000001 0002 01020304")
}

func TestNamesThatLeadNowhereAreNoted(t *testing.T) {
	header := "0001 0100 0001 0000 0000 0000"
	chain := "0001 0100 0016 0000 0000 0000 0000010001" // each name points to the one before; the last needs 21 pointers
	for i := range 21 {
		chain += hexText([]byte{0xc0, byte(12 + max(0, 5+6*(i-1))), 0, 1, 0, 1})
	}
	cases := []struct{ name, wire, note string }{
		{"a pointer to itself", header + "c00c 0001 0001", "malformed: qd: a name that points in circles"},
		{"two that point at each other", header + "0161c010 c00c 0001 0001", "malformed: qd: a name that points in circles"},
		{"a pointer behind the message", header + "c0ff 0001 0001", "malformed: qd: a name that points outside the message"},
		{"too many pointers", chain, "malformed: qd: a name that points in circles"},
		{"a name that grows", "0001 0100 0002 0000 0000 0000" + strings.Repeat("3f"+strings.Repeat("78", 63), 4) + "00 0001 0001 c00c 0001 0001", "malformed: qd: a name of more than 255 bytes"},
		{"a label of an unknown kind", header + "80 0001 0001", "malformed: a label of an unknown kind: qdcount is 1, record 1 is not all here"},
		{"no end", header + "03616263", "malformed: a name that does not end: qdcount is 1, record 1 is not all here"},
		{"half a pointer", header + "c0", "malformed: a name that does not end: qdcount is 1, record 1 is not all here"},
		{"no room for the type", header + "00 0001", "truncated: qdcount is 1, record 1 is not all here"},
		{"fewer records than counted", "0001 0100 0002 0000 0000 0000 00 0001 0001", "malformed: a name that does not end: qdcount is 2, record 2 is not all here"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, c.wire)
			p := craft.Dissect(wire, layers.DNS)
			if got := p.Layer(layers.DNS).Note(); got != c.note {
				t.Errorf("note: got %q, want %q", got, c.note)
			}
			_ = p.Show() + p.Summary() + p.Command()
			crafttest.Rebuilt(t, p, wire)
		})
	}
	ends := craft.Dissect(crafttest.Unhex(t, "0001 0100 0002 0000 0000 0000 0161 00 0001 0001 c00c 0001 0001"), layers.DNS)
	if got := ends.Nth(layers.DNSQR, 2).Text("qname"); got != `"a."` || ends.Layer(layers.DNS).Note() != "" {
		t.Errorf("a name that is one pointer: got %s, note %q", got, ends.Layer(layers.DNS).Note())
	}
}

func TestDNSOverTCPHasALength(t *testing.T) {
	message := "0000 0100 0001 0000 0000 0000 03777777076578616d706c6503636f6d00 0001 0001"
	tcp := func(stack ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{layers.TCP.New("dport", 53)}, stack...)...)
	}
	payload := func(p *craft.Packet) string { return built(t, p)[40:] }
	is(t, payload(tcp(layers.DNS.New())), "0021"+message)
	is(t, payload(tcp(layers.DNS.New("length", 5))), "0005"+message)
	is(t, payload(tcp(layers.DNS.New(), craft.Raw.New("load", "xyz"))), "0021"+message+"78797a")
	is(t, payload(tcp(layers.DNS.New(), layers.DNS.New())), "0021"+message+"0021"+message)
	is(t, built(t, craft.Stack(layers.UDP.New(), layers.DNS.New()))[16:], message)
	is(t, built(t, craft.Stack(layers.DNS.New("length", 7))), "0007"+message)

	wire := crafttest.Unhex(t, built(t, tcp(layers.DNS.New("id", 1), layers.DNS.New("id", 2))))
	p := craft.Dissect(wire, layers.TCP)
	if p.Nth(layers.DNS, 2).Uint("id") != 2 || p.Layer(layers.DNS).Uint("length") != 33 {
		t.Errorf("two messages in a segment: %s", p)
	}
	crafttest.Rebuilt(t, p, wire)
	cut := craft.Dissect(wire[:len(wire)-1], layers.TCP)
	if last := cut.Layers()[2]; last.Name() != craft.Raw || last.Note() != "truncated: DNS message of 33 bytes, 32 are here" {
		t.Errorf("a message that goes on in the next segment: %s", cut)
	}
	for _, wrong := range []string{"0005" + message, "00ff" + message} {
		if p := craft.Dissect(crafttest.Unhex(t, built(t, craft.Stack(layers.TCP.New("dport", 53)))+strings.ReplaceAll(wrong, " ", "")), layers.TCP); p.Has(layers.DNS) {
			t.Errorf("with a wrong length: %s", p)
		}
	}
	crafttest.Set(t, p.Layer(layers.DNSQR), "qname", "a")
	if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.TCP).Layer(layers.DNS).Uint("length"); got != 33-14 {
		t.Errorf("the length did not follow: %d", got)
	}
}

// TestRequestsAreReadWhicheverPortIsTheServers: the server's port may be the source or the destination, and one that both
// sides have by default tells nothing alone.
func TestRequestsAreReadWhicheverPortIsTheServers(t *testing.T) {
	bootp := layers.BOOTP.New("chaddr", "02:00:00:00:00:01")
	cases := []struct {
		lower        craft.Name
		sport, dport int
		payload      *craft.Layer
	}{
		{layers.UDP, 53, 40000, layers.DNS.New("qr", 1)}, {layers.UDP, 40000, 53, layers.DNS.New()},
		{layers.TCP, 53, 40000, layers.DNS.New("qr", 1)}, {layers.TCP, 40000, 53, layers.DNS.New()},
		{layers.UDP, 5353, 5353, layers.DNS.New()}, {layers.UDP, 40000, 5353, layers.DNS.New()}, {layers.UDP, 5353, 40000, layers.DNS.New()},
		{layers.UDP, 5355, 40000, layers.LLMNRResponse.New()}, {layers.UDP, 40000, 5355, layers.LLMNRQuery.New()},
		{layers.UDP, 68, 67, bootp}, {layers.UDP, 67, 68, bootp}, {layers.UDP, 67, 67, bootp}, {layers.UDP, 40000, 67, bootp}, {layers.UDP, 67, 40000, bootp},
		{layers.UDP, 546, 547, layers.DHCP6Solicit.New()}, {layers.UDP, 547, 546, layers.DHCP6Reply.New()}, {layers.UDP, 547, 547, layers.DHCP6RelayForward.New()},
		{layers.UDP, 40000, 547, layers.DHCP6Request.New()}, {layers.UDP, 547, 40000, layers.DHCP6Reply.New()},
		{layers.UDP, 53, 67, bootp}, {layers.UDP, 53, 546, layers.DHCP6Reply.New()},
	}
	for _, c := range cases {
		p := craft.Stack(layers.IP.New(), c.lower.New("sport", c.sport, "dport", c.dport), craft.NewLayer(c.payload.Protocol()))
		wire := crafttest.Unhex(t, built(t, p))
		if got := craft.Dissect(wire, layers.IP); len(got.Layers()) != 3 || got.Layers()[2].Name() != c.payload.Name() {
			t.Errorf("%s %d > %d: want %s, got %s", c.lower, c.sport, c.dport, c.payload.Name(), got.Summary())
		}
	}
	for _, data := range []string{"hi", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("x", 100), strings.Repeat("\xff", 40)} {
		p := craft.Stack(layers.UDP.New(), craft.Raw.New("load", data))
		if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.UDP); len(got.Layers()) != 2 || got.Layers()[1].Name() != craft.Raw || got.Layers()[1].Note() != "" {
			t.Errorf("%q on port 53: %s", data, got.Summary())
		}
	}
}

func TestDNSSummaries(t *testing.T) {
	answer := craft.Stack(layers.DNSRR.New("rdata", "1.2.3.4"))
	cases := []struct {
		layer *craft.Layer
		want  string
	}{
		{layers.DNS.New(), `DNS Qry "www.example.com."`},
		{layers.DNS.New("qd", []any{}), "DNS Qry"},
		{layers.DNS.New("qr", 1), "DNS Ans"},
		{layers.DNS.New("qr", 1, "an", answer), `DNS Ans "1.2.3.4"`},
		{layers.DNS.New("qr", 1, "an", craft.Stack(layers.DNSRR.New("type", "CNAME", "rdata", "a.b"))), `DNS Ans "a.b."`},
		{layers.DNS.New("qr", 1, "an", craft.Stack(layers.DNSRRMX.New())), "DNS Ans"},
		{layers.LLMNRQuery.New("qd", craft.Stack(layers.DNSQR.New("qname", "a"))), `LLMNRQuery who has "a."`},
		{layers.LLMNRResponse.New(), "LLMNRResponse"},
		{layers.DNSRRSOA.New("rrname", "a"), `DNSRRSOA "a." SOA`},
	}
	for _, c := range cases {
		if got := craft.Stack(c.layer).Summary(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestDNSAnswers(t *testing.T) {
	over := func(l *craft.Layer) *craft.Packet {
		return craft.Stack(layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.1"), layers.UDP.New("sport", 53, "dport", 53), l)
	}
	cases := []struct {
		name string
		r, q *craft.Layer
		want bool
	}{
		{"the same id", layers.DNS.New("id", 7, "qr", 1), layers.DNS.New("id", 7), true},
		{"the same id, another question", layers.DNS.New("id", 7, "qr", 1, "qd", craft.Stack(layers.DNSQR.New("qname", "x"))), layers.DNS.New("id", 7), true},
		{"another id", layers.DNS.New("id", 8, "qr", 1), layers.DNS.New("id", 7), false},
		{"a question", layers.DNS.New("id", 7, "rd", 0), layers.DNS.New("id", 7), false},
		{"an answer to an answer", layers.DNS.New("id", 7, "qr", 1), layers.DNS.New("id", 7, "qr", 1, "rd", 0), false},
		{"LLMNR", layers.LLMNRResponse.New("id", 1), layers.LLMNRQuery.New("id", 1), true},
		{"LLMNR, another id", layers.LLMNRResponse.New("id", 1), layers.LLMNRQuery.New("id", 2), false},
		{"LLMNR, a question", layers.LLMNRQuery.New("id", 1, "c", 1), layers.LLMNRQuery.New("id", 1), false},
	}
	for _, c := range cases {
		if got := craft.Answers(over(c.r), over(c.q)); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestSetsInQuestions: a question with several names makes several messages.
func TestSetsInQuestions(t *testing.T) {
	p := craft.Stack(layers.DNS.New("qd", craft.Stack(layers.DNSQR.New("qname", values.List("a", "b")))))
	if n, err := p.Count(); n != 2 || err != nil {
		t.Fatalf("stands for %d packets, %v", n, err)
	}
	for i, want := range []string{`"a."`, `"b."`} {
		if got := p.At(uint64(i)).Layer(layers.DNSQR).Text("qname"); got != want {
			t.Errorf("packet %d: %s", i, got)
		}
	}
	later := craft.Stack(layers.DNS.New())
	crafttest.Set(t, later.Layer(layers.DNSQR), "qname", values.List("a", "b", "c"))
	if n, err := later.Count(); n != 3 || err != nil {
		t.Errorf("a set in a question that stands in a message: %d packets, %v", n, err)
	}
}

// TestLayersInsideFieldsAreFound: those of the packet itself come first.
func TestLayersInsideFieldsAreFound(t *testing.T) {
	two := craft.Stack(layers.DNSQR.New("qname", "a"), layers.DNSQR.New("qname", "b"))
	p := craft.Stack(layers.UDP.New(), layers.DNS.New("qd", two, "ar", craft.Stack(layers.DNSRROPT.New("rdata", craft.Stack(layers.EDNS0TLV.New("optdata", "x"))))))
	if got := p.Nth(layers.DNSQR, 2).Text("qname"); got != `"b."` {
		t.Errorf("the second question is %s", got)
	}
	if !p.Has(layers.EDNS0TLV) || p.Has(layers.DNSRR) || p.Nth(layers.DNSQR, 3) != nil {
		t.Error("found what is not there, or not what is")
	}
	if once := p.Layer(layers.DNSQR); once != p.Layer(layers.DNSQR) {
		t.Error("a question is another one each time it is read")
	}
}
