package gopacket_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/gopacket"
	_ "github.com/google/gopacket/layers" // registers the decoders that are listed

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

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
	for _, s := range crafttest.Decoded() {
		sampled[s.Name] = true
		t.Run(s.Name, func(t *testing.T) {
			wire := crafttest.Unhex(t, s.Wire)
			for n := range len(wire) + 1 { // every truncation too
				p := craft.Dissect(slices.Clone(wire[:n]), craft.Name(s.Name))
				crafttest.Rebuilt(t, p, wire[:n])
				readable(t, p)
			}
			if p := craft.Dissect(wire, craft.Name(s.Name)); string(p.Layers()[0].Name()) != s.Name || p.Layers()[0].Note() != "" {
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
		i := slices.IndexFunc(crafttest.Decoded(), func(s crafttest.Sample) bool { return s.Name == c.first })
		p := craft.Dissect(crafttest.Unhex(t, crafttest.Decoded()[i].Wire), craft.Name(c.first))
		l := p.Layer(c.layer)
		if l == nil || l.Text(string(c.field)) != c.want {
			t.Errorf("%s.%s: got %s, want %s", c.layer, c.field, l.Text(string(c.field)), c.want)
		}
	}
}

func TestGopacketsLayersAreFoundWhereTheyBelong(t *testing.T) {
	sample := func(name string) *craft.Layer {
		i := slices.IndexFunc(crafttest.Decoded(), func(s crafttest.Sample) bool { return s.Name == name })
		return craft.Raw.New("load", crafttest.Unhex(t, crafttest.Decoded()[i].Wire))
	}
	for _, c := range []struct {
		name   string
		packet *craft.Packet
	}{
		{"RADIUS", craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 1812), sample("RADIUS"))},
		{"RADIUS", craft.Stack(layers.IP.New(), layers.UDP.New("sport", 1645, "dport", 1000), sample("RADIUS"))},
		{"RADIUS", craft.Stack(layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 1646), sample("RADIUS"))},
		{"RADIUS", craft.Stack(layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 1813), sample("RADIUS"))},
		{"RADIUS", craft.Stack(layers.IP.New(), layers.UDP.New("sport", 3799, "dport", 1000), sample("RADIUS"))},
		{"ModbusTCP", craft.Stack(layers.IP.New(), layers.TCP.New("sport", 1000, "dport", 502), sample("ModbusTCP"), sample("ModbusTCP"))},
		{"SIP", craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New("sport", 5060, "dport", 1000), sample("SIP"))},
		{"SFlow", craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 6343), sample("SFlow"))},
		{"BFD", craft.Stack(layers.Ether.New(), layers.IP.New(), layers.UDP.New("sport", 1000, "dport", 3784), sample("BFD"))},
		{"ModbusTCP", craft.Stack(layers.Ether.New(), layers.IP.New(), layers.TCP.New("sport", 1000, "dport", 502), sample("ModbusTCP"))},
		{"OSPF", craft.Stack(layers.Ether.New(), layers.IP.New("proto", 89), sample("OSPF"))},
		{"OSPF", craft.Stack(layers.Ether.New(), layers.IPv6.New("nh", 89), sample("OSPF"))},
		{"LinkLayerDiscovery", craft.Stack(layers.Ether.New("type", 0x88cc), sample("LinkLayerDiscovery"))},
		{"EAPOLKey", craft.Stack(layers.Ether.New(), layers.EAPOL.New("type", 3), sample("EAPOLKey"))},
		{"EthernetCTP", craft.Stack(layers.Ether.New(), sample("EthernetCTP"))},
	} {
		wire, err := craft.Build(c.packet, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := craft.Dissect(wire, c.packet.Layers()[0].Name())
		if !p.Has(craft.Name(c.name)) || anyNote(p) != "" {
			t.Errorf("no %s in %s", c.name, p.Summary())
		}
		crafttest.Rebuilt(t, p, wire)
	}
	gtp := craft.Stack(layers.UDP.New("sport", 2152, "dport", 2152), craft.Raw.New("load", "\x32\xff\x00\x04\x00\x00\x00\x01abcd"))
	wire, err := craft.Build(gtp, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*craft.Packet{craft.Dissect(wire, layers.UDP), craft.Dissect(wire[8:], "GTPv1U")} {
		if p.Layer(craft.Raw) == nil || p.Has("GTPv1U") {
			t.Errorf("GTP is read: %s", p.Summary())
		}
	}
}
