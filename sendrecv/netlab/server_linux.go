package netlab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
)

// A server is the programs at the far end of the path. Their sockets are the kernel's of the server's namespace; the
// goroutines behind them can be anywhere.
type server struct {
	ctx     context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
}

// serve starts the programs on the server; Close stops them.
func (n *Net) serve() error {
	s := &server{}
	s.ctx, s.stop = context.WithCancel(context.Background()) // the network's own life, not that of Up's context
	n.undo = append(n.undo, s.close)
	return n.hosts["server"].do(s.listen)
}

// close stops the programs, resets their connections and waits for both.
func (s *server) close() error {
	s.stop()
	s.running.Wait()
	return nil
}

// listen opens the ports in the calling thread's namespace.
func (s *server) listen() error {
	for _, p := range []struct {
		port  uint16
		serve func(context.Context, *net.TCPConn)
	}{
		{article.EchoPort, echo}, {article.ResetPort, resetOnData}, {article.ByePort, sayBye}, {article.HalfClosePort, halfClose}, {article.EchoAgainPort, echo},
	} {
		c := net.ListenConfig{KeepAlive: -1} // the server's own probes would be taken for another host's
		c.SetMultipathTCP(false)
		l, err := c.Listen(s.ctx, "tcp4", addrPort(p.port))
		if err != nil {
			return fmt.Errorf("server: %w", err)
		}
		s.running.Go(func() { s.accept(l, p.serve) })
	}
	udp, err := net.ListenPacket("udp4", addrPort(article.EchoPort))
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	s.running.Go(func() { s.echoDatagrams(udp) })
	return nil
}

func addrPort(port uint16) string {
	return netip.AddrPortFrom(netip.MustParseAddr(article.Server), port).String()
}

// accept serves each connection of a listener until the end of the server.
func (s *server) accept(l net.Listener, serve func(context.Context, *net.TCPConn)) {
	defer context.AfterFunc(s.ctx, func() { _ = l.Close() })() // a listener has nothing to lose
	for {
		c, err := l.Accept()
		switch {
		case err == nil:
			s.running.Go(func() { s.converse(c.(*net.TCPConn), serve) })
		case errors.Is(err, net.ErrClosed):
			return
		default: // out of descriptors, for a moment perhaps
			_, _ = sendrecv.SystemClock{}.Wait(s.ctx, 10*time.Millisecond, nil) // the end closes the listener too
		}
	}
}

// converse serves one connection; what is left of it at the end of the server is reset, so that no kernel goes on for it.
func (s *server) converse(c *net.TCPConn, serve func(context.Context, *net.TCPConn)) {
	defer context.AfterFunc(s.ctx, func() { abort(c) })()
	defer c.Close()
	serve(s.ctx, c)
}

func abort(c *net.TCPConn) {
	_ = c.SetLinger(0) // RST instead of FIN; a connection that is closed already has neither
	_ = c.Close()      // an error changes nothing: the connection is over
}

// The programs. Whatever goes wrong with a connection is its end.

// echo sends back what it gets.
func echo(_ context.Context, c *net.TCPConn) { _, _ = io.Copy(c, c) }

// resetOnData answers the first data with a reset.
func resetOnData(_ context.Context, c *net.TCPConn) {
	if n, _ := c.Read(make([]byte, 1)); n > 0 {
		abort(c)
	}
}

// sayBye has a last word after the client's FIN.
func sayBye(ctx context.Context, c *net.TCPConn) {
	_, _ = io.Copy(io.Discard, c)
	if _, err := (sendrecv.SystemClock{}).Wait(ctx, article.ByeDelay, nil); err == nil {
		_, _ = c.Write([]byte("bye\n"))
	}
}

// halfClose has nothing to say, but listens.
func halfClose(_ context.Context, c *net.TCPConn) {
	_ = c.CloseWrite()
	_, _ = io.Copy(io.Discard, c)
}

// echoDatagrams sends back what comes to a UDP port.
func (s *server) echoDatagrams(udp net.PacketConn) {
	defer context.AfterFunc(s.ctx, func() { _ = udp.Close() })() // nothing waits to be written
	data := make([]byte, 1<<16)
	for {
		n, from, err := udp.ReadFrom(data)
		switch {
		case err == nil:
			_, _ = udp.WriteTo(data[:n], from) // a datagram may be lost
		case errors.Is(err, net.ErrClosed):
			return
		}
	}
}
