package raw

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// The two ends of the world's wire.
var (
	nearAddr = netip.MustParsePrefix("10.99.0.1/24")
	peerAddr = netip.MustParsePrefix("10.99.0.2/24")
)

// newNamespace makes an empty network namespace, with a name, until the end of the test.
func newNamespace(t *testing.T) *namespace {
	t.Helper()
	name := "mw-test-" + rand.Text()[:8]
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	h, err := netns.NewNamed(name)
	if errors.Is(err, os.ErrPermission) {
		runtime.UnlockOSThread()
		t.Skip("needs root to make a network namespace")
	}
	t.Cleanup(func() { netns.DeleteNamed(name) })
	if back := netns.Set(home); err != nil || back != nil {
		t.Fatal(err, back)
	}
	runtime.UnlockOSThread()
	h.Close()
	ns, err := openNamespace(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.close() })
	within(t, ns, func() error {
		// Neighbour discovery would break the silence that cases wait for.
		for _, conf := range []string{"all", "default"} {
			err := os.WriteFile("/proc/sys/net/ipv6/conf/"+conf+"/disable_ipv6", []byte("1"), 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without IPv6
				return err
			}
		}
		return up("lo")
	})
	return ns
}

// onOneCPU runs do on a single CPU: frames that are sent on two may overtake each other on a wire without a driver.
func onOneCPU(t *testing.T, do func()) {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.SchedSetaffinity(0, &all); err != nil {
			t.Error(err)
		}
	}()
	do()
}

// within does something in a namespace.
func within(t *testing.T, ns *namespace, f func() error) {
	t.Helper()
	if err := ns.do(f); err != nil {
		t.Fatal(err)
	}
}

func up(device string) error {
	l, err := netlink.LinkByName(device)
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(l)
}

func down(device string) error {
	l, err := netlink.LinkByName(device)
	if err != nil {
		return err
	}
	return netlink.LinkSetDown(l)
}

// A world is two hosts with a wire between them: mwnear 10.99.0.1/24 and mwpeer 10.99.0.2/24.
type world struct {
	near, peer *namespace
}

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{near: newNamespace(t), peer: newNamespace(t)}
	w.wire(t, "mwnear", nearAddr, "mwpeer", peerAddr)
	return w
}

// wire lays one more wire between the two.
func (w world) wire(t *testing.T, nearDevice string, near netip.Prefix, peerDevice string, peer netip.Prefix) {
	t.Helper()
	within(t, w.near, func() error {
		return netlink.LinkAdd(&netlink.Veth{
			LinkAttrs: netlink.LinkAttrs{Name: nearDevice}, PeerName: peerDevice, PeerNamespace: netlink.NsFd(w.peer.handle),
		})
	})
	within(t, w.near, func() error { return plug(nearDevice, near) })
	within(t, w.peer, func() error { return plug(peerDevice, peer) })
}

// plug gives a device its address and takes it up.
func plug(device string, addr netip.Prefix) error {
	l, err := netlink.LinkByName(device)
	if err != nil {
		return err
	}
	if err := netlink.AddrAdd(l, &netlink.Addr{IPNet: ipNet(addr)}); err != nil {
		return err
	}
	return netlink.LinkSetUp(l)
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// addRoute adds a route; a device without a name or an invalid gateway is none.
func addRoute(kind int, dst, gateway, device string) error {
	r := &netlink.Route{Type: kind, Dst: ipNet(netip.MustParsePrefix(dst)), Gw: net.ParseIP(gateway)}
	if device != "" {
		l, err := netlink.LinkByName(device)
		if err != nil {
			return err
		}
		r.LinkIndex = l.Attrs().Index
	}
	return netlink.RouteAdd(r)
}

// hardware is the address of a device.
func hardware(t *testing.T, ns *namespace, device string) (mac values.MAC) {
	t.Helper()
	within(t, ns, func() error {
		l, err := netlink.LinkByName(device)
		if err == nil {
			copy(mac[:], l.Attrs().HardwareAddr)
		}
		return err
	})
	return mac
}

// openIn opens a session in a namespace until the end of the test.
func openIn(t *testing.T, ns *namespace, device string) *sendrecv.Session {
	t.Helper()
	s, err := Open(ifname{ns.name, device}.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// A probe is a plain packet socket of the test's own, to see and to say what happens on a wire.
type probe struct {
	t  *testing.T
	fd int
	at unix.SockaddrLinklayer
}

// newProbe opens a probe at a device for one EtherType.
func newProbe(t *testing.T, ns *namespace, device string, kind int, etherType uint16) probe {
	t.Helper()
	p := probe{t: t}
	within(t, ns, func() error {
		l, err := netlink.LinkByName(device)
		if err != nil {
			return err
		}
		p.at = unix.SockaddrLinklayer{Ifindex: l.Attrs().Index, Protocol: wire16(etherType)}
		if p.fd, err = unix.Socket(unix.AF_PACKET, kind|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		return unix.Bind(p.fd, &p.at)
	})
	t.Cleanup(func() { unix.Close(p.fd) })
	quiet := unix.Timeval{Usec: 100_000}
	if err := unix.SetsockoptTimeval(p.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &quiet); err != nil {
		t.Fatal(err)
	}
	return p
}

// say puts frames on the wire.
func (p probe) say(frames ...[]byte) {
	onOneCPU(p.t, func() {
		for _, f := range frames {
			if err := unix.Sendto(p.fd, f, 0, &p.at); err != nil {
				p.t.Errorf("probe: %v", err)
			}
		}
	})
}

// seen reads what has arrived until it is quiet.
func (p probe) seen() (frames [][]byte) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := unix.Recvfrom(p.fd, buf, 0)
		if err != nil {
			return frames
		}
		if from.(*unix.SockaddrLinklayer).Pkttype != unix.PACKET_OUTGOING {
			frames = append(frames, bytes.Clone(buf[:n]))
		}
	}
}
