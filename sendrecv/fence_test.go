package sendrecv_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// A yard is a session that remembers what left it and whom its host asked for. Everything is reached through one gateway.
type yard struct {
	wire
	link  craft.Name
	asked []netip.Addr
}

func (y *yard) Link() craft.Name { return y.link }

func (y *yard) Route(dst netip.Addr) (sendrecv.Route, error) {
	return sendrecv.Route{Source: guest, NextHop: router}, nil
}

func (y *yard) Resolve(_ context.Context, a netip.Addr) (values.MAC, error) {
	y.asked = append(y.asked, a)
	return values.MAC{2, 0, 0, 0, 0, 9}, nil
}

func (y *yard) Dial(_ context.Context, dst netip.AddrPort, _ time.Duration, _ net.KeepAliveConfig) (sendrecv.Conn, error) {
	y.asked = append(y.asked, dst.Addr())
	return nil, nil
}

// fenced is the yard's session behind a fence.
func (y *yard) fenced(allowed ...string) *sendrecv.Session {
	var networks []netip.Prefix
	for _, a := range allowed {
		networks = append(networks, netip.MustParsePrefix(a))
	}
	return sendrecv.Fence(&sendrecv.Session{
		Name: "yard", Port: y, Routes: y, Neighbours: y, Dialer: y, Hardware: values.MAC{2, 0, 0, 0, 0, 1},
		Taps: []sendrecv.Tap{{Name: "tap", Port: y}},
	}, networks)
}

// allowed is what the fence of the table lets out.
var allowed = []string{"192.0.2.0/28", "224.0.0.1/32", "2001:db8::/64"}

// What the frames below are made of, in hexadecimal.
const (
	macs = "ffffffffffff020000000001" // to all, from the host

	in4, out4 = "c0000202", "c6336402" // 192.0.2.2, 198.51.100.2
	in6       = "20010db8000000000000000000000002"
	out6      = "20010db8000100000000000000000002"
	group6    = "ff0200000000000000000001ff000002" // of all nodes that end with 00:0002
	allNodes  = "ff020000000000000000000000000001"
)

// v4 is an IPv4 packet with options, in hexadecimal.
func v4(dst, options string) string {
	return hex.EncodeToString([]byte{0x45 + byte(len(options)/8)}) + "00001c000100004001" + "0000c0000201" + dst + options + "0800f7ff00000000"
}

// v6 is an IPv6 packet that carries next.
func v6(dst, next, payload string) string {
	return "60000000" + hex.EncodeToString(binary.BigEndian.AppendUint16(nil, uint16(len(payload)/2))) + next + "ff" + in6 + dst + payload
}

// arp is an ARP packet: operation, hardware and address of the sender, address of the target.
func arp(op, hardware, claim, target string) string {
	return "00010800060400" + op + hardware + claim + "000000000000" + target
}

// nd is neighbour discovery about a target, behind its type, code and checksum.
func nd(kind, target string) string { return kind + "00000000" + target }

// from6 is an IPv6 packet from another source.
func from6(src, packet string) string { return packet[:16] + src + packet[48:] }

// source is the option with the hardware address of who asks: not the session's.
const source = "0101020000000007"

const udp = "0035003500080000"

