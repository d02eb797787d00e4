package raw

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/porttest"
)

// experimental is an EtherType that no stack listens to (IEEE 802 section 9.2.3).
const experimental = 0x88b5

// strange is a frame of that type between two hosts that do not exist.
func strange(i int) []byte {
	f := make([]byte, 60)
	copy(f, []byte{0x02, 0, 0, 0, 0, 1, 0x02, 0, 0, 0, 0, 2})
	binary.BigEndian.PutUint16(f[12:], experimental)
	f[14] = byte(i)
	return f
}

func TestEthernetPortKeepsTheContract(t *testing.T) {
	porttest.Run(t, func(t *testing.T) porttest.Rig {
		w := newWorld(t)
		peer := newProbe(t, w.peer, "mwpeer", unix.SOCK_RAW, experimental)
		var sent [][]byte
		return porttest.Rig{
			Port:   openIn(t, w.near, "mwnear").Port,
			Frame:  strange,
			Inject: peer.say,
			Sent: func() [][]byte {
				sent = append(sent, peer.seen()...)
				return sent
			},
		}
	})
}

// experiment is an IPv4 packet of a protocol that nobody speaks (RFC 3692), with all that the kernel would fill.
func experiment(i int) []byte {
	p := craft.Stack(
		layers.IP.New("src", "127.0.0.1", "dst", "127.0.0.1", "id", i+1, "proto", 253),
		craft.Raw.New("load", []byte("moonwire")),
	)
	wire, err := craft.Build(p, nil)
	if err != nil {
		panic(err)
	}
	return wire
}

func TestLoopbackPortKeepsTheContract(t *testing.T) {
	porttest.Run(t, func(t *testing.T) porttest.Rig {
		ns := newNamespace(t)
		other := newRawIP(t, ns)
		watch := newProbe(t, ns, "lo", unix.SOCK_DGRAM, unix.ETH_P_IP)
		var seen [][]byte
		var injected int
		return porttest.Rig{
			Port:  openIn(t, ns, "lo").Port,
			Frame: experiment,
			Inject: func(packets ...[]byte) {
				injected += len(packets)
				other(packets...)
			},
			Sent: func() [][]byte {
				seen = append(seen, watch.seen()...)
				return seen[injected:] // no case injects before it sends and asks
			},
		}
	})
}

// newRawIP opens a raw IP socket of the test's own and returns how to send with it.
func newRawIP(t *testing.T, ns *namespace) func(packets ...[]byte) {
	t.Helper()
	var fd int
	within(t, ns, func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
		return err
	})
	t.Cleanup(func() { unix.Close(fd) })
	return func(packets ...[]byte) {
		onOneCPU(t, func() {
			for _, p := range packets {
				if err := unix.Sendto(fd, p, 0, &unix.SockaddrInet4{Addr: [4]byte(p[ipDestination:])}); err != nil {
					t.Errorf("raw socket: %v", err)
				}
			}
		})
	}
}

func TestSendTellsWhatTheInterfaceRefuses(t *testing.T) {
	w := newWorld(t)
	p := openIn(t, w.near, "mwnear").Port
	_, err := p.Send(t.Context(), [][]byte{make([]byte, 1515)})
	wantError(t, err, "takes no frame of 1515 bytes: its MTU is 1500")
	_, err = p.Send(t.Context(), [][]byte{{1, 2, 3}})
	wantError(t, err, "frame of 3 bytes")
	lo := openIn(t, w.near, "lo").Port
	_, err = lo.Send(t.Context(), [][]byte{{0x45, 0, 0}})
	wantError(t, err, "want an IPv4 header")
	within(t, w.near, func() error { return down("mwnear") })
	_, err = p.Send(t.Context(), [][]byte{strange(1)})
	wantError(t, err, p.Name()+" is down: ip -n "+w.near.name+" link set mwnear up")
	within(t, w.near, func() error { return down("lo") })
	_, err = lo.Send(t.Context(), [][]byte{experiment(1)})
	wantError(t, err, lo.Name()+" is down")
}

func TestTapsAreListenedToOnly(t *testing.T) {
	ns := newNamespace(t)
	s := openIn(t, ns, "lo")
	if len(s.Taps) != 1 || s.Taps[0].Name != "guest" {
		t.Fatalf("got taps %v, want one named guest", s.Taps)
	}
	tap := s.Taps[0].Port
	if _, err := tap.Send(t.Context(), [][]byte{experiment(1)}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %v, want %v", err, errors.ErrUnsupported)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := tap.Listen(sendrecv.ListenOptions{}); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the session's end: got %v, want %v", err, net.ErrClosed)
	}
}

// wantError holds that an error says something.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}
