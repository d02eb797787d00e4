package craft_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
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
	{"a pointer to no name", stack(craft.DNS.New("id", 1, "qd", []any{}, "an", []any{craft.DNSRR.New("type", "PTR")})),
		"0001 0100 0000 0001 0000 0000 00 000c 0001 00000000 0001 00"},
	{"bytes behind a message over TCP", stack(craft.TCP.New("dport", 53), craft.DNS.New("id", 1, "qd", []any{}), craft.Raw.New("load", "x")),
		"00350035000000000000000050022000 00000000 000c 0001 0100 0000 0000 0000 0000 78"},
	{"a client's network of IPv6", stack(craft.DNSRROPT.New("rdata", []any{craft.EDNS0ClientSubnet.New("family", 2)})),
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
			l := craft.DNSQR.New("qname", c.text)
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
		{craft.DNSQR, "qname", "a..b", `DNSQR.qname: want a domain name, got "a..b" with an empty label`},
		{craft.DNSQR, "qname", ".a", `DNSQR.qname: want a domain name, got ".a" with an empty label`},
		{craft.DNSQR, "qname", "ab." + strings.Repeat("x", 64), `DNSQR.qname: want labels of at most 63 bytes, got 64 in "` + strings.Repeat("x", 64) + `"`},
		{craft.DNSQR, "qname", `a\`, `DNSQR.qname: want a character behind the backslash in "a\\"`},
		{craft.DNSQR, "qname", `\256`, `DNSQR.qname: want \000 to \255, got \256 in "\\256"`},
		{craft.DNSQR, "qtype", "AAAAA", `DNSQR.qtype: want number or name in 0..65535, got "AAAAA"`},
		{craft.DNSRR, "rdata", "x", `DNSRR.rdata: want an IPv4 address, got "x"`},
		{craft.DNSRR, "rdata", []any{"1.1.1.1", "2.2.2.2"}, "DNSRR.rdata: want one value in a record of type A, got 2; several are several records"},
		{craft.DNS, "qd", "a.b", "DNS.qd: want a list of layers, got a.b"},
		{craft.DNSRRNSEC, "typebitmaps", []any{"A", "XY"}, `DNSRRNSEC.typebitmaps: element 2: want a type of records in 0..65535 or its name, got "XY"`},
		{craft.EDNS0ClientSubnet, "address", "::1", `EDNS0ClientSubnet.address: want an IPv4 address, got "::1"`},
	}
	for _, c := range cases {
		t.Run(string(c.proto)+"."+c.field, func(t *testing.T) {
			if err := c.proto.New().Set(c.field, c.value); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	long := craft.DNSRR.New("type", "NULL", "rdata", strings.Repeat("x", 0x10000))
	if _, err := craft.Build(craft.Stack(long), nil); err == nil || err.Error() != "craft: DNSRR.rdlen: want at most 65535 bytes, got 65536: set rdlen yourself to send it" {
		t.Errorf("got %v", err)
	}
}

// TestRecordsOfEveryType builds records and reads them back from a message; the bytes are scapy's where it has the type.
func TestRecordsOfEveryType(t *testing.T) {
	param := func(pairs ...any) *craft.Packet { return craft.Stack(craft.SvcParam.New(pairs...)) }
	cases := []struct {
		name string
		rr   *craft.Layer
		wire string
	}{
		{"default", craft.DNSRR.New(), "00 0001 0001 00000000 0004 00000000"},
		{"default AAAA", craft.DNSRR.New("type", "AAAA"), "00 001c 0001 00000000 0010 00000000000000000000000000000000"},
		{"NS", craft.DNSRR.New("type", "NS", "rdata", "ab"), "00 0002 0001 00000000 0004 02616200"},
		{"TXT of a string", craft.DNSRR.New("type", "TXT", "rdata", "ab"), "00 0010 0001 00000000 0003 026162"},
		{"TXT of a long string", craft.DNSRR.New("type", "TXT", "rdata", strings.Repeat("x", 300)),
			"00 0010 0001 00000000 012e ff" + strings.Repeat("78", 255) + "2d" + strings.Repeat("78", 45)},
		{"TXT of an empty string", craft.DNSRR.New("type", "TXT", "rdata", []any{""}), "00 0010 0001 00000000 0001 00"},
		{"TXT of none", craft.DNSRR.New("type", "TXT", "rdata", []any{}), "00 0010 0001 00000000 0000"},
		{"any other", craft.DNSRR.New("type", 65280, "rdata", "\x01\x02"), "00 ff00 0001 00000000 0002 0102"},
		{"SOA", craft.DNSRRSOA.New(), "00 0006 0001 00000000 0016 00 00 0000000000000000000000000000000000000000"},
		{"MX", craft.DNSRRMX.New("exchange", "a"), "00 000f 0001 00000000 0005 0000 016100"},
		{"SRV", craft.DNSRRSRV.New("port", 80, "target", "a"), "00 0021 0001 00000000 0009 0000 0000 0050 016100"},
		{"HINFO", craft.DNSRRHINFO.New("cpu", "x86", "os", "Linux"), "00 000d 0001 00000000 000a 03783836 054c696e7578"},
		{"NAPTR", craft.DNSRRNAPTR.New("order", 10, "preference", 10, "flags", "u", "services", "E2U+sip", "regexp", "!x!y!"),
			"00 0023 0001 00000000 0015 000a 000a 0175 074532552b736970 052178217921 00"},
		{"DS", craft.DNSRRDS.New("digest", "x"), "00 002b 0001 00000000 0005 0000 05 05 78"},
		{"DLV", craft.DNSRRDLV.New(), "00 8001 0001 00000000 0004 0000 05 05"},
		{"DNSKEY", craft.DNSRRDNSKEY.New("publickey", "x"), "00 0030 0001 00000000 0005 0100 03 05 78"},
		{"RRSIG", craft.DNSRRRSIG.New("signature", "x"), "00 002e 0001 00000000 0014 0001 05 00 00000000 00000000 00000000 0000 00 78"},
		{"NSEC", craft.DNSRRNSEC.New("typebitmaps", []any{1, 2, 256, 1000}),
			"00 002f 0001 00000000 0027 00 000160 010180 031e" + strings.Repeat("00", 29) + "80"},
		{"NSEC by names", craft.DNSRRNSEC.New("typebitmaps", []any{"A", "NS"}), "00 002f 0001 00000000 0004 00 000160"},
		{"NSEC3", craft.DNSRRNSEC3.New("salt", "ab", "nexthashedownername", "c"), "00 0032 0001 00000000 0009 00 00 0000 026162 0163"},
		{"NSEC3PARAM", craft.DNSRRNSEC3PARAM.New("salt", "ab"), "00 0033 0001 00000000 0007 00 00 0000 026162"},
		{"TSIG", craft.DNSRRTSIG.New("mac_data", "x"), "00 00fa 0001 00000000 001c 09686d61632d7368613100 000000000000 0000 0001 78 0000 0000 0000"},
		{"OPT", craft.DNSRROPT.New(), "00 0029 1000 00 00 8000 0000"},
		// The examples of RFC 9460, appendix D.
		{"HTTPS alias", craft.DNSRRHTTPS.New("rrname", "example.com", "target_name", "foo.example.com"),
			"076578616d706c6503636f6d00 0041 0001 00000000 0013 0000 03666f6f076578616d706c6503636f6d00"},
		{"SVCB with a port", craft.DNSRRSVCB.New("svc_priority", 16, "target_name", "foo.example.com", "svc_params", []*craft.Packet{param("key", "port", "value", 53)}),
			"00 0040 0001 00000000 0019 0010 03666f6f076578616d706c6503636f6d00 0003 0002 0035"},
		{"SVCB with a key of no name", craft.DNSRRSVCB.New("svc_priority", 1, "target_name", "foo.example.com", "svc_params", param("key", 667, "value", "hello")),
			"00 0040 0001 00000000 001c 0001 03666f6f076578616d706c6503636f6d00 029b 0005 68656c6c6f"},
		{"SVCB with IPv6 hints", craft.DNSRRSVCB.New("svc_priority", 1, "target_name", "foo.example.com", "svc_params", param("key", "ipv6hint", "value", []any{"2001:db8::1", "2001:db8::53:1"})),
			"00 0040 0001 00000000 0037 0001 03666f6f076578616d706c6503636f6d00 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001"},
		{"SVCB with several", craft.DNSRRSVCB.New("svc_priority", 16, "target_name", "foo.example.org", "svc_params", []*craft.Packet{
			param("key", "mandatory", "value", []any{"alpn", "ipv4hint"}), param("key", "alpn", "value", []any{"h2", "h3-19"}), param("key", "ipv4hint", "value", "192.0.2.1")}),
			"00 0040 0001 00000000 0030 0010 03666f6f076578616d706c65036f726700 0000 0004 0001 0004 0001 0009 026832 0568332d3139 0004 0004 c0000201"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is(t, built(t, craft.Stack(c.rr)), c.wire)
			wire := crafttest.Unhex(t, built(t, craft.Stack(craft.DNS.New("an", craft.Stack(c.rr)))))
			p := craft.Dissect(wire, craft.DNS)
			crafttest.Rebuilt(t, p, wire)
			read := records(t, p, "an")
			if len(read) != 1 || read[0].Layers()[0].Name() != c.rr.Name() || read[0].Layers()[0].Note() != "" {
				t.Fatalf("read %s", p)
			}
			for _, field := range c.rr.Fields() {
				if got, want := read[0].Layers()[0].Text(field), c.rr.Text(field); c.rr.IsSet(field) && got != want {
					t.Errorf("%s: got %s, want %s", field, got, want)
				}
			}
			is(t, built(t, read[0]), c.wire)
			for n := range wire { // cut short anywhere
				crafttest.Rebuilt(t, craft.Dissect(wire[:n], craft.DNS), wire[:n])
			}
		})
	}
}

// records are the packets in a section of the first DNS layer.
func records(t *testing.T, p *craft.Packet, section string) []*craft.Packet {
	t.Helper()
	v, err := p.Layer(craft.DNS).Get(section)
	if err != nil {
		t.Fatal(err)
	}
	return v.Packets()
}

func TestEDNSOptions(t *testing.T) {
	cases := []struct {
		name   string
		option *craft.Layer
		wire   string
	}{
		{"any", craft.EDNS0TLV.New("optcode", "NSID", "optdata", "abc"), "0003 0003 616263"},
		{"client subnet", craft.EDNS0ClientSubnet.New(), "0008 0006 0001 10 00 c0a8"},
		{"client subnet, the whole address", craft.EDNS0ClientSubnet.New("address", "1.2.3.4"), "0008 0008 0001 20 00 01020304"},
		{"client subnet, zeros in the address", craft.EDNS0ClientSubnet.New("source_plen", 24, "address", "10.0.0.0"), "0008 0007 0001 18 00 0a0000"},
		{"client subnet, every network", craft.EDNS0ClientSubnet.New("address", "0.0.0.0"), "0008 0004 0001 00 00"},
		{"client subnet of IPv6", craft.EDNS0ClientSubnet.New("family", 2, "address", "2001:db8::"), "0008 0008 0002 20 00 20010db8"},
		{"cookies", craft.EDNS0COOKIE.New("client_cookie", "01234567", "server_cookie", "abcdefgh"), "000a 0010 3031323334353637 6162636465666768"},
		{"error", craft.EDNS0ExtendedDNSError.New("info_code", "Blocked", "extra_text", "no"), "000f 0004 000f 6e6f"},
		{"algorithms", craft.EDNS0DAU.New("alg_code", []any{8, 13}), "0005 0002 080d"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is(t, built(t, craft.Stack(c.option)), c.wire)
			wire := crafttest.Unhex(t, built(t, craft.Stack(craft.DNS.New("ar", craft.Stack(craft.DNSRROPT.New("rdata", craft.Stack(c.option)))))))
			read := craft.Dissect(wire, craft.DNS).Layer(c.option.Name())
			if read == nil {
				t.Fatalf("read %s", craft.Dissect(wire, craft.DNS))
			}
			for _, field := range c.option.Fields() {
				if got, want := read.Text(field), c.option.Text(field); c.option.IsSet(field) && got != want {
					t.Errorf("%s: got %s, want %s", field, got, want)
				}
			}
		})
	}
	short := craft.Dissect(crafttest.Unhex(t, "00 0029 1000 00 00 8000 0009 000a0001ff 0008 0000"), craft.DNSRROPT)
	if got := short.Summary(); short.Layer(craft.EDNS0TLV) == nil || short.Layer(craft.EDNS0COOKIE) != nil || short.Nth(craft.EDNS0TLV, 2).Text("optcode") != "edns-client-subnet" {
		t.Errorf("options too short for their codes: %s %s", got, short)
	}
}

// compressedMessage is a message as servers send it: its names point to others.
const compressedMessage = "000181800001000200000000 076578616d706c6503636f6d00 00010001" +
	"c00c 0001 0001 0000012c 0004 c0000250" + "c00c 0005 0001 0000012c 0006 03777777 c00c"

func TestACompressedMessageHasFullNames(t *testing.T) {
	wire := crafttest.Unhex(t, compressedMessage)
	p := craft.Dissect(wire, craft.DNS)
	a, cname := records(t, p, "an")[0].Layers()[0], records(t, p, "an")[1].Layers()[0]
	for _, c := range []struct{ got, want string }{
		{a.Text("rrname"), `"example.com."`}, {a.Addr("rdata").String(), "192.0.2.80"}, {a.Text("rdlen"), "4"},
		{cname.Text("rdata"), `"www.example.com."`}, {cname.Text("rdlen"), "None"}, // 6 counts the pointer
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	crafttest.Rebuilt(t, p, wire)
	crafttest.Rebuilt(t, p.Copy(), wire)
}

func TestChangingARecordRebuildsTheMessage(t *testing.T) {
	const plain = "0001 8180 0001 0002 0000 0000 076578616d706c6503636f6d00 0001 0001" +
		"076578616d706c6503636f6d00 0001 0001 %s 0004 c0000250" + "076578616d706c6503636f6d00 0005 0001 0000012c 0011 03777777076578616d706c6503636f6d00"
	t.Run("ttl", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		crafttest.Set(t, records(t, p, "an")[0].Layers()[0], "ttl", 5)
		is(t, built(t, p), strings.Replace(plain, "%s", "00000005", 1))
	})
	t.Run("a question, longer than before", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		crafttest.Set(t, p.Layer(craft.DNSQR), "qname", "a.much.longer.name.example.org")
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.DNS)
		if got := again.Nth(craft.DNSRR, 2).Text("rdata"); got != `"www.example.com."` || again.Nth(craft.DNSRR, 2).Text("rrname") != `"example.com."` {
			t.Errorf("the answers were lost: %s", again)
		}
	})
	t.Run("two records, one after the other", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		first, second := p.Nth(craft.DNSRR, 1), p.Nth(craft.DNSRR, 2)
		crafttest.Set(t, first, "ttl", 5)
		crafttest.Set(t, second, "rdata", "a.b")
		crafttest.Set(t, first, "rdata", "192.0.2.81")
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.DNS)
		a, b := again.Nth(craft.DNSRR, 1), again.Nth(craft.DNSRR, 2)
		if a.Uint("ttl") != 5 || a.Addr("rdata").String() != "192.0.2.81" || b.Text("rdata") != `"a.b."` || b.Uint("rdlen") != 5 {
			t.Errorf("got %s", again)
		}
	})
	t.Run("the list of them", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		crafttest.Set(t, p.Layer(craft.DNS), "an", append(slices.Clone(records(t, p, "an")), craft.Stack(craft.DNSRR.New())))
		if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.DNS).Layer(craft.DNS); got.Uint("ancount") != 3 || got.Note() != "" {
			t.Errorf("got %s", got.Packet())
		}
	})
	t.Run("a record that was replaced", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		old := p.Nth(craft.DNSRR, 1)
		crafttest.Set(t, p.Layer(craft.DNS), "an", craft.Stack(craft.DNSRR.New("ttl", 1)))
		crafttest.Set(t, old, "ttl", 99) // stands nowhere now
		if got := p.Layer(craft.DNSRR).Uint("ttl"); got != 1 {
			t.Errorf("a record that is gone changed the packet: ttl %d", got)
		}
	})
	t.Run("a copy", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		records(t, p, "an")
		c := p.Copy()
		crafttest.Set(t, c.Layer(craft.DNSRR), "ttl", 77)
		crafttest.Rebuilt(t, p, crafttest.Unhex(t, compressedMessage))
		if p.Layer(craft.DNSRR).Uint("ttl") != 300 || c.Layer(craft.DNSRR).Uint("ttl") != 77 {
			t.Error("a copy shares its records with the packet")
		}
	})
	t.Run("an option inside a record", func(t *testing.T) {
		p := craft.Stack(craft.DNS.New("ar", craft.Stack(craft.DNSRROPT.New("rdata", craft.Stack(craft.EDNS0TLV.New())))))
		crafttest.Set(t, p.Layer(craft.EDNS0TLV), "optdata", "abc")
		is(t, built(t, p)[2*33:], "00 0029 1000 00 00 8000 0007 0000 0003 616263")
	})
	t.Run("a question given back", func(t *testing.T) {
		p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
		if err := p.Layer(craft.DNS).Clear("qd"); err != nil {
			t.Fatal(err)
		}
		again := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.DNS)
		if q, a := again.Layer(craft.DNSQR).Text("qname"), again.Nth(craft.DNSRR, 2).Text("rdata"); q != `"www.example.com."` || a != q {
			t.Errorf("got %s", again)
		}
	})
	t.Run("given back", func(t *testing.T) {
		p := craft.Stack(craft.DNS.New("qd", craft.Stack(craft.DNSQR.New("qname", "a.b"))))
		if err := p.Layer(craft.DNSQR).Clear("qname"); err != nil || p.Layer(craft.DNSQR).Text("qname") != `"www.example.com."` {
			t.Errorf("%v, got %s", err, p)
		}
	})
}

func TestCountsThatWereSetStay(t *testing.T) {
	p := craft.Dissect(crafttest.Unhex(t, compressedMessage), craft.DNS)
	l := p.Layer(craft.DNS)
	if !l.IsSet("ancount") {
		t.Error("a count that was on the wire does not count as set")
	}
	crafttest.Set(t, l, "ancount", 9)
	crafttest.Set(t, l, "an", []*craft.Packet{})
	if got := built(t, p)[12:16]; got != "0009" {
		t.Errorf("ancount is %s", got)
	}
	wrong := craft.Dissect(crafttest.Unhex(t, strings.Replace(compressedMessage, "00010002", "00010003", 1)), craft.DNS)
	crafttest.Set(t, wrong.Nth(craft.DNSRR, 1), "ttl", 1)
	if got := built(t, wrong)[12:16]; got != "0003" {
		t.Errorf("a count that was wrong on the wire became %s", got)
	}
	record := craft.DNSRR.New("rdlen", 2, "rdata", "1.2.3.4")
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
			p := craft.Dissect(wire, craft.DNS)
			if got := p.Layer(craft.DNS).Note(); got != c.note {
				t.Errorf("note: got %q, want %q", got, c.note)
			}
			_ = p.Show() + p.Summary() + p.Command()
			crafttest.Rebuilt(t, p, wire)
		})
	}
	ends := craft.Dissect(crafttest.Unhex(t, "0001 0100 0002 0000 0000 0000 0161 00 0001 0001 c00c 0001 0001"), craft.DNS)
	if got := ends.Nth(craft.DNSQR, 2).Text("qname"); got != `"a."` || ends.Layer(craft.DNS).Note() != "" {
		t.Errorf("a name that is one pointer: got %s, note %q", got, ends.Layer(craft.DNS).Note())
	}
}

// TestDataThatAreNotWhatTheTypePromises keeps them as bytes in a DNSRR.
func TestDataThatAreNotWhatTheTypePromises(t *testing.T) {
	cases := []struct{ name, record, rdata string }{
		{"A of two bytes", "00 0001 0001 00000000 0002 0102", `raw"\x01\x02"`},
		{"AAAA of nothing", "00 001c 0001 00000000 0000", `""`},
		{"MX of one byte", "00 000f 0001 00000000 0001 05", `"\x05"`},
		{"MX with bytes behind the name", "00 000f 0001 00000000 0004 0005 00 ff", `"\x00\x05\x00\xff"`},
		{"SOA cut short", "00 0006 0001 00000000 0004 0000 0000", `"\x00\x00\x00\x00"`},
		{"NS that points ahead", "00 0002 0001 00000000 0002 c0ff", `raw"\xc0\xff"`},
		{"TXT beyond its end", "00 0010 0001 00000000 0004 0161 0561", `{"a", raw"\x05a"}`},
		{"NSEC3 with a long salt", "00 0032 0001 00000000 0005 01000000 ff", `"\x01\x00\x00\x00\xff"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, "0001 8100 0000 0001 0000 0000"+c.record)
			p := craft.Dissect(wire, craft.DNS)
			l := p.Layer(craft.DNSRR)
			if l == nil || l.Text("rdata") != c.rdata {
				t.Fatalf("got %s, want rdata %s", p, c.rdata)
			}
			crafttest.Rebuilt(t, p, wire)
			crafttest.Set(t, l, "ttl", 0)
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

// TestCompressionGivesScapysBytes: what scapy 2.5.0's compress gives.
func TestCompressionGivesScapysBytes(t *testing.T) {
	p := craft.Stack(craft.DNS.New("qr", 1, "qd", craft.Stack(craft.DNSQR.New("qname", "www.example.com")), "an", []*craft.Packet{
		craft.Stack(craft.DNSRR.New("rrname", "www.example.com", "type", "CNAME", "rdata", "a.example.com")),
		craft.Stack(craft.DNSRR.New("rrname", "a.example.com", "rdata", "1.2.3.4")),
		craft.Stack(craft.DNSRRMX.New("rrname", "example.com", "exchange", "mx.example.com")),
		craft.Stack(craft.DNSRRSOA.New("rrname", "example.com", "mname", "ns.example.com", "rname", "root.example.com")),
		craft.Stack(craft.DNSRRSRV.New("rrname", "_x.example.com", "target", "a.example.com")),
	}, "ar", craft.Stack(craft.DNSRR.New("rrname", "com", "type", "TXT", "rdata", "x"))))
	before := built(t, p)
	const short = "00008100000100050000000103777777076578616d706c6503636f6d0000010001c00c000500010000000000040161c010c02d0001000100000000000401020304" +
		"c010000f00010000000000070000026d78c010c01000060001000000000020026e73c01004726f6f74c0100000000000000000000000000000000000000000" +
		"025f78c01000210001000000000008000000000000c02dc018001000010000000000020178"
	c := craft.CompressDNS(p)
	is(t, built(t, c), short)
	is(t, built(t, p), before)
	read := craft.Dissect(crafttest.Unhex(t, short), craft.DNS)
	is(t, built(t, craft.CompressDNS(read)), short)
	for _, rr := range records(t, read, "an") { // editing writes the message out
		crafttest.Set(t, rr.Layers()[0], "ttl", 0)
	}
	is(t, built(t, read), before)
	is(t, built(t, craft.CompressDNS(read)), short)
	over := craft.Stack(craft.IP.New(), craft.UDP.New(), craft.DNS.New("an", craft.Stack(craft.DNSRR.New("rrname", "www.example.com"))))
	if a, b := len(built(t, over)), len(built(t, craft.CompressDNS(over))); a-b != 2*15 {
		t.Errorf("a name of 17 bytes became %d bytes shorter", (a-b)/2)
	}
	loop := craft.Dissect(crafttest.Unhex(t, "0001 0100 0001 0000 0000 0000 c00c 0001 0001"), craft.DNS)
	is(t, built(t, craft.CompressDNS(loop)), "0001 0100 0001 0000 0000 0000 c00c 0001 0001")
}

func TestDNSOverTCPHasALength(t *testing.T) {
	message := "0000 0100 0001 0000 0000 0000 03777777076578616d706c6503636f6d00 0001 0001"
	tcp := func(layers ...*craft.Layer) *craft.Packet {
		return craft.Stack(append([]*craft.Layer{craft.TCP.New("dport", 53)}, layers...)...)
	}
	payload := func(p *craft.Packet) string { return built(t, p)[40:] }
	is(t, payload(tcp(craft.DNS.New())), "0021"+message)
	is(t, payload(tcp(craft.DNS.New("length", 5))), "0005"+message)
	is(t, payload(tcp(craft.DNS.New(), craft.Raw.New("load", "xyz"))), "0021"+message+"78797a")
	is(t, payload(tcp(craft.DNS.New(), craft.DNS.New())), "0021"+message+"0021"+message)
	is(t, built(t, craft.Stack(craft.UDP.New(), craft.DNS.New()))[16:], message)
	is(t, built(t, craft.Stack(craft.DNS.New("length", 7))), "0007"+message)

	wire := crafttest.Unhex(t, built(t, tcp(craft.DNS.New("id", 1), craft.DNS.New("id", 2))))
	p := craft.Dissect(wire, craft.TCP)
	if p.Nth(craft.DNS, 2).Uint("id") != 2 || p.Layer(craft.DNS).Uint("length") != 33 {
		t.Errorf("two messages in a segment: %s", p)
	}
	crafttest.Rebuilt(t, p, wire)
	cut := craft.Dissect(wire[:len(wire)-1], craft.TCP)
	if last := cut.Layers()[2]; last.Name() != craft.Raw || last.Note() != "truncated: DNS message of 33 bytes, 32 are here" {
		t.Errorf("a message that goes on in the next segment: %s", cut)
	}
	for _, wrong := range []string{"0005" + message, "00ff" + message} {
		if p := craft.Dissect(crafttest.Unhex(t, built(t, craft.Stack(craft.TCP.New("dport", 53)))+strings.ReplaceAll(wrong, " ", "")), craft.TCP); p.Has(craft.DNS) {
			t.Errorf("with a wrong length: %s", p)
		}
	}
	crafttest.Set(t, p.Layer(craft.DNSQR), "qname", "a")
	if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.TCP).Layer(craft.DNS).Uint("length"); got != 33-14 {
		t.Errorf("the length did not follow: %d", got)
	}
}

