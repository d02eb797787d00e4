package sendrecv

import (
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// take decides what one frame answers. Frames that left through this port are never answers.
func (e *exchange) take(f *Frame) {
	if f.Out {
		return
	}
	r := f.Packet(e.o.Protocols)
	exact, loose, anyones := craft.ReplyKeys(r)
	if e.answer(f, r, exact) {
		return
	}
	// Only a reply from a port that no question went to may answer for another one.
	if loose != exact && !e.table.knows(exact) && e.answer(f, r, loose) {
		return
	}
	if e.table.knows(anyones) && e.answer(f, r, anyones) {
		return
	}
	e.out.Other++
}

// answer pairs the reply with the first open question under the key that it answers. An ICMP error goes to the question
// with the identification it quotes, if there is one: NATs may rewrite it, so it need not.
func (e *exchange) answer(f *Frame, r *craft.Packet, key craft.Key) bool {
	quote := r.Layer(layers.IPerror)
	found := candidate{at: none}
	for at := e.table.first(key); at != none; at = e.table.next(at, key) {
		c := e.candidate(at, r)
		if c.at == none || found.at != none && !c.quotedBy(quote) {
			continue
		}
		if found = c; quote == nil || c.quotedBy(quote) {
			break
		}
	}
	if found.at == none {
		return false
	}
	sent := time.Unix(0, e.table.entries[found.at].sent)
	found.q.Time = sent
	e.table.answer(found.at, e.o.Multi)
	e.o.Tally.answered()
	e.out.Pairs = append(e.out.Pairs, Pair{Sent: found.q, Answer: found.reply, RTT: f.Time.Sub(sent)})
	return true
}

// A candidate is an open question that a reply answers; at is none when it does not.
type candidate struct {
	at       int32
	q, reply *craft.Packet
}

// quotedBy reports whether an ICMP error's quote has the question's identification.
func (c candidate) quotedBy(quote *craft.Layer) bool {
	return quote != nil && quote.Uint("id") == c.q.Layer(layers.IP).Uint("id")
}

// candidate makes the question of an entry again and holds the reply against it.
func (e *exchange) candidate(at int32, r *craft.Packet) candidate {
	if !e.table.entries[at].open {
		return candidate{at: none}
	}
	q := e.seq.At(uint64(at))
	if q.Resolve(e.env) != nil {
		return candidate{at: none}
	}
	reply := fromLayer(r, q.Layers()[0].Name())
	if reply == nil || !e.o.match()(reply, q) {
		return candidate{at: none}
	}
	return candidate{at, q, reply}
}

// fromLayer is the packet from its first layer of that protocol on; nil when it has none.
func fromLayer(p *craft.Packet, name craft.Name) *craft.Packet {
	for i, l := range p.Layers() {
		if l.Name() == name {
			if i == 0 {
				return p
			}
			return p.From(i)
		}
	}
	return nil
}
