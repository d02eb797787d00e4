package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// become are what protocols become when they are given the bytes of another one: where scapy 2.5.0 has a dispatch_hook, and in
// the families that share one announcement.
var become = map[craft.Name][]craft.Name{
	layers.Ether: {layers.Dot3}, layers.Dot3: {layers.Ether}, layers.PPP: {layers.HDLC}, layers.GRE: {layers.GREPPTP},
	layers.IGMP: {layers.IGMPv3}, layers.IGMPv3: {layers.IGMP}, layers.VRRP: {layers.VRRPv3}, layers.VRRPv3: {layers.VRRP},
	layers.NTP: {layers.NTPControl, layers.NTPPrivate}, layers.EAP: {layers.EAPMD5},
	layers.PPPLCP: {layers.PPPLCPConfigure, layers.PPPLCPTerminate, layers.PPPLCPCodeReject, layers.PPPLCPProtocolReject, layers.PPPLCPEcho, layers.PPPLCPDiscardRequest},
	layers.PPPLCPOption: {layers.PPPLCPMRUOption, layers.PPPLCPACCMOption, layers.PPPLCPAuthProtocolOption, layers.PPPLCPQualityProtocolOption,
		layers.PPPLCPMagicNumberOption, layers.PPPLCPCallbackOption},
	layers.PPPIPCPOption: {layers.PPPIPCPOptionIPAddress, layers.PPPIPCPOptionDNS1, layers.PPPIPCPOptionDNS2, layers.PPPIPCPOptionNBNS1, layers.PPPIPCPOptionNBNS2},
	layers.PPPECPOption:  {layers.PPPECPOptionOUI}, layers.PPPPAP: {layers.PPPPAPRequest, layers.PPPPAPResponse}, layers.PPPCHAP: {layers.PPPCHAPChallengeResponse},
	layers.EDNS0TLV:      {layers.EDNS0ClientSubnet, layers.EDNS0COOKIE, layers.EDNS0DAU, layers.EDNS0DHU, layers.EDNS0N3U, layers.EDNS0ExtendedDNSError},
	layers.HBHOptUnknown: {layers.Pad1, layers.PadN, layers.RouterAlert, layers.Jumbo, layers.HAO},
	layers.IPv6ExtHdrSegmentRoutingTLV: {layers.IPv6ExtHdrSegmentRoutingTLVIngressNode, layers.IPv6ExtHdrSegmentRoutingTLVEgressNode,
		layers.IPv6ExtHdrSegmentRoutingTLVPad1, layers.IPv6ExtHdrSegmentRoutingTLVPadN, layers.IPv6ExtHdrSegmentRoutingTLVHMAC},
	layers.ICMPv6Unknown: {layers.ICMPv6DestUnreach, layers.ICMPv6PacketTooBig, layers.ICMPv6TimeExceeded, layers.ICMPv6ParamProblem, layers.ICMPv6EchoRequest,
		layers.ICMPv6EchoReply, layers.ICMPv6MLQuery, layers.ICMPv6MLQuery2, layers.ICMPv6MLReport, layers.ICMPv6MLReport2, layers.ICMPv6MLDone,
		layers.ICMPv6NDRS, layers.ICMPv6NDRA, layers.ICMPv6NDNS, layers.ICMPv6NDNA, layers.ICMPv6NDRedirect, layers.ICMPv6NDINDSol, layers.ICMPv6NDINDAdv,
		layers.ICMPv6MRDAdvertisement, layers.ICMPv6MRDSolicitation, layers.ICMPv6MRDTermination},
	layers.ICMPv6NDOptUnknown: {layers.ICMPv6NDOptSrcLLAddr, layers.ICMPv6NDOptDstLLAddr, layers.ICMPv6NDOptPrefixInfo, layers.ICMPv6NDOptRedirectedHdr,
		layers.ICMPv6NDOptMTU, layers.ICMPv6NDOptRDNSS, layers.ICMPv6NDOptDNSSL, layers.ICMPv6NDOptRouteInfo},
	layers.ICMPExtensionObject: {layers.ICMPExtensionMPLS, layers.ICMPExtensionInterfaceInformation},
	layers.DHCP6: {layers.DHCP6Solicit, layers.DHCP6Advertise, layers.DHCP6Request, layers.DHCP6Confirm, layers.DHCP6Renew, layers.DHCP6Rebind, layers.DHCP6Reply,
		layers.DHCP6Release, layers.DHCP6Decline, layers.DHCP6Reconf, layers.DHCP6InfoRequest, layers.DHCP6RelayForward, layers.DHCP6RelayReply},
	layers.DHCP6OptUnknown: {layers.DHCP6OptClientID, layers.DHCP6OptIANA, layers.DHCP6OptPref, layers.DHCP6OptRelayMsg, layers.DHCP6OptClientFQDN, layers.DHCP6OptDNSServers},
	layers.SCTPChunk: {layers.SCTPChunkData, layers.SCTPChunkInit, layers.SCTPChunkInitAck, layers.SCTPChunkSACK, layers.SCTPChunkHeartbeatReq, layers.SCTPChunkHeartbeatAck,
		layers.SCTPChunkAbort, layers.SCTPChunkShutdown, layers.SCTPChunkError, layers.SCTPChunkCookieEcho, layers.SCTPChunkAddressConf},
	layers.SCTPChunkParam: {layers.SCTPChunkParamSupportedAddrTypes, layers.SCTPChunkParamECNCapable, layers.SCTPChunkParamAddIPAddr},
	layers.TLSHandshake:   {layers.TLSClientHello, layers.TLSServerHello},
	layers.TLSExtUnknown:  {layers.TLSExtServerName, layers.TLSExtALPN, layers.TLSExtSupportedGroups, layers.TLSExtEncryptThenMAC},
}

