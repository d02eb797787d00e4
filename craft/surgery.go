package craft

import "slices"

// Packet is the packet the layer is part of; nil before it was stacked. A layer that was cut out of a packet is part of
// another one, with what was above it.
func (l *Layer) Packet() *Packet { return l.packet }

// Append puts layers on top of p, outermost first. The packet takes them over, as Stack does.
func (p *Packet) Append(layers ...*Layer) {
	if len(layers) > 0 {
		p.SetCut(0)
	}
	p.adoptTable(layers)
	p.layers = append(p.layers, layers...)
	p.restack()
	p.changed()
}

// Remove takes out the nth layer of that protocol, counted from 1: what was above it then stands on what was below. It
// returns the layer, now alone in a separate packet; nil when there is none. As with Nth, the layer may stand inside a
// field, as a record in a DNS message: then it is taken out of that.
func (p *Packet) Remove(name Name, n int) *Layer {
	l := p.Nth(name, n)
	if l == nil {
		return nil
	}
	in := l.packet // p, or one that stands inside a field of p
	i := slices.Index(in.layers, l)
	if i == len(in.layers)-1 {
		in.SetCut(0)
	}
	in.layers = slices.Delete(in.layers, i, i+1)
	in.restack()
	in.changed()
	Stack(l)
	return l
}

// Replace puts a layer in the place of the nth layer of that protocol, counted from 1; what is above and below stays. It
// returns the layer that was there, now alone in a separate packet; nil when there is none, and then nothing changes.
// The packet takes the new layer over.
func (p *Packet) Replace(name Name, n int, with *Layer) *Layer {
	l := p.Nth(name, n)
	if l == nil {
		return nil
	}
	in := l.packet // p, or one that stands inside a field of p
	in.adoptTable([]*Layer{with})
	i := slices.Index(in.layers, l)
	if i == len(in.layers)-1 {
		in.SetCut(0)
	}
	in.layers[i] = with
	in.restack()
	in.changed()
	if l != with {
		Stack(l)
	}
	return l
}

// SetPayload makes copies of rest's layers the ones above layer i, counted from 0, in place of those that were there; nil
// leaves none. With i -1 they are all of the packet. What a capture cut off p is that of rest now. It returns what was above as a
// separate packet; nil when nothing was.
//
// Fields that announce the payload (IP's proto) follow unless they are set. After dissecting all fields are set: clear the
// field to have it follow.
func (p *Packet) SetPayload(i int, rest *Packet) *Packet {
	keep := min(i+1, len(p.layers)) // a packet without layers gets its first ones
	var old *Packet
	if keep < len(p.layers) {
		old = &Packet{layers: slices.Clone(p.layers[keep:]), Time: p.Time, table: p.table}
	}
	var fresh []*Layer
	cut := 0
	if rest != nil {
		cut = rest.Cut()
		fresh = rest.Copy().layers // before anything changes: rest may be p itself
		p.adoptTable(fresh)
	}
	if old != nil || len(fresh) > 0 {
		p.SetCut(cut)
	}
	p.layers = append(p.layers[:keep:keep], fresh...)
	p.restack()
	p.changed()
	if old != nil {
		old.restack()
	}
	return old
}
