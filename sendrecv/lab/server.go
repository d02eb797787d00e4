package lab

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/sendrecv/internal/article"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// serve makes a host the server at the far end of the path, with neighbours that answer nothing or refuse everything.
func serve(h *host) error {
	for _, s := range []struct {
		port  uint16
		serve func(*socket)
	}{
		{article.EchoPort, echo}, {article.ResetPort, resetOnData}, {article.ByePort, sayBye}, {article.HalfClosePort, halfClose}, {article.EchoAgainPort, echo},
	} {
		if err := h.listen(s.port, s.serve); err != nil {
			return err
		}
	}
	h.end.receive = func(frame []byte) {
		h.receive(frame)
		prohibit(prohibitedAddr, h.end, frame)
	}
	return h.echoDatagrams(article.EchoPort)
}

// prohibit is a host at a that refuses all packets to it.
func prohibit(a netip.Addr, e *end, frame []byte) {
	if !isFor(a, frame) || isBroadcast(frame) {
		return
	}
	p := packetIn(frame)
	if p == nil {
		return
	}
	refusal := icmpError(a, p, complaint{header.ICMPv4DstUnreachable, header.ICMPv4AdminProhibited})
	if refusal != nil {
		e.send(frameOf(hardware(a), hardware(routerInside), refusal))
	}
}

// echo sends back what it gets.
func echo(s *socket) {
	p := &pump{from: s, to: s}
	s.changed = func() {
		if p.run(); p.done || s.failed != nil {
			s.close()
		}
	}
	s.changed()
}

// resetOnData answers the first data with a reset.
func resetOnData(s *socket) {
	s.changed = func() {
		switch n, err := s.read(s.host.scratch); {
		case n > 0:
			s.abort()
		case !errors.Is(err, errAgain):
			s.close()
		}
	}
	s.changed()
}

// sayBye has a last word after the client's FIN.
func sayBye(s *socket) {
	s.changed = func() {
		if !s.drained() {
			return
		}
		s.changed = nil
		s.host.clock.AfterFunc(article.ByeDelay, func() {
			_, _ = s.write([]byte("bye\n")) // a connection that died meanwhile does not hear it
			s.close()
		})
	}
	s.changed()
}

// halfClose has nothing to say, but listens.
func halfClose(s *socket) {
	s.closeWrite()
	s.changed = func() {
		if s.drained() {
			s.close()
		}
	}
	s.changed()
}

// drained throws away what has come and says whether that was the end.
func (s *socket) drained() bool {
	for {
		if _, err := s.read(s.host.scratch); err != nil {
			return !errors.Is(err, errAgain)
		}
	}
}

// echoDatagrams sends back what comes to a UDP port.
func (h *host) echoDatagrams(port uint16) error {
	var q waiter.Queue
	ep, err := h.stack.NewEndpoint(udp.ProtocolNumber, ipv4.ProtocolNumber, &q)
	if err == nil {
		err = ep.Bind(tcpip.FullAddress{Port: port})
	}
	if err != nil {
		return fmt.Errorf("lab: UDP port %d: %w", port, goError(err))
	}
	entry := waiter.NewFunctionEntry(waiter.EventIn, func(waiter.EventMask) {
		h.clock.AfterFunc(0, func() { h.step(func() { echoDatagrams(ep) }) })
	})
	q.EventRegister(&entry)
	return nil
}

// echoDatagrams sends back all that has come: the stack reports the first that waits, and no other until none does.
func echoDatagrams(ep tcpip.Endpoint) {
	for {
		var data bytes.Buffer
		r, err := ep.Read(&data, tcpip.ReadOptions{NeedRemoteAddr: true})
		if err != nil {
			return // that was all
		}
		ep.Write(&data, tcpip.WriteOptions{To: &r.RemoteAddr})
	}
}