func TestBytesAreTheMessageThatTheyHold(t *testing.T) {
	for general, members := range become {
		for _, member := range members {
			l := member.New()
			if member == layers.IGMPv3 {
				l = layers.IGMPv3.New("type", 0x22) // its queries are told apart by their length
			}
			wire := crafttest.Build(t, craft.Stack(l))
			p := craft.Dissect(wire, general)
			if got := p.Layers()[0].Name(); got != member {
				t.Errorf("%s given %s (%x): got %s", general, member, wire, p.Summary())
			}
			crafttest.Rebuilt(t, p, wire)
			for n := 1; n < len(wire); n++ {
				crafttest.Rebuilt(t, craft.Dissect(wire[:n], general), wire[:n])
			}
		}
		wire := crafttest.Build(t, craft.Stack(general.New()))
		crafttest.Rebuilt(t, craft.Dissect(wire, general), wire)
	}
}

// TestWhatBytesBecome is measured with scapy 2.5.0: messages that a class given bytes tells apart by more than their first
// byte, and those that it leaves alone.
func TestWhatBytesBecome(t *testing.T) {
	for _, c := range []struct {
		class craft.Name
		wire  string
		want  craft.Name
	}{
		{layers.NTP, "160100000000000000000000", layers.NTPControl},
		{layers.NTP, "1700000000000000", layers.NTPPrivate},
		{layers.IGMP, "1164eeeb00000000", layers.IGMP},
		{layers.IGMP, "1164eeeb0000000000000000", layers.IGMPv3},
		{layers.IGMP, "2200ddfd00000000", layers.IGMPv3},
		{layers.IGMP, "16640000e0000001", layers.IGMP},
		{layers.IGMPv3, "1164eeeb00000000", layers.IGMP},
		{layers.IGMPv3, "1164eeeb0000000000000000", layers.IGMPv3},
		{layers.IGMPv3, "16640000e0000001", layers.IGMP},
		{layers.IGMPv3, "17640000e0000001", layers.IGMP},
		{layers.IGMPv3, "30140000000a0002", layers.IGMPv3},
		{layers.Dot3, "ffffffffffff0200000000010800", layers.Ether},
		{layers.Dot3, "ffffffffffff02000000000105dc", layers.Dot3},
		{layers.Dot3, "ffffffffffff02000000000105dd", layers.Ether},
		{layers.Ether, "ffffffffffff02000000000105dc", layers.Dot3},
		{layers.VRRP, "31010001006400000a000001", layers.VRRPv3},
		{layers.VRRPv3, "2101640000017afd0000000000000000", layers.VRRP},
		{layers.EAP, "0101001604100102030405060708090a0b0c0d0e0f10", layers.EAPMD5},
		{layers.EAP, "0201000501", layers.EAP},
		{layers.LLMNRQuery, "000080000000000000000000", layers.LLMNRQuery},
		{layers.ICMPv6MLQuery, "82000000000000000000000000000000000000000000000000000000", layers.ICMPv6MLQuery},
	} {
		wire := crafttest.Unhex(t, c.wire)
		p := craft.Dissect(wire, c.class)
		if got := p.Layers()[0].Name(); got != c.want {
			t.Errorf("%s given %s: got %s, want %s", c.class, c.wire, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}
