package raw

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// queueSize is how many bytes of frames the kernel holds for one receiver, where it lets us: a burst of some 100,000 small
// ones. They take memory only while they wait.
const queueSize = 64 << 20

// openReceiver makes a socket that queues what passes the link from now on. It is bound last, so that nothing of other
// interfaces slips in before.
func (l link) openReceiver(o sendrecv.ListenOptions) (*os.File, error) {
	return openSocket(unix.AF_PACKET, l.kind(), 0, func(fd int) error {
		if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, queueSize) != nil {
			// Without CAP_NET_ADMIN the system's limit holds, and Stats counts what is lost.
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, queueSize)
		}
		if err := stamp(fd); err != nil {
			return err
		}
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
			return os.NewSyscallError("setsockopt PACKET_AUXDATA", err)
		}
		if o.Promiscuous {
			if err := l.joinAll(fd); err != nil {
				return err
			}
		}
		return l.bindReceiver(fd)
	})
}

// joinAll makes the interface promiscuous for as long as the socket lives.
func (l link) joinAll(fd int) error {
	all := unix.PacketMreq{Ifindex: int32(l.index), Type: unix.PACKET_MR_PROMISC}
	return os.NewSyscallError("setsockopt PACKET_ADD_MEMBERSHIP", unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &all))
}

// bindReceiver binds to what the medium's receivers are to see.
func (l link) bindReceiver(fd int) error {
	switch l.medium {
	case loopback:
		// A socket for one EtherType is given what arrives only, so that no packet is seen twice.
		return l.bind(fd, unix.ETH_P_IP)
	case tunnel:
		if err := attach(fd, onlyIPv4()); err != nil {
			return err
		}
	}
	return l.bind(fd, unix.ETH_P_ALL)
}

// onlyIPv4 keeps the packets whose EtherType is IPv4.
func onlyIPv4() []unix.SockFilter {
	const protocol = 0xfffff000 // SKF_AD_OFF + SKF_AD_PROTOCOL: not in the packet, but what the kernel knows of it
	return []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: protocol},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 1, K: unix.ETH_P_IP},
		{Code: unix.BPF_RET | unix.BPF_K, K: ^uint32(0)},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
}

// nothing keeps no packet.
func nothing() []unix.SockFilter { return []unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: 0}} }

// stamp asks for the time when each frame passed.
func stamp(fd int) error {
	return os.NewSyscallError("setsockopt SO_TIMESTAMPNS", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1))
}

// attach lets a filter decide what is queued from now on.
func attach(fd int, program []unix.SockFilter) error {
	p := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return os.NewSyscallError("setsockopt SO_ATTACH_FILTER", unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &p))
}