// TestTheFenceJudgesEachFrame tries what a fence must see through; "" of why lets the frame pass.
func TestTheFenceJudgesEachFrame(t *testing.T) {
	const own = "020000000001"
	seg := func(n, left string, rest string) string { return "11" + n + "00" + left + rest } // a routing header of type 0
	for _, c := range []struct{ name, frame, why string }{
		{"a host inside", macs + "0800" + v4(in4, ""), ""},
		{"a host outside", macs + "0800" + v4(out4, ""), "198.51.100.2 is outside --allow 192.0.2.0/28,224.0.0.1,2001:db8::/64"},
		{"the first address outside", macs + "0800" + v4("c0000210", ""), "192.0.2.16 is outside"},
		{"the directed broadcast", macs + "0800" + v4("c000020f", ""), ""},
		{"a group that is named", macs + "0800" + v4("e0000001", ""), ""},
		{"a group that is not", macs + "0800" + v4("e00000fb", ""), "224.0.0.251 is outside"},
		{"the limited broadcast", macs + "0800" + v4("ffffffff", ""), "255.255.255.255 is outside"},
		{"loopback", macs + "0800" + v4("7f000001", ""), "127.0.0.1 is outside"},
		{"a VLAN tag", macs + "8100000a0800" + v4(in4, ""), ""},
		{"two tags", macs + "88a8000a8100000b0800" + v4(in4, ""), ""},
		{"outside behind two tags", macs + "88a8000a8100000b0800" + v4(out4, ""), "198.51.100.2 is outside"},
		{"half a tag", macs + "8100000a", "a VLAN tag of"},
		{"a tunnel to a host inside", macs + "0800" + v4(in4, "") + v4(out4, ""), ""},

		{"half a frame", "ffffffffffff", "a frame of 6 bytes"},
		{"no type", macs, "a frame of 12 bytes"},
		{"an unknown type", macs + "1234" + v4(in4, ""), "EtherType 0x1234 is not understood"},
		{"PPPoE", macs + "8864" + "11000001001e0021" + v4(in4, ""), "EtherType 0x8864"},
		{"MPLS", macs + "8847" + "00001140" + v4(in4, ""), "EtherType 0x8847"},
		{"802.3 with LLC", macs + "0026" + "424203" + v4(in4, ""), "EtherType 0x0026"},
		{"IPv6 under IPv4's type", macs + "0800" + v6(in6, "11", udp), "an IPv4 header of 20 bytes with version 6"},
		{"IPv4 under IPv6's type", macs + "86dd" + v4(in4, "") + strings.Repeat("00", 40), "an IPv6 header of 40 bytes with version 4"},
		{"a short IPv4 header", macs + "0800" + v4(in4, "")[:38], "an IPv4 header of 19 bytes"},
		{"a header length too small", macs + "0800" + "44" + v4(in4, "")[2:], "an IPv4 header of 16 bytes"},
		{"a header length beyond the frame", macs + "0800" + "4f" + v4(in4, "")[2:], "an IPv4 header of 60 bytes in 28"},

		{"a source route inside", macs + "0800" + v4(in4, "01"+"830704"+in4), ""},
		{"a loose source route outside", macs + "0800" + v4(in4, "01"+"830704"+out4), "the source route leads to 198.51.100.2"},
		{"a strict one whose second is outside", macs + "0800" + v4(in4, "01"+"890b04"+in4+out4), "the source route leads to 198.51.100.2"},
		{"a source route cut short", macs + "0800" + v4(in4, "83060400000000"+"00"), "an IPv4 source route of 6 bytes"},
		{"an option beyond the header", macs + "0800" + v4(in4, "94ff0000"), "a malformed IPv4 option of kind 148"},
		{"an option without a length", macs + "0800" + v4(in4, "01010194"), "a malformed IPv4 option"},
		{"a record of the route", macs + "0800" + v4(in4, "01"+"070704"+out4), ""},
		{"a route behind the end of options", macs + "0800" + v4(in4, "00"+"830704"+out4), ""},

		{"IPv6 inside", macs + "86dd" + v6(in6, "11", udp), ""},
		{"IPv6 outside", macs + "86dd" + v6(out6, "11", udp), "2001:db8:1::2 is outside"},
		{"IPv6 to all nodes", macs + "86dd" + v6(allNodes, "11", udp), "ff02::1 is outside"},
		{"IPv4 in IPv6's clothes", macs + "86dd" + v6("00000000000000000000ffff"+in4, "11", udp), "::ffff:192.0.2.2"},
		{"a short IPv6 header", macs + "86dd" + v6(in6, "11", "")[:78], "an IPv6 header of 39 bytes"},
		{"a routing header inside", macs + "86dd" + v6(in6, "2b", seg("02", "01", "00000000"+in6)+udp), ""},
		{"a routing header outside", macs + "86dd" + v6(in6, "2b", seg("02", "01", "00000000"+out6)+udp), "the routing header leads to 2001:db8:1::2"},
		{"one behind other headers", macs + "86dd" + v6(in6, "00", "3c00010400000000"+"2b00010400000000"+seg("02", "01", "00000000"+out6)+udp), "the routing header leads to 2001:db8:1::2"},
		{"one behind a whole fragment", macs + "86dd" + v6(in6, "2c", "2b00000000000001"+seg("02", "01", "00000000"+out6)+udp), "the routing header leads to 2001:db8:1::2"},
		{"one in pieces", macs + "86dd" + v6(in6, "2c", "2b00000100000001"+"1102000100000000"), "an IPv6 fragment of extension header 43"},
		{"a segment routing header inside", macs + "86dd" + v6(in6, "2b", "1102040000000000"+in6+udp), ""},
		{"a segment routing header outside", macs + "86dd" + v6(in6, "2b", "1104040001000000"+in6+out6+udp), "the routing header leads to 2001:db8:1::2"},
		{"more segments than there are", macs + "86dd" + v6(in6, "2b", "1102040009000000"+in6+udp), "with 10 addresses in 16 bytes"},
		{"a routing header of another type", macs + "86dd" + v6(in6, "2b", "1102030100000000"+in6+udp), "an IPv6 routing header of type 3"},
		{"an extension header beyond the frame", macs + "86dd" + v6(in6, "3c", "1107010400000000"), "an IPv6 extension header of 64 bytes in 8"},
		{"half an extension header", macs + "86dd" + v6(in6, "3c", "1100"), "an IPv6 extension header of 2 bytes"},
		{"a later fragment", macs + "86dd" + v6(in6, "2c", "1100000800000001"+udp), ""},
		{"a tunnel to an IPv6 host inside", macs + "86dd" + v6(in6, "29", v6(out6, "11", udp)), ""},

		{"a neighbour inside is asked for", macs + "86dd" + v6(group6, "3a", nd("8700f7f7", in6)), ""},
		{"a neighbour outside is asked for", macs + "86dd" + v6(group6, "3a", nd("8700f7f7", out6)), "neighbour discovery of 2001:db8:1::2"},
		{"another group is asked", macs + "86dd" + v6(group6[:30]+"03", "3a", nd("8700f7f7", in6)), "ff02::1:ff00:3 is outside"},
		{"a neighbour answers all nodes", macs + "86dd" + v6(allNodes, "3a", nd("88000000", in6)), ""},
		{"a neighbour outside is impersonated", macs + "86dd" + v6(in6, "3a", nd("88000000", out6)), "neighbour discovery of 2001:db8:1::2"},
		{"neighbour discovery behind hop-by-hop options", macs + "86dd" + v6(in6, "00", "3a00050200000000"+nd("88000000", out6)), "neighbour discovery of 2001:db8:1::2"},
		{"neighbour discovery in fragments", macs + "86dd" + v6(in6, "2c", "3a00000100000001"+nd("88000000", in6)), "neighbour discovery in fragments"},
		{"half of neighbour discovery", macs + "86dd" + v6(in6, "3a", "8800000000000000"), "neighbour discovery of 8 bytes"},
		{"a router advertises to all", macs + "86dd" + v6(allNodes, "3a", "8600000000000000"), "what routers say to a group"},
		{"a router advertises to a host inside", macs + "86dd" + v6(in6, "3a", "8600000000000000"), ""},
		{"a router redirects a host outside", macs + "86dd" + v6(out6, "3a", nd("89000000", in6)), "2001:db8:1::2 is outside"},
		{"a question that claims an address outside", macs + "86dd" + from6(out6, v6(group6, "3a", nd("87000000", in6)+source)), "says where 2001:db8:1::2 is"},
		{"one that claims none", macs + "86dd" + from6(out6, v6(group6, "3a", nd("87000000", in6)+"0e01000000000001")), ""},
		{"one behind another option", macs + "86dd" + from6(out6, v6(in6, "3a", nd("87000000", in6)+"0e01000000000001"+source)), "says where 2001:db8:1::2 is"},
		{"one whose options end early", macs + "86dd" + from6(out6, v6(in6, "3a", nd("87000000", in6)+"0101")), ""},
		{"one before there is an address", macs + "86dd" + from6(strings.Repeat("0", 32), v6(group6, "3a", nd("87000000", in6)+source)), ""},
		{"one that claims an address inside", macs + "86dd" + v6(group6, "3a", nd("87000000", in6)+source), ""},
		{"a router is asked in the name of a host outside", macs + "86dd" + from6(out6, v6(in6, "3a", "8500000000000000"+source)), "says where 2001:db8:1::2 is"},
		{"a router outside says where it is", macs + "86dd" + from6(out6, v6(in6, "3a", "8600000000000000"+strings.Repeat("00", 8)+source)), "says where 2001:db8:1::2 is"},
		{"a redirect says where a host outside is", macs + "86dd" + v6(in6, "3a", nd("89000000", out6)+in6+"0201020000000007"), "says where 2001:db8:1::2 is"},
		{"a redirect to a host outside", macs + "86dd" + v6(in6, "3a", nd("89000000", out6)+in6), ""},
		{"a ping", macs + "86dd" + v6(in6, "3a", "8000000000000000"), ""},
		{"empty ICMPv6", macs + "86dd" + v6(in6, "3a", ""), "ICMPv6 of 0 bytes"},

		{"ARP for a host inside", macs + "0806" + arp("01", own, "c0000201", in4), ""},
		{"ARP for a host outside", macs + "0806" + arp("01", own, "c0000201", out4), "ARP for 198.51.100.2"},
		{"ARP for it behind a VLAN tag", macs + "8100000a0806" + arp("01", own, "c0000201", out4), "ARP for 198.51.100.2"},
		{"a probe", macs + "0806" + arp("01", own, "00000000", in4), ""},
		{"an answer that claims nothing", macs + "0806" + arp("02", own, "00000000", in4), "says where 0.0.0.0 is"},
		{"a gratuitous one inside", macs + "0806" + arp("02", own, in4, in4), ""},
		{"a gratuitous one outside", macs + "0806" + arp("02", own, out4, out4), "ARP for 198.51.100.2"},
		{"an answer that claims an address outside", macs + "0806" + arp("02", own, out4, in4), "says where 198.51.100.2 is"},
		{"a request that claims it", macs + "0806" + arp("01", own, out4, in4), "says where 198.51.100.2 is"},
		{"an answer to a host outside", macs + "0806" + arp("02", own, in4, out4), "ARP for 198.51.100.2"},
		{"reverse ARP's operation", macs + "0806" + arp("03", own, in4, in4), "ARP with operation 3"},
		{"ARP of another network", macs + "0806" + "0006" + arp("01", own, in4, in4)[4:], "other addresses than IPv4's"},
		{"half of ARP", macs + "0806" + arp("01", own, in4, in4)[:50], "other addresses than IPv4's"},
	} {
		t.Run(c.name, func(t *testing.T) {
			frame, err := hex.DecodeString(c.frame)
			if err != nil {
				t.Fatal(err)
			}
			y := &yard{link: layers.Ether}
			s := y.fenced(allowed...)
			for _, port := range []sendrecv.Port{s.Port, s.Taps[0].Port} {
				y.sent = nil
				n, err := port.Send(t.Context(), [][]byte{frame})
				switch {
				case c.why == "" && (err != nil || n != 1 || len(y.sent) != 1):
					t.Errorf("%d sent, %v; want it to pass", n, err)
				case c.why != "" && (n != 0 || len(y.sent) != 0 || !errors.Is(err, sendrecv.ErrOutside) || !strings.Contains(err.Error(), c.why)):
					t.Errorf("%d sent, %v; want %q", n, err, c.why)
				case c.why != "" && !strings.Contains(err.Error(), "--allow"):
					t.Errorf("%v does not name --allow", err)
				}
			}
		})
	}
}

