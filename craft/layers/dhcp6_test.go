package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestDHCPv6Defaults are the bytes that scapy 2.5.0 builds for messages, options and identifiers as they come.
func TestDHCPv6Defaults(t *testing.T) {
	cases := []struct{ name, wire string }{
		{"DHCP6", "00000000"},
		{"DHCP6OptAuth", "000b000b0301000000000000000000"},
		{"DHCP6OptBCMCSDomains", "00210000"},
		{"DHCP6OptBCMCSServers", "00220000"},
		{"DHCP6OptBootFileUrl", "003b0000"},
		{"DHCP6OptClientArchType", "003d0000"},
		{"DHCP6OptClientFQDN", "002700020000"},
		{"DHCP6OptClientId", "00010000"},
		{"DHCP6OptClientLinkLayerAddr", "004f00080001000000000000"},
		{"DHCP6OptClientNetworkInterId", "003e0003000000"},
		{"DHCP6OptDNSDomains", "00180000"},
		{"DHCP6OptDNSServers", "00170000"},
		{"DHCP6OptERPDomain", "00410000"},
		{"DHCP6OptElapsedTime", "000800020000"},
		{"DHCP6OptIAAddress", "00050018000000000000000000000000000000000000000000000000"},
		{"DHCP6OptIAPrefix", "001a001900000000000000003020010db8000000000000000000000000"},
		{"DHCP6OptIA_NA", "0003000c000000000000000000000000"},
		{"DHCP6OptIA_PD", "0019000c000000000000000000000000"},
		{"DHCP6OptIA_TA", "0004000400000000"},
		{"DHCP6OptIfaceId", "00120000"},
		{"DHCP6OptInfoRefreshTime", "0020000400015180"},
		{"DHCP6OptLQClientLink", "00300000"},
		{"DHCP6OptMudUrl", "00700000"},
		{"DHCP6OptNISDomain", "001d000100"},
		{"DHCP6OptNISPDomain", "001e000100"},
		{"DHCP6OptNISPServers", "001c0000"},
		{"DHCP6OptNISServers", "001b0000"},
		{"DHCP6OptNewPOSIXTimeZone", "00290000"},
		{"DHCP6OptNewTZDBTimeZone", "002a0000"},
		{"DHCP6OptOptReq", "0006000400170018"},
		{"DHCP6OptPanaAuthAgent", "00280000"},
		{"DHCP6OptPref", "00070001ff"},
		{"DHCP6OptRapidCommit", "000e0000"},
		{"DHCP6OptReconfAccept", "00140000"},
		{"DHCP6OptReconfMsg", "001300010b"},
		{"DHCP6OptRelayAgentERO", "002b000400170018"},
		{"DHCP6OptRelayMsg", "0009000400000000"},
		{"DHCP6OptRelaySuppliedOpt", "00420000"},
		{"DHCP6OptRemoteID", "0025000400000000"},
		{"DHCP6OptSIPDomains", "00150000"},
		{"DHCP6OptSIPServers", "00160000"},
		{"DHCP6OptSNTPServers", "001f0000"},
		{"DHCP6OptServerId", "00020000"},
		{"DHCP6OptServerUnicast", "000c001000000000000000000000000000000000"},
		{"DHCP6OptStatusCode", "000d00020000"},
		{"DHCP6OptSubscriberID", "00260000"},
		{"DHCP6OptUnknown", "00000000"},
		{"DHCP6OptUserClass", "000f0000"},
		{"DHCP6OptVSS", "00440001ff"},
		{"DHCP6OptVendorClass", "0010000400000000"},
		{"DHCP6OptVendorSpecificInfo", "0011000400000000"},
		{"DHCP6_Advertise", "02000000"},
		{"DHCP6_Confirm", "04000000"},
		{"DHCP6_Decline", "09000000"},
		{"DHCP6_InfoRequest", "0b000000"},
		{"DHCP6_Rebind", "06000000"},
		{"DHCP6_Reconf", "0a000000"},
		{"DHCP6_RelayForward", "0c000000000000000000000000000000000000000000000000000000000000000000"},
		{"DHCP6_RelayReply", "0d000000000000000000000000000000000000000000000000000000000000000000"},
		{"DHCP6_Release", "08000000"},
		{"DHCP6_Renew", "05000000"},
		{"DHCP6_Reply", "07000000"},
		{"DHCP6_Request", "03000000"},
		{"DHCP6_Solicit", "01000000"},
		{"DUID_EN", "000200000137"},
		{"DUID_LL", "00030001000000000000"},
		{"DUID_LLT", "0001000100000000000000000000"},
		{"DUID_UUID", "000400000000000000000000000000000000"},
		{"USER_CLASS_DATA", "0000"},
		{"VENDOR_CLASS_DATA", "0000"},
		{"VENDOR_SPECIFIC_OPTION", "00000000"},
		{"DHCP6OptGeoConf", "00240003024652"}, // scapy cannot build it
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			proto := craft.Lookup(craft.Name(c.name))
			if proto == nil {
				t.Fatal("no such protocol")
			}
			is(t, built(t, craft.NewPacket(proto)), c.wire)
			if !strings.HasPrefix(c.name, "DHCP6Opt") || c.name == "DHCP6OptUnknown" || c.name == "DHCP6OptGeoConfElement" {
				return
			}
			message := craft.Stack(layers.UDP.New(), layers.DHCP6Solicit.New(), craft.NewLayer(proto), layers.DHCP6OptPref.New())
			wire := crafttest.Unhex(t, built(t, message))
			p := craft.Dissect(wire, layers.UDP)
			if got := p.Layers(); len(got) != 4 || string(got[2].Name()) != c.name || got[3].Name() != layers.DHCP6OptPref {
				t.Errorf("in a message it is read as %s", p.Summary())
			}
			for n := range wire {
				crafttest.Rebuilt(t, craft.Dissect(wire[:n], layers.UDP), wire[:n])
			}
		})
	}
}

