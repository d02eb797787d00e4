package layers_test

import (
	"encoding/hex"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// TestClearedFieldsAreAsIfNeverSet sets and clears every field and compares with a packet that was not touched.
func TestClearedFieldsAreAsIfNeverSet(t *testing.T) {
	for _, f := range goldenFrames(t)[:len(golden)] {
		t.Run(f.Name, f.Clears)
	}
}

// TestVerbatimBytesMoveNothingElse puts bytes of another length in place of a field: the others stay what they are.
func TestVerbatimBytesMoveNothingElse(t *testing.T) {
	raw := func(s string) craft.Verbatim { return craft.Verbatim(s) }
	cases := []struct {
		name   string
		packet *craft.Packet
		want   string
	}{
		{"longer", craft.Stack(layers.IP.New("tos", raw("\xaa\xbb"))), "45aabb00140001000040007ce77f0000017f000001"},
		{"gone", craft.Stack(layers.IP.New("ttl", raw(""))), "4500001400010000007ce77f0000017f000001"},
		{"an address that is asked of the host", craft.Stack(layers.Ether.New("dst", raw("")), layers.IP.New()),
			"0000000000000800" + "450000140001000040007ce77f0000017f000001"},
		{"everything but one byte", craft.Stack(layers.IP.New("tos", raw(""), "len", raw(""), "id", raw(""), "ttl", raw(""), "proto", raw(""),
			"chksum", raw(""), "src", raw(""), "dst", raw("")), layers.UDP.New("chksum", 0)), "450000" + "0035003500080000"},
		{"below a longer layer", craft.Stack(layers.IP.New(), layers.UDP.New("sport", raw("wide"), "chksum", 0)),
			"4500001e0001000040117ccc7f0000017f000001" + "77696465003500080000"},
		{"under a checksum", craft.Stack(layers.IP.New("len", raw("\x00\x1c")), layers.UDP.New()), "4500001c0001000040117cce7f0000017f0000010035003500080172"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := craft.Build(c.packet, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(b); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAnotherShapeForgetsWhatItHasNoPlaceFor(t *testing.T) {
	p := craft.Stack(layers.ICMP.New("id", craft.Verbatim("\x01\x02\x03"), "seq", values.Range(1, 3, 1)))
	crafttest.Set(t, p.Layers()[0], "type", 3)
	if n, err := p.Count(); n != 1 || err != nil {
		t.Errorf("it stands for %d packets, %v", n, err)
	}
	b, err := craft.Build(p, nil)
	if got := hex.EncodeToString(b); err != nil || got != "0300fcff00000000" {
		t.Errorf("%s, %v", got, err)
	}
}

func TestRefreshLeavesQuotesAndOddAddressesAlone(t *testing.T) {
	quote := quoting(t, ab(question("S", 100), data("more than eight bytes of payload")), 8)
	arp := craft.Dissect(crafttest.Unhex(t, "0001080008040001"+"0102030405060708"+"0a000001"+"1112131415161718"+"0a000002"), layers.ARP)
	for name, p := range map[string]*craft.Packet{"quote": quote, "ARP with eight-byte addresses": arp} {
		t.Run(name, func(t *testing.T) {
			wire := append([]byte(nil), p.Wire...)
			p.Refresh()
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestStringsOfDigitsAreNumbers(t *testing.T) {
	l := layers.TCP.New("dport", "443", "seq", "0xffffffff")
	if l.Uint("dport") != 443 || l.Uint("seq") != 0xffffffff {
		t.Errorf("dport %d, seq %d", l.Uint("dport"), l.Uint("seq"))
	}
}

func TestNewWantsPairs(t *testing.T) {
	if _, err := craft.Build(craft.Stack(layers.IP.New("dst", "10.0.0.1", "ttl")), nil); err == nil {
		t.Error("a name without a value is accepted")
	}
	if _, err := craft.Build(craft.Stack(craft.Name("Unheard").New()), nil); err == nil {
		t.Error("a protocol that does not exist is accepted")
	}
}

// TestResolvedPacketsStayThemselves copies packets that the host has been asked about, and whose upper layers decide an
// address.
func TestResolvedPacketsStayThemselves(t *testing.T) {
	packets := []func() *craft.Packet{stack(layers.Ether.New(), layers.EAPOL.New())}
	for _, g := range golden {
		packets = append(packets, g.packet)
	}
	for _, packet := range packets {
		p := packet()
		want, err := craft.Build(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Resolve(nil); err != nil {
			t.Fatal(err)
		}
		crafttest.Rebuilt(t, p.Copy(), want)
	}
}

func TestARefusedValueLeavesTheLayerAsItWas(t *testing.T) {
	l := layers.DNS.New("id", 7)
	if err := l.Set("length", "bogus"); err == nil {
		t.Fatal("a length of bogus is accepted")
	}
	if l.Has("length") || l.Uint("id") != 7 {
		t.Errorf("it has %v, id %d", l.Fields(), l.Uint("id"))
	}
}

// TestManyErrorsInErrorsAreBuiltAtOnce has layers each of which may hold something behind its payload: the work must not
// double with every one.
func TestManyErrorsInErrorsAreBuiltAtOnce(t *testing.T) {
	var stack []*craft.Layer
	for range 64 {
		stack = append(stack, layers.ICMP.New("type", 11))
	}
	p := craft.Stack(append(stack, craft.Padding.New("load", "pad"))...)
	wire, err := craft.Build(p, nil)
	if err != nil || len(wire) != 64*8+3 || p.Offset(64) != 64*8 {
		t.Errorf("%d bytes, padding at %d, %v", len(wire), p.Offset(64), err)
	}
}