// TestRequestsAreReadWhicheverPortIsTheServers: the server's port may be the source or the destination, and one that both
// sides have by default tells nothing alone.
func TestRequestsAreReadWhicheverPortIsTheServers(t *testing.T) {
	bootp := craft.BOOTP.New("chaddr", "02:00:00:00:00:01")
	cases := []struct {
		lower        craft.Name
		sport, dport int
		payload      *craft.Layer
	}{
		{craft.UDP, 53, 40000, craft.DNS.New("qr", 1)}, {craft.UDP, 40000, 53, craft.DNS.New()},
		{craft.TCP, 53, 40000, craft.DNS.New("qr", 1)}, {craft.TCP, 40000, 53, craft.DNS.New()},
		{craft.UDP, 5353, 5353, craft.DNS.New()}, {craft.UDP, 40000, 5353, craft.DNS.New()}, {craft.UDP, 5353, 40000, craft.DNS.New()},
		{craft.UDP, 5355, 40000, craft.LLMNRResponse.New()}, {craft.UDP, 40000, 5355, craft.LLMNRQuery.New()},
		{craft.UDP, 68, 67, bootp}, {craft.UDP, 67, 68, bootp}, {craft.UDP, 67, 67, bootp}, {craft.UDP, 40000, 67, bootp}, {craft.UDP, 67, 40000, bootp},
		{craft.UDP, 546, 547, craft.DHCP6Solicit.New()}, {craft.UDP, 547, 546, craft.DHCP6Reply.New()}, {craft.UDP, 547, 547, craft.DHCP6RelayForward.New()},
		{craft.UDP, 40000, 547, craft.DHCP6Request.New()}, {craft.UDP, 547, 40000, craft.DHCP6Reply.New()},
		{craft.UDP, 53, 67, bootp}, {craft.UDP, 53, 546, craft.DHCP6Reply.New()},
	}
	for _, c := range cases {
		p := craft.Stack(craft.IP.New(), c.lower.New("sport", c.sport, "dport", c.dport), craft.NewLayer(c.payload.Protocol()))
		wire := crafttest.Unhex(t, built(t, p))
		if got := craft.Dissect(wire, craft.IP); len(got.Layers()) != 3 || got.Layers()[2].Name() != c.payload.Name() {
			t.Errorf("%s %d > %d: want %s, got %s", c.lower, c.sport, c.dport, c.payload.Name(), got.Summary())
		}
	}
	for _, data := range []string{"hi", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("x", 100), strings.Repeat("\xff", 40)} {
		p := craft.Stack(craft.UDP.New(), craft.Raw.New("load", data))
		if got := craft.Dissect(crafttest.Unhex(t, built(t, p)), craft.UDP); len(got.Layers()) != 2 || got.Layers()[1].Name() != craft.Raw || got.Layers()[1].Note() != "" {
			t.Errorf("%q on port 53: %s", data, got.Summary())
		}
	}
}

