package lab

import (
	"bytes"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

const syn = header.TCPFlagSyn

// to is a TCP or UDP port of some host.
func to(host string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(host), port)
}

// An exchange is what the guest sends at once and what both taps see of it within a time.
type exchange struct {
	name        string
	nats        []string
	send        header.IPv4
	guard       bool
	within      time.Duration // 0: 4 s, too short for anybody to lose patience
	guest, host []string
}

func runExchanges(t *testing.T, table []exchange) {
	for _, x := range table {
		for _, nat := range x.nats {
			t.Run(x.name+"/"+nat, func(t *testing.T) {
				b := newBench(t, Config{NAT: nat})
				if x.guard {
					b.hold(20)
				}
				b.send(bytes.Clone(x.send))
				b.wait(max(x.within, 4*time.Second))
				if diff := cmp.Diff(x.guest, says(b.seen(b.guest))); diff != "" {
					t.Errorf("guest's tap (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(x.host, says(b.seen(b.host))); diff != "" {
					t.Errorf("host's tap (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// The models by what becomes of the guest's segments.
func proxying() []string { return []string{"vmnat"} }
func passing() []string  { return []string{"masquerade", "none"} }
func every() []string    { return append(proxying(), passing()...) }

func TestLoneSYN(t *testing.T) {
	lone := segment{flags: syn}.packet()
	runExchanges(t, []exchange{
		{
			name: "guest resets", nats: proxying(), send: lone,
			guest: []string{"> S", "< SA", "> R"},
			host:  []string{"> S", "< SA", "> A", "> FA", "< A", "< FA", "> A"},
		}, {
			name: "guest resets", nats: passing(), send: lone,
			guest: []string{"> S", "< SA", "> R"},
			host:  []string{"> S", "< SA", "> R"},
		}, {
			name: "guarded", nats: proxying(), send: lone, guard: true,
			guest: []string{"> S", "< SA", "< SA", "< SA"}, // again after 1 s and 2 s
			host:  []string{"> S", "< SA", "> A"},
		}, {
			name: "guarded", nats: passing(), send: lone, guard: true,
			guest: []string{"> S", "< SA", "< SA", "< SA"},
			host:  []string{"> S", "< SA", "< SA", "< SA"},
		}, {
			name: "guarded until the NAT loses patience", nats: proxying(), send: lone, guard: true, within: 200 * time.Second,
			guest: []string{"> S", "< SA", "< SA", "< SA", "< SA", "< SA", "< SA", "< SA"},
			host:  []string{"> S", "< SA", "> A", "> FA", "< A", "< FA", "> A"},
		},
	})
}

func TestRefusals(t *testing.T) {
	runExchanges(t, []exchange{
		{
			name: "closed port", nats: every(), send: segment{flags: syn, dst: to("192.168.11.2", 57213)}.packet(),
			guest: []string{"> S", "< RA"},
			host:  []string{"> S", "< RA"},
		}, {
			name: "no such host", nats: proxying(), send: segment{flags: syn, dst: to("192.168.11.77", 80)}.packet(),
			guest: []string{"> S", "< RA"},
			host:  []string{"> S", "> S", "> S", "< icmp 3/1 from 192.168.10.254", "< icmp 3/1 from 192.168.10.254"},
		}, {
			name: "no such host", nats: passing(), send: segment{flags: syn, dst: to("192.168.11.77", 80)}.packet(),
			guest: []string{"> S", "< icmp 3/1 from 192.168.10.254"},
			host:  []string{"> S", "< icmp 3/1 from 192.168.10.254"},
		}, {
			name: "dropped", nats: proxying(), send: segment{flags: syn, dst: to("192.168.11.3", 80)}.packet(), within: 200 * time.Second,
			guest: []string{"> S", "< RA"},
			host:  []string{"> S", "> S", "> S", "> S", "> S", "> S", "> S"},
		}, {
			name: "dropped", nats: passing(), send: segment{flags: syn, dst: to("192.168.11.3", 80)}.packet(), within: 200 * time.Second,
			guest: []string{"> S"},
			host:  []string{"> S"},
		}, {
			name: "prohibited", nats: proxying(), send: segment{flags: syn, dst: to("192.168.11.4", 80)}.packet(),
			guest: []string{"> S", "< RA"},
			host:  []string{"> S", "< icmp 3/13 from 192.168.11.4"},
		}, {
			name: "prohibited", nats: passing(), send: segment{flags: syn, dst: to("192.168.11.4", 80)}.packet(),
			guest: []string{"> S", "< icmp 3/13 from 192.168.11.4"},
			host:  []string{"> S", "< icmp 3/13 from 192.168.11.4"},
		}, {
			name: "no route", nats: proxying(), send: segment{flags: syn, dst: to("172.31.99.9", 80)}.packet(),
			guest: []string{"> S", "< RA"},
			host:  []string{"> S", "< icmp 3/0 from 192.168.10.254"},
		}, {
			name: "no route", nats: passing(), send: segment{flags: syn, dst: to("172.31.99.9", 80)}.packet(),
			guest: []string{"> S", "< icmp 3/0 from 192.168.10.254"},
			host:  []string{"> S", "< icmp 3/0 from 192.168.10.254"},
		},
	})
}

func TestTTL(t *testing.T) {
	first, second := segment{flags: syn, ttl: 1}.packet(), segment{flags: syn, ttl: 2}.packet()
	runExchanges(t, []exchange{
		{
			name: "TCP, first hop", nats: passing(), send: first,
			guest: []string{"> S", "< icmp 11/0 from 10.0.2.2"},
		}, {
			name: "TCP, second hop", nats: passing(), send: second,
			guest: []string{"> S", "< icmp 11/0 from 192.168.10.254"},
			host:  []string{"> S", "< icmp 11/0 from 192.168.10.254"},
		}, {
			name: "TCP, a proxy does not count hops", nats: proxying(), send: first,
			guest: []string{"> S", "< SA", "> R"},
			host:  []string{"> S", "< SA", "> A", "> FA", "< A", "< FA", "> A"},
		}, {
			name: "ping, first hop", nats: every(), send: echoRequest(serverAddr, 1),
			guest: []string{"> icmp 8", "< icmp 11/0 from 10.0.2.2"},
		}, {
			name: "ping, second hop", nats: every(), send: echoRequest(serverAddr, 2),
			guest: []string{"> icmp 8", "< icmp 11/0 from 192.168.10.254"},
			host:  []string{"> icmp 8", "< icmp 11/0 from 192.168.10.254"},
		},
	})
}

func TestOtherProtocols(t *testing.T) {
	runExchanges(t, []exchange{
		{
			name: "ping the server", nats: every(), send: echoRequest(serverAddr, 64),
			guest: []string{"> icmp 8", "< icmp 0"},
			host:  []string{"> icmp 8", "< icmp 0"},
		}, {
			name: "ping the gateway", nats: every(), send: echoRequest(gatewayAddr, 64),
			guest: []string{"> icmp 8", "< icmp 0"},
		}, {
			name: "UDP echo, of which the guest's kernel knows nothing", nats: []string{"vmnat", "masquerade"}, send: datagram(to("192.168.11.2", article.EchoPort), "hello"),
			guest: []string{"> udp 5", "< udp 5", "> icmp 3/3 from 10.0.2.100"},
			host:  []string{"> udp 5", "< udp 5", "> icmp 3/3 from 192.168.10.1"},
		}, {
			name: "UDP echo, of which the guest's kernel knows nothing", nats: []string{"none"}, send: datagram(to("192.168.11.2", article.EchoPort), "hello"),
			guest: []string{"> udp 5", "< udp 5", "> icmp 3/3 from 10.0.2.100"},
			host:  []string{"> udp 5", "< udp 5", "> icmp 3/3 from 10.0.2.100"},
		}, {
			name: "UDP to a closed port", nats: every(), send: datagram(to("192.168.11.2", 9), "hello"),
			guest: []string{"> udp 5", "< icmp 3/3 from 192.168.11.2"},
			host:  []string{"> udp 5", "< icmp 3/3 from 192.168.11.2"},
		}, {
			name: "TCP to the gateway itself", nats: every(), send: segment{flags: syn, dst: to("10.0.2.2", 80)}.packet(),
			guest: []string{"> S", "< RA"},
		}, {
			name: "UDP to the gateway itself", nats: every(), send: datagram(to("10.0.2.2", 53), "hello"),
			guest: []string{"> udp 5", "< icmp 3/3 from 10.0.2.2"},
		}, {
			name: "wrong TCP checksum, no dial", nats: proxying(), send: segment{flags: syn, spoilt: true}.packet(),
			guest: []string{"> S"},
		}, {
			name: "wrong TCP checksum passes", nats: passing(), send: segment{flags: syn, spoilt: true}.packet(),
			guest: []string{"> S"},
			host:  []string{"> S"},
		}, {
			name: "ACK out of the blue", nats: proxying(), send: segment{flags: header.TCPFlagAck, seq: 7, ack: 9}.packet(),
			guest: []string{"> A", "< R"},
		}, {
			name: "ACK out of the blue", nats: passing(), send: segment{flags: header.TCPFlagAck, seq: 7, ack: 9}.packet(),
			guest: []string{"> A", "< R"},
			host:  []string{"> A", "< R"},
		},
	})
}

// The verdict stands on this: does the guest's own segment reach the uplink?
func TestWhoseSYNLeaves(t *testing.T) {
	mine := segment{flags: syn, seq: 0xdeadbeef, id: 0x4242, options: []byte{2, 4, 4, 210}}.packet()
	for _, c := range []struct {
		nat       string
		preserved bool
		from      netip.Addr
		ttl       uint8
	}{
		{"vmnat", false, uplinkAddr, 64},
		{"masquerade", true, uplinkAddr, 63},
		{"none", true, guestAddr, 63},
	} {
		t.Run(c.nat, func(t *testing.T) {
			b := newBench(t, Config{NAT: c.nat})
			b.send(bytes.Clone(mine))
			b.wait(time.Second)
			p := packetIn(b.seen(b.host)[0].Data)
			got := segmentIn(p)
			preserved := got.SequenceNumber() == 0xdeadbeef && p.ID() == 0x4242 &&
				bytes.Equal(got.Options(), []byte{2, 4, 4, 210}) && got.SourcePort() == 20
			if preserved != c.preserved {
				t.Errorf("guest's own segment at the uplink: got %v, want %v: % x", preserved, c.preserved, []byte(p))
			}
			if source(p) != c.from || p.TTL() != c.ttl {
				t.Errorf("got source %v, TTL %d, want %v, %d", source(p), p.TTL(), c.from, c.ttl)
			}
			if !intact(p, got) {
				t.Errorf("wrong checksum at the uplink: % x", []byte(p))
			}
		})
	}
}

// Whoever ends the handshake, two captures of one run share one clock.
func TestTimesOnTheWire(t *testing.T) {
	b := newBench(t, Config{NAT: "masquerade", GuestDelay: time.Millisecond, UplinkDelay: 10 * time.Millisecond, ServerDelay: 100 * time.Millisecond})
	start := b.Clock().Now()
	b.send(segment{flags: syn}.packet())
	b.wait(time.Second)
	times := func(r sendrecv.Receiver) (all []time.Duration) {
		for _, f := range b.seen(r)[:2] {
			all = append(all, f.Time.Sub(start))
		}
		return all
	}
	ms := time.Millisecond
	if got, want := times(b.guest), []time.Duration{0, 222 * ms}; !cmp.Equal(got, want) {
		t.Errorf("guest: got %v, want %v", got, want)
	}
	if got, want := times(b.host), []time.Duration{1 * ms, 221 * ms}; !cmp.Equal(got, want) {
		t.Errorf("host: got %v, want %v", got, want)
	}
}

func TestCraftedKeepalive(t *testing.T) {
	for _, c := range []struct {
		nat  string
		host []string
	}{
		{"vmnat", nil},
		{"masquerade", []string{"> A", "< A", "> A", "< A", "> A", "< A"}},
	} {
		t.Run(c.nat, func(t *testing.T) {
			b := newBench(t, Config{NAT: c.nat})
			b.hold(20)
			b.send(segment{flags: syn, seq: 1000}.packet())
			b.wait(100 * time.Millisecond)
			isn := segmentIn(packetIn(b.seen(b.guest)[1].Data)).SequenceNumber()
			b.send(segment{flags: header.TCPFlagAck, seq: 1001, ack: isn + 1}.packet())
			b.wait(100 * time.Millisecond)
			b.seen(b.guest)
			b.seen(b.host)
			for range 3 {
				b.send(segment{flags: header.TCPFlagAck, seq: 1000, ack: isn + 1}.packet())
				b.wait(700 * time.Millisecond)
			}
			if got, want := says(b.seen(b.guest)), []string{"> A", "< A", "> A", "< A", "> A", "< A"}; !cmp.Equal(got, want) {
				t.Errorf("guest: got %q, want %q", got, want)
			}
			if got := says(b.seen(b.host)); !cmp.Equal(got, c.host) {
				t.Errorf("host: got %q, want %q", got, c.host)
			}
		})
	}
}

func TestSYNAgainWhileTheDialIsUnderWay(t *testing.T) {
	b := newBench(t, Config{})
	b.hold(20)
	b.cut("server")
	for range 3 {
		b.send(segment{flags: syn}.packet())
		b.wait(100 * time.Millisecond)
	}
	if got, want := says(b.seen(b.host)), []string{"> S"}; !cmp.Equal(got, want) {
		t.Errorf("host: got %q, want %q", got, want)
	}
}

func TestARP(t *testing.T) {
	b := newBench(t, Config{})
	request := make([]byte, header.EthernetMinimumSize+header.ARPSize)
	header.Ethernet(request).Encode(&header.EthernetFields{
		SrcAddr: hardware(guestAddr), DstAddr: header.EthernetBroadcastAddress, Type: header.ARPProtocolNumber,
	})
	a := header.ARP(request[header.EthernetMinimumSize:])
	a.SetIPv4OverEthernet()
	a.SetOp(header.ARPRequest)
	copy(a.HardwareAddressSender(), hardware(guestAddr))
	copy(a.ProtocolAddressSender(), guestAddr.AsSlice())
	copy(a.ProtocolAddressTarget(), gatewayAddr.AsSlice())
	if _, err := b.Port.Send(t.Context(), [][]byte{request}); err != nil {
		t.Fatal(err)
	}
	b.wait(time.Second)
	frames := b.seen(b.guest)
	if len(frames) != 2 {
		t.Fatalf("got %d frames, want request and answer", len(frames))
	}
	answer := header.ARP(frames[1].Data[header.EthernetMinimumSize:])
	if answer.Op() != header.ARPReply || string(answer.HardwareAddressSender()) != string(hardware(gatewayAddr)) {
		t.Errorf("got % x, want a reply with % x", []byte(answer), []byte(hardware(gatewayAddr)))
	}
}

func TestGuardHoldsNest(t *testing.T) {
	b := newBench(t, Config{NAT: "none"})
	resets := func() (n int) {
		b.send(segment{flags: syn}.packet())
		b.wait(100 * time.Millisecond)
		for _, line := range says(b.seen(b.guest)) {
			if line == "> R" {
				n++
			}
		}
		// The next SYN shall find no half-open connection.
		b.send(segment{flags: header.TCPFlagRst, seq: 1}.packet())
		b.wait(100 * time.Millisecond)
		b.seen(b.guest)
		return n
	}
	one, _ := b.Guard.Hold(20, 21)
	two, _ := b.Guard.Hold(20)
	one()
	one()
	if n := resets(); n != 0 {
		t.Errorf("one hold left: got %d resets, want none", n)
	}
	two()
	if n := resets(); n != 1 {
		t.Errorf("no hold left: got %d resets, want 1", n)
	}
}

// Time must never run ahead of the stacks: then segments would be retransmitted, and no run would be like the other.
func TestEveryRunIsTheSame(t *testing.T) {
	var first []sendrecv.Frame
	for i := range 200 {
		b := newBench(t, Config{})
		b.send(segment{flags: syn}.packet())
		b.wait(10 * time.Second)
		got := append(b.seen(b.guest), b.seen(b.host)...)
		b.Close()
		if i == 0 {
			first = got
			if len(got) != 10 {
				t.Fatalf("got %d frames, want 10: %q", len(got), says(got))
			}
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("run %d differs from the first:\n%s", i, diff)
		}
	}
}

func TestSeedsDiffer(t *testing.T) {
	isn := func(seed uint64) uint32 {
		b := newBench(t, Config{Seed: seed})
		b.send(segment{flags: syn}.packet())
		b.wait(time.Second)
		return segmentIn(packetIn(b.seen(b.host)[0].Data)).SequenceNumber()
	}
	if one, two := isn(1), isn(2); one == two {
		t.Errorf("seeds 1 and 2 gave the same ISN %d", one)
	}
}

// TestPortUsedAgain opens a connection from a port whose last one is in TIME-WAIT at the server (RFC 9293, section 3.6.1). gVisor
// hands such a SYN from one of its goroutines, of which there is one a processor, to another one; the answer must leave at
// the time of the SYN all the same.
func TestPortUsedAgain(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	b := newBench(t, Config{NAT: "none"})
	dst := netip.AddrPortFrom(serverAddr, article.HalfClosePort)
	for sport := uint16(4000); sport < 4040; sport++ {
		b.hold(sport)
		say := func(s segment) header.TCP {
			s.dst, s.sport = dst, sport
			b.seen(b.guest)
			b.send(s.packet())
			b.wait(10200 * time.Microsecond)
			var last header.TCP
			for _, f := range b.seen(b.guest) {
				if !f.Out {
					last = segmentIn(packetIn(f.Data))
				}
			}
			return last
		}
		server := say(segment{flags: syn, seq: 1000})
		if server == nil {
			t.Fatalf("port %d: got no SYN/ACK", sport)
		}
		say(segment{flags: header.TCPFlagAck, seq: 1001, ack: server.SequenceNumber() + 1})
		say(segment{flags: header.TCPFlagFin | header.TCPFlagAck, seq: 1001, ack: server.SequenceNumber() + 2})
		if again := say(segment{flags: syn, seq: 1 << 20}); again == nil || letters(again) != "SA" {
			t.Errorf("port %d, second SYN: got %v at the time of the answer, want SA", sport, again)
		}
	}
}
