package raw

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// An nftSocket speaks nfnetlink with the nf_tables of one network namespace. One goroutine uses it at a time.
type nftSocket struct {
	fd int
	// address is the socket's netlink port ID, unique in its namespace.
	address uint32
	// sequence is the number of the last message sent.
	sequence uint32
	// answers is where the kernel's answers are read into.
	answers [4096]byte
}

// An nftMessage is one request of a batch.
type nftMessage struct {
	// kind is an NFT_MSG_ constant, flags are NLM_F_ constants for that kind.
	kind, flags uint16
	// attrs are the encoded attributes.
	attrs []byte
}

// largestBatch is how many bytes of messages one commit may have, as the kernel counts them.
const largestBatch = 8 << 20

// openNFT opens a socket in the calling thread's network namespace.
func openNFT() (*nftSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, fmt.Errorf("nftables: netlink socket: %w", err)
	}
	s := &nftSocket{fd: fd}
	if err := s.bind(); err != nil {
		_ = s.close() // err says more
		return nil, fmt.Errorf("nftables: netlink socket: %w", err)
	}
	return s, nil
}

func (s *nftSocket) bind() error {
	if err := unix.Bind(s.fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	// A batch is one message to the socket, and all ports there are take more than a megabyte. Without the right to this
	// nothing can be filtered either, and that is the error then.
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, largestBatch)
	// An answer would repeat the whole request otherwise.
	if err := unix.SetsockoptInt(s.fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1); err != nil {
		return err
	}
	own, err := unix.Getsockname(s.fd)
	if err != nil {
		return err
	}
	s.address = own.(*unix.SockaddrNetlink).Pid
	return nil
}

// commit carries out all the messages or, with an error, none.
func (s *nftSocket) commit(messages ...nftMessage) error {
	first := s.sequence + 1
	batch := s.appendMessage(nil, unix.NFNL_MSG_BATCH_BEGIN, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES, nil)
	for _, m := range messages {
		kind := unix.NFNL_SUBSYS_NFTABLES<<8 | m.kind
		batch = s.appendMessage(batch, kind, m.flags|unix.NLM_F_ACK, unix.NFPROTO_INET, 0, m.attrs)
	}
	batch = s.appendMessage(batch, unix.NFNL_MSG_BATCH_END, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES, nil)
	if err := unix.Sendto(s.fd, batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("netlink send: %w", err)
	}
	return s.acknowledged(first, len(messages))
}

// appendMessage appends a netlink header, an nfnetlink header and attributes to b.
func (s *nftSocket) appendMessage(b []byte, kind, flags uint16, family byte, resource uint16, attrs []byte) []byte {
	s.sequence++
	b = binary.NativeEndian.AppendUint32(b, uint32(unix.NLMSG_HDRLEN+nfnetlinkHeader+len(attrs)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, flags|unix.NLM_F_REQUEST)
	b = binary.NativeEndian.AppendUint32(b, s.sequence)
	b = binary.NativeEndian.AppendUint32(b, s.address)
	b = append(b, family, unix.NFNETLINK_V0)
	b = binary.BigEndian.AppendUint16(b, resource)
	return append(b, attrs...)
}

// nfnetlinkHeader is the size of struct nfgenmsg.
const nfnetlinkHeader = 4

// acknowledged reads the kernel's answers to a batch that begins with the given sequence number and wants so many
// acknowledgements. The kernel has queued them all by the time the batch is sent: there is nothing to wait for.
func (s *nftSocket) acknowledged(first uint32, want int) error {
	got := 0
	var failure error
	for {
		n, _, err := unix.Recvfrom(s.fd, s.answers[:], unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EAGAIN) && failure != nil:
			return failure
		case errors.Is(err, unix.EAGAIN) && got < want:
			return fmt.Errorf("netlink: want %d acknowledgements, got %d", want, got)
		case errors.Is(err, unix.EAGAIN):
			return nil
		case err != nil:
			return fmt.Errorf("netlink receive: %w", err)
		}
		errno, ok := answerTo(s.answers[:n], first)
		switch {
		case ok && errno == 0:
			got++
		case ok && failure == nil:
			failure = errno
		}
	}
}

// answerTo reads one answer; false when it is none to a message from first on.
func answerTo(b []byte, first uint32) (unix.Errno, bool) {
	const size = unix.NLMSG_HDRLEN + 4 // struct nlmsgerr begins with the error number, negative
	if len(b) < size || binary.NativeEndian.Uint16(b[4:]) != unix.NLMSG_ERROR {
		return 0, false
	}
	if sequence := binary.NativeEndian.Uint32(b[8:]); int32(sequence-first) < 0 {
		return 0, false
	}
	return unix.Errno(-int32(binary.NativeEndian.Uint32(b[unix.NLMSG_HDRLEN:]))), true
}

func (s *nftSocket) close() error { return unix.Close(s.fd) }

// attr encodes one netlink attribute.
func attr(kind uint16, value []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(unix.SizeofNlAttr+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	return append(b, make([]byte, -len(b)&(unix.NLA_ALIGNTO-1))...)
}

// nest encodes an attribute that holds attributes.
func nest(kind uint16, attrs ...[]byte) []byte {
	return attr(kind|unix.NLA_F_NESTED, slices.Concat(attrs...))
}

// text encodes an attribute that is a string.
func text(kind uint16, value string) []byte { return attr(kind, append([]byte(value), 0)) }

// be32 is a number as nf_tables has it, in network byte order.
func be32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
