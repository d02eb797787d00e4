package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// frame802 is an Ethernet header between two made-up stations; frame8023 one with a length.
func frame802(more ...any) *craft.Layer { return layers.Ether.New(append(stations, more...)...) }
func frame8023() *craft.Layer           { return layers.Dot3.New(stations...) }

var stations = []any{"dst", "00:00:00:00:00:02", "src", "00:00:00:00:00:01"}

// goldenLink are link layers and tunnels, with the bytes that scapy 2.5.0 builds for them.
var goldenLink = []goldenPacket{
	{"VLAN in VLAN", stack(frame802(), layers.Dot1AD.New("vlan", 5), layers.Dot1Q.New("vlan", 6, "prio", 7, "id", 1), layers.IP.New(), layers.UDP.New()),
		"000000000002000000000001 88a8 0005 8100 f006 0800 4500001c0001000040117cce7f0000017f0000010035003500080172"},
	{"802.3 with SNAP", stack(frame8023(), layers.LLC.New(), layers.SNAP.New(), layers.IP.New()),
		"000000000002000000000001 001c aaaa03 000000 0800 450000140001000040007ce77f0000017f000001"},
	{"spanning tree", stack(frame8023(), layers.LLC.New(), layers.STP.New("pathcost", 4, "rootid", 32768, "age", 0.5)),
		"000000000002000000000001 0026 424203 0000 00 00 00 8000 000000000000 00000004 0000 000000000000 0000 0080 1400 0200 0f00"},
	{"spanning tree in SNAP", stack(frame8023(), layers.LLC.New(), layers.SNAP.New(), layers.STP.New()),
		"000000000002000000000001 002b aaaa03 000000 010b 00000000000000000000000000000000000000000000000000000001 00140002000f00"},
	{"MPLS stack", stack(frame802(), layers.MPLS.New("label", 100, "ttl", 64), layers.MPLS.New("label", 200), layers.IP.New()),
		"000000000002000000000001 8847 00064040 000c8100 450000140001000040007ce77f0000017f000001"},
	{"MPLS announces IP by its label", stack(layers.MPLS.New(), layers.IP.New()), "00000100 450000140001000040007ce77f0000017f000001"},
	{"Ethernet over MPLS with a control word", stack(layers.MPLS.New(), layers.EoMCW.New(), frame802(), layers.IP.New()),
		"00003100 00000000 000000000002000000000001 0800 450000140001000040007ce77f0000017f000001"},
	{"GRE with everything", stack(layers.IP.New(), layers.GRE.New("chksum_present", 1, "key_present", 1, "seqnum_present", 1, "key", 5), layers.IP.New()),
		"4500003800010000402f7c947f0000017f000001 b0000800 47fa0000 00000005 00000000 450000140001000040007ce77f0000017f000001"},
	{"GRE with a route", stack(layers.IP.New(), layers.GRE.New("routing_present", 1), layers.GRErouting.New("address_family", 2, "routing_info", "abcd"),
		layers.GRErouting.New(), craft.Raw.New("load", "\x45\x00")),
		"4500002a00010000402f7ca27f0000017f000001 40000000 00000000 00020004 61626364 00000000 4500"},
	{"Ethernet over GRE", stack(layers.GRE.New("key_present", 1, "key", 0x1234), frame802(), layers.IP.New()),
		"20006558 00001234 000000000002000000000001 0800 450000140001000040007ce77f0000017f000001"},
	{"PPTP", stack(layers.IP.New(), layers.GREPPTP.New("call_id", 7, "seqnum_present", 1, "sequence_number", 1, "acknum_present", 1, "ack_number", 2),
		layers.HDLC.New(), layers.PPP.New(), layers.PPPLCPConfigure.New()),
		"4500002c00010000402f7ca07f0000017f000001 3081880b 0008 0007 00000001 00000002 ff03 c021 01000004"},
	{"VXLAN", stack(layers.IP.New(), layers.UDP.New(), layers.VXLAN.New("vni", 42), frame802(), layers.IP.New()),
		"450000460001000040117ca47f0000017f000001 12b512b500329e17 0c000003 00002a00 000000000002000000000001 0800 450000140001000040007ce77f0000017f000001"},
	{"VXLAN of RFC 7348", stack(layers.VXLAN.New("flags", 8), frame802(), layers.IP.New()),
		"08000000 00000000 000000000002000000000001 0800 450000140001000040007ce77f0000017f000001"},
	{"VXLAN alone", stack(layers.VXLAN.New()), "0800000000000000"},
	{"VXLAN with a group policy", stack(layers.VXLAN.New("flags", 0x88, "gpid", 7, "gpflags", "A+D")), "88 48 0007 000000 00"},
	{"VXLAN with a group policy and a protocol", stack(layers.VXLAN.New("flags", 0x8c)), "8c 0000 00 00 0000 000000 00"},
	{"Geneve with options", stack(layers.UDP.New("sport", 1), layers.GENEVE.New("vni", 7, "options", []*craft.Packet{
		craft.Stack(layers.GeneveOptions.New("classid", 0x102, "type", 0x80, "data", "abcd")), craft.Stack(layers.GeneveOptions.New()),
	}), layers.IP.New()),
		"000117c100300000 03000800 00000700 01028001 61626364 00000000 450000140001000040007ce77f0000017f000001"},
	{"L2TP", stack(layers.IP.New(), layers.UDP.New(), layers.L2TP.New()), "450000220001000040117cc87f0000017f000001 06a506a5000ef483 000200000000"},
	{"L2TP control", stack(layers.L2TP.New("hdr", "control")), "8002 000c 0000 0000 0000 0000"},
	{"L2TP with numbers and an offset", stack(layers.L2TP.New("hdr", "length+sequence+offset", "tunnel_id", 1, "session_id", 2, "ns", 3, "nr", 4, "offset", 2), layers.PPP.New(), layers.IP.New()),
		"4a02 0025 0001 0002 0003 0004 0002 0000 21 450000140001000040007ce77f0000017f000001"},
	{"PPPoE discovery", stack(frame802(), layers.PPPoED.New(), layers.PPPoEDTags.New("tag_list", []*craft.Packet{
		craft.Stack(layers.PPPoETag.New("tag_type", "Service-Name")), craft.Stack(layers.PPPoETag.New("tag_type", "Host-Uniq", "tag_value", "abcd")),
	})), "000000000002000000000001 8863 11 09 0000 000c 01010000 0103000461626364"},
	{"PPPoE session", stack(frame802(), layers.PPPoE.New("sessionid", 7), layers.PPP.New(), layers.IP.New(), layers.UDP.New()),
		"000000000002000000000001 8864 11 00 0007 001d 21 4500001c0001000040117cce7f0000017f0000010035003500080172"},
	{"PPP of two bytes", stack(layers.PPP.New("proto", 0x80fd), craft.Raw.New("load", "abc")), "80fd 616263"},
	{"LCP options", stack(layers.PPP.New(), layers.PPPLCPConfigure.New("options", []*craft.Packet{
		craft.Stack(layers.PPPLCPMRUOption.New()), craft.Stack(layers.PPPLCPACCMOption.New()), craft.Stack(layers.PPPLCPAuthProtocolOption.New()),
		craft.Stack(layers.PPPLCPAuthProtocolOption.New("auth_protocol", 0xc223)), craft.Stack(layers.PPPLCPQualityProtocolOption.New("data", "abcd")),
		craft.Stack(layers.PPPLCPMagicNumberOption.New("magic_number", 9)), craft.Stack(layers.PPPLCPCallbackOption.New("message", "m")),
		craft.Stack(layers.PPPLCPOption.New("type", 7)), craft.Stack(layers.PPPLCPOption.New("type", 99, "data", "abc")),
	})), "c021 01000030 010405dc 020600000000 0304c023 0305c22305 0408c02561626364 050600000009 0d04006d 0702 6305616263"},
	{"LCP code reject", stack(layers.PPP.New(), layers.PPPLCPCodeReject.New("rejected_packet", craft.Stack(layers.PPPLCPEcho.New()))),
		"c021 0700000c 0900000800000000"},
	{"LCP protocol reject", stack(layers.PPP.New(), layers.PPPLCPProtocolReject.New("rejected_protocol", 0x8021, "rejected_information", "abcd")),
		"c021 0800000a 8021 61626364"},
	{"LCP echo", stack(layers.PPP.New(), layers.PPPLCPEcho.New("magic_number", 7, "code", 10, "data", "abc")), "c021 0a00000b 00000007 616263"},
	{"LCP discard", stack(layers.PPP.New(), layers.PPPLCPDiscardRequest.New("magic_number", 7, "data", "ab")), "c021 0b00000a 00000007 6162"},
	{"LCP terminate", stack(layers.PPP.New(), layers.PPPLCPTerminate.New("data", "bye")), "c021 05000007 627965"},
	{"LCP of an unknown code", stack(layers.PPP.New(), layers.PPPLCP.New("code", 12, "data", "abc")), "c021 0c000007 616263"},
	{"IPCP options", stack(layers.PPP.New(), layers.PPPIPCP.New("options", []*craft.Packet{
		craft.Stack(layers.PPPIPCPOptionIPAddress.New("data", "1.2.3.4")), craft.Stack(layers.PPPIPCPOptionDNS1.New()), craft.Stack(layers.PPPIPCPOptionDNS2.New()),
		craft.Stack(layers.PPPIPCPOptionNBNS1.New()), craft.Stack(layers.PPPIPCPOptionNBNS2.New()), craft.Stack(layers.PPPIPCPOption.New("type", 2, "data", "ab")),
	})), "8021 01000026 030601020304 810600000000 830600000000 820600000000 840600000000 02046162"},
	{"ECP options", stack(layers.PPP.New(), layers.PPPECP.New("options", []*craft.Packet{
		craft.Stack(layers.PPPECPOptionOUI.New("oui", 0x1234)), craft.Stack(layers.PPPECPOption.New("type", 1, "data", "abc")),
	})), "8053 0100000f 0006 001234 00 0105616263"},
	{"PAP request", stack(layers.PPP.New(), layers.PPPPAPRequest.New("username", "u", "password", "pw")), "c023 01000009 0175 027077"},
	{"PAP response", stack(layers.PPP.New(), layers.PPPPAPResponse.New("message", "ok")), "c023 02000007 026f6b"},
	{"CHAP challenge", stack(layers.PPP.New(), layers.PPPCHAPChallengeResponse.New("optional_name", "me")), "c223 0100000f 08 0000000000000000 6d65"},
	{"CHAP success", stack(layers.PPP.New(), layers.PPPCHAP.New("code", 3, "data", "abc")), "c223 03000007 616263"},
	{"cooked capture", stack(layers.CookedLinux.New("lladdrlen", 6, "src", "abcdef", "pkttype", "sent-by-us"), layers.ARP.New("hwsrc", "00:00:00:00:00:01", "psrc", "10.0.0.1")),
		"0004 0200 0006 6162636465660000 0806 0001 0800 06 04 0001 000000000001 0a000001 000000000000 00000000"},
	{"cooked capture, version 2", stack(layers.CookedLinuxV2.New("ifindex", 3, "lladdrlen", 6, "src", "abcdef"), layers.IP.New()),
		"0800 0000 00000003 0200 00 06 6162636465660000 450000140001000040007ce77f0000017f000001"},
	{"loopback", stack(layers.Loopback.New(), layers.IP.New()), "02000000 450000140001000040007ce77f0000017f000001"},
	{"loopback with IPv6", stack(layers.Loopback.New(), layers.IPv6.New()),
		"1e000000 6000000000003b4000000000000000000000000000000001 00000000000000000000000000000001"},
	{"EAP identity", stack(layers.Ether.New("src", "00:00:00:00:00:01"), layers.EAPOL.New(), layers.EAP.New("code", "Response", "type", "Identity", "identity", "hi")),
		"0180c2000003 000000000001 888e 01 00 0007 02 00 0007 01 6869"},
	{"EAP prompt", stack(layers.EAP.New("code", 1, "type", 1, "message", "hi")), "01 00 0007 01 6869"},
	{"EAP refusal", stack(layers.EAP.New("code", 2, "type", 3, "desired_auth_types", []any{4, 5})), "02 00 0007 03 0405"},
	{"EAP failure in PPP", stack(layers.PPP.New(), layers.EAP.New()), "c227 04000004"},
	{"EAP with MD5", stack(layers.EAPOL.New(), layers.EAPMD5.New("value", "abcd", "optional_name", "n")), "01 00 000b 01 00 000b 04 04 61626364 6e"},
	{"EAPOL start", stack(layers.EAPOL.New("type", "EAPOL-Start")), "01 01 0000"},
}

