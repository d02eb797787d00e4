package craft_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket"
	_ "github.com/google/gopacket/layers" // registers the decoders that are listed

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// foreignSamples are bytes of every protocol that gopacket reads for us, each as short as its decoder takes it.
var foreignSamples = []struct{ name, wire string }{
	{"BFD", "20c0031800000001000000020" + "00f4240000f424000000000"},
	{"CiscoDiscovery", "02b40000" + "000100067377"},
	{"EAPOLKey", "02008a0010" + strings.Repeat("00", 90)},
	{"EthernetCTP", "0000" + "0200020000000001" + "01000700"},
	{"LCM", "4c43303200000001" + "6368616e6e656c00" + "6162636465666768"},
	{"LinkLayerDiscovery", "020704020000000001" + "0403056530" + "06020078" + "0a027377" + "0000"},
	{"ModbusTCP", "000100000006010300000001"},
	{"NortelDiscovery", "c0a800010000010c020101"},
	{"OSPF", "0201002c0a00000100000000000000000000000000000000ffffff00000a0201000000280a0000010a000002"},
	{"PFLog", "3d02" + strings.Repeat("00", 62)},
	{"PrismHeader", "4400000018000000" + "72613000000000000000000000000000"},
	{"RADIUS", "01050019" + strings.Repeat("01", 16) + "0105616263"},
	{"RUDP", "400901020000000000010000000200000003"},
	{"SFlow", "00000005000000010a000001000000000000000100000002" + "00000001" + "0000000100000020" + "0000000100000002" + strings.Repeat("00", 24)},
	{"SIP", crafttest.HexOf("OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nCSeq: 1 OPTIONS\r\n\r\n")},
	{"ASF", "01c8b1434335d954"}, {"ASFPresencePong", "2a00000000840000170000000000f100"}, {"Dot11", "be96ee36d4b706e132bf6c9ff9f4"},
	{"Dot11Ctrl", "00"}, {"Dot11CtrlAck", "49"}, {"Dot11CtrlBlockAck", "95"}, {"Dot11CtrlBlockAckReq", "00"}, {"Dot11CtrlCFEnd", "01"},
	{"Dot11CtrlCFEndAck", "03"}, {"Dot11CtrlCTS", "56"}, {"Dot11CtrlPowersavePoll", "00"}, {"Dot11CtrlRTS", "00"}, {"Dot11Data", "03"},
	{"Dot11DataCFAck", "c8"}, {"Dot11DataCFAckPoll", "03"}, {"Dot11DataCFPoll", "45"}, {"Dot11DataNull", "68"}, {"Dot11DataQOSCFAckPoll", "74"},
	{"Dot11DataQOSCFPoll", "c6"}, {"Dot11DataQOSData", "01"}, {"Dot11DataQOSDataCFAck", "00"}, {"Dot11DataQOSDataCFAckPoll", "2c"},
	{"Dot11DataQOSDataCFPoll", "00"}, {"Dot11DataQOSNull", "3e"}, {"Dot11InformationElement", "0000a9000000"}, {"Dot11MgmtATIM", "00"},
	{"Dot11MgmtAction", "00"}, {"Dot11MgmtActionNoAck", "5e"}, {"Dot11MgmtArubaWLAN", "00"}, {"Dot11MgmtAssociationReq", "00020300"},
	{"Dot11MgmtAssociationResp", "002600440000"}, {"Dot11MgmtAuthentication", "618d8913cae4"}, {"Dot11MgmtBeacon", "5ab867f7f6b96d78b96cdf09"},
	{"Dot11MgmtDeauthentication", "0300"}, {"Dot11MgmtDisassociation", "badd"}, {"Dot11MgmtMeasurementPilot", "00"}, {"Dot11MgmtProbeReq", "00"},
	{"Dot11MgmtProbeResp", "000000000b00000000000000"}, {"Dot11MgmtReassociationReq", "00000000000000000000"}, {"Dot11MgmtReassociationResp", "00"},
	{"Dot11WEP", "00"}, {"ERSPAN", "8fec21a640f1ec5c"}, {"EtherIP", "d11a"}, {"FDDI", "004f00000000000000b3000000"},
	{"IPSecAH", "020103030100010101010103"}, {"IPSecESP", "0100000003010300"}, {"RMCP", "01030303"}, {"RadioTap", "0000000000000000"},
	{"UDPLite", "7a81e42a3ff23704"}, {"USB", "3ed2e55dddc5b9dbefa5257d9962c46046522bff131dc39290e289d800294e73a1077a9193a21678"}, {"USBBulk", "02"},
	{"USBControl", "01"}, {"USBInterrupt", "02"}, {"USBRequestBlockSetup", "70cdd50b4a62cda7"},
}

