package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// families are what each family's name finds. Those of EAP and NTP are found so by scapy 2.5.0, too (match_subclass); the others
// are subclasses there, or families that have a general protocol.
var families = map[craft.Name][]craft.Name{
	layers.EAP: {layers.EAPMD5}, layers.NTP: {layers.NTPHeader, layers.NTPControl, layers.NTPPrivate}, layers.NTPHeader: {layers.NTP}, layers.GRE: {layers.GREPPTP}, layers.IGMP: {layers.IGMPv3},
	layers.Dot1Q: {layers.Dot1AD}, layers.CookedLinux: {layers.CookedLinuxV2}, layers.PPPoE: {layers.PPPoED},
	layers.PPPLCP: become[layers.PPPLCP], layers.PPPLCPOption: become[layers.PPPLCPOption], layers.PPPIPCPOption: become[layers.PPPIPCPOption],
	layers.PPPECPOption: become[layers.PPPECPOption], layers.PPPPAP: become[layers.PPPPAP], layers.PPPCHAP: become[layers.PPPCHAP],
	layers.IPv6ExtHdrSegmentRoutingTLV: become[layers.IPv6ExtHdrSegmentRoutingTLV], layers.EDNS0TLV: become[layers.EDNS0TLV],
	layers.ICMPExtensionObject: become[layers.ICMPExtensionObject], layers.SCTPChunk: become[layers.SCTPChunk], layers.SCTPChunkParam: become[layers.SCTPChunkParam],
	layers.TLSHandshake: become[layers.TLSHandshake], "TLS_Ext": become[layers.TLSExtUnknown], "ICMPv6NDOpt": become[layers.ICMPv6NDOptUnknown],
	"DHCP6Opt": become[layers.DHCP6OptUnknown], "ICMPv6": become[layers.ICMPv6Unknown], "_ICMPv6": {layers.ICMPv6Unknown, layers.ICMPv6EchoReply},
	"_ICMPv6Error": {layers.ICMPv6DestUnreach, layers.ICMPv6PacketTooBig, layers.ICMPv6TimeExceeded, layers.ICMPv6ParamProblem},
	"_IPv6ExtHdr":  {layers.IPv6ExtHdrHopByHop, layers.IPv6ExtHdrDestOpt, layers.IPv6ExtHdrRouting, layers.IPv6ExtHdrSegmentRouting, layers.IPv6ExtHdrFragment},
	layers.DHCP6: {layers.DHCP6Solicit, layers.DHCP6Advertise, layers.DHCP6Request, layers.DHCP6Confirm, layers.DHCP6Renew, layers.DHCP6Rebind, layers.DHCP6Reply,
		layers.DHCP6Release, layers.DHCP6Decline, layers.DHCP6Reconf, layers.DHCP6InfoRequest},
	layers.DNSRR: {layers.DNSRRMX, layers.DNSRRSOA, layers.DNSRRSRV, layers.DNSRRHINFO, layers.DNSRRNAPTR, layers.DNSRRTSIG, layers.DNSRRDS, layers.DNSRRRSIG,
		layers.DNSRRNSEC, layers.DNSRRDNSKEY, layers.DNSRRSVCB, layers.DNSRRHTTPS},
	"DUID": {layers.DUIDLL, layers.DUIDLLT, layers.DUIDEN, layers.DUIDUUID}, "ERSPAN": {layers.ERSPANII},
}

func TestAFamilysNameFindsItsMembers(t *testing.T) {
	for family, members := range families {
		for _, member := range members {
			p := craft.Stack(layers.Ether.New(), member.New(), craft.Raw.New("load", "x"))
			if l := p.Layer(family); !p.Has(family) || l == nil || l.Name() != member {
				t.Errorf("%s does not find %s", family, member)
			}
			if got, err := p.Sprintf("{" + string(family) + ":found}"); err != nil || got != "found" {
				t.Errorf("{%s:} of %s: got %q, %v", family, member, got, err)
			}
			if p.Nth(family, 2) != nil {
				t.Errorf("a second %s in %s", family, p.Summary())
			}
		}
	}
	for _, family := range craft.NewTable().Families() {
		if len(families[family]) == 0 {
			t.Errorf("the family %s is not tried", family)
		}
	}
}

// TestWhatAreNoFamilies are names that find only themselves: scapy 2.5.0 makes one class a subclass of the other because they
// look alike, and does not find it either.
func TestWhatAreNoFamilies(t *testing.T) {
	for member, name := range map[craft.Name]craft.Name{
		layers.IPerror: layers.IP, layers.IPerror6: layers.IPv6, layers.TCPerror: layers.TCP, layers.UDPerror: layers.UDP, layers.ICMPerror: layers.ICMP, layers.SCTPerror: layers.SCTP,
		layers.ICMPv6EchoReply: layers.ICMPv6EchoRequest, layers.LLMNRResponse: layers.LLMNRQuery, layers.SCTPChunkInitAck: layers.SCTPChunkInit,
		layers.SCTPChunkHeartbeatAck: layers.SCTPChunkHeartbeatReq, layers.DHCP6OptServerID: layers.DHCP6OptClientID, layers.DHCP6RelayReply: layers.DHCP6RelayForward,
		craft.Padding: craft.Raw, layers.DNSRROPT: layers.DNSRR, layers.DNSRRDLV: layers.DNSRRDS, layers.DHCP6RelayForward: layers.DHCP6,
	} {
		if p := craft.Stack(member.New()); p.Has(name) {
			t.Errorf("%s finds %s", name, member)
		}
	}
}

// TestTheExactNameComesFirst holds that a general protocol's name finds that one before its family.
func TestTheExactNameComesFirst(t *testing.T) {
	p := craft.Stack(layers.Ether.New(), layers.Dot1AD.New("vlan", 1), layers.Dot1Q.New("vlan", 2), layers.Dot1Q.New("vlan", 3), layers.IP.New())
	for i, vlan := range []uint64{2, 3, 1} {
		if got := p.Nth(layers.Dot1Q, i+1).Uint("vlan"); got != vlan {
			t.Errorf("number %d: got %d, want %d", i+1, got, vlan)
		}
	}
	if p.Nth(layers.Dot1Q, 4) != nil || p.NthFrom(2, layers.Dot1Q, 3) != nil {
		t.Error("one tag more than there are")
	}
	dns := craft.Stack(layers.DNS.New("an", []any{layers.DNSRRMX.New("preference", 7), layers.DNSRR.New("rdata", "192.0.2.1")}))
	if got := dns.Layer(layers.DNSRR); got.Name() != layers.DNSRR {
		t.Errorf("got %s", got.Name())
	}
	if got := dns.Nth(layers.DNSRR, 2); got == nil || got.Uint("preference") != 7 {
		t.Errorf("the second record: got %v", got)
	}
	crafttest.Set(t, dns.Nth(layers.DNSRR, 2), "preference", 9)
	if got := craft.Dissect(crafttest.Build(t, dns), layers.DNS).Layer(layers.DNSRRMX).Uint("preference"); got != 9 {
		t.Errorf("a member that was found inside a field is not part of it: %d", got)
	}
	lcp := craft.Stack(layers.PPP.New(), layers.PPPLCPEcho.New("id", 5))
	if got, err := lcp.Sprintf("%PPP_LCP.id% %PPP_LCP:2.id%"); err != nil || got != "0x5 ??" {
		t.Errorf("got %q, %v", got, err)
	}
	if removed := lcp.Remove(layers.PPPLCP, 1); removed == nil || len(lcp.Layers()) != 1 {
		t.Errorf("removed %v", removed)
	}
}
