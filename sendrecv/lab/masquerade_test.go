package lab

import (
	"bytes"
	"cmp"
	"net/netip"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"
)

func newTestNAT() *masquerade { return newMasquerade(guestNet, uplinkAddr) }

// Rewriting there and back must give the same bytes, whatever the checksum said.
func TestMasqueradeKeepsChecksums(t *testing.T) {
	unsummed := datagram(to("192.168.11.2", 53), "x")
	header.UDP(unsummed.Payload()).SetChecksum(0)
	for _, c := range []struct {
		name   string
		packet header.IPv4
		right  bool
	}{
		{"TCP", segment{flags: syn}.packet(), true},
		{"TCP with a wrong checksum", segment{flags: syn, spoilt: true}.packet(), false},
		{"UDP", datagram(to("192.168.11.2", 53), "hello"), true},
		{"UDP without a checksum", unsummed, true},
		{"ping", echoRequest(serverAddr, 64), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, p := newTestNAT(), bytes.Clone(c.packet)
			if !m.outbound(p) {
				t.Fatal("not translated")
			}
			if source(p) != uplinkAddr || !header.IPv4(p).IsChecksumValid() || rightSum(p) != c.right {
				t.Errorf("got source %v, header checksum right %v, transport checksum right %v, want %v, true, %v",
					source(p), header.IPv4(p).IsChecksumValid(), rightSum(p), uplinkAddr, c.right)
			}
			mirror(p)
			m.inbound(p)
			mirror(p)
			if !bytes.Equal(p, c.packet) {
				t.Errorf("there and back:\ngot  % x\nwant % x", p, c.packet)
			}
		})
	}
}

// rightSum says whether the transport checksum of a packet is right.
func rightSum(p header.IPv4) bool {
	body := p.Payload()
	var sum uint16
	switch p.TransportProtocol() {
	case header.UDPProtocolNumber:
		if header.UDP(body).Checksum() == 0 {
			return true
		}
		fallthrough
	case header.TCPProtocolNumber:
		sum = header.PseudoHeaderChecksum(p.TransportProtocol(), p.SourceAddress(), p.DestinationAddress(), uint16(len(body)))
	}
	return checksum.Checksum(body, sum) == 0xffff
}

// mirror swaps the two sides of a packet; no checksum changes by that.
func mirror(p header.IPv4) {
	swap := func(b []byte, n int) {
		for i := range n {
			b[i], b[n+i] = b[n+i], b[i]
		}
	}
	swap(p[12:], 4)
	if p.TransportProtocol() != header.ICMPv4ProtocolNumber {
		swap(p.Payload(), 2)
	}
}

func TestMasqueradePorts(t *testing.T) {
	m := newTestNAT()
	from := func(guest string, dst netip.AddrPort) uint16 {
		p := segment{flags: syn, sport: 5000, dst: dst}.packet()
		readdress(p, sourceSide, netip.AddrPortFrom(netip.MustParseAddr(guest), 5000))
		if !m.outbound(p) {
			t.Fatal("not translated")
		}
		return segmentIn(p).SourcePort()
	}
	web := to("192.168.11.2", 80)
	for _, c := range []struct {
		name  string
		guest string
		dst   netip.AddrPort
		want  uint16
	}{
		{"kept when free", "10.0.2.100", web, 5000},
		{"the same flow again", "10.0.2.100", web, 5000},
		{"another guest, same port", "10.0.2.101", web, 5001},
		{"another server", "10.0.2.101", to("192.168.11.3", 80), 5000},
	} {
		if got := from(c.guest, c.dst); got != c.want {
			t.Errorf("%s: got port %d, want %d", c.name, got, c.want)
		}
	}
}

