package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// goldenRouters are the messages that routers send each other.
var goldenRouters = []goldenPacket{
	{"VRRP", stack(layers.VRRP.New()), "2101640000017afd0000000000000000"},
	{"VRRP with two addresses", stack(layers.VRRP.New("addrlist", []any{"1.2.3.4", "5.6.7.8"})), "2101640200016ae701020304050607080000000000000000"},
	{"VRRP over IP", stack(layers.IP.New("src", "1.1.1.1", "dst", "224.0.0.18"), layers.VRRP.New("addrlist", "1.2.3.4", "authtype", 1, "auth1", 1, "auth2", 2)),
		"45000028000100004070985101010101e000001221016401010175f3010203040000000100000002"},
	{"VRRPv3 over IP", stack(layers.IP.New("src", "1.1.1.1", "dst", "224.0.0.18"), layers.VRRPv3.New("addrlist", "1.2.3.4")),
		"45000020000100004070985901010101e0000012310164010064840201020304"},
	{"VRRPv3 behind an extension header of IPv6", stack(layers.IPv6.New("src", "fe80::1", "dst", "ff02::12"), layers.IPv6ExtHdrDestOpt.New(), layers.VRRPv3.New("addrlist", "fe80::1")),
		"6000000000203c40fe800000000000000000000000000001ff020000000000000000000000000012 7000010400000000 3101640100646df8fe800000000000000000000000000001"},
	{"RIP", stack(layers.UDP.New(), layers.RIP.New()), "02080208000c0000 01010000"},
	{"RIP with routes", stack(layers.RIP.New(), layers.RIPEntry.New("addr", "1.2.3.0", "mask", "255.255.255.0"), layers.RIPEntry.New()),
		"010100000002000001020300ffffff0000000000000000010002000000000000000000000000000000000001"},
	{"RIP with a password", stack(layers.RIP.New(), layers.RIPAuth.New("password", "x"), layers.RIPEntry.New()),
		"01010000ffff0002780000000000000000000000000000000002000000000000000000000000000000000001"},
	{"RIP with a digest", stack(layers.RIP.New(), layers.RIPAuth.New("authtype", 3, "digestoffset", 5, "keyid", 6, "authdatalen", 20, "seqnum", 7), layers.RIPEntry.New(),
		layers.RIPAuth.New("authtype", 1, "authdata", "aaaaaaaaaaaaaaaa")),
		"01010000ffff0003000506140000000700000000000000000002000000000000000000000000000000000001ffff000161616161616161616161616161616161"},
}

func TestVRRPVersionsAreReadByTheirNumber(t *testing.T) {
	head := "45000000000100004070000001010101e0000012"
	cases := []struct{ name, wire, layer, addresses string }{
		{"version 2", "2101640100640000010203040000000000000007", "VRRP", `{"1.2.3.4"}`},
		{"version 2 without authentication", "210164010064000001020304", "VRRP", `{"1.2.3.4"}`},
		{"version 3", "310164010064000001020304", "VRRPv3", `{"1.2.3.4"}`},
		{"version 3 with more bytes than the count says", "3101640100640000fe800000000000000000000000000002", "VRRPv3", `{"254.128.0.0"}`},
		{"a count beyond the packet", "310164050064000001020304", "VRRPv3", `{"1.2.3.4"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire := append(crafttest.Unhex(t, head), crafttest.Unhex(t, c.wire)...)
			p := craft.Dissect(wire, layers.IP)
			l := p.Layers()[1]
			if string(l.Name()) != c.layer || l.Text("addrlist") != c.addresses {
				t.Errorf("read %s", p)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
	for _, c := range []struct{ name, wire, addresses string }{
		{"as many as the count says", "3101640200640000fe800000000000000000000000000001fe800000000000000000000000000002", `{"fe80::1", "fe80::2"}`},
		{"fewer bytes than addresses", "3107640200646cf3fe800000000000000000000000", `{raw"\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"}`},
		{"as many bytes as addresses of IPv4 have", "3107640400646cf3fe800000000000000000000000000001", `{"fe80::1"}`},
	} {
		t.Run("over IPv6, "+c.name, func(t *testing.T) {
			wire := append(crafttest.Unhex(t, "60000000001870fffe800000000000000000000000000001ff020000000000000000000000000012"), crafttest.Unhex(t, c.wire)...)
			wire[5] = byte(len(wire) - 40)
			p := craft.Dissect(wire, layers.IPv6)
			if l := p.Layers()[1]; l.Text("addrlist") != c.addresses {
				t.Errorf("read %s", p)
			}
			protocoltest.OwnValues(t, layers.IPv6, wire)
		})
	}
	for _, c := range []struct{ name, first, wire, addresses string }{
		{"behind an extension header", "IPv6", "60000000003000fffe800000000000000000000000000001ff020000000000000000000000000012" +
			"7000010400000000" + "3101640200640000fe800000000000000000000000000001fe800000000000000000000000000002", `{"fe80::1", "fe80::2"}`},
		{"alone, from a link-local address on", "VRRPv3", "3101640200640000fe80000000000000000000000000000120010db8000000000000000000000002", `{"fe80::1", "2001:db8::2"}`},
		{"alone, as many bytes as an IPv6 address has", "VRRPv3", "302602010104067075626c6963a41906062b060104010940", `{"117.98.108.105"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := craft.Dissect(crafttest.Unhex(t, c.wire), craft.Name(c.first))
			if l := p.Layer(layers.VRRPv3); l == nil || l.Text("addrlist") != c.addresses {
				t.Errorf("read %s", p)
			}
			protocoltest.OwnValues(t, craft.Name(c.first), crafttest.Unhex(t, c.wire))
		})
	}
	p := craft.Dissect(crafttest.Unhex(t, "210164010064000001020304"), layers.VRRP)
	if err := p.Layers()[0].Set("auth2", 7); err != nil {
		t.Fatal(err)
	}
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "2101640100640000010203040000000000000007"))
}

func TestRIPEntriesAreLayers(t *testing.T) {
	wire := crafttest.Unhex(t, "02020000ffff0003001406140000000100000000000000000002000001020300ffffff000000000000000010ffff0001aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	p := craft.Dissect(wire, layers.RIP)
	if got, want := p.Summary(), "RIP resp / RIPAuth / RIPEntry / RIPAuth"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := p.Layer(layers.RIPEntry).Text("metric"); got != "Unreach" {
		t.Errorf("metric %s", got)
	}
	if got := len(p.Nth(layers.RIPAuth, 2).Bytes("authdata")); got != 16 {
		t.Errorf("%d bytes of digest", got)
	}
	crafttest.Rebuilt(t, p, wire)
}