// TestARPMayClaimTheHostsOwnAddress has a host outside the fence ask for one inside: only as itself.
func TestARPMayClaimTheHostsOwnAddress(t *testing.T) {
	y := &yard{link: layers.Ether}
	s := y.fenced("192.0.2.2/32") // the host is 192.0.2.1
	for frame, want := range map[string]bool{
		arp("01", "020000000001", "c0000201", in4): true,
		arp("02", "020000000001", "c0000201", in4): true,
		arp("01", "020000000007", "c0000201", in4): false,
		arp("01", "020000000001", "c0000203", in4): false,
	} {
		b, err := hex.DecodeString(macs + "0806" + frame)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Port.Send(t.Context(), [][]byte{b}); (err == nil) != want {
			t.Errorf("%s: %v", frame, err)
		}
	}
}

// TestLinksWithoutAHeaderAreFencedToo sends packets as a tunnel or loopback takes them, and on a link that nobody knows.
func TestLinksWithoutAHeaderAreFencedToo(t *testing.T) {
	for _, c := range []struct {
		link  craft.Name
		frame string
		want  bool
	}{
		{layers.IP, v4(in4, ""), true}, {layers.IP, v4(out4, ""), false},
		{layers.IP, v6(in6, "11", udp), true}, {layers.IP, v6(out6, "11", udp), false},
		{layers.IPv6, v6(in6, "11", udp), true}, {layers.IP, "", false}, {layers.IP, "70" + v4(in4, "")[2:], false},
		{"LINKTYPE_147", v4(in4, ""), false},
	} {
		frame, err := hex.DecodeString(c.frame)
		if err != nil {
			t.Fatal(err)
		}
		y := &yard{link: c.link}
		if _, err := y.fenced(allowed...).Port.Send(t.Context(), [][]byte{frame}); (err == nil) != c.want || len(y.sent) > 0 != c.want {
			t.Errorf("%s %s: %v", c.link, c.frame, err)
		}
	}
}

