package raw

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// openTestGuard opens a guard of this thread's network namespace until the end of the test.
func openTestGuard(t testing.TB) *guard {
	t.Helper()
	g, err := openGuard()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g
}

// enterNewNetwork moves the test's thread into an empty network namespace of its own; both end with the test.
func enterNewNetwork(t testing.TB) netns.NsHandle {
	t.Helper()
	runtime.LockOSThread() // never unlocked: the thread ends with the test's goroutine
	ns, err := netns.New()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("needs root to make a network namespace")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	return ns
}

// A guardWire is two hosts: the test's thread, which crafts, and a peer with a listener and a tap.
type guardWire struct {
	t *testing.T
	// raw is the near host's raw IP socket, tap the peer's AF_PACKET socket.
	raw, tap int
}

const (
	// fencePort is a local port that no test holds.
	fencePort = 4000
	// peerPort is where the peer listens.
	peerPort = 7
)

var (
	guardNear = netip.MustParseAddr("10.9.0.1")
	guardPeer = netip.MustParseAddr("10.9.0.2")
)

func newGuardWire(t *testing.T) *guardWire {
	t.Helper()
	peer := enterNewNetwork(t)
	near := enterNewNetwork(t)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: "mwnear"}, PeerName: "mwpeer", PeerNamespace: netlink.NsFd(peer),
	}))
	plug := func(name string, addr netip.Addr) {
		t.Helper()
		link, err := netlink.LinkByName(name)
		check(err)
		check(netlink.AddrAdd(link, &netlink.Addr{IPNet: &net.IPNet{IP: addr.AsSlice(), Mask: net.CIDRMask(24, 32)}}))
		check(netlink.LinkSetUp(link))
	}
	plug("mwnear", guardNear)
	w := &guardWire{t: t}
	check(netns.Set(peer))
	plug("mwpeer", guardPeer)
	l, err := net.Listen("tcp4", netip.AddrPortFrom(guardPeer, peerPort).String())
	check(err)
	everything := binary.NativeEndian.Uint16([]byte{0, unix.ETH_P_ALL}) // in network byte order
	w.tap, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, int(everything))
	check(err)
	check(unix.SetsockoptTimeval(w.tap, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 20}))
	check(netns.Set(near))
	w.raw, err = unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	check(err)
	t.Cleanup(func() {
		l.Close()
		unix.Close(w.tap)
		unix.Close(w.raw)
	})
	return w
}

// resets sends a crafted SYN from a port and says whether the near kernel resets the peer's answer.
func (w *guardWire) resets(port uint16) bool {
	w.t.Helper()
	w.syn(port)
	reset := w.sees(port, "SA", port)
	// A RST would be on the wire before the one that another SYN draws surely.
	w.syn(fencePort)
	return w.sees(fencePort, "R", port) || reset
}

// syn sends a crafted SYN.
func (w *guardWire) syn(port uint16) {
	w.t.Helper()
	p := craft.Stack(
		layers.IP.New("src", guardNear.String(), "dst", guardPeer.String()),
		layers.TCP.New("sport", port, "dport", peerPort, "flags", "S"),
	)
	data, err := craft.Build(p, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := unix.Sendto(w.raw, data, 0, &unix.SockaddrInet4{Addr: guardPeer.As4()}); err != nil {
		w.t.Fatal(err)
	}
}

// sees reads the peer's tap until a segment passes with these flags and this port of the near host, and says whether there
// was a RST from the port watched before it.
func (w *guardWire) sees(port uint16, flags string, watched uint16) (reset bool) {
	w.t.Helper()
	buf := make([]byte, 2048)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		n, _, err := unix.Recvfrom(w.tap, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			w.t.Fatalf("waiting for %s, port %d: %v", flags, port, err)
		}
		near, got, ok := tcpOf(buf[:n])
		if !ok {
			continue
		}
		reset = reset || near == watched && got == "R"
		if near == port && got == flags {
			return reset
		}
	}
	w.t.Fatalf("waiting for %s, port %d: it did not pass", flags, port)
	return false
}

// tcpOf returns the near host's port and the flags of a segment.
func tcpOf(b []byte) (near uint16, flags string, ok bool) {
	if len(b) < 40 || b[0] != 0x45 || b[9] != unix.IPPROTO_TCP {
		return 0, "", false
	}
	sport, dport := uint16(b[20])<<8|uint16(b[21]), uint16(b[22])<<8|uint16(b[23])
	switch b[33] {
	case 0x04:
		return sport, "R", true
	case 0x12:
		return dport, "SA", true
	}
	return 0, "", false
}

// ruleset lists the rules of this thread's network namespace.
func ruleset(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("nft", "list", "ruleset").CombinedOutput()
	if err != nil {
		t.Fatalf("nft list ruleset: %v: %s", err, out)
	}
	return string(out)
}
