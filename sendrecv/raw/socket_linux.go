package raw

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

// wire16 is a number in network byte order, in the shape of a host's number: how the kernel takes an EtherType.
func wire16(n uint16) uint16 {
	return binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, n))
}

// openSocket makes a socket for the runtime's poller and lets set prepare it. The caller closes the file.
func openSocket(domain, kind, protocol int, set func(fd int) error) (*os.File, error) {
	fd, err := unix.Socket(domain, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		return nil, explainRight(os.NewSyscallError("socket", err))
	}
	if err := set(fd); err != nil {
		_ = unix.Close(fd) // nothing is lost
		return nil, err
	}
	return os.NewFile(uintptr(fd), "socket"), nil
}

// kind is the type of AF_PACKET socket whose frames begin with the link's protocol.
func (l link) kind() int {
	if l.medium == ethernet {
		return unix.SOCK_RAW
	}
	return unix.SOCK_DGRAM
}

// bind ties an AF_PACKET socket to the link. It receives frames of that EtherType from now on; none with 0.
func (l link) bind(fd int, etherType uint16) error {
	err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: l.index, Protocol: wire16(etherType)})
	return l.explain(os.NewSyscallError("bind", err))
}