// TestNobodyIsAskedForWhatIsOutside looks at every other way out of a session.
func TestNobodyIsAskedForWhatIsOutside(t *testing.T) {
	y := &yard{link: layers.Ether}
	s := y.fenced("198.51.100.0/24")
	inside, gateway := nowhere, router
	if _, err := s.Neighbours.Resolve(t.Context(), gateway); !errors.Is(err, sendrecv.ErrOutside) {
		t.Errorf("a gateway to nowhere: %v", err)
	}
	seq := sequence(t, craft.Stack(layers.IP.New("dst", server), layers.ICMP.New()))
	if _, err := s.Send(t.Context(), seq, sendrecv.Options{}); !errors.Is(err, sendrecv.ErrOutside) || !strings.Contains(err.Error(), "192.0.2.2 is outside --allow 198.51.100.0/24") {
		t.Errorf("a packet: %v", err)
	}
	if _, err := s.Dialer.Dial(t.Context(), netip.AddrPortFrom(server, 80), 0, net.KeepAliveConfig{}); !errors.Is(err, sendrecv.ErrOutside) {
		t.Errorf("a connection: %v", err)
	}
	if len(y.asked) > 0 || len(y.sent) > 0 {
		t.Errorf("asked for %v, sent %d frames; want silence", y.asked, len(y.sent))
	}
	seq = sequence(t, craft.Stack(layers.IP.New("dst", inside), layers.ICMP.New()))
	if n, err := s.Send(t.Context(), seq, sendrecv.Options{}); n != 1 || err != nil || !slices.Equal(y.asked, []netip.Addr{gateway}) {
		t.Errorf("inside: %d sent, %v, asked for %v; want the gateway, which is outside itself", n, err, y.asked)
	}
}

