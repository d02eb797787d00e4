package raw

import (
	"net"
	"os"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// TestListeningFindsTheServicesOfTheNamespace opens sockets of every kind, of which two listen with TCP.
func TestListeningFindsTheServicesOfTheNamespace(t *testing.T) {
	ns := newNamespace(t)
	within(t, ns, func() error { return os.WriteFile("/proc/sys/net/ipv6/conf/lo/disable_ipv6", []byte("0"), 0) })
	listen := func(network, at string) {
		within(t, ns, func() error {
			l, err := net.Listen(network, at)
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		})
	}
	listen("tcp4", "127.0.0.1:1004")
	listen("tcp6", "[::1]:1006")
	within(t, ns, func() error {
		l, err := net.ListenPacket("udp4", "127.0.0.1:1017")
		if err != nil {
			return err
		}
		t.Cleanup(func() { l.Close() })
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0) // bound, and listening to nobody
		if err != nil {
			return err
		}
		t.Cleanup(func() { unix.Close(fd) })
		if err := unix.Bind(fd, &unix.SockaddrInet4{Port: 1024, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
			return err
		}
		c, err := net.Dial("tcp4", "127.0.0.1:1004") // a connection is no listener
		if err != nil {
			return err
		}
		t.Cleanup(func() { c.Close() })
		return nil
	})
	guard, ok := openIn(t, ns, "lo").Guard.(sendrecv.HostGuard)
	if !ok {
		t.Fatal("the guard of a host does not know its services")
	}
	for name, c := range map[string]struct{ ask, want []uint16 }{
		"both families":    {[]uint16{1006, 1, 1004}, []uint16{1006, 1004}},
		"UDP":              {[]uint16{1017}, nil},
		"bound only":       {[]uint16{1024}, nil},
		"nobody":           {[]uint16{1005, 80}, nil},
		"nothing is asked": {nil, nil},
	} {
		if got, err := guard.Listening(c.ask...); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
	if got, err := openIn(t, newNamespace(t), "lo").Guard.(sendrecv.HostGuard).Listening(1004, 1006); err != nil || len(got) > 0 {
		t.Errorf("in another namespace: got %v, %v, want none", got, err)
	}
}
