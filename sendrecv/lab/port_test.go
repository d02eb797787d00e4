package lab

import (
	"fmt"
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/porttest"
)

func TestPortContract(t *testing.T) {
	for _, c := range []struct {
		name string
		port func(*sendrecv.Session) sendrecv.Port
		end  func(*Lab) *end
		real bool
	}{
		{"guest", guestPort, guestEnd, false},
		{"guest in real time", guestPort, guestEnd, true},
		{"host tap", hostTap, uplinkEnd, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			porttest.Run(t, func(t *testing.T) porttest.Rig {
				l, err := New(Config{RealTime: c.real})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { l.Close() })
				return rig(t, l, c.port(l.Session()), c.end(l))
			})
		})
	}
}

func guestPort(s *sendrecv.Session) sendrecv.Port { return s.Port }
func hostTap(s *sendrecv.Session) sendrecv.Port   { return s.Taps[1].Port }
func guestEnd(l *Lab) *end                        { return &l.links[0].ends[0] }
func uplinkEnd(l *Lab) *end                       { return &l.links[1].ends[0] }

// rig lets the conformance suite speak from the other end of a port's link.
func rig(t *testing.T, l *Lab, p sendrecv.Port, e *end) porttest.Rig {
	witness, err := newPort("witness", e).Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var sent [][]byte
	return porttest.Rig{
		Port: p,
		Inject: func(frames ...[]byte) {
			l.clock.do(func() {
				for _, f := range frames {
					e.peer.send(f)
				}
			})
		},
		Sent: func() [][]byte {
			b := &bench{t: t}
			for _, f := range b.seen(witness) {
				if f.Out {
					sent = append(sent, f.Data)
				}
			}
			return sent
		},
		Frame: localFrame,
	}
}

// localFrame makes frames of a type that is free for experiments (RFC 9542), which no node understands.
func localFrame(i int) []byte {
	frame := make([]byte, header.EthernetMinimumSize, 64)
	header.Ethernet(frame).Encode(&header.EthernetFields{
		SrcAddr: hardware(guestAddr), DstAddr: hardware(gatewayAddr), Type: tcpip.NetworkProtocolNumber(0x88b5),
	})
	return fmt.Appendf(frame, "frame %d", i)
}

func TestReceiverCountsWhatItLoses(t *testing.T) {
	b := newBench(t, Config{})
	frames := make([][]byte, backlog+3)
	for i := range frames {
		frames[i] = localFrame(0)
	}
	b.Path.Cut("guest")
	if n, err := b.Port.Send(t.Context(), frames); n != len(frames) || err != nil {
		t.Fatalf("got %d, %v", n, err)
	}
	if got := b.guest.Stats(); got != (sendrecv.Stats{Received: backlog, Dropped: 3}) {
		t.Errorf("got %+v, want %d received, 3 dropped", got, backlog)
	}
}
