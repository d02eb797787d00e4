package raw

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// newTunnel makes a tunnel device in a namespace, up and with an address, and returns its far end.
func newTunnel(t *testing.T, ns *namespace, device string) *os.File {
	t.Helper()
	var fd int
	err := ns.do(func() (err error) {
		fd, err = unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		return err
	})
	if err != nil {
		t.Skipf("needs /dev/net/tun: %v", err)
	}
	request, err := unix.NewIfreq(device)
	if err != nil {
		t.Fatal(err)
	}
	request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, request); err != nil {
		t.Fatal(err)
	}
	far := os.NewFile(uintptr(fd), "tun") // only now: an unattached device cannot be polled
	t.Cleanup(func() { far.Close() })
	if err := far.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	within(t, ns, func() error { return plug(device, netipPrefix("10.97.0.1/24")) })
	return far
}
