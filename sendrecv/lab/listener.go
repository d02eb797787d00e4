package lab

import (
	"fmt"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// listen serves a TCP port of the host, on all addresses: serve is called for each connection that was completed.
func (h *host) listen(port uint16, serve func(*socket)) error {
	var q waiter.Queue
	ep, err := h.stack.NewEndpoint(tcp.ProtocolNumber, ipv4.ProtocolNumber, &q)
	if err != nil {
		return fmt.Errorf("lab: listen on %v port %d: %w", h.addr, port, goError(err))
	}
	if err := ep.Bind(tcpip.FullAddress{Port: port}); err != nil {
		return fmt.Errorf("lab: listen on %v port %d: %w", h.addr, port, goError(err))
	}
	if err := ep.Listen(acceptBacklog); err != nil {
		return fmt.Errorf("lab: listen on %v port %d: %w", h.addr, port, goError(err))
	}
	entry := waiter.NewFunctionEntry(waiter.EventIn, func(waiter.EventMask) {
		h.clock.AfterFunc(0, func() { h.accept(ep, serve) })
	})
	q.EventRegister(&entry)
	return nil
}

// acceptBacklog is how many connections may be half-open at a port before the stack turns to SYN cookies.
const acceptBacklog = 4096

// accept serves every connection that waits.
func (h *host) accept(listener tcpip.Endpoint, serve func(*socket)) {
	for !h.closed {
		ep, q, err := listener.Accept(nil)
		if err != nil {
			return
		}
		serve(newSocket(h, ep, q))
	}
}