// TestWhatIsInsideOfASetIsSent sends a network of which a part is inside.
func TestWhatIsInsideOfASetIsSent(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", values.Network(netip.MustParsePrefix("192.0.2.0/29"))), layers.ICMP.New())
	y := &yard{link: layers.Ether}
	n, err := y.fenced("192.0.2.4/31").Send(t.Context(), sequence(t, p), sendrecv.Options{})
	if n != 2 || len(y.sent) != 2 || !errors.Is(err, sendrecv.ErrOutside) || !strings.Contains(err.Error(), "6 of 8 packets could not be sent: packet 1 (") {
		t.Errorf("send: %d, %v", n, err)
	}
	y = &yard{link: layers.Ether}
	out, err := y.fenced("192.0.2.4/31").SR(t.Context(), sequence(t, p), sendrecv.Options{})
	if err != nil || out.Sent != 2 || len(out.Failed) != 6 || !errors.Is(out.Failed[0].Err, sendrecv.ErrOutside) {
		t.Errorf("SR: %+v, %v", out, err)
	}
	y = &yard{link: layers.Ether}
	if _, err := y.fenced("203.0.113.0/24").SR(t.Context(), sequence(t, p), sendrecv.Options{}); !errors.Is(err, sendrecv.ErrOutside) || len(y.sent) > 0 {
		t.Errorf("SR of nothing inside: %v, %d frames left", err, len(y.sent))
	}
}

