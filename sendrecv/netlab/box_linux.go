package netlab

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/internal/article"
	"github.com/moonwire/moonwire/sendrecv/raw"
)

// A Box forwards packets in user space instead of a router's kernel. It does to them what no kernel module does, and holds
// them where a kernel has no netem.
type Box struct {
	// Node is the router whose place it takes, "nat" or "router".
	Node string
	// Delay is how long it holds each packet, in either direction; 0 is none.
	Delay time.Duration
	// Edit changes a packet on its way, outward when it goes to the server; lengths and checksums are computed again behind
	// it. An error ends the box. nil changes nothing. It is called by two goroutines, one for each direction.
	Edit func(p *craft.Packet, outward bool) error
}

// Insert starts a box. The router's kernel forwards no more from then on, and still answers for its own addresses. What the
// box passes on is IPv4 from and to the server's network, with its TTL one lower; it has no ICMP errors of its own. The caller
// calls stop, before Close: it returns when the box has ended, with what made it end earlier. Behind slirp4netns there is no
// place for a box on the NAT.
func (n *Net) Insert(b Box) (stop func() error, err error) {
	sides, err := n.openSides(b.Node)
	if err != nil {
		return nil, fmt.Errorf("netlab: box: %w", err)
	}
	ctx, end := context.WithCancelCause(context.Background()) // the box's own life
	var running sync.WaitGroup
	stop = func() error {
		end(nil)
		running.Wait()
		err := context.Cause(ctx)
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		return errors.Join(err, sides[0].session.Close(), sides[1].session.Close())
	}
	err = n.In(b.Node, func() error { return tune(false) })
	for i, from := range sides {
		var arriving sendrecv.Receiver
		if err == nil {
			arriving, err = from.session.Port.Listen(sendrecv.ListenOptions{})
		}
		if err != nil {
			return nil, fmt.Errorf("netlab: box: %w", errors.Join(err, stop()))
		}
		w := way{box: b, outward: i == 0, from: arriving, to: sides[1-i], queue: make(chan held, 1<<12)}
		running.Go(func() { end(w.collect(ctx)) })
		running.Go(func() { end(w.deliver(ctx)) })
	}
	return stop, nil
}

// A side is where a box is plugged in, and who is there.
type side struct {
	session   *sendrecv.Session
	neighbour values.MAC
}

// openSides opens a router's two interfaces, the guest's side first.
func (n *Net) openSides(node string) (sides [2]side, err error) {
	plugs := map[string][2]struct{ wire, neighbour string }{
		"nat":    {{"guest", article.Guest}, {"uplink", article.RouterUplink}},
		"router": {{"uplink", article.Uplink}, {"server", article.Server}},
	}
	at, ok := plugs[node]
	if !ok {
		return sides, fmt.Errorf("host: want nat or router, got %q", node)
	}
	for i, p := range at {
		s, err := raw.Open(n.ifname(node, n.link(p.wire)))
		if err == nil {
			sides[i].session = s
			sides[i].neighbour, err = s.Neighbours.Resolve(context.Background(), netip.MustParseAddr(p.neighbour))
		}
		if err != nil {
			for _, opened := range sides {
				if opened.session != nil {
					err = errors.Join(err, opened.session.Close())
				}
			}
			return sides, err
		}
	}
	return sides, nil
}

// A way is one direction through a box.
type way struct {
	box     Box
	outward bool
	from    sendrecv.Receiver
	to      side
	queue   chan held
}

// held is a frame until its delay is over.
type held struct {
	frame []byte
	due   time.Time
}

// collect takes what arrives, until the end of ctx.
func (w way) collect(ctx context.Context) error {
	frames := make([]sendrecv.Frame, 64)
	for {
		n, err := w.from.Receive(ctx, frames, -1)
		if err != nil {
			return err
		}
		for _, f := range frames[:n] {
			out, err := w.pass(f)
			if err != nil {
				return err
			}
			if out == nil {
				continue
			}
			select {
			case w.queue <- held{out, time.Now().Add(w.box.Delay)}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// servers is the network behind a box.
var servers = netip.MustParsePrefix(article.ServerNet)

// pass makes the frame that goes on; nil of what a router keeps.
func (w way) pass(f sendrecv.Frame) ([]byte, error) {
	p := craft.Dissect(f.Data, f.Link)
	ether, ip := p.Layer(layers.Ether), p.Layer(layers.IP)
	if f.Out || ether == nil || ip == nil || ip.Uint("ttl") < 2 {
		return nil, nil
	}
	far := "src"
	if w.outward {
		far = "dst"
	}
	if !servers.Contains(ip.Addr(far)) {
		return nil, nil
	}
	if w.box.Edit != nil {
		if err := w.box.Edit(p, w.outward); err != nil {
			return nil, err
		}
	}
	err := errors.Join(ether.Set("src", w.to.session.Hardware), ether.Set("dst", w.to.neighbour), ip.SetUint("ttl", ip.Uint("ttl")-1))
	if err != nil {
		return nil, err
	}
	p.Refresh()
	return craft.Build(p, nil)
}

// deliver sends what was collected when its delay is over, until the end of ctx.
func (w way) deliver(ctx context.Context) error {
	for {
		select {
		case h := <-w.queue:
			if _, err := (sendrecv.SystemClock{}).Wait(ctx, max(0, time.Until(h.due)), nil); err != nil {
				return err
			}
			if _, err := w.to.session.Port.Send(ctx, [][]byte{h.frame}); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
