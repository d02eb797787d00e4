package layers_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// untouched reports whether nothing that building computes was set in a packet, nor in those that stand in its fields, and no raw
// bytes were put in the place of any field.
func untouched(p *craft.Packet) bool {
	for _, l := range p.Layers() {
		for _, f := range l.Protocol().Fields() {
			if !l.Has(f.Name) {
				continue
			}
			if f.Computed != nil && l.IsSet(f.Name) || l.Replaced(f.Name) || l.AsBytes(f.Name) {
				return false
			}
			for _, in := range l.Value(f.Name).Packets() {
				if !untouched(in) {
					return false
				}
			}
		}
	}
	return true
}

// soundCapture reports whether a captured frame is IPv4 in Ethernet with right lengths and checksums, or ARP; those of hosts that
// leave checksums to the card are not.
func soundCapture(f frame) bool {
	b := f.wire
	if f.first != layers.Ether || len(b) < 14 {
		return false
	}
	switch kind, b := binary.BigEndian.Uint16(b[12:]), b[14:]; {
	case kind == 0x0806:
		return len(b) >= 28
	case kind != 0x0800, len(b) < 20, b[0] != 0x45, int(binary.BigEndian.Uint16(b[2:])) > len(b), sum(b[:20]) != 0xffff, binary.BigEndian.Uint16(b[6:])&0x3fff != 0:
		return false
	case b[9] == 6 || b[9] == 17:
		b = b[:binary.BigEndian.Uint16(b[2:])]
		if b[9] == 17 && int(binary.BigEndian.Uint16(b[24:])) != len(b)-20 {
			return false
		}
		pseudo := append(slices.Clone(b[12:20]), 0, b[9], byte((len(b)-20)>>8), byte(len(b)-20))
		return sum(append(pseudo, b[20:]...)) == 0xffff
	default:
		return sum(b[20:binary.BigEndian.Uint16(b[2:])]) == 0xffff
	}
}

// sum is the Internet checksum's sum of bytes, RFC 1071: of a sound message 0xffff.
func sum(b []byte) int {
	n := 0
	for i, c := range b {
		n += int(c) << (8 * (1 - i%2))
	}
	for n > 0xffff {
		n = n>>16 + n&0xffff
	}
	return n
}

// noted reports whether reading a packet found something wrong.
func noted(p *craft.Packet) bool {
	return slices.ContainsFunc(p.Layers(), func(l *craft.Layer) bool { return l.Note() != "" })
}