func TestDNSSummaries(t *testing.T) {
	answer := craft.Stack(craft.DNSRR.New("rdata", "1.2.3.4"))
	cases := []struct {
		layer *craft.Layer
		want  string
	}{
		{craft.DNS.New(), `DNS Qry "www.example.com."`},
		{craft.DNS.New("qd", []any{}), "DNS Qry"},
		{craft.DNS.New("qr", 1), "DNS Ans"},
		{craft.DNS.New("qr", 1, "an", answer), `DNS Ans "1.2.3.4"`},
		{craft.DNS.New("qr", 1, "an", craft.Stack(craft.DNSRR.New("type", "CNAME", "rdata", "a.b"))), `DNS Ans "a.b."`},
		{craft.DNS.New("qr", 1, "an", craft.Stack(craft.DNSRRMX.New())), "DNS Ans"},
		{craft.LLMNRQuery.New("qd", craft.Stack(craft.DNSQR.New("qname", "a"))), `LLMNRQuery who has "a."`},
		{craft.LLMNRResponse.New(), "LLMNRResponse"},
		{craft.DNSRRSOA.New("rrname", "a"), `DNSRRSOA "a." SOA`},
	}
	for _, c := range cases {
		if got := craft.Stack(c.layer).Summary(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestDNSAnswers(t *testing.T) {
	over := func(l *craft.Layer) *craft.Packet {
		return craft.Stack(craft.IP.New("src", "192.0.2.1", "dst", "192.0.2.1"), craft.UDP.New("sport", 53, "dport", 53), l)
	}
	cases := []struct {
		name string
		r, q *craft.Layer
		want bool
	}{
		{"the same id", craft.DNS.New("id", 7, "qr", 1), craft.DNS.New("id", 7), true},
		{"the same id, another question", craft.DNS.New("id", 7, "qr", 1, "qd", craft.Stack(craft.DNSQR.New("qname", "x"))), craft.DNS.New("id", 7), true},
		{"another id", craft.DNS.New("id", 8, "qr", 1), craft.DNS.New("id", 7), false},
		{"a question", craft.DNS.New("id", 7, "rd", 0), craft.DNS.New("id", 7), false},
		{"an answer to an answer", craft.DNS.New("id", 7, "qr", 1), craft.DNS.New("id", 7, "qr", 1, "rd", 0), false},
		{"LLMNR", craft.LLMNRResponse.New("id", 1), craft.LLMNRQuery.New("id", 1), true},
		{"LLMNR, another id", craft.LLMNRResponse.New("id", 1), craft.LLMNRQuery.New("id", 2), false},
		{"LLMNR, a question", craft.LLMNRQuery.New("id", 1, "c", 1), craft.LLMNRQuery.New("id", 1), false},
	}
	for _, c := range cases {
		if got := craft.Answers(over(c.r), over(c.q)); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// TestSetsInQuestions: a question with several names makes several messages.
func TestSetsInQuestions(t *testing.T) {
	p := craft.Stack(craft.DNS.New("qd", craft.Stack(craft.DNSQR.New("qname", values.List("a", "b")))))
	if n, err := p.Count(); n != 2 || err != nil {
		t.Fatalf("stands for %d packets, %v", n, err)
	}
	for i, want := range []string{`"a."`, `"b."`} {
		if got := p.At(uint64(i)).Layer(craft.DNSQR).Text("qname"); got != want {
			t.Errorf("packet %d: %s", i, got)
		}
	}
	later := craft.Stack(craft.DNS.New())
	crafttest.Set(t, later.Layer(craft.DNSQR), "qname", values.List("a", "b", "c"))
	if n, err := later.Count(); n != 3 || err != nil {
		t.Errorf("a set in a question that stands in a message: %d packets, %v", n, err)
	}
}

// TestLayersInsideFieldsAreFound: those of the packet itself come first.
func TestLayersInsideFieldsAreFound(t *testing.T) {
	two := craft.Stack(craft.DNSQR.New("qname", "a"), craft.DNSQR.New("qname", "b"))
	p := craft.Stack(craft.UDP.New(), craft.DNS.New("qd", two, "ar", craft.Stack(craft.DNSRROPT.New("rdata", craft.Stack(craft.EDNS0TLV.New("optdata", "x"))))))
	if got := p.Nth(craft.DNSQR, 2).Text("qname"); got != `"b."` {
		t.Errorf("the second question is %s", got)
	}
	if !p.Has(craft.EDNS0TLV) || p.Has(craft.DNSRR) || p.Nth(craft.DNSQR, 3) != nil {
		t.Error("found what is not there, or not what is")
	}
	if once := p.Layer(craft.DNSQR); once != p.Layer(craft.DNSQR) {
		t.Error("a question is another one each time it is read")
	}
}
