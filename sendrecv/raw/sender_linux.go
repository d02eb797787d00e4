package raw

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A sender is a socket that frames leave through.
type sender struct {
	file *os.File
	conn syscall.RawConn
	// to addresses a frame.
	to func(frame []byte) (unix.Sockaddr, error)
}

// newSender makes a sender of a socket that it takes over.
func newSender(file *os.File, to func([]byte) (unix.Sockaddr, error)) (*sender, error) {
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &sender{file: file, conn: conn, to: to}, nil
}

// openSender makes a sender for the link's medium. The caller closes it.
func (l link) openSender() (*sender, error) {
	if l.medium == loopback {
		return l.openLoopbackSender()
	}
	file, err := l.openIdle()
	if err != nil {
		return nil, err
	}
	to := unix.SockaddrLinklayer{Ifindex: l.index}
	if l.medium == tunnel {
		to.Protocol = wire16(unix.ETH_P_IP)
	}
	return newSender(file, func([]byte) (unix.Sockaddr, error) {
		own := to // Sendto writes into it
		return &own, nil
	})
}

// openIdle makes an AF_PACKET socket that receives nothing.
func (l link) openIdle() (*os.File, error) {
	return openSocket(unix.AF_PACKET, l.kind(), 0, func(fd int) error {
		if err := stamp(fd); err != nil {
			return err
		}
		return l.bind(fd, 0)
	})
}

// openLoopbackSender makes a sender above IP: the kernel finds the way to the host's own addresses, and writes length and
// checksum (raw(7)). Tied to the interface, so that nothing leaves elsewhere.
func (l link) openLoopbackSender() (*sender, error) {
	file, err := openSocket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_RAW, func(fd int) error {
		if err := unix.SetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, l.device); err != nil {
			return os.NewSyscallError("setsockopt SO_BINDTODEVICE", err)
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
			return os.NewSyscallError("setsockopt SO_BROADCAST", err)
		}
		// Or connection tracking would put crafted fragments together before they leave.
		return os.NewSyscallError("setsockopt IP_NODEFRAG", unix.SetsockoptInt(fd, unix.SOL_IP, unix.IP_NODEFRAG, 1))
	})
	if err != nil {
		return nil, err
	}
	return newSender(file, func(packet []byte) (unix.Sockaddr, error) {
		if len(packet) < ipHeader {
			return nil, fmt.Errorf("want an IPv4 header of %d bytes at least", ipHeader)
		}
		return &unix.SockaddrInet4{Addr: [4]byte(packet[ipDestination:])}, nil
	})
}

// send hands one frame to the kernel. The error is the kernel's, bare, or net.ErrClosed.
func (s *sender) send(frame []byte) (err error) {
	to, err := s.to(frame)
	if err != nil {
		return err
	}
	closed := s.conn.Control(func(fd uintptr) {
		err = unix.Sendto(int(fd), frame, 0, to)
	})
	if closed != nil {
		return net.ErrClosed
	}
	return err
}