// TestARunThatEndsEarlySaysWhatWasKeptBack has the port fail behind packets that are outside.
func TestARunThatEndsEarlySaysWhatWasKeptBack(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", values.Network(netip.MustParsePrefix("192.0.2.0/29"))), layers.ICMP.New())
	y := &yard{link: layers.Ether}
	y.failAt = 2
	n, err := y.fenced("192.0.2.4/30").Send(t.Context(), sequence(t, p), sendrecv.Options{})
	if n != 1 || !errors.Is(err, io.ErrShortWrite) || errors.Is(err, sendrecv.ErrOutside) || !strings.Contains(err.Error(), "before, 4 packets were kept back: packet 1 (") {
		t.Errorf("%d sent, %v", n, err)
	}
}

// FuzzFence holds the fence against what craft reads in the frames that pass: the outermost destination is inside.
func FuzzFence(f *testing.F) {
	for _, frame := range []string{
		macs + "0800" + v4(in4, ""), macs + "0800" + v4(out4, ""), macs + "88a8000a8100000b0800" + v4(in4, "01"+"830704"+in4),
		macs + "86dd" + v6(in6, "2b", "11020001"+"00000000"+in6+udp), macs + "86dd" + v6(group6, "3a", nd("8700f7f7", in6)),
		macs + "86dd" + v6(in6, "2c", "1100000800000001"+udp), macs + "0806" + arp("01", "020000000001", "c0000201", in4),
		macs + "0026" + "424203" + v4(in4, ""), macs + "8864" + "11000001001e0021" + v4(in4, ""),
	} {
		b, err := hex.DecodeString(frame)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	inside := func(a netip.Addr) bool {
		return slices.ContainsFunc(allowed, func(n string) bool { return netip.MustParsePrefix(n).Contains(a) })
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		y := &yard{link: layers.Ether}
		if _, err := y.fenced(allowed...).Port.Send(t.Context(), [][]byte{frame}); err != nil {
			return
		}
		p := craft.Dissect(frame, layers.Ether)
		for _, l := range p.Layers() {
			switch l.Name() {
			case layers.Ether, layers.Dot1Q, layers.Dot1AD:
				continue
			case layers.IP:
				if !inside(l.Addr("dst")) {
					t.Errorf("left for %s: %s", l.Addr("dst"), p.Summary())
				}
			case layers.ARP:
				if !inside(l.Addr("pdst")) {
					t.Errorf("ARP left for %s: %s", l.Addr("pdst"), p.Summary())
				}
			case layers.IPv6:
				if !inside(l.Addr("dst")) && !p.Has(layers.ICMPv6NDNS) && !p.Has(layers.ICMPv6NDNA) {
					t.Errorf("left for %s: %s", l.Addr("dst"), p.Summary())
				}
			default:
				t.Errorf("%s left: %s", l.Name(), p.Summary())
			}
			return
		}
		t.Errorf("%x left, in which nothing has a destination", frame)
	})
}