// read is what a stack reads back as.
func readBack(t *testing.T, layers ...*craft.Layer) *craft.Packet {
	t.Helper()
	p := craft.Stack(layers...)
	return craft.Dissect(crafttest.Build(t, p), p.Layers()[0].Name())
}

// misbuiltEAP is a message with a payload, which the length counts, too.
var misbuiltEAP = []goldenPacket{
	{"a payload behind an MD5 challenge", stack(layers.EAPMD5.New("id", 1, "value", "ab"), craft.Raw.New("load", "xyz")), "0101 000b 04 02 6162 78797a"},
}

func TestSummariesOfLinkLayers(t *testing.T) {
	tags := layers.PPPoEDTags.New("tag_list", []*craft.Packet{craft.Stack(layers.PPPoETag.New("tag_type", 0x103)), craft.Stack(layers.PPPoETag.New("tag_type", 0x999))})
	cases := []struct {
		packet *craft.Packet
		want   string
	}{
		{readBack(t, frame802(), layers.Dot1Q.New("vlan", 7)), "Ether / 802.1q 00:00:00:00:00:01 > 00:00:00:00:00:02 (0x0) vlan 7"},
		{readBack(t, layers.Dot1Q.New("vlan", 7)), "802.1q (0x0) vlan 7"},
		{readBack(t, frame8023(), layers.LLC.New()), "802.3 00:00:00:00:00:01 > 00:00:00:00:00:02 / LLC"},
		{readBack(t, layers.UDP.New(), layers.VXLAN.New("vni", 42)), "UDP / VXLAN (vni=0x2a)"},
		{readBack(t, layers.GENEVE.New("vni", 7)), "GENEVE (vni=0x7,optionlen=0,proto=0x0)"},
		{readBack(t, frame802(), layers.PPPoED.New()), "Ether / PPPoE Active Discovery Initiation (PADI)"},
		{readBack(t, layers.PPPoED.New("code", 7), tags), "PPPoED / PPPoE Tags Host-Uniq, 2457"},
		{readBack(t, layers.PPP.New(), layers.PPPLCPEcho.New()), "PPP / LCP Echo-Request"},
		{readBack(t, layers.PPP.New(), layers.PPPPAPRequest.New("username", "u", "password", "p")), `PPP / PAP-Request username="u" password="p"`},
		{readBack(t, layers.PPP.New(), layers.PPPPAPResponse.New("code", 3, "message", "no")), `PPP / PAP-Nak msg="no"`},
		{readBack(t, layers.PPP.New(), layers.PPPCHAPChallengeResponse.New("code", 2, "value", "ab", "optional_name", "me")), `PPP / CHAP response=0x6162 optional_name="me"`},
		{readBack(t, layers.PPP.New(), layers.PPPCHAP.New("code", 4, "data", "no")), `PPP / CHAP Failure message="no"`},
		{readBack(t, layers.EAPOL.New(), layers.EAP.New("code", 2, "type", 1, "identity", "bob")), `EAPOL / EAP Response Identity "bob"`},
		{readBack(t, layers.EAPOL.New("type", 3)), "EAPOL EAPOL-Key"},
	}
	for _, c := range cases {
		if got := c.packet.Summary(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestAnswersOnLinkLayers(t *testing.T) {
	p := craft.Stack
	cases := []struct {
		name string
		q, r *craft.Packet
		want bool
	}{
		{"configure ack", p(layers.PPP.New(), layers.PPPLCPConfigure.New("id", 1)), p(layers.PPP.New(), layers.PPPLCPConfigure.New("id", 1, "code", 2)), true},
		{"configure ack of another", p(layers.PPPLCPConfigure.New("id", 1)), p(layers.PPPLCPConfigure.New("id", 2, "code", 2)), false},
		{"configure by both", p(layers.PPPLCPConfigure.New("id", 1)), p(layers.PPPLCPConfigure.New("id", 1)), false},
		{"echo reply", p(layers.PPPLCPEcho.New("id", 1)), p(layers.PPPLCPEcho.New("id", 1, "code", 10, "magic_number", 5)), true},
		{"terminate ack", p(layers.PPPLCPTerminate.New()), p(layers.PPPLCPTerminate.New("code", 6)), true},
		{"PAP", p(layers.PPPPAPRequest.New("id", 1)), p(layers.PPPPAPResponse.New("id", 1)), true},
		{"PAP of another", p(layers.PPPPAPRequest.New("id", 1)), p(layers.PPPPAPResponse.New("id", 2)), false},
		{"PAP backwards", p(layers.PPPPAPResponse.New("id", 1)), p(layers.PPPPAPRequest.New("id", 1)), false},
		{"CHAP response", p(layers.PPPCHAPChallengeResponse.New("id", 1)), p(layers.PPPCHAPChallengeResponse.New("id", 1, "code", 2)), true},
		{"CHAP success", p(layers.PPPCHAPChallengeResponse.New("id", 1, "code", 2)), p(layers.PPPCHAP.New("id", 1, "code", 3)), true},
		{"CHAP success without a response", p(layers.PPPCHAPChallengeResponse.New("id", 1)), p(layers.PPPCHAP.New("id", 1, "code", 3)), false},
		{"EAP", p(layers.EAPOL.New(), layers.EAP.New("code", 1, "type", 1)), p(layers.EAPOL.New(), layers.EAP.New("code", 2, "type", 1)), true},
		{"EAP of another", p(layers.EAP.New("code", 1, "type", 1)), p(layers.EAP.New("code", 2, "type", 1, "id", 3)), false},
		{"EAP refused", p(layers.EAPMD5.New()), p(layers.EAP.New("code", 2, "type", 3)), true},
		{"EAP success is no response", p(layers.EAP.New("code", 2, "type", 1)), p(layers.EAP.New("code", 3)), false},
		{"the same VLAN", p(frame802(), layers.Dot1Q.New("vlan", 5), layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New()),
			p(frame802(), layers.Dot1Q.New("vlan", 5), layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.ICMP.New("type", 0)), true},
		{"another VLAN", p(frame802(), layers.Dot1Q.New("vlan", 5), layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New()),
			p(frame802(), layers.Dot1Q.New("vlan", 6), layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.ICMP.New("type", 0)), false},
		{"tagged and untagged", p(frame802(), layers.Dot1Q.New("vlan", 5), layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New()),
			p(frame802(), layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.ICMP.New("type", 0)), false},
		{"another Geneve network", p(layers.GENEVE.New("vni", 1), layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New()),
			p(layers.GENEVE.New("vni", 2), layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.ICMP.New("type", 0)), false},
	}
	for _, c := range cases {
		if got := craft.Answers(c.r, c.q); got != c.want {
			t.Errorf("%s: %s", c.name, craft.Why(c.r, c.q))
		}
	}
}

// TestTunnelsAreReadToTheirEnd nests every tunnel in every other one.
func TestTunnelsAreReadToTheirEnd(t *testing.T) {
	tunnels := map[string]func() []*craft.Layer{
		"VLAN": func() []*craft.Layer { return []*craft.Layer{frame802(), layers.Dot1AD.New(), layers.Dot1Q.New()} },
		"SNAP": func() []*craft.Layer { return []*craft.Layer{frame8023(), layers.LLC.New(), layers.SNAP.New()} },
		"MPLS": func() []*craft.Layer { return []*craft.Layer{frame802(), layers.MPLS.New("ttl", 9), layers.MPLS.New()} },
		"GRE":  func() []*craft.Layer { return []*craft.Layer{layers.IP.New(), layers.GRE.New("key_present", 1)} },
		"PPTP": func() []*craft.Layer { return []*craft.Layer{layers.IP.New(), layers.GREPPTP.New(), layers.PPP.New()} },
		"VXLAN": func() []*craft.Layer {
			return []*craft.Layer{layers.IP.New(), layers.UDP.New(), layers.VXLAN.New("vni", 7)}
		},
		"Geneve": func() []*craft.Layer {
			return []*craft.Layer{layers.IPv6.New(), layers.UDP.New("sport", 9), layers.GENEVE.New()}
		},
		"L2TP": func() []*craft.Layer {
			return []*craft.Layer{layers.IP.New(), layers.UDP.New(), layers.L2TP.New(), layers.PPP.New()}
		},
		"PPPoE":    func() []*craft.Layer { return []*craft.Layer{frame802(), layers.PPPoE.New(), layers.PPP.New()} },
		"cooked":   func() []*craft.Layer { return []*craft.Layer{layers.CookedLinux.New()} },
		"loopback": func() []*craft.Layer { return []*craft.Layer{layers.Loopback.New()} },
		"4in4":     func() []*craft.Layer { return []*craft.Layer{layers.IP.New()} },
	}
	for outer, a := range tunnels {
		for inner, b := range tunnels {
			low, high := a(), b()
			if !carries(low[len(low)-1].Name(), high[0].Name()) {
				continue
			}
			layers := append(append(low, high...), layers.IP.New(), layers.TCP.New(), craft.Raw.New("load", "the end"))
			if inner == "loopback" || inner == "cooked" {
				continue // link layers of captures, never inside
			}
			p := craft.Stack(layers...)
			wire := crafttest.Build(t, p)
			read := craft.Dissect(wire, layers[0].Name())
			if got, want := layerNames(read), layerNames(p); got != want {
				t.Errorf("%s in %s: got %s, want %s", inner, outer, got, want)
			}
			crafttest.Rebuilt(t, read, wire)
			read.Refresh()
			crafttest.Rebuilt(t, read, wire)
		}
	}
}

// carries says what may stand upon what: frames upon tunnels of frames, packets upon everything.
func carries(low, high craft.Name) bool {
	if high == layers.IP || high == layers.IPv6 {
		return true
	}
	switch low {
	case layers.GRE, layers.VXLAN, layers.GENEVE:
		return high == layers.Ether
	}
	return false
}

// layerNames are the names of a packet's layers.
func layerNames(p *craft.Packet) string {
	var names []string
	for _, l := range p.Layers() {
		names = append(names, string(l.Name()))
	}
	return strings.Join(names, "/")
}

func TestMalformedLinkLayersAreKeptAndNoted(t *testing.T) {
	cases := []struct {
		name  string
		first craft.Name
		wire  string
		want  string
	}{
		{"802.3 length beyond the frame", layers.Ether, "000000000002000000000001 05dc 424203 00", "truncated: len is 1500, 4 bytes are here"},
		{"PPPoE length beyond the frame", layers.PPPoE, "1100 0007 0050 21 4500", "truncated: len is 80, 3 bytes are here"},
		{"EAPOL length beyond the frame", layers.EAPOL, "01 03 0009 6162", "truncated: len is 9, 2 bytes are here"},
		{"EAP length below the header", layers.EAP, "03 00 0002", "malformed: len is 2, the header alone has 4 bytes"},
		{"L2TP length below the header", layers.L2TP, "4002 0003 0001 0002 21", "malformed: len is 3, the header alone has 8 bytes"},
		{"L2TP length beyond the packet", layers.L2TP, "4002 0063 0001 0002 21", "truncated: len is 99, 9 bytes are here"},
		{"Geneve options beyond the packet", layers.GENEVE, "0500 0800 00000700 0102 80 01 61626364", "truncated: options of 20 bytes, 8 are here"},
		{"LCP length below the header", layers.PPPLCP, "0c 00 0003 61", "malformed: the lengths before data leave -1 bytes for it"},
		{"LCP length beyond the packet", layers.PPPLCP, "05 00 0009 61", "truncated: data of 5 bytes, 1 are here"},
		{"GRE cut in its key", layers.GRE, "2000 0800 0000", "truncated: GRE header of 8 bytes, 6 are here"},
		{"VXLAN cut short", layers.VXLAN, "0800 0000 00", "truncated: VXLAN header of 8 bytes, 5 are here"},
		{"PPP without a number", layers.HDLC, "ff03 80", "truncated: proto of 2 bytes, 1 are here"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, c.wire)
			p := craft.Dissect(wire, c.first)
			if !strings.Contains(p.Summary(), c.want) {
				t.Errorf("got %s, want a note %q", p.Summary(), c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestLengthsThatDoNotFitAreRefused(t *testing.T) {
	big := func() *craft.Layer { return craft.Raw.New("load", strings.Repeat("x", 70000)) }
	cases := []struct {
		packet *craft.Packet
		want   string
	}{
		{craft.Stack(frame8023(), big()), "craft: Dot3.len: want at most 65535 bytes, got 70000: set len yourself to send it"},
		{craft.Stack(layers.PPPoE.New(), big()), "craft: PPPoE.len: want at most 65535 bytes, got 70000: set len yourself to send it"},
		{craft.Stack(layers.L2TP.New("hdr", "length"), big()), "craft: L2TP.len: want at most 65535 bytes, got 70008: set len yourself to send it"},
		{craft.Stack(layers.GREPPTP.New(), big()), "craft: GRE_PPTP.payload_len: want at most 65535 bytes, got 70000: set payload_len yourself to send it"},
		{craft.Stack(layers.PPPPAPRequest.New("username", strings.Repeat("x", 300))), "craft: PPP_PAP_Request.username_len: want at most 255 bytes, got 300: set username_len yourself to send it"},
		{craft.Stack(layers.GeneveOptions.New("data", strings.Repeat("x", 128))), "craft: GeneveOptions.length: want at most 124 bytes, got 128: set length yourself to send it"},
		{craft.Stack(layers.GRErouting.New("routing_info", strings.Repeat("x", 256))), "craft: GRErouting.SRE_len: want at most 255 bytes, got 256: set SRE_len yourself to send it"},
	}
	for _, c := range cases {
		if _, err := craft.Build(c.packet, nil); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestAnEthernetTypeThatIsALength reads a frame as scapy does: up to 1500 is a length, and beyond it a type.
func TestAnEthernetTypeThatIsALength(t *testing.T) {
	for _, c := range []struct {
		kind int
		want string
	}{{0, "Dot3/Padding"}, {3, "Dot3/LLC/Padding"}, {5, "Dot3/LLC/Raw/Padding"}, {1500, "Dot3/LLC/Raw"}, {1501, "Ether/Raw"}, {1535, "Ether/Raw"}, {1536, "Ether/Raw"}} {
		wire := crafttest.Build(t, craft.Stack(frame802("type", c.kind), craft.Raw.New("load", "abcdefgh")))
		p := craft.Dissect(wire, layers.Ether)
		if got := layerNames(p); got != c.want {
			t.Errorf("type %d: got %s, want %s", c.kind, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

func TestATopologyChangeHasFourBytes(t *testing.T) {
	for _, c := range []struct{ name, wire, fields, note string }{
		{"a change", "00000080", "proto version bpdutype", ""},
		{"a message that is cut short", "00000000", "proto version bpdutype", "truncated: STP header of 35 bytes, 4 are here"},
		{"a change that is cut short", "000000", "proto version", "truncated: STP header of 35 bytes, 3 are here"},
	} {
		wire := crafttest.Unhex(t, c.wire)
		p := craft.Dissect(wire, layers.STP)
		if l := p.Layers()[0]; strings.Join(l.Fields(), " ") != c.fields || l.Note() != c.note {
			t.Errorf("%s: got %s", c.name, p)
		}
		crafttest.Rebuilt(t, p, wire)
	}
	p := craft.Dissect(crafttest.Unhex(t, "00000080"), layers.STP)
	crafttest.Set(t, p.Layers()[0], "age", 3)
	is(t, built(t, p), "00000080"+strings.Repeat("00", 23)+"0300 1400 0200 0f00")
}

func TestLoopbackIsReadInBothByteOrders(t *testing.T) {
	ip, ip6 := "450000140001000040007ce77f0000017f000001", "6000000000003b4000000000000000000000000000000001"+"00000000000000000000000000000001"
	arp := "0001080006040001000000000001" + "0a000001" + "0000000000000a000002"
	for wire, want := range map[string]string{
		"02000000" + ip: "Loopback/IP", "00000002" + ip: "Loopback/IP", "00000000" + ip: "Loopback/IP",
		"1e000000": "Loopback", "0000001e": "Loopback", "07000000" + ip: "Loopback/Raw",
		"0a000000" + ip6: "Loopback/IPv6", "18000000" + ip6: "Loopback/IPv6", "0000001c" + ip6: "Loopback/IPv6", "0000001e" + ip6: "Loopback/IPv6",
		"00000800" + ip: "Loopback/IP", "00080000" + ip: "Loopback/IP", "000086dd" + ip6: "Loopback/IPv6", "dd860000" + ip6: "Loopback/IPv6",
		"ff030021" + ip: "HDLC/PPP/IP", "ff0321" + ip: "HDLC/PPP/IP", "ff030057" + ip6: "HDLC/PPP/IPv6", "00000806" + arp: "Loopback/ARP",
	} {
		b := crafttest.Unhex(t, wire)
		p := craft.Dissect(b, layers.Loopback)
		if got := layerNames(p); got != want {
			t.Errorf("%s: got %s, want %s", wire[:8], got, want)
		}
		crafttest.Rebuilt(t, p, b)
	}
	l := craft.Dissect(crafttest.Unhex(t, "0000001e"), layers.Loopback).Layers()[0]
	if l.Uint("type") != 30 || l.Set("type", 28) != nil {
		t.Errorf("type %d", l.Uint("type"))
	}
	if got, err := craft.Build(craft.Stack(l), nil); err != nil || string(got) != "\x00\x00\x00\x1c" {
		t.Errorf("changed, it is %x, %v: want it in the byte order it came in", got, err)
	}
}

// TestPPPNumbersKeepTheirWidth: one byte or two is the sender's choice.
func TestPPPNumbersKeepTheirWidth(t *testing.T) {
	ip := "450000140001000040007ce77f0000017f000001"
	for _, wire := range []string{"21" + ip, "0021" + ip, "ff03 21" + ip, "ff03 0021" + ip} {
		b := crafttest.Unhex(t, wire)
		p := craft.Dissect(b, layers.PPP)
		ppp := p.Layer(layers.PPP)
		if ppp.Uint("proto") != 0x21 || !p.Has(layers.IP) {
			t.Fatalf("%s: %s", wire[:7], p)
		}
		if err := ppp.Set("proto", 0x21); err != nil {
			t.Fatal(err)
		}
		crafttest.Rebuilt(t, p, b)
	}
	if got := craft.Dissect([]byte("\x00\x21"), layers.PPP).Command(); got != `PPP{proto=raw"\x00!"}` {
		t.Errorf("command is %s", got)
	}
	for _, c := range []struct {
		value any
		want  string
	}{{0x21, "21"}, {0x20, "0020"}, {0xc021, "c021"}, {"Link Control Protocol", "c021"}} {
		if got := crafttest.Build(t, craft.Stack(layers.PPP.New("proto", c.value))); string(got) != string(crafttest.Unhex(t, c.want)) {
			t.Errorf("%v: got %x, want %s", c.value, got, c.want)
		}
	}
	if err := layers.PPP.New().Set("proto", 70000); err == nil || err.Error() != "PPP.proto: want number or name in 0..65535, got 70000" {
		t.Error(err)
	}
	tunnel := craft.Stack(layers.PPP.New(), layers.IPv6.New())
	if err := tunnel.Layers()[0].Clear("proto"); err != nil || tunnel.Layers()[0].Uint("proto") != 0x57 {
		t.Errorf("cleared, it is %s: the layer above decides", tunnel)
	}
}

// TestBitsWithoutANameOfTheirOwnAreNumbers: scapy shows ? for the first, and R for both of the second.
func TestBitsWithoutANameOfTheirOwnAreNumbers(t *testing.T) {
	for _, c := range []struct {
		proto craft.Name
		field string
		bits  uint64
		want  string
	}{
		{layers.BOOTP, "flags", 0x0001, "0x1"},
		{layers.BOOTP, "flags", 0x8006, "B+0x6"},
		{layers.VXLAN, "flags", 0x42, "R+0x40"},
		{layers.VXLAN, "gpflags", 0xff, "R+A+D+0xb6"},
		{layers.DNSRRDNSKEY, "flags", 0x0103, "SZ+0x2"},
		{layers.TCP, "flags", 0x1ff, "FSRPAUECN"},
		{layers.IP, "flags", 3, "MF+DF"},
		{layers.IP, "flags", 0, ""},
	} {
		l := c.proto.New(c.field, c.bits)
		if c.field == "gpflags" {
			l = c.proto.New("flags", 0x80, c.field, c.bits)
		}
		p := craft.Stack(l)
		text, err := p.Sprintf("%" + string(c.proto) + "." + c.field + "%")
		object, jsonErr := p.MarshalJSON()
		if got := l.Text(c.field); got != c.want || text != c.want || err != nil || jsonErr != nil {
			t.Errorf("%s.%s: got %q, by Sprintf %q, %v, want %q", c.proto, c.field, got, text, err, c.want)
		}
		for _, form := range []string{p.Command(), string(object)} {
			if !strings.Contains(form, `"`+c.want+`"`) {
				t.Errorf("%s.%s: want %q in %s", c.proto, c.field, c.want, form)
			}
		}
	}
	if err := layers.TCP.New().Set("flags", "S+0x200"); err == nil || err.Error() != "TCP.flags: want flags in 0..511, got 514" {
		t.Error(err)
	}
}

// TestATagKeepsTheNextHop: behind VLAN tags and SNAP there is still the packet that the frame is for.
func TestATagKeepsTheNextHop(t *testing.T) {
	p := craft.Stack(layers.Ether.New(), layers.Dot1AD.New(), layers.Dot1Q.New(), layers.IP.New("dst", "224.0.0.5"))
	if got := craft.Dissect(crafttest.Build(t, p), layers.Ether).Layers()[0].Text("dst"); got != "01:00:5e:00:00:05" {
		t.Errorf("got %s, want the group's address", got)
	}
}

// TestLengthsInsideFollowWhatIsEdited edits elements of lists, in packets that were made and in such as were read.
func TestLengthsInsideFollowWhatIsEdited(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		layer  int
		list   string
		field  string
		value  string
		want   string
	}{
		{"Geneve", craft.Stack(layers.GENEVE.New("options", craft.Stack(layers.GeneveOptions.New("data", "abcd")))), 0, "options", "data", "abcdefgh",
			"0300 0000 00000000 0000 00 02 6162636465666768"},
		{"PPPoE", craft.Stack(layers.PPPoEDTags.New("tag_list", craft.Stack(layers.PPPoETag.New("tag_value", "a")))), 0, "tag_list", "tag_value", "abc", "0000 0003 616263"},
		{"LCP", craft.Stack(layers.PPP.New(), layers.PPPLCPConfigure.New("options", craft.Stack(layers.PPPLCPOption.New("type", 99)))), 1, "options", "data", "ab",
			"c021 01000008 6304 6162"},
	}
	for _, c := range cases {
		wire := crafttest.Build(t, c.packet)
		for _, p := range []*craft.Packet{c.packet, craft.Dissect(wire, c.packet.Layers()[0].Name())} {
			v, err := p.Layers()[c.layer].Get(c.list)
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Packets()[0].Layers()[0].Set(c.field, c.value); err != nil {
				t.Fatal(err)
			}
			if got := crafttest.Build(t, p); string(got) != string(crafttest.Unhex(t, c.want)) {
				t.Errorf("%s: got %x, want %s", c.name, got, c.want)
			}
		}
	}
}