// elsewhere are gopacket's layers that stand in no sample: what is no protocol, what has a table here under another name,
// and GTP, whose decoder prints to standard output.
var elsewhere = []string{
	"DecodeFailure", "Fragment", "GTPv1U", "Payload", "Unknown",
	"DHCPv4", "DHCPv6", "Ethernet", "Geneve", "ICMPv4", "ICMPv6", "IPv4", "Linux SLL", "TLS",
	"ERSPAN Type II", "Prism monitor mode header", // ERSPAN and PrismHeader here
	"CiscoDiscoveryInfo", "EthernetCTPForwardData", "EthernetCTPReply", "LinkLayerDiscoveryInfo", // behind others
}

func TestEveryLayerOfGopacketCanBeRead(t *testing.T) {
	sampled := map[string]bool{}
	for _, s := range foreignSamples {
		sampled[s.name] = true
		t.Run(s.name, func(t *testing.T) {
			wire := crafttest.Unhex(t, s.wire)
			for n := range len(wire) + 1 { // every truncation too
				p := craft.Dissect(slices.Clone(wire[:n]), craft.Name(s.name))
				crafttest.Rebuilt(t, p, wire[:n])
				readable(t, p)
			}
			if p := craft.Dissect(wire, craft.Name(s.name)); string(p.Layers()[0].Name()) != s.name || p.Layers()[0].Note() != "" {
				t.Errorf("read %s", p.Summary())
			}
		})
	}
	for name := range gopacket.DecodersByLayerName {
		ours := craft.Lookup(craft.Name(name)) != nil || strings.HasPrefix(name, "SCTP") || strings.HasPrefix(name, "ICMPv6") || strings.HasPrefix(name, "IPv6") || strings.HasPrefix(name, "MLDv")
		if !ours && !sampled[name] && !slices.Contains(elsewhere, name) {
			t.Errorf("no sample of %s", name)
		}
	}
}

// readable reads all fields of all layers in every form there is.
func readable(t *testing.T, p *craft.Packet) {
	t.Helper()
	_ = p.Show() + p.Summary() + p.String() + p.Command()
	text, err := p.MarshalJSON()
	if err != nil || !json.Valid(text) {
		t.Errorf("JSON of %s: %v", p, err)
	}
	for _, l := range p.Layers() {
		seen := map[string]bool{}
		for _, field := range l.Fields() {
			if v, err := l.Get(field); err != nil || v.String() == "" || seen[field] {
				t.Errorf("%s.%s: %q, %v, named twice: %v", l.Name(), field, v, err, seen[field])
			}
			seen[field] = true
		}
	}
}

