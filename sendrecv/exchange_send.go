package sendrecv

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// A question is one packet of the sequence, ready to be sent; err is why it is not.
type question struct {
	number uint64
	packet *craft.Packet
	wire   []byte
	err    error
}

// prepared is for how many packets at a time the next hops are resolved together.
const prepared = 256

// prepare resolves the next hops of the packets from i on together, where the session is able to.
func (s *Session) prepare(ctx context.Context, seq *Sequence, i uint64, o Options) {
	neighbours, ok := s.Neighbours.(Preparer)
	if !ok || i%prepared > 0 || seq.oneDestination() {
		return
	}
	hops := map[netip.Addr]bool{}
	for k := i; k < min(i+prepared, seq.Len()); k++ {
		p := seq.At(k)
		ip := p.Layers()[0]
		if ip.Name() != layers.IP || o.refuses(p) != nil {
			continue
		}
		if r, err := s.Routes.Route(ip.Addr("dst")); err == nil {
			hops[r.NextHop] = true
		}
	}
	if len(hops) > 1 {
		neighbours.Prepare(ctx, slices.SortedFunc(maps.Keys(hops), netip.Addr.Compare))
	}
}

// build makes question i. It comes before anything is received for it: what building asks of the network (ARP) is
// answered on the same port, and that is no answer to the question.
func (e *exchange) build(i uint64) question {
	q := question{number: i, packet: e.seq.At(i)}
	if q.err = e.o.refuses(q.packet); q.err == nil {
		q.err = e.asked.leaves(q.packet, e.via)
	}
	if q.err == nil {
		q.err = blame(q.packet.Resolve(e.env))
	}
	if q.err == nil {
		q.wire, q.err = e.via.frame(q.packet, e.env)
	}
	return q
}

// ask files a question and sends it. One that cannot be built, or that the port refuses, is noted; the error is ctx's, or
// that of a port that is closed.
func (e *exchange) ask(ctx context.Context, q question) error {
	exact, loose := craft.QuestionKeys(q.packet)
	e.table.file(q.number, e.via.Clock().Now(), exact, loose)
	if q.err == nil {
		var n int
		n, q.err = e.via.Port.Send(ctx, [][]byte{q.wire})
		e.out.Sent += uint64(n)
		e.o.Tally.sent(uint64(n))
	}
	if q.err == nil {
		return nil
	}
	e.table.withdraw(q.number)
	if errors.Is(q.err, net.ErrClosed) {
		return q.failure()
	}
	if ctx.Err() == nil {
		e.out.Failed = append(e.out.Failed, Failure{q.number, q.failure()})
	}
	return ctx.Err()
}

// failure is the error of a question that was not sent, with its number and summary.
func (q question) failure() error { return unsent(q.number, q.packet, q.err) }
