package raw

import (
	"encoding/binary"
	"fmt"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Listening implements sendrecv.HostGuard.
func (l *lazyGuard) Listening(ports ...uint16) (served []uint16, err error) {
	open := make(map[uint16]bool)
	err = l.namespace.do(func() error {
		for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
			if err := listeners(family, open); err != nil {
				return fmt.Errorf("guard: services of this host: %w", err)
			}
		}
		return nil
	})
	for _, p := range ports {
		if open[p] {
			served = append(served, p)
		}
	}
	return served, err
}

// The parts of sock_diag(7) that are wanted: struct inet_diag_req_v2 and the beginning of struct inet_diag_msg.
const (
	diagRequest  = 56 // bytes of a request: family, protocol, then what is not asked for, and at 4 the states
	diagStates   = 4
	diagPort     = 4 // where an answer has the local port, in network byte order
	stateListen  = 10
	diagAnswered = diagPort + 2
)

// listeners adds the local ports that TCP sockets of a family listen on, in the calling thread's namespace. Those of IPv6 that
// take IPv4 too are of IPv6.
func listeners(family byte, ports map[uint16]bool) error {
	ask := make([]byte, diagRequest)
	ask[0], ask[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(ask[diagStates:], 1<<stateListen)
	request := nl.NewNetlinkRequest(unix.SOCK_DIAG_BY_FAMILY, unix.NLM_F_DUMP)
	request.AddRawData(ask)
	return request.ExecuteIter(unix.NETLINK_INET_DIAG, unix.SOCK_DIAG_BY_FAMILY, func(answer []byte) bool {
		if len(answer) >= diagAnswered {
			ports[binary.BigEndian.Uint16(answer[diagPort:])] = true
		}
		return true
	})
}
