package layers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
	"github.com/moonwire/moonwire/craft/values"
)

func TestTablesAreSound(t *testing.T) {
	for _, p := range craft.Protocols() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestExplicitFieldsGoOutAsSet(t *testing.T) {
	for _, p := range craft.Protocols() {
		t.Run(string(p.Name()), func(t *testing.T) { protocoltest.ExplicitFields(t, p, wrongValues(p)) })
	}
}

// wrongValues are what to set in a protocol's fields, where their kind does not say what they take.
func wrongValues(p *craft.Protocol) map[string]any {
	values := map[string]any{}
	for _, f := range p.Fields() {
		if value, listed := wrongParts[string(p.Name())+"."+f.Name]; listed {
			values[f.Name] = value
		}
		if header, ok := wrongHeader(p, f); ok {
			values[f.Name] = header
		}
	}
	return values
}

func TestWrongPartsAreFields(t *testing.T) {
	for name := range wrongParts {
		proto, field, _ := strings.Cut(name, ".")
		if p := craft.Lookup(craft.Name(proto)); p == nil || !p.Has(field) {
			t.Errorf("wrongParts: there is no field %s", name)
		}
	}
}

// wrongParts are values for parts whose protocols read more than bytes.
var wrongParts = map[string]any{
	"Dot3.len":           uint64(1234), // what is longer is a type
	"HTTPRequest.Method": "WRONG", "HTTPRequest.Path": "/wrong", "HTTPResponse.Http_Version": "wrong", "HTTPResponse.Status_Code": "999",
	"HTTPRequest.headers": []any{[]any{"X-Wrong", "on purpose"}}, "HTTPResponse.headers": []any{[]any{"X-Wrong", "on purpose"}},
	"HTTPRequest.Unknown_Headers": []any{[]any{"X-Wrong", "on purpose"}}, "HTTPResponse.Unknown_Headers": []any{[]any{"X-Wrong", "on purpose"}},
	"ICMPv6MLDMultAddrRec.sources": []any{"2001:db8::77", "2001:db8::78"},
	"ICMPv6MLQuery2.sources":       []any{"2001:db8::77", "2001:db8::78"},
	"ICMPv6MLReport2.records":      []any{layers.ICMPv6MLDMultAddrRec.New("sources", "2001:db8::77"), layers.ICMPv6MLDMultAddrRec.New("rtype", 9)},
	"ICMPv6NDOptDNSSL.searchlist":  []any{"wrong.", "on.purpose."},
	"IGMPv3mq.srcaddrs":            []any{"203.0.113.77", "203.0.113.78"}, "IGMPv3gr.srcaddrs": "203.0.113.77",
	"IGMPv3mr.records": []any{layers.IGMPv3gr.New("maddr", "239.1.2.3"), layers.IGMPv3gr.New("srcaddrs", "203.0.113.77")},
	"DNS.length":       nil,                                                                                    // only over TCP: it has a test of its own
	"ICMP.ext":         nil, "ICMPerror.ext": nil, "ICMPv6DestUnreach.ext": nil, "ICMPv6TimeExceeded.ext": nil, // behind the payload
	"ICMPExtension_InterfaceInformation.ip6": nil, // only with two other fields
	"ICMPExtension_MPLS.stack":               []any{layers.MPLS.New("label", 77, "ttl", 7)},
	"ICMPv6NDOptRDNSS.dns":                   []any{"2001:db8::77", "2001:db8::78"},
	"ICMPv6NDOptRedirectedHdr.pkt":           craft.Stack(layers.IPv6.New("src", "2001:db8::77", "plen", 7), layers.UDP.New()),
	"ICMPv6NDOptRouteInfo.prefix":            "2001:db8::77",
	"ICMPv6NDOptSrcAddrList.addrlist":        []any{"2001:db8::77"},
	"ICMPv6NDOptTgtAddrList.addrlist":        []any{"2001:db8::77"},
	"IPv6ExtHdrRouting.addresses":            []any{"2001:db8::77", "2001:db8::78"},
	"IPv6ExtHdrSegmentRouting.addresses":     []any{"2001:db8::77"},
	"IPv6ExtHdrSegmentRouting.tlv_objects":   layers.IPv6ExtHdrSegmentRoutingTLVEgressNode.New("flags", 5),
	"IPv6ExtHdrSegmentRoutingTLV.value":      nil, // another field tells its length, and nobody computes that
	"IPv6ExtHdrHopByHop.options":             []any{layers.Jumbo.New("jumboplen", 7), layers.HBHOptUnknown.New("otype", 99, "optdata", "sixteen.")},
	"IPv6ExtHdrDestOpt.options":              []any{layers.PadN.New("optdata", "zz"), layers.HAO.New("hoa", "2001:db8::77")},
	"IPv6ExtHdrHopByHop.autopad":             nil, // not on the wire
	"IPv6ExtHdrDestOpt.autopad":              nil,
	"VRRP.addrlist":                          "203.0.113.77", "VRRPv3.addrlist": "203.0.113.77",
	"DUID_UUID.uuid":        "77777777-7777-7777-7777-777777777777",
	"SNMPtrapv1.enterprise": "1.9.9", "SNMPtrapv1.agent_addr": "203.0.113.77", "SNMPvarbind.oid": "1.9.9",
	"STP.age": "90.5", "STP.maxage": "90.5", "STP.hellotime": "90.5", "STP.fwddelay": "90.5",
	"EAP.desired_auth_types":                       []any{uint64(0x5a)},
	"GENEVE.options":                               craft.Stack(layers.GeneveOptions.New("data", "wrong on", "length", 2)),
	"PPPoED_Tags.tag_list":                         craft.Stack(layers.PPPoETag.New("tag_value", "wrong", "tag_len", 5)),
	"PPP_LCP_Configure.options":                    craft.Stack(layers.PPPLCPOption.New("type", 99, "data", "wrong", "len", 7)),
	"PPP_LCP_Code_Reject.rejected_packet":          craft.Stack(layers.PPPLCP.New("code", 99, "len", 4)),
	"PPP_LCP_Protocol_Reject.rejected_information": craft.Stack(craft.Raw.New("load", "wrong")),
	"PPP_IPCP.options":                             craft.Stack(layers.PPPIPCPOption.New("type", 99, "data", "wrong", "len", 7)),
	"PPP_ECP.options":                              craft.Stack(layers.PPPECPOption.New("type", 99, "data", "wrong", "len", 7)),
	"SCTPChunkSACK.gap_ack_list":                   "7:9",
	"SCTPChunkSACK.dup_tsn_list":                   []any{uint64(7)},
	"SCTPChunkInit.params":                         list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"SCTPChunkInitAck.params":                      list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"SCTPChunkHeartbeatReq.params":                 list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"SCTPChunkHeartbeatAck.params":                 list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"SCTPChunkAddressConf.params":                  list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"SCTPChunkAddressConfAck.params":               list(layers.SCTPChunkParamHostname.New("hostname", "wrong on purpose")),
	"TFTP_Options.options":                         []*craft.Packet{craft.Stack(layers.TFTPOption.New("oname", "wrong", "value", "on purpose"))},
	"NTPExtensions.extensions":                     []*craft.Packet{craft.Stack(layers.NTPExtension.New("type", 7, "value", strings.Repeat("wrong", 8)))},
	"DNS.qd":                                       wrongQuestion, "DNS.an": wrongRecord, "DNS.ns": wrongRecord, "DNS.ar": wrongRecord,
	"LLMNRQuery.qd": wrongQuestion, "LLMNRQuery.an": wrongRecord, "LLMNRQuery.ns": wrongRecord, "LLMNRQuery.ar": wrongRecord,
	"LLMNRResponse.qd": wrongQuestion, "LLMNRResponse.an": wrongRecord, "LLMNRResponse.ns": wrongRecord, "LLMNRResponse.ar": wrongRecord,
}

var (
	wrongQuestion = []*craft.Packet{craft.Stack(layers.DNSQR.New("qname", "wrong."))}
	wrongRecord   = []*craft.Packet{craft.Stack(layers.DNSRR.New("rrname", "wrong."))}
)

// A frame is bytes and the protocol that they begin with.
type frame struct {
	first craft.Name
	wire  []byte
}

// goldenFrames are the golden packets, with those that are wrong on purpose.
func goldenFrames(t *testing.T) (all []protocoltest.Frame) {
	t.Helper()
	for i, g := range slices.Concat(golden, misbuilt) {
		wrong := i >= len(golden) || strings.HasPrefix(g.name, "wrong") || strings.Contains(g.name, "hwlen")
		p := g.packet()
		all = append(all, protocoltest.Frame{Name: g.name, First: p.Layers()[0].Name(), Packet: p, Wire: crafttest.Unhex(t, g.wire), Wrong: wrong})
	}
	return all
}

// frames are the golden packets, and others that are only read.
func frames(t *testing.T) []protocoltest.Frame {
	t.Helper()
	all := goldenFrames(t)
	tcp := layers.TCP.New("options", append(crafttest.TCPOption("MSS", 1460), crafttest.TCPOption("SAckOK")...))
	quote := craft.Stack(layers.IP.New("dst", "192.0.2.1", "src", "192.0.2.9"), layers.ICMP.New("type", 11), layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2"), tcp)
	for name, p := range map[string]*craft.Packet{
		"ICMP quote of TCP with options": quote,
		"Ethernet trailer":               craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New(), craft.Padding.New("load", "trailer")),
		"BFD by gopacket":                bfd(),
		"IPv6 by gopacket":               craft.Stack(layers.Ether.New("type", 0x86dd), craft.Raw.New("load", "\x60\x00\x00\x00\x00\x08\x11\x40"+strings.Repeat("\x20", 32)+"\x00\x35\x00\x36\x00\x08\x00\x00")),
		"VLAN by gopacket":               craft.Stack(layers.Ether.New("type", 0x8100), craft.Raw.New("load", "\x00\x07\x08\x00E\x00\x00\x14\x00\x01\x00\x00@\x00|\xe7\x7f\x00\x00\x01\x7f\x00\x00\x01")),
		"802.3 by gopacket":              craft.Stack(layers.Ether.New("type", 3), craft.Raw.New("load", "\x42\x42\x03")),
	} {
		all = append(all, protocoltest.Frame{Name: name, First: p.Layers()[0].Name(), Wire: crafttest.Build(t, p)})
	}
	return all
}

// bfd is a packet that gopacket reads.
func bfd() *craft.Packet {
	return craft.Stack(layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 3784), craft.Raw.New("load", "\x20\xc0\x03\x18\x00\x00\x12\x34"+strings.Repeat("\x00", 16)))
}

