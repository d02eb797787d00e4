package layers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestRecordsOfEveryType builds records and reads them back from a message; the bytes are scapy's where it has the type.
func TestRecordsOfEveryType(t *testing.T) {
	param := func(pairs ...any) *craft.Packet { return craft.Stack(layers.SvcParam.New(pairs...)) }
	cases := []struct {
		name string
		rr   *craft.Layer
		wire string
	}{
		{"default", layers.DNSRR.New(), "00 0001 0001 00000000 0004 00000000"},
		{"default AAAA", layers.DNSRR.New("type", "AAAA"), "00 001c 0001 00000000 0010 00000000000000000000000000000000"},
		{"NS", layers.DNSRR.New("type", "NS", "rdata", "ab"), "00 0002 0001 00000000 0004 02616200"},
		{"TXT of a string", layers.DNSRR.New("type", "TXT", "rdata", "ab"), "00 0010 0001 00000000 0003 026162"},
		{"TXT of a long string", layers.DNSRR.New("type", "TXT", "rdata", strings.Repeat("x", 300)),
			"00 0010 0001 00000000 012e ff" + strings.Repeat("78", 255) + "2d" + strings.Repeat("78", 45)},
		{"TXT of an empty string", layers.DNSRR.New("type", "TXT", "rdata", []any{""}), "00 0010 0001 00000000 0001 00"},
		{"TXT of none", layers.DNSRR.New("type", "TXT", "rdata", []any{}), "00 0010 0001 00000000 0000"},
		{"any other", layers.DNSRR.New("type", 65280, "rdata", "\x01\x02"), "00 ff00 0001 00000000 0002 0102"},
		{"SOA", layers.DNSRRSOA.New(), "00 0006 0001 00000000 0016 00 00 0000000000000000000000000000000000000000"},
		{"MX", layers.DNSRRMX.New("exchange", "a"), "00 000f 0001 00000000 0005 0000 016100"},
		{"SRV", layers.DNSRRSRV.New("port", 80, "target", "a"), "00 0021 0001 00000000 0009 0000 0000 0050 016100"},
		{"HINFO", layers.DNSRRHINFO.New("cpu", "x86", "os", "Linux"), "00 000d 0001 00000000 000a 03783836 054c696e7578"},
		{"NAPTR", layers.DNSRRNAPTR.New("order", 10, "preference", 10, "flags", "u", "services", "E2U+sip", "regexp", "!x!y!"),
			"00 0023 0001 00000000 0015 000a 000a 0175 074532552b736970 052178217921 00"},
		{"DS", layers.DNSRRDS.New("digest", "x"), "00 002b 0001 00000000 0005 0000 05 05 78"},
		{"DLV", layers.DNSRRDLV.New(), "00 8001 0001 00000000 0004 0000 05 05"},
		{"DNSKEY", layers.DNSRRDNSKEY.New("publickey", "x"), "00 0030 0001 00000000 0005 0100 03 05 78"},
		{"RRSIG", layers.DNSRRRSIG.New("signature", "x"), "00 002e 0001 00000000 0014 0001 05 00 00000000 00000000 00000000 0000 00 78"},
		{"NSEC", layers.DNSRRNSEC.New("typebitmaps", []any{1, 2, 256, 1000}),
			"00 002f 0001 00000000 0027 00 000160 010180 031e" + strings.Repeat("00", 29) + "80"},
		{"NSEC by names", layers.DNSRRNSEC.New("typebitmaps", []any{"A", "NS"}), "00 002f 0001 00000000 0004 00 000160"},
		{"NSEC3", layers.DNSRRNSEC3.New("salt", "ab", "nexthashedownername", "c"), "00 0032 0001 00000000 0009 00 00 0000 026162 0163"},
		{"NSEC3PARAM", layers.DNSRRNSEC3PARAM.New("salt", "ab"), "00 0033 0001 00000000 0007 00 00 0000 026162"},
		{"TSIG", layers.DNSRRTSIG.New("mac_data", "x"), "00 00fa 0001 00000000 001c 09686d61632d7368613100 000000000000 0000 0001 78 0000 0000 0000"},
		{"OPT", layers.DNSRROPT.New(), "00 0029 1000 00 00 8000 0000"},
		// The examples of RFC 9460, appendix D.
		{"HTTPS alias", layers.DNSRRHTTPS.New("rrname", "example.com", "target_name", "foo.example.com"),
			"076578616d706c6503636f6d00 0041 0001 00000000 0013 0000 03666f6f076578616d706c6503636f6d00"},
		{"SVCB with a port", layers.DNSRRSVCB.New("svc_priority", 16, "target_name", "foo.example.com", "svc_params", []*craft.Packet{param("key", "port", "value", 53)}),
			"00 0040 0001 00000000 0019 0010 03666f6f076578616d706c6503636f6d00 0003 0002 0035"},
		{"SVCB with a key of no name", layers.DNSRRSVCB.New("svc_priority", 1, "target_name", "foo.example.com", "svc_params", param("key", 667, "value", "hello")),
			"00 0040 0001 00000000 001c 0001 03666f6f076578616d706c6503636f6d00 029b 0005 68656c6c6f"},
		{"SVCB with IPv6 hints", layers.DNSRRSVCB.New("svc_priority", 1, "target_name", "foo.example.com", "svc_params", param("key", "ipv6hint", "value", []any{"2001:db8::1", "2001:db8::53:1"})),
			"00 0040 0001 00000000 0037 0001 03666f6f076578616d706c6503636f6d00 0006 0020 20010db8000000000000000000000001 20010db8000000000000000000530001"},
		{"SVCB with several", layers.DNSRRSVCB.New("svc_priority", 16, "target_name", "foo.example.org", "svc_params", []*craft.Packet{
			param("key", "mandatory", "value", []any{"alpn", "ipv4hint"}), param("key", "alpn", "value", []any{"h2", "h3-19"}), param("key", "ipv4hint", "value", "192.0.2.1")}),
			"00 0040 0001 00000000 0030 0010 03666f6f076578616d706c65036f726700 0000 0004 0001 0004 0001 0009 026832 0568332d3139 0004 0004 c0000201"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is(t, built(t, craft.Stack(c.rr)), c.wire)
			wire := crafttest.Unhex(t, built(t, craft.Stack(layers.DNS.New("an", craft.Stack(c.rr)))))
			p := craft.Dissect(wire, layers.DNS)
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
				crafttest.Rebuilt(t, craft.Dissect(wire[:n], layers.DNS), wire[:n])
			}
		})
	}
}