// soundFrames are frames that are sound by what is known of them apart from how they are read.
func soundFrames(t *testing.T) (all []frame) {
	for _, g := range golden {
		if p := g.packet(); untouched(p) {
			all = append(all, frame{p.Layers()[0].Name(), crafttest.Unhex(t, g.wire)})
		}
	}
	for _, folder := range captures {
		for _, f := range captured(t, folder) {
			if soundCapture(f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// otherwiseSound are vectors that scapy leaves as they are when it computes everything again, although a receiver finds them wrong.
var otherwiseSound = map[string]string{
	"ipv6_headers/hop by hop, jumbo":          "scapy counts the payload where the length of a jumbogram is 0: RFC 2675, section 3",
	"icmpv6/router renumbering stays unknown": "scapy computes no checksum for it, and a checksum of zero is wrong in ICMPv6",
}

// refreshed is the packet's bytes with lengths, checksums and counts computed again.
func refreshed(t *testing.T, f frame) string {
	t.Helper()
	p := craft.Dissect(slices.Clone(f.wire), f.first)
	p.Refresh()
	return string(crafttest.Build(t, p))
}

// TestRefreshOfASoundPacketChangesNothing holds that what was built right, or was captured with right checksums, is the same
// after Refresh.
func TestRefreshOfASoundPacketChangesNothing(t *testing.T) {
	for _, f := range slices.Concat(soundFrames(t), randomStacks(t)) {
		if got := refreshed(t, f); got != string(f.wire) {
			p := craft.Dissect(slices.Clone(f.wire), f.first)
			t.Errorf("%s\nwas\n%sis\n%s", p, hexdump.Dump(f.wire), hexdump.Dump([]byte(got)))
		}
	}
	for _, v := range vectors(t) {
		f := frame{v.First, crafttest.Unhex(t, v.Wire)}
		if v.Exact && !noted(craft.Dissect(slices.Clone(f.wire), f.first)) && otherwiseSound[v.String()] == "" {
			checkRefresh(t, v.String(), f, "")
		}
	}
}

// checkRefresh checks that Refresh changes nothing, or that it does where that is known.
func checkRefresh(t *testing.T, name string, f frame, known string) {
	t.Helper()
	switch same := refreshed(t, f) == string(f.wire); {
	case same && known != "":
		t.Errorf("%s stays as it is: it is no longer known as %q", name, known)
	case !same && known == "":
		t.Errorf("%s\nwas\n%sis\n%s", name, hexdump.Dump(f.wire), hexdump.Dump([]byte(refreshed(t, f))))
	}
}

// randomStacks are the bytes of random stacks in which nothing is set that is computed, those that read as the layers that they are:
// any payload of UDP reads as DNS where no port is set, and then counts what is not there.
func randomStacks(t *testing.T) (all []frame) {
	s := stacker{rand.New(rand.NewPCG(7, 8)), craft.Protocols()}
	for i := range 12_000 {
		var stack []*craft.Layer
		for range 1 + s.IntN(3) {
			l := craft.NewLayer(pick(s.Rand, s.protocols))
			if i%2 == 0 {
				l = s.layer(l.Protocol(), 1)
			}
			stack = append(stack, l)
		}
		switch i % 8 {
		case 0, 1:
			stack = append([]*craft.Layer{layers.Ether.New(), layers.IP.New(), layers.UDP.New()}[s.IntN(3):], stack...)
		case 2, 3:
			stack = append([]*craft.Layer{layers.IPv6.New()}, stack...)
		}
		p := craft.Stack(stack...)
		if !untouched(p) {
			continue
		}
		wire := crafttest.Build(t, p)
		same := func(a, b *craft.Layer) bool { return a.Name() == b.Name() }
		if read := craft.Dissect(slices.Clone(wire), stack[0].Name()); !noted(read) && slices.EqualFunc(p.Layers(), read.Layers(), same) {
			all = append(all, frame{stack[0].Name(), wire})
		}
	}
	return all
}

// knownRecords is why what goes on in the next segment changes: the length is computed of what is here.
const knownRecords = "lengths: a record whose end is in the next segment"

// TestRefreshOfFramesInFrames holds the same for sound frames whose lengths and checksums cover more, or less, than what is behind
// them.
func TestRefreshOfFramesInFrames(t *testing.T) {
	wire := func(layers ...*craft.Layer) string { return string(crafttest.Build(t, craft.Stack(layers...))) }
	raw := func(load string) *craft.Layer { return craft.Raw.New("load", load) }
	ether := func() *craft.Layer { return layers.Ether.New("src", "02:00:00:00:00:01", "dst", "02:00:00:00:00:02") }
	ip := func() *craft.Layer { return layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2") }
	ip6 := func() *craft.Layer { return layers.IPv6.New("src", "2001:db8::1", "dst", "2001:db8::2") }
	padded := wire(ether(), ip(), layers.TCP.New("flags", "A")) + "\x01\x02\x03\x04\x05\x06"
	datagram := wire(ip(), layers.UDP.New("sport", 1000, "dport", 2000), raw("a datagram in two pieces of data"))
	echo := wire(ip(), layers.ICMP.New(), raw("a datagram in two pieces of data"))
	segment := wire(ip(), layers.TCP.New("sport", 1000, "dport", 2000), raw("a datagram in two pieces of data"))
	message := string(crafttest.Unhex(t, compressedMessage))
	first := func(whole string) string { // the first 32 bytes of an IPv4 datagram's payload
		return wire(layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2", "flags", "MF", "proto", uint64(whole[9])), raw(whole[20:52]))
	}
	for name, c := range map[string]struct {
		wire  string
		first craft.Name
		known string
	}{
		"a trailer":                  {padded, layers.Ether, ""},
		"a trailer in VXLAN":         {wire(ether(), ip6(), layers.UDP.New("sport", 5, "dport", 4789), layers.VXLAN.New("vni", 1), raw(padded)), layers.Ether, ""},
		"a trailer in GENEVE":        {wire(ip(), layers.UDP.New("sport", 5, "dport", 6081), layers.GENEVE.New("proto", 0x6558), raw(padded)), layers.IP, ""},
		"a trailer in GRE":           {wire(ip(), layers.GRE.New("proto", 0x6558), raw(padded)), layers.IP, ""},
		"a trailer in IP":            {wire(layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2", "proto", 4), raw(padded[14:])), layers.IP, ""},
		"a first fragment of UDP":    {first(datagram), layers.IP, ""},
		"a first fragment of ICMP":   {first(echo), layers.IP, ""},
		"a first fragment of TCP":    {first(segment), layers.IP, ""},
		"a first fragment over IPv6": {wire(ip6(), layers.IPv6ExtHdrFragment.New("m", 1, "nh", 17), raw(datagram[20:52])), layers.IPv6, ""},
		"a later fragment":           {wire(layers.IP.New("frag", 4, "proto", 17), raw(datagram[52:])), layers.IP, ""},
		"names that point elsewhere": {wire(ip(), layers.UDP.New("sport", 53, "dport", 1000), raw(message)), layers.IP, ""},
		"the same over TCP":          {wire(ip(), layers.TCP.New("sport", 53, "dport", 1000), raw("\x00"+string(rune(len(message)))+message)), layers.IP, ""},
		"a record that goes on":      {wire(ip(), layers.TCP.New("sport", 443, "dport", 1000, "flags", "A"), raw("\x16\x03\x03\x01\x00\x02\x00\x00\x50\x03\x03abc")), layers.IP, knownRecords},
		"no checksum of UDP":         {wire(ip(), layers.UDP.New("chksum", 0), raw("x")), layers.IP, ""},
		"an error that quotes":       {wire(ip(), layers.ICMP.New("type", 3), raw(datagram[:28])), layers.IP, ""},
		"padding of a parameter":     {"\x01\x00\x00\x1a" + "\x00\x00\x00\x01\x00\x00\x10\x00\x00\x01\x00\x01\x00\x00\x00\x01" + "\x00\x0c\x00\x06\x00\x05\x00\x00", layers.SCTPChunkInit, ""},
		"options of SACK":            {wire(ip(), layers.TCP.New("options", append(crafttest.TCPOption("NOP"), crafttest.TCPOption("SAck", 1, 2)...))), layers.IP, ""},
	} {
		t.Run(name, func(t *testing.T) { checkRefresh(t, name, frame{c.first, []byte(c.wire)}, c.known) })
	}
}