func TestDHCPv6OptionsWithValues(t *testing.T) {
	class := func(name craft.Name, data string) *craft.Packet { return craft.Stack(name.New("data", data)) }
	cases := []struct {
		name  string
		layer *craft.Layer
		wire  string
	}{
		{"machines", layers.DHCP6OptClientArchType.New("archtypes", several(7, 9)), "003d 0004 0007 0009"}, //nolint:misspell // the name of the field
		{"user classes", layers.DHCP6OptUserClass.New("userclassdata", class(layers.UserClassData, "ab")), "000f 0004 0002 6162"},
		{"vendor classes", layers.DHCP6OptVendorClass.New("enterprisenum", "Microsoft", "vcdata", []*craft.Packet{class(layers.VendorClassData, "a"), class(layers.VendorClassData, "b")}),
			"0010 000a 00000137 0001 61 0001 62"},
		{"a virtual network", layers.DHCP6OptVSS.New("data", "a"), "0044 0002 ff 61"},
		{"a name and flags", layers.DHCP6OptClientFQDN.New("flags", "SON", "fqdn", "a.b"), "0027 0006 07 0161016200"},
		{"part of a name", layers.DHCP6OptClientFQDN.New("fqdn", "host"), "0027 0006 00 04686f7374"},
		{"part of a name with a dot in it", layers.DHCP6OptClientFQDN.New("fqdn", `a\.b`), "0027 0005 00 03612e62"},
		{"a name of one label", layers.DHCP6OptClientFQDN.New("fqdn", "host."), "0027 0007 00 04686f737400"},
		{"the root as a name", layers.DHCP6OptClientFQDN.New("fqdn", "."), "0027 0002 00 00"},
		{"no name", layers.DHCP6OptClientFQDN.New("fqdn", craft.Verbatim("")), "0027 0001 00"},
		{"part of a name, of two labels", layers.DHCP6OptClientFQDN.New("fqdn", craft.Verbatim("\x01a\x01b")), "0027 0005 00 01610162"},
		{"a domain that does not end", layers.DHCP6OptNISDomain.New("nisdomain", craft.Verbatim("\x01a")), "001d 0002 0161"},
		{"a domain", layers.DHCP6OptNISDomain.New("nisdomain", "a.b"), "001d 0005 0161016200"},
		{"domains", layers.DHCP6OptDNSDomains.New("dnsdomains", several("a.b", "c")), "0018 0008 0161016200 016300"},
		{"links", layers.DHCP6OptLQClientLink.New("linkaddress", several("::1")), "0030 0010 00000000000000000000000000000001"},
		{"options in options", layers.DHCP6OptRelaySuppliedOpt.New("relaysupplied", craft.Stack(layers.DHCP6OptERPDomain.New("erpdomain", "a."))), "0042 0007 0041 0003 016100"},
		{"an address that never ends", layers.DHCP6OptIAAddress.New("preflft", "infinity"), "0005 0018 00000000000000000000000000000000 ffffffff 00000000"},
		{"a place", layers.DHCP6OptGeoConf.New("ca_elts", craft.Stack(layers.DHCP6OptGeoConfElement.New("CAtype", 1, "CAvalue", "abc"))), "0024 0008 02 4652 01 03 616263"},
		{"a vendor's options", layers.DHCP6OptVendorSpecificInfo.New("vso", craft.Stack(layers.VendorSpecificOption.New("optcode", 1, "optdata", "x"))), "0011 0009 00000000 0001 0001 78"},
		{"a wrong length", layers.DHCP6OptPref.New("optlen", 9), "0007 0009 ff"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			is(t, built(t, craft.Stack(c.layer)), c.wire)
			wire := crafttest.Unhex(t, c.wire)
			p := craft.Dissect(wire, c.layer.Name())
			crafttest.Rebuilt(t, p, wire)
			for _, field := range c.layer.Fields() {
				if got, want := p.Layers()[0].Text(field), c.layer.Text(field); c.layer.IsSet(field) && got != want {
					t.Errorf("%s: got %s, want %s", field, got, want)
				}
			}
		})
	}
}