func TestMasqueradeForgetsTheOldest(t *testing.T) {
	m := newTestNAT()
	port := func(i int) netip.AddrPort { return to("192.168.11.2", uint16(i)) }
	for i := range maxMappings {
		m.outbound(segment{flags: syn, dst: port(i)}.packet())
	}
	m.outbound(segment{flags: syn, dst: port(0)}.packet()) // used again
	m.outbound(segment{flags: syn, dst: port(1), sport: 21}.packet())
	if m.used.Len() != maxMappings || len(m.flows) != 2*maxMappings {
		t.Errorf("got %d mappings with %d spellings, want %d with %d", m.used.Len(), len(m.flows), maxMappings, 2*maxMappings)
	}
	for i, want := range map[int]bool{0: true, 1: false, 2: true} {
		f, _ := flowOf(segment{dst: port(i)}.packet(), sourceSide)
		if _, got := m.find(f); got != want {
			t.Errorf("flow to port %d: got known %v, want %v", i, got, want)
		}
	}
}

func TestMasqueradeTranslatesQuotes(t *testing.T) {
	for _, c := range []struct {
		name   string
		packet header.IPv4
		quote  int // bytes of the quoted packet; 0: all
	}{
		{"TCP", segment{flags: syn}.packet(), 0},
		{"TCP, only 8 bytes of it", segment{flags: syn}.packet(), 28},
		{"UDP", datagram(to("192.168.11.2", 53), "hello"), 0},
		{"ping", echoRequest(serverAddr, 64), 28},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newTestNAT()
			left := bytes.Clone(c.packet)
			m.outbound(left)
			answer := icmpError(routerUplink, left[:cmp.Or(c.quote, len(left))], complaint{header.ICMPv4TimeExceeded, 0})
			m.inbound(answer)
			if destination(answer) != guestAddr || !answer.IsChecksumValid() || !rightSum(answer) {
				t.Errorf("got % x, want an intact packet to %v", []byte(answer), guestAddr)
			}
			if got, want := quotedIn(answer), c.packet[:cmp.Or(c.quote, len(left))]; !bytes.Equal(got, want) {
				t.Errorf("quote:\ngot  % x\nwant % x", []byte(got), []byte(want))
			}
		})
	}
}

func TestMasqueradeDropsWhatHasNoPorts(t *testing.T) {
	m := newTestNAT()
	fragment := segment{flags: syn}.packet()
	fragment.SetFlagsFragmentOffset(0, 800)
	gre := newPacket(guestAddr, serverAddr, 47, 16)
	orphan := icmpError(guestAddr, datagram(to("192.168.11.2", 53), "never seen"), complaint{header.ICMPv4DstUnreachable, 3})
	for name, p := range map[string]header.IPv4{"later fragment": fragment, "GRE": gre, "ICMP error about no flow": orphan} {
		if m.outbound(p) {
			t.Errorf("%s: left", name)
		}
	}
}

func TestNoComplaintAboutComplaints(t *testing.T) {
	about := segment{flags: syn}.packet()
	fragment := bytes.Clone(about)
	header.IPv4(fragment).SetFlagsFragmentOffset(0, 800)
	unreachable := complaint{header.ICMPv4DstUnreachable, 0}
	for _, c := range []struct {
		name   string
		packet header.IPv4
		want   bool
	}{
		{"a segment", about, true},
		{"a ping", echoRequest(serverAddr, 64), true},
		{"an ICMP error", icmpError(serverAddr, about, unreachable), false},
		{"a later fragment", fragment, false},
		{"to a group", newPacket(guestAddr, netip.MustParseAddr("224.0.0.1"), 17, 8), false},
		{"to everybody", newPacket(guestAddr, netip.MustParseAddr("255.255.255.255"), 17, 8), false},
		{"from nobody", newPacket(netip.IPv4Unspecified(), serverAddr, 17, 8), false},
	} {
		if got := icmpError(gatewayAddr, c.packet, unreachable) != nil; got != c.want {
			t.Errorf("%s: got an error %v, want %v", c.name, got, c.want)
		}
	}
}
