package raw

import (
	"bytes"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

func TestOwnPacketsNeverAnswerOnLoopback(t *testing.T) {
	s := openIn(t, newNamespace(t), "lo")
	// A packet that would answer itself: to and from port 53 of one host. The kernel fills what is left 0.
	q, err := sendrecv.NewSequence(craft.Stack(
		layers.IP.New("dst", "127.0.0.1", "src", "127.0.0.1", "id", 0),
		layers.UDP.New("sport", 53, "dport", 53),
	))
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.SR(t.Context(), q, sendrecv.Options{Multi: true, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range out.Pairs {
		if !p.Answer.Has(layers.ICMP) {
			t.Errorf("got answer %s, want none but ICMP's", p.Answer.Summary())
		}
	}
	if len(out.Pairs) != 1 {
		t.Errorf("got %d answers, want ICMP's port unreachable", len(out.Pairs))
	}
}

func TestSecondEqualPacketIsSomebodyElses(t *testing.T) {
	ns := newNamespace(t)
	p := openIn(t, ns, "lo").Port
	rx := listen(t, p, sendrecv.ListenOptions{})
	if _, err := p.Send(t.Context(), [][]byte{experiment(1)}); err != nil {
		t.Fatal(err)
	}
	newRawIP(t, ns)(experiment(1))
	var outs []bool
	for len(outs) < 2 {
		frames := make([]sendrecv.Frame, 4)
		n, err := rx.Receive(t.Context(), frames, 10*time.Second)
		if n == 0 || err != nil {
			t.Fatalf("got %d, %v, want frames", n, err)
		}
		for _, f := range frames[:n] {
			if bytes.Equal(f.Data, experiment(1)) { // the kernel's answer comes in between
				outs = append(outs, f.Out)
			}
		}
	}
	if !outs[0] || outs[1] {
		t.Errorf("got Out %v, want the first alone", outs)
	}
}

func TestLoopbackReachesAllAddressesOfTheHost(t *testing.T) {
	w := newWorld(t)
	s := openIn(t, w.near, "lo")
	for _, dst := range []string{"127.0.0.1", "127.1.2.3", nearAddr.Addr().String()} {
		ping := craft.Stack(layers.IP.New("dst", dst), layers.ICMP.New())
		answer, err := s.SR1(t.Context(), ping, sendrecv.Options{})
		if err != nil || answer == nil {
			t.Errorf("%s: got %v, %v, want an answer", dst, answer, err)
		}
	}
}

func TestEchoesKnowWhatTheKernelFills(t *testing.T) {
	built := func(pairs ...any) []byte {
		ip := append([]any{"src", "0.0.0.0", "dst", "127.0.0.1", "id", 0, "proto", 253}, pairs...)
		wire, err := craft.Build(craft.Stack(layers.IP.New(ip...)), nil)
		if err != nil {
			t.Fatal(err)
		}
		return wire
	}
	cases := []struct {
		name          string
		sent, arrived []byte
		own           bool
	}{
		{"the same", built("id", 5), built("id", 5), true},
		{"filled identification", built(), built("id", 5), true},
		{"filled source", built(), built("src", "127.0.0.1"), true},
		{"both filled", built(), built("id", 5, "src", "127.0.0.1"), true},
		{"corrected checksum and length", built("chksum", 1, "len", 2), built(), true},
		{"another identification", built("id", 4), built("id", 5), false},
		{"another source", built("src", "127.0.0.2"), built("src", "127.0.0.1"), false},
		{"another time to live", built("ttl", 3), built("ttl", 4), false},
		{"no header", []byte{1}, []byte{1}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := newEchoes()
			if e.take(c.arrived) {
				t.Error("before it is sent: got own, want not")
			}
			e.expect(c.sent)
			if got := e.take(c.arrived); got != c.own {
				t.Errorf("got own %v, want %v", got, c.own)
			}
			if c.own && e.take(c.arrived) {
				t.Error("the second time: got own, want not")
			}
			e.expect(c.arrived)
			e.withdraw(c.arrived)
			if e.take(c.arrived) {
				t.Error("withdrawn: got own, want not")
			}
		})
	}
}

func TestEchoesAreForgottenInTheEnd(t *testing.T) {
	e := newEchoes()
	e.expect(experiment(1))
	for range 2 * generation {
		e.expect(experiment(2))
	}
	if e.take(experiment(1)) {
		t.Error("got own, want forgotten")
	}
	if !e.take(experiment(2)) {
		t.Error("the last one: got forgotten, want own")
	}
}

func TestTunnelCarriesPackets(t *testing.T) {
	ns := newNamespace(t)
	far := newTunnel(t, ns, "mwtun")
	s := openIn(t, ns, "mwtun")
	if s.Port.Link() != layers.IP || s.Neighbours != nil {
		t.Errorf("got link %s and neighbours %v, want %s and none", s.Port.Link(), s.Neighbours, layers.IP)
	}
	rx := listen(t, s.Port, sendrecv.ListenOptions{})
	out, in := experiment(1), experiment(2)
	if _, err := s.Port.Send(t.Context(), [][]byte{out}); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1500)
	for { // the kernel itself may have something to say there
		n, err := far.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(buf[:n], out) {
			break
		}
	}
	if _, err := far.Write(in); err != nil {
		t.Fatal(err)
	}
	for _, want := range []sendrecv.Frame{{Data: out, Out: true}, {Data: in}} {
		frames := make([]sendrecv.Frame, 1)
		if n, err := rx.Receive(t.Context(), frames, 10*time.Second); n != 1 || err != nil {
			t.Fatalf("got %d, %v, want a frame", n, err)
		}
		if f := frames[0]; !bytes.Equal(f.Data, want.Data) || f.Out != want.Out || f.Link != layers.IP {
			t.Errorf("got %s, Out %v and\n%s, want %s, %v and\n%s", f.Link, f.Out, hexdump.Dump(f.Data), layers.IP, want.Out, hexdump.Dump(want.Data))
		}
	}
}