// TestDHCPv6OptionsOfAWrongLength are any option, and the options behind them are read.
func TestDHCPv6OptionsOfAWrongLength(t *testing.T) {
	cases := []struct{ options, want string }{
		{"0007 0003 010203 000e 0000", "DHCP6_Solicit / DHCP6OptUnknown / DHCP6OptRapidCommit"},
		{"0003 0002 0000 000e 0000", "DHCP6_Solicit / DHCP6OptUnknown / DHCP6OptRapidCommit"},
		{"fde8 0003 61", "DHCP6_Solicit / DHCP6OptUnknown [truncated: data of 3 bytes, 1 are here]"},
		{"0001 0000", "DHCP6_Solicit / DHCP6OptClientId"},
		{"0001 00", "DHCP6_Solicit / Raw"},
		{"00", "DHCP6_Solicit / Raw"},
		{"0003 000c 00", "DHCP6_Solicit / DHCP6OptIA_NA [truncated: DHCP6OptIA_NA header of 16 bytes, 5 are here] / Raw"},
		{"0006 0003 0017 00", "DHCP6_Solicit / DHCP6OptOptReq"},
	}
	for _, c := range cases {
		wire := crafttest.Unhex(t, "01000001"+c.options)
		p := craft.Dissect(wire, layers.DHCP6Solicit)
		if got := p.Summary(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.options, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
	for wire, want := range map[string]string{
		"c8000001" + "000e0000": "UDP 1 > 547 / DHCP6 / DHCP6OptRapidCommit",
		"c8000001 000e 0000":    "UDP 1 > 547 / DHCP6 / DHCP6OptRapidCommit",
		"c8000001 000e 0009":    "UDP 1 > 547 / Raw",
		"01":                    "UDP 1 > 547 / Raw",
		"0c00":                  "UDP 1 > 547 / Raw",
	} {
		udp := built(t, craft.Stack(layers.UDP.New("sport", 1, "dport", 547), craft.Raw.New("load", string(crafttest.Unhex(t, wire)))))
		if got := craft.Dissect(crafttest.Unhex(t, udp), layers.UDP).Summary(); got != want {
			t.Errorf("%s: got %s, want %s", wire, got, want)
		}
	}
}

func TestIdentifiersOfDHCPv6(t *testing.T) {
	read := func(duid string) *craft.Packet {
		option := built(t, craft.Stack(layers.DHCP6OptClientID.New("duid", craft.Verbatim(crafttest.Unhex(t, duid)))))
		p := craft.Dissect(crafttest.Unhex(t, option), layers.DHCP6OptClientID)
		crafttest.Rebuilt(t, p, crafttest.Unhex(t, option))
		return p
	}
	if l := read("0001 0001 29b92700 020000000001").Layer(layers.DUIDLLT); l.Uint("timeval") != 700000000 || l.Text("lladdr") != "02:00:00:00:00:01" {
		t.Errorf("read %s", l.Packet())
	}
	if l := read("0004 0123456789abcdef0123456789abcdef").Layer(layers.DUIDUUID); l.Text("uuid") != `"01234567-89ab-cdef-0123-456789abcdef"` {
		t.Errorf("read %s", l.Packet())
	}
	if l := read("0002 00000137 6162").Layer(layers.DUIDEN); l.Text("id") != `"ab"` || l.Text("enterprisenum") != "Microsoft" {
		t.Errorf("read %s", l.Packet())
	}
	for _, odd := range []string{"", "00", "ffff", "0003 0001", "0009 1234"} {
		if p := read(odd); odd != "" && !p.Has(craft.Raw) {
			t.Errorf("%q: read %s", odd, p)
		}
	}
	p := read("0003 0001 020000000001")
	crafttest.Set(t, p.Layer(layers.DUIDLL), "lladdr", "02:00:00:00:00:02")
	is(t, built(t, p), "0001 000a 0003 0001 020000000002")
	if err := layers.DUIDUUID.New().Set("uuid", "x"); err == nil || err.Error() != `DUID_UUID.uuid: want a UUID such as 01234567-89ab-cdef-0123-456789abcdef, got "x"` {
		t.Errorf("got %v", err)
	}
}

func TestRelayedDHCPv6Messages(t *testing.T) {
	inner := craft.Stack(layers.DHCP6Solicit.New("trid", 7), layers.DHCP6OptElapsedTime.New("elapsedtime", 3))
	once := craft.Stack(layers.DHCP6RelayForward.New("hopcount", 0), layers.DHCP6OptRelayMsg.New("message", inner))
	twice := craft.Stack(layers.UDP.New(), layers.DHCP6RelayForward.New("hopcount", 1), layers.DHCP6OptIfaceID.New("ifaceid", "eth0"), layers.DHCP6OptRelayMsg.New("message", once))
	wire := crafttest.Unhex(t, built(t, twice))
	p := craft.Dissect(wire, layers.UDP)
	crafttest.Rebuilt(t, p, wire)
	solicit := p.Layer(layers.DHCP6Solicit)
	if solicit.Uint("trid") != 7 || p.Layer(layers.DHCP6OptElapsedTime).Uint("elapsedtime") != 3 || p.Nth(layers.DHCP6RelayForward, 2).Uint("hopcount") != 0 {
		t.Fatalf("read %s", p)
	}
	crafttest.Set(t, solicit, "trid", 0x123456)
	if again := craft.Dissect(crafttest.Unhex(t, built(t, p)), layers.UDP).Layer(layers.DHCP6Solicit).Uint("trid"); again != 0x123456 {
		t.Errorf("a change inside two relays' messages: trid %#x", again)
	}
}

// TestRelayedMessagesHaveABound: what stands deeper inside is bytes.
func TestRelayedMessagesHaveABound(t *testing.T) {
	wire := crafttest.Unhex(t, built(t, craft.Stack(layers.DHCP6Solicit.New())))
	for range 1000 {
		head := append(make([]byte, 34), 0, 9, byte(len(wire)>>8), byte(len(wire)))
		head[0] = 12
		wire = append(head, wire...)
	}
	p := craft.Dissect(wire, layers.DHCP6RelayForward)
	if p.Nth(layers.DHCP6RelayForward, 60) == nil || p.Nth(layers.DHCP6RelayForward, 70) != nil || !p.Has(craft.Raw) {
		t.Error("messages are read to another depth")
	}
	if n := len(p.Show()); n > 1<<20 {
		t.Errorf("%d bytes to show", n)
	}
	crafttest.Rebuilt(t, p, wire)
}

func TestDHCPv6Answers(t *testing.T) {
	questions := []craft.Name{layers.DHCP6Solicit, layers.DHCP6Request, layers.DHCP6Confirm, layers.DHCP6Renew, layers.DHCP6Rebind, layers.DHCP6Release, layers.DHCP6Decline, layers.DHCP6InfoRequest}
	over := func(name craft.Name, sport, dport int, pairs ...any) *craft.Packet {
		return craft.Stack(layers.UDP.New("sport", sport, "dport", dport), name.New(pairs...))
	}
	for i, question := range questions {
		q := over(question, 546, 547, "trid", 1)
		for _, c := range []struct {
			reply *craft.Packet
			want  bool
		}{
			{over(layers.DHCP6Advertise, 547, 546, "trid", 1), i == 0},
			{over(layers.DHCP6Reply, 547, 546, "trid", 1), true},
			{over(layers.DHCP6Reply, 547, 546, "trid", 2), false},
		} {
			if got := craft.Answers(c.reply, q); got != c.want {
				t.Errorf("%s to %s: %s", c.reply.Summary(), q.Summary(), craft.Why(c.reply, q))
			}
		}
	}
	forward := over(layers.DHCP6RelayForward, 547, 547, "linkaddr", "::1")
	for link, want := range map[string]bool{"::1": true, "::2": false} {
		if r := over(layers.DHCP6RelayReply, 547, 547, "linkaddr", link); craft.Answers(r, forward) != want {
			t.Errorf("link %s: %s", link, craft.Why(r, forward))
		}
	}
	if q := over(layers.DHCP6Solicit, 546, 546, "trid", 1); craft.Answers(over(layers.DHCP6Solicit, 546, 546, "trid", 1, "msgtype", 3), q) {
		t.Error("a question answers a question")
	}
}