func TestEDNSOptions(t *testing.T) {
	cases := []struct {
		name   string
		option *craft.Layer
		wire   string
	}{
		{"any", layers.EDNS0TLV.New("optcode", "NSID", "optdata", "abc"), "0003 0003 616263"},
		{"client subnet", layers.EDNS0ClientSubnet.New(), "0008 0006 0001 10 00 c0a8"},
		{"client subnet, the whole address", layers.EDNS0ClientSubnet.New("address", "1.2.3.4"), "0008 0008 0001 20 00 01020304"},
		{"client subnet, zeros in the address", layers.EDNS0ClientSubnet.New("source_plen", 24, "address", "10.0.0.0"), "0008 0007 0001 18 00 0a0000"},
		{"client subnet, every network", layers.EDNS0ClientSubnet.New("address", "0.0.0.0"), "0008 0004 0001 00 00"},
		{"client subnet of IPv6", layers.EDNS0ClientSubnet.New("family", 2, "address", "2001:db8::"), "0008 0008 0002 20 00 20010db8"},
		{"cookies", layers.EDNS0COOKIE.New("client_cookie", "01234567", "server_cookie", "abcdefgh"), "000a 0010 3031323334353637 6162636465666768"},
		{"error", layers.EDNS0ExtendedDNSError.New("info_code", "Blocked", "extra_text", "no"), "000f 0004 000f 6e6f"},
		{"algorithms", layers.EDNS0DAU.New("alg_code", []any{8, 13}), "0005 0002 080d"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is(t, built(t, craft.Stack(c.option)), c.wire)
			wire := crafttest.Unhex(t, built(t, craft.Stack(layers.DNS.New("ar", craft.Stack(layers.DNSRROPT.New("rdata", craft.Stack(c.option)))))))
			read := craft.Dissect(wire, layers.DNS).Layer(c.option.Name())
			if read == nil {
				t.Fatalf("read %s", craft.Dissect(wire, layers.DNS))
			}
			for _, field := range c.option.Fields() {
				if got, want := read.Text(field), c.option.Text(field); c.option.IsSet(field) && got != want {
					t.Errorf("%s: got %s, want %s", field, got, want)
				}
			}
		})
	}
	short := craft.Dissect(crafttest.Unhex(t, "00 0029 1000 00 00 8000 0009 000a0001ff 0008 0000"), layers.DNSRROPT)
	if got := short.Summary(); short.Layer(layers.EDNS0TLV) == nil || short.Layer(layers.EDNS0COOKIE) != nil || short.Nth(layers.EDNS0TLV, 2).Text("optcode") != "edns-client-subnet" {
		t.Errorf("options too short for their codes: %s %s", got, short)
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
			p := craft.Dissect(wire, layers.DNS)
			l := p.Layer(layers.DNSRR)
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
	p := craft.Stack(layers.DNS.New("qr", 1, "qd", craft.Stack(layers.DNSQR.New("qname", "www.example.com")), "an", []*craft.Packet{
		craft.Stack(layers.DNSRR.New("rrname", "www.example.com", "type", "CNAME", "rdata", "a.example.com")),
		craft.Stack(layers.DNSRR.New("rrname", "a.example.com", "rdata", "1.2.3.4")),
		craft.Stack(layers.DNSRRMX.New("rrname", "example.com", "exchange", "mx.example.com")),
		craft.Stack(layers.DNSRRSOA.New("rrname", "example.com", "mname", "ns.example.com", "rname", "root.example.com")),
		craft.Stack(layers.DNSRRSRV.New("rrname", "_x.example.com", "target", "a.example.com")),
	}, "ar", craft.Stack(layers.DNSRR.New("rrname", "com", "type", "TXT", "rdata", "x"))))
	before := built(t, p)
	const short = "00008100000100050000000103777777076578616d706c6503636f6d0000010001c00c000500010000000000040161c010c02d0001000100000000000401020304" +
		"c010000f00010000000000070000026d78c010c01000060001000000000020026e73c01004726f6f74c0100000000000000000000000000000000000000000" +
		"025f78c01000210001000000000008000000000000c02dc018001000010000000000020178"
	c := layers.CompressDNS(p)
	is(t, built(t, c), short)
	is(t, built(t, p), before)
	read := craft.Dissect(crafttest.Unhex(t, short), layers.DNS)
	is(t, built(t, layers.CompressDNS(read)), short)
	for _, rr := range slices.Concat(records(t, read, "an"), records(t, read, "ar")) { // editing writes a section out
		for _, ttl := range []int{1, 0} {
			crafttest.Set(t, rr.Layers()[0], "ttl", ttl)
			built(t, read)
		}
	}
	is(t, built(t, read), before)
	is(t, built(t, layers.CompressDNS(read)), short)
	over := craft.Stack(layers.IP.New(), layers.UDP.New(), layers.DNS.New("an", craft.Stack(layers.DNSRR.New("rrname", "www.example.com"))))
	if a, b := len(built(t, over)), len(built(t, layers.CompressDNS(over))); a-b != 2*15 {
		t.Errorf("a name of 17 bytes became %d bytes shorter", (a-b)/2)
	}
	loop := craft.Dissect(crafttest.Unhex(t, "0001 0100 0001 0000 0000 0000 c00c 0001 0001"), layers.DNS)
	is(t, built(t, layers.CompressDNS(loop)), "0001 0100 0001 0000 0000 0000 c00c 0001 0001")
}

// TestMessagesThatAreCutAreCompressed compresses each beginning of a message: what is no whole record stays.
func TestMessagesThatAreCutAreCompressed(t *testing.T) {
	for _, name := range []craft.Name{layers.DNS, layers.LLMNRQuery, layers.LLMNRResponse} {
		wire := crafttest.Build(t, craft.Stack(name.New("qr", 1, "qd", craft.Stack(layers.DNSQR.New("qname", "a.b")))))
		for n := range wire {
			is(t, built(t, layers.CompressDNS(craft.Dissect(wire[:n], name))), hexText(wire[:n]))
		}
	}
}

func TestACompressedMessageHasFullNames(t *testing.T) {
	wire := crafttest.Unhex(t, compressedMessage)
	p := craft.Dissect(wire, layers.DNS)
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