func TestFieldsOfGopacketsLayersKeepTheirParts(t *testing.T) {
	for _, c := range []struct {
		first        string
		layer, field craft.Name
		want         string
	}{
		{"LinkLayerDiscovery", "LinkLayerDiscovery", "chassisid", `{subtype=4, id="\x02\x00\x00\x00\x00\x01"}`},
		{"LinkLayerDiscovery", "LinkLayerDiscovery", "values", `{{type=5, length=2, value="sw"}}`},
		{"LinkLayerDiscovery", "LinkLayerDiscoveryInfo", "sysname", `"sw"`},
		{"CiscoDiscovery", "CiscoDiscoveryInfo", "deviceid", `"sw"`},
		{"EthernetCTP", "EthernetCTPForwardData", "forwardaddress", `"\x02\x00\x00\x00\x00\x01"`},
		{"EthernetCTP", "EthernetCTPReply", "receiptnumber", "7"},
		{"OSPF", "OSPF", "type", "Hello"},
		{"OSPF", "OSPF", "routerid", "167772161"},
		{"OSPF", "OSPF", "content", "{networkmask=4294967040, interfaceid=0, rtrpriority=1, options=2, hellointerval=10, routerdeadinterval=40, designatedrouterid=167772161, " +
			"backupdesignatedrouterid=167772162, neighborid={}}"},
		{"RADIUS", "RADIUS", "attributes", `{{type=1, length=5, value="abc"}}`},
		{"SIP", "SIP", "headers", `{cseq={"1 OPTIONS"}, via={"x"}}`},
		{"SFlow", "SFlow", "agentaddress", `"10.0.0.1"`},
		{"BFD", "BFD", "state", "Up"},
		{"BFD", "BFD", "authheader", "None"},
		{"ModbusTCP", "ModbusTCP", "unitidentifier", "1"},
		{"RUDP", "RUDP", "ack", "1"}, {"RUDP", "RUDP", "Ack", "2"},
	} {
		i := slices.IndexFunc(foreignSamples, func(s struct{ name, wire string }) bool { return s.name == c.first })
		p := craft.Dissect(crafttest.Unhex(t, foreignSamples[i].wire), craft.Name(c.first))
		l := p.Layer(c.layer)
		if l == nil || l.Text(string(c.field)) != c.want {
			t.Errorf("%s.%s: got %s, want %s", c.layer, c.field, l.Text(string(c.field)), c.want)
		}
	}
}

func TestGopacketsLayersAreFoundWhereTheyBelong(t *testing.T) {
	sample := func(name string) *craft.Layer {
		i := slices.IndexFunc(foreignSamples, func(s struct{ name, wire string }) bool { return s.name == name })
		return craft.Raw.New("load", crafttest.Unhex(t, foreignSamples[i].wire))
	}
	for _, c := range []struct {
		name   string
		packet *craft.Packet
	}{
		{"RADIUS", craft.Stack(craft.Ether.New(), craft.IP.New(), craft.UDP.New("sport", 1000, "dport", 1812), sample("RADIUS"))},
		{"SIP", craft.Stack(craft.Ether.New(), craft.IP.New(), craft.UDP.New("sport", 5060, "dport", 1000), sample("SIP"))},
		{"SFlow", craft.Stack(craft.Ether.New(), craft.IP.New(), craft.UDP.New("sport", 1000, "dport", 6343), sample("SFlow"))},
		{"BFD", craft.Stack(craft.Ether.New(), craft.IP.New(), craft.UDP.New("sport", 1000, "dport", 3784), sample("BFD"))},
		{"ModbusTCP", craft.Stack(craft.Ether.New(), craft.IP.New(), craft.TCP.New("sport", 1000, "dport", 502), sample("ModbusTCP"))},
		{"OSPF", craft.Stack(craft.Ether.New(), craft.IP.New("proto", 89), sample("OSPF"))},
		{"OSPF", craft.Stack(craft.Ether.New(), craft.IPv6.New("nh", 89), sample("OSPF"))},
		{"LinkLayerDiscovery", craft.Stack(craft.Ether.New("type", 0x88cc), sample("LinkLayerDiscovery"))},
		{"EAPOLKey", craft.Stack(craft.Ether.New(), craft.EAPOL.New("type", 3), sample("EAPOLKey"))},
		{"EthernetCTP", craft.Stack(craft.Ether.New(), sample("EthernetCTP"))},
	} {
		wire, err := craft.Build(c.packet, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := craft.Dissect(wire, craft.Ether)
		if !p.Has(craft.Name(c.name)) {
			t.Errorf("no %s in %s", c.name, p.Summary())
		}
		crafttest.Rebuilt(t, p, wire)
	}
	gtp := craft.Stack(craft.UDP.New("sport", 2152, "dport", 2152), craft.Raw.New("load", "\x32\xff\x00\x04\x00\x00\x00\x01abcd"))
	wire, err := craft.Build(gtp, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*craft.Packet{craft.Dissect(wire, craft.UDP), craft.Dissect(wire[8:], "GTPv1U")} {
		if p.Layer(craft.Raw) == nil || p.Has("GTPv1U") {
			t.Errorf("GTP is read: %s", p.Summary())
		}
	}
}