func TestDissectedPacketsBuildBackToTheSameBytes(t *testing.T) {
	for _, f := range frames(t) {
		t.Run(f.Name, f.BuildsBack) // every truncation too
	}
}

func TestRefreshComputesTheLengthsAndChecksumsAgain(t *testing.T) {
	for _, f := range goldenFrames(t) {
		t.Run(f.Name, f.Refreshes)
	}
}

func TestWhatIsReadIsWhatWasWritten(t *testing.T) {
	for _, f := range goldenFrames(t)[:len(golden)] {
		t.Run(f.Name, f.ReadsAsWritten)
	}
}

// TestDamagedFramesBuildBack damages every frame in a few ways; the fuzz targets go on from there.
func TestDamagedFramesBuildBack(t *testing.T) {
	for _, f := range frames(t) {
		t.Run(f.Name, func(t *testing.T) { f.Survives(t, 20) })
	}
}

func TestSetsAreTheSameCompiled(t *testing.T) {
	for _, p := range craft.Protocols() {
		t.Run(string(p.Name()), func(t *testing.T) { protocoltest.Sets(t, p) })
	}
}

func TestMistakesAreNamed(t *testing.T) {
	cases := []struct {
		proto craft.Name
		field string
		value any
		want  string
	}{
		{layers.TCP, "dport", 70000, "TCP.dport: want port in 0..65535, got 70000"},
		{layers.TCP, "dport", -1, "TCP.dport: want port in 0..65535, got -1"},
		{layers.TCP, "dport", "htpt", `TCP.dport: want port in 0..65535, got "htpt"`},
		{layers.TCP, "flags", "SX", `TCP.flags: want flags out of "FSRPAUECN", got "SX"`},
		{layers.TCP, "seq", uint64(1 << 32), "TCP.seq: want number in 0..4294967295, got 4294967296"},
		{layers.TCP, "reserved", 8, "TCP.reserved: want number in 0..7, got 8"},
		{layers.TCP, "options", 3, "TCP.options: want list of options, got 3"},
		{layers.IP, "flags", "DF+XX", `IP.flags: want flags out of "MF+DF+evil", got "DF+XX"`},
		{layers.IP, "version", 16, "IP.version: want number in 0..15, got 16"},
		{layers.IP, "dst", "1.2.3", `IP.dst: want IPv4 address, got "1.2.3"`},
		{layers.IP, "dst", "::1", "IP.dst: want IPv4 address, got ::1"},
		{layers.IP, "proto", "tpc", `IP.proto: want number or name in 0..255, got "tpc"`},
		{layers.IP, "frag", 8192, "IP.frag: want number in 0..8191, got 8192"},
		{layers.IP, "ttl", 1.5, "IP.ttl: want number in 0..255, got 1.5"},
		{layers.IP, "flags", craft.Verbatim("x"), "IP.flags: raw bytes stand only for fields of whole bytes, this one has 3 bits"},
		{layers.IP, "dst", values.List("1.2.3.4", "x"), `IP.dst: want IPv4 address, got "x"`},
		{layers.TCP, "dport", values.Range(65530, 65540, 1), "TCP.dport: want port in 0..65535, got 65540"},
		{layers.Ether, "dst", "00:11", `Ether.dst: want a MAC address such as 02:00:00:00:00:01, got "00:11"`},
		{layers.ICMP, "gw", "1.2.3.4", "ICMP.gw: not in the layer as it stands, which has type, code, chksum, id and seq; set type=5 (redirect), for one, to have it"},
		{layers.UDP, "port", 1, `UDP has no field "port"; it has sport, dport, len and chksum`},
	}
	for _, c := range cases {
		t.Run(fmt.Sprintf("%s.%s=%v", c.proto, c.field, c.value), func(t *testing.T) {
			l := c.proto.New()
			before := l.Text(c.field)
			err := l.Set(c.field, c.value)
			if err == nil || err.Error() != c.want {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if after := l.Text(c.field); after != before {
				t.Errorf("the field changed from %s to %s", before, after)
			}
			p := craft.Stack(c.proto.New(c.field, c.value))
			if _, err := craft.Build(p, nil); err == nil || err.Error() != "craft: "+c.want {
				t.Errorf("building what New got wrong: got %v, want craft: %s", err, c.want)
			}
		})
	}
}

func TestPacketsThatDoNotFitTheirLengthFields(t *testing.T) {
	big := craft.Raw.New("load", strings.Repeat("x", 70000))
	options := layers.TCP.New("options", []craft.Option{{Kind: 254, Data: make([]byte, 50)}})
	cases := []struct {
		name   string
		packet *craft.Packet
		want   string
	}{
		{"IP.len", craft.Stack(layers.IP.New(), big), "craft: IP.len: want at most 65535 bytes, got 70020: set len yourself to send it"},
		{"UDP.len", craft.Stack(layers.IP.New("len", 1), layers.UDP.New(), big), "craft: UDP.len: want at most 65535 bytes, got 70008: set len yourself to send it"},
		{"TCP.dataofs", craft.Stack(layers.IP.New(), options), "craft: TCP.dataofs: want at most 60 bytes of header, got 72: set dataofs yourself to send it"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := craft.Build(c.packet.Copy(), nil); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	overrun := craft.Stack(layers.IP.New(), options.Name().New("options", []craft.Option{{Kind: 254, Data: make([]byte, 50)}}, "dataofs", 2))
	if _, err := craft.Build(overrun, nil); err != nil {
		t.Errorf("options that overrun, with dataofs set: %v", err)
	}
}
