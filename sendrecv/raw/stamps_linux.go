package raw

import (
	"time"

	"golang.org/x/sys/unix"
)

// awaitStamps waits until the kernel stamps frames when they pass. It begins to some milliseconds after the first socket
// has asked, and stamps what passes before at the moment when it is read: two taps would then show an order that never
// was. Whether it has begun shows in a datagram to oneself that is read late.
func awaitStamps() {
	for end := time.Now().Add(stampsLimit); time.Now().Before(end); {
		begun, err := stampsBegun()
		switch {
		case begun:
			return
		case err != nil: // no loopback to try it on
			time.Sleep(stampsUsual)
			return
		}
	}
}

const (
	// stampsLimit bounds the wait: a kernel that never stamps is worth no more.
	stampsLimit = 100 * time.Millisecond
	// stampsUsual is longer than it takes as a rule.
	stampsUsual = 10 * time.Millisecond
	// readLate is how long the datagram lies in its queue.
	readLate = 200 * time.Microsecond
)

// stampsBegun sends a datagram to itself, reads it late, and compares its stamp with the time before.
func stampsBegun() (bool, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false, err
	}
	defer func() { _ = unix.Close(fd) }() // nothing is lost
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return false, err
	}
	self, err := unix.Getsockname(fd)
	if err != nil {
		return false, err
	}
	if err := stamp(fd); err != nil {
		return false, err
	}
	if err := unix.Sendto(fd, []byte{0}, 0, self); err != nil {
		return false, err
	}
	time.Sleep(readLate)
	before := time.Now()
	control := make([]byte, 64)
	_, n, _, _, err := unix.Recvmsg(fd, make([]byte, 1), control, unix.MSG_DONTWAIT)
	if err != nil {
		return false, err
	}
	return readAncillary(control[:n]).stamp.Before(before), nil
}
