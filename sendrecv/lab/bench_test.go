package lab

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/checksum"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// A bench is a lab under test with a listener at each tap.
type bench struct {
	t   *testing.T
	lab *Lab
	*sendrecv.Session
	guest, host sendrecv.Receiver
}

func newBench(t *testing.T, c Config) *bench {
	t.Helper()
	l, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	b := &bench{t: t, lab: l, Session: l.Session()}
	b.guest, b.host = b.listen(b.Taps[0].Port), b.listen(b.Taps[1].Port)
	return b
}

func (b *bench) listen(p sendrecv.Port) sendrecv.Receiver {
	b.t.Helper()
	r, err := p.Listen(sendrecv.ListenOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// send crafts packets at the guest.
func (b *bench) send(packets ...header.IPv4) {
	b.t.Helper()
	for _, p := range packets {
		frame := frameOf(hardware(guestAddr), hardware(gatewayAddr), p)
		if _, err := b.Port.Send(b.t.Context(), [][]byte{frame}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// wait lets time pass.
func (b *bench) wait(d time.Duration) {
	b.t.Helper()
	if _, err := b.Clock().Wait(b.t.Context(), d, nil); err != nil {
		b.t.Fatal(err)
	}
}

// hold guards a port until the end of the test.
func (b *bench) hold(ports ...uint16) {
	b.t.Helper()
	release, err := b.Guard.Hold(ports...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(release)
}

func (b *bench) cut(wire string) {
	b.t.Helper()
	if err := b.Path.Cut(wire); err != nil {
		b.t.Fatal(err)
	}
}

// seen returns what a tap has seen since the last call, without waiting for more.
func (b *bench) seen(r sendrecv.Receiver) []sendrecv.Frame {
	b.t.Helper()
	var all []sendrecv.Frame
	buf := make([]sendrecv.Frame, 64)
	for {
		n, err := r.Receive(context.Background(), buf, 0)
		if err != nil {
			b.t.Fatal(err)
		}
		if n == 0 {
			return all
		}
		all = append(all, buf[:n]...)
	}
}

// says describes frames one by one: "> SA" is a SYN/ACK that travels away from the guest.
func says(frames []sendrecv.Frame) []string {
	var lines []string
	for _, f := range frames {
		arrow := "<"
		if f.Out {
			arrow = ">"
		}
		lines = append(lines, arrow+" "+describe(packetIn(f.Data)))
	}
	return lines
}

func describe(p header.IPv4) string {
	if t := segmentIn(p); t != nil {
		if n := len(t.Payload()); n > 0 {
			return fmt.Sprintf("%s %d", letters(t), n)
		}
		return letters(t)
	}
	if h := header.ICMPv4(transport(p, header.ICMPv4ProtocolNumber)); len(h) > 0 {
		if isQuery(h.Type()) {
			return fmt.Sprintf("icmp %d", h.Type())
		}
		return fmt.Sprintf("icmp %d/%d from %v", h.Type(), h.Code(), source(p))
	}
	if h := transport(p, header.UDPProtocolNumber); h != nil {
		return fmt.Sprintf("udp %d", len(h)-header.UDPMinimumSize)
	}
	return fmt.Sprintf("%x", []byte(p))
}

func letters(t header.TCP) string {
	var s []byte
	for i, c := range "FSRPAUEC" {
		if t.Flags()&(1<<i) != 0 {
			s = append(s, byte(c))
		}
	}
	return string(s)
}

// A segment is a TCP segment from the guest; the zero value of each field is what it would be anyway.
type segment struct {
	dst      netip.AddrPort
	sport    uint16
	flags    header.TCPFlags
	seq, ack uint32
	ttl      uint8
	payload  string
	spoilt   bool // wrong checksum
	options  []byte
	id       uint16
}

func (s segment) packet() header.IPv4 {
	if !s.dst.IsValid() {
		s.dst = netip.AddrPortFrom(serverAddr, article.EchoPort)
	}
	size := header.TCPMinimumSize + len(s.options)
	p := newPacket(guestAddr, s.dst.Addr(), header.TCPProtocolNumber, size+len(s.payload))
	p.SetTTL(cmp.Or(s.ttl, 64))
	p.SetID(s.id)
	p.SetChecksum(0)
	p.SetChecksum(^p.CalculateChecksum())
	t := header.TCP(p.Payload())
	t.Encode(&header.TCPFields{
		SrcPort: cmp.Or(s.sport, 20), DstPort: s.dst.Port(), SeqNum: s.seq, AckNum: s.ack,
		DataOffset: uint8(size), Flags: s.flags, WindowSize: 8192,
	})
	copy(t[header.TCPMinimumSize:], s.options)
	copy(t[size:], s.payload)
	sum := header.PseudoHeaderChecksum(header.TCPProtocolNumber, p.SourceAddress(), p.DestinationAddress(), uint16(len(t)))
	t.SetChecksum(^checksum.Checksum(t, sum))
	if s.spoilt {
		t.SetChecksum(t.Checksum() ^ 0x5555)
	}
	return p
}

func echoRequest(dst netip.Addr, ttl uint8) header.IPv4 {
	p := newPacket(guestAddr, dst, header.ICMPv4ProtocolNumber, 16)
	p.SetTTL(ttl)
	p.SetChecksum(0)
	p.SetChecksum(^p.CalculateChecksum())
	h := header.ICMPv4(p.Payload())
	h.SetType(header.ICMPv4Echo)
	h.SetIdent(77)
	copy(h[8:], "moonwire")
	sumICMP(h)
	return p
}

func datagram(dst netip.AddrPort, payload string) header.IPv4 {
	size := header.UDPMinimumSize + len(payload)
	p := newPacket(guestAddr, dst.Addr(), header.UDPProtocolNumber, size)
	u := header.UDP(p.Payload())
	u.Encode(&header.UDPFields{SrcPort: 5353, DstPort: dst.Port(), Length: uint16(size)})
	copy(u[header.UDPMinimumSize:], payload)
	sum := header.PseudoHeaderChecksum(header.UDPProtocolNumber, p.SourceAddress(), p.DestinationAddress(), uint16(size))
	u.SetChecksum(^checksum.Checksum(u, sum))
	return p
}
