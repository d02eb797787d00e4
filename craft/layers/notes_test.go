package layers_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// TestHeadersThatContradictThemselvesAreNoted reads versions that were announced otherwise and lengths that are less than the header
// that they count.
func TestHeadersThatContradictThemselvesAreNoted(t *testing.T) {
	const addresses = "c0000201" + "c6336402"
	six := strings.Repeat("20", 32)
	for _, c := range []struct {
		name  string
		first craft.Name
		wire  string
		in    craft.Name
		note  string
	}{
		{"version 6 behind EtherType 0800", layers.Ether, strings.Repeat("02", 12) + "0800" + "65000014000100004000" + "0000" + addresses, layers.IP, "malformed: version is 6, want 4"},
		{
			"an IPv6 header behind EtherType 0800", layers.Ether, strings.Repeat("02", 12) + "0800" + "6000000000003b40" + six, layers.IP,
			"malformed: ihl 0, the header alone has 20 bytes; malformed: version is 6, want 4",
		},
		{"version 0", layers.IP, "05000014000100004000" + "0000" + addresses, layers.IP, "malformed: version is 0, want 4"},
		{"version 4 behind EtherType 86dd", layers.Ether, strings.Repeat("02", 12) + "86dd" + "4000000000003b40" + six, layers.IPv6, "malformed: version is 4, want 6"},
		{"version 15 of IPv6", layers.IPv6, "f000000000003b40" + six, layers.IPv6, "malformed: version is 15, want 6"},
		{"version 6 in an ICMP error", layers.ICMP, "0301000000000000" + "65000014000100004000" + "0000" + addresses, layers.IPerror, "malformed: version is 6, want 4"},
		{"version 4 in an ICMPv6 error", layers.ICMPv6DestUnreach, "0100000000000000" + "4000000000003b40" + six, layers.IPerror6, "malformed: version is 4, want 6"},
		{"version 4 in IPv6 in IP", layers.IP, "4500003c00010000402900000a0000010a000002" + "4000000000003b40" + six, layers.IPv6, "malformed: version is 4, want 6"},
		{"a length of 11", layers.IP, "4500000b00010000400000000a0000010a000002", layers.IP, "malformed: len is 11, the header alone has 20 bytes"},
		{"a length less than the options", layers.IP, "4600001600010000400000000a0000010a00000201010101", layers.IP, "malformed: len is 22, the header alone has 24 bytes"},
		{"a length of 0, as segmentation offload leaves it", layers.IP, "4500000000010000400000000a0000010a000002", layers.IP, ""},
		{"a length of the header", layers.IP, "4500001400010000400000000a0000010a000002", layers.IP, ""},
		{"a UDP length of 7", layers.UDP, "0001000200070000", layers.UDP, "malformed: len is 7, the header alone has 8 bytes"},
		{"a UDP length of 0, as a jumbogram's", layers.UDP, "0001000200000000", layers.UDP, ""},
		{"a TCP header of 4 words", layers.TCP, "00010002000000000000000040022000" + "00000000", layers.TCP, "malformed: dataofs 4, the header alone has 20 bytes"},
		{"an L2TP length of 5", layers.L2TP, "4002000500010001", layers.L2TP, "malformed: len is 5, the header alone has 8 bytes"},
		{"an option of Neighbor Discovery without a length", layers.ICMPv6NDRA, "8600000040000000" + "0000000000000000" + "0100000000000000", layers.ICMPv6NDOptSrcLLAddr, "malformed: len is 0"},
		{"the same of a computed length", layers.ICMPv6NDOptRDNSS, "1900000000000000", layers.ICMPv6NDOptRDNSS, "malformed: the lengths before dns leave -8 bytes for it"},
		{"a length of PAP of 0", layers.PPP, "c023" + "01010000" + "0000", layers.PPPPAPRequest, "malformed: len is 0, the header alone has 6 bytes"},
	} {
		wire := crafttest.Unhex(t, c.wire)
		p := craft.Dissect(slices.Clone(wire), c.first)
		l := p.Layer(c.in)
		if l == nil {
			t.Errorf("%s: no %s in %s", c.name, c.in, p.Summary())
			continue
		}
		if !strings.HasPrefix(l.Note(), c.note) || c.note == "" && l.Note() != "" {
			t.Errorf("%s: got %q, want %q", c.name, l.Note(), c.note)
		}
		if c.note != "" && !strings.Contains(p.Show(), c.note) {
			t.Errorf("%s is not shown: %s", c.name, p.Show())
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// TestWhatIsNoPacketInAFieldIsBytes reads fields that hold whole packets.
func TestWhatIsNoPacketInAFieldIsBytes(t *testing.T) {
	for pkt, want := range map[string]string{
		"0000000000000000": "Raw",
		"6162636465666768": "Raw", // its first half byte is a 6
		"ffffffffffffffff": "Raw",
		"6000000000003b40" + strings.Repeat("20", 32):           "IPv6",
		"4500001400010000400066e70a0000010a000002" + "00000000": "IP/Padding",
	} {
		wire := crafttest.Unhex(t, "04"+strconv.FormatInt(int64(0x100+(len(pkt)/2+8)/8), 16)[1:]+"000000000000"+pkt)
		p := craft.Dissect(slices.Clone(wire), layers.ICMPv6NDOptRedirectedHdr)
		packets := p.Layers()[0].Value("pkt").Packets()
		if len(packets) != 1 || layerNames(packets[0]) != want {
			t.Errorf("%s: got %v, want %s", pkt, packets, want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// settingIn takes the setting out of the error for a field that the layer lacks.
var settingIn = regexp.MustCompile(`; set (\w+)=(?:"([^"]*)"|(\d+))(?: \(.*\))?, for one, to have it$`)

// TestAFieldThatALayerLacksSaysHowToHaveIt asks every shape of every protocol for the fields that other shapes have, and does what the error
// says.
func TestAFieldThatALayerLacksSaysHowToHaveIt(t *testing.T) {
	told := 0
	for _, proto := range craft.Protocols() {
		if len(proto.Fields()) == 0 {
			continue
		}
		seen := map[*craft.Shape]bool{}
		for _, l := range protocoltest.Shapes(proto) {
			if seen[l.Shape()] {
				continue
			}
			seen[l.Shape()] = true
			for _, f := range proto.Fields() {
				_, err := l.Get(f.Name)
				if err == nil || l.Has(f.Name) {
					continue
				}
				if !strings.HasPrefix(err.Error(), string(proto.Name())+"."+f.Name+": not in the layer as it stands, which has ") {
					t.Errorf("%s.%s: %v", proto.Name(), f.Name, err)
				}
				m := settingIn.FindStringSubmatch(err.Error())
				if m == nil {
					continue
				}
				told++
				var value any = m[2]
				if m[3] != "" {
					value, _ = strconv.ParseUint(m[3], 10, 64)
				}
				q := craft.Stack(l).Copy().Layers()[0]
				if err := q.Set(m[1], value); err != nil || !q.Has(f.Name) {
					t.Errorf("%s.%s: with %s=%v it is still not there: %v", proto.Name(), f.Name, m[1], value, err)
				}
			}
		}
	}
	if told < 100 {
		t.Errorf("%d errors tell how", told)
	}
}
