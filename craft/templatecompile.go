package craft

import (
	"math/bits"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A compiler makes a program of one packet.
type compiler struct {
	p     *Packet // with its sets
	env   Env
	b     Builder // of element 0, as built
	wire  []byte  // element 0
	out   *program
	spans []covered // of each sum
}

// covered is the part of the packet that a sum covers, and the layer whose addresses its pseudo-header has.
type covered struct {
	from, to int
	under    *Layer
}

// compile makes the program; nil when the packet has to be built one by one.
func (c *compiler) compile() *program {
	c.out = &program{}
	if !c.buildFirst() || !c.findDigits() {
		return nil
	}
	if len(c.out.digits) > 0 && !(c.findSums() && c.findHosts() && c.connect()) {
		return nil
	}
	c.findBase()
	return c.out
}

// buildFirst builds element 0.
func (c *compiler) buildFirst() bool {
	c.b = Builder{p: c.p.At(0), env: c.env}
	for _, l := range c.b.p.layers {
		if l.extra != nil && len(l.extra.verbatim) > 0 {
			return false // they move what is behind them
		}
	}
	if c.b.write(nil) != nil || c.b.ask() != nil || c.b.derive() != nil {
		return false
	}
	c.wire = c.b.out
	return true
}

// findDigits reads the sets, the fastest first.
func (c *compiler) findDigits() bool {
	for k := len(c.p.layers) - 1; k >= 0; k-- {
		for _, fs := range c.p.layers[k].sets() {
			l := c.b.p.layers[k]
			p, ok := c.place(k, fs.field)
			if !ok || l.proto.shaping>>fs.field&1 == 1 || l.elastic() || c.p.leads(k, fs.field) {
				return false
			}
			d := digit{place: p, layer: k, field: fs.field, n: fs.set.Len(), drawn: values.Draws(fs.set), spot: c.p.layers[k].spot(fs.field, 0), trial: l.copy()}
			if !d.add(fs.set) {
				return false
			}
			c.out.digits = append(c.out.digits, d)
		}
	}
	return len(c.out.digits) <= 64
}

// leads reports whether a field of layer k decides a value in the layer below.
func (p *Packet) leads(k, field int) bool {
	return k > 0 && slices.ContainsFunc(p.layers[k].proto.stacks, func(b bound) bool {
		below := p.layers[k-1]
		return b.holds != nil && b.asked == field && b.other == below.proto && below.fixed>>b.field&1 == 0
	})
}

// elastic reports whether what goes on the wire of the layer's parts depends on its other fields.
func (l *Layer) elastic() bool {
	for i := range l.proto.spec.Fields {
		if p := l.proto.spec.Fields[i].Part; p != nil && l.varies(i) && (p.Wire != nil || p.Initial != nil && l.fixed>>i&1 == 0) {
			return true
		}
	}
	return false
}

// place is where field i of layer k is in the packet; false when it is wider than 64 bits and no address.
func (c *compiler) place(k, i int) (place, bool) {
	l := c.b.p.layers[k]
	s := l.shape.slots[i]
	switch of := &kinds[s.kind]; {
	case of.numeric && s.bits > 0 && s.bits+s.shift <= 64, of.addr != nil && of.wide:
	default:
		return place{}, false // its bits are not the number that sets it
	}
	s.off = c.b.spans[k].start + l.offset(i)
	return place{slot: s}, true
}

// add appends the values of a set to the digit's runs; false when what the set holds is only known by asking for each.
func (d *digit) add(s values.Set) bool {
	runs, ok := values.Runs(s)
	for _, run := range runs {
		r := setRun{start: run.First, end: run.First + run.N, step: run.Step}
		if g, draws := s.At(run.First).(values.Generator); draws {
			r.draw = g
		} else if r.first, ok = d.read(s.At(run.First)); !ok {
			return false
		}
		if hi, lo := bits.Mul64(run.N-1, run.Step); hi != 0 || r.first.lo+lo < lo {
			return false
		}
		d.runs = append(d.runs, r)
	}
	return ok
}

// findSums finds the checksums, innermost first; false when a layer computes from bytes what no row says.
func (c *compiler) findSums() bool {
	for k := len(c.b.p.layers) - 1; k >= 0; k-- {
		l := c.b.p.layers[k]
		unset := l.proto.derived & l.shape.mask &^ (l.fixed | l.above)
		for i := range l.proto.rows {
			r := &l.proto.rows[i]
			switch {
			case unset>>r.field&1 == 0:
			case r.What == ByBytes, r.sum() && !c.addSum(k, r):
				return false
			}
		}
	}
	return true
}

// addSum adds the checksum of layer k; false when a template cannot keep it up to date.
func (c *compiler) addSum(k int, r *row) bool {
	l := c.b.p.layers[k]
	if r.Instead != nil {
		if _, ok := r.Instead(&c.b, k); ok {
			return true // it is no checksum
		}
	}
	part := covered{from: c.b.spans[k].start, to: c.b.spans[k].end}
	switch r.What {
	case HeaderSum:
		part.to = c.b.spans[k].head
	case SegmentSum:
		part.under, _ = c.b.Under(k)
		if part.under == nil || !r.over(part.under) {
			return true
		}
		if !c.direct(k, part.under) {
			return false
		}
	}
	p, ok := c.place(k, r.field)
	if !ok || &l.proto.rows[l.proto.sum] != r || (p.off-part.from)%2 != 0 || len(c.out.sums) == maxSums || !c.plain(part.under) {
		return false
	}
	c.out.sums = append(c.out.sums, sum16{place: p, never0: r.ZeroIsNone})
	c.spans = append(c.spans, part)
	return true
}

// direct reports whether nothing between layer k and the IP layer that carries it has a say about the addresses, as a
// routing header does.
func (c *compiler) direct(k int, under *Layer) bool {
	for k--; c.b.p.layers[k] != under; k-- {
		l := c.b.p.layers[k]
		differs := slices.ContainsFunc(c.out.digits, func(d digit) bool { return d.layer == k })
		src, dst := l.Rerouted()
		if differs && l.proto.spec.Reroutes != nil || src != nil || dst != nil {
			return false
		}
	}
	return true
}

// plain reports whether a pseudo-header is made of the layer's own addresses, and of nothing else that differs.
func (c *compiler) plain(under *Layer) bool {
	if under == nil {
		return true
	}
	for _, d := range c.out.digits {
		computed := under.proto.spec.Fields
		if c.b.p.layers[d.layer] == under && computed[d.field].Computed != nil && under.proto.derived>>d.field&1 == 1 && !computed[d.field].Computed.sum() {
			return false // a length, say
		}
	}
	src, dst := under.Rerouted()
	return src == nil && dst == nil
}

// findHosts finds what the host is asked about digits. A layer asks about its own fields and those of the packet
// that it is for.
func (c *compiler) findHosts() bool {
	for k, l := range c.b.p.layers {
		h := hostQuery{layer: k, unset: l.proto.host & l.shape.mask &^ (l.fixed | l.above)}
		for j, d := range c.out.digits {
			if d.layer == k || d.layer == c.b.p.AboveTags(k) {
				h.reads |= 1 << j
			}
		}
		if h.unset == 0 || l.proto.spec.Ask == nil || h.reads == 0 {
			continue
		}
		for i := range l.proto.spec.Fields {
			if h.unset>>i&1 == 1 {
				p, ok := c.place(k, i)
				if !ok {
					return false
				}
				h.places = append(h.places, p)
			}
		}
		c.out.hosts = append(c.out.hosts, h)
	}
	return true
}

// connect finds which bytes count in which sums.
func (c *compiler) connect() bool {
	for j := range c.out.digits {
		d := &c.out.digits[j]
		c.feed(&d.place, 0, d.layer, d.field)
	}
	for h := range c.out.hosts {
		for k, i := 0, 0; k < len(c.out.hosts[h].places); i++ {
			if c.out.hosts[h].unset>>i&1 == 1 {
				c.feed(&c.out.hosts[h].places[k], 0, c.out.hosts[h].layer, i)
				k++
			}
		}
	}
	for k := range c.out.sums {
		c.feed(&c.out.sums[k].place, k+1, -1, 0) // outer ones cover it
	}
	return true
}

// feed lets a field count in the sums from the given one on.
func (c *compiler) feed(p *place, from, layer, field int) {
	for k := from; k < len(c.spans); k++ {
		part := c.spans[k]
		if p.off >= part.from && p.off+p.bytes <= part.to {
			p.feeds = append(p.feeds, sumFeed{sum: k, odd: (p.off+p.bytes-part.from)%2 == 1})
		}
		if layer >= 0 && part.under == c.b.p.layers[layer] {
			if kind := part.under.shape.slots[field].kind; kind == IPv4 || kind == IPv6Address {
				p.feeds = append(p.feeds, sumFeed{sum: k})
			}
		}
	}
}

// findBase clears what differs out of element 0 and sums up the rest.
func (c *compiler) findBase() {
	base := append([]byte(nil), c.wire...)
	pseudo := make([]uint64, len(c.spans))
	for k := range c.spans {
		pseudo[k] = c.pseudo(k)
	}
	c.everywhere(func(p *place) { p.store(base, fieldBits{}) })
	for k, part := range c.spans {
		c.out.start[k] = AddSum(pseudo[k], base[part.from:part.to])
	}
	c.out.base = base
	c.out.build = Builder{p: c.b.p, env: c.env, spans: c.b.spans}
}

// everywhere does something for each place that differs.
func (c *compiler) everywhere(do func(p *place)) {
	for j := range c.out.digits {
		do(&c.out.digits[j].place)
	}
	for h := range c.out.hosts {
		for k := range c.out.hosts[h].places {
			do(&c.out.hosts[h].places[k])
		}
	}
	for k := range c.out.sums {
		do(&c.out.sums[k].place)
	}
}

// pseudo is what a pseudo-header adds to sum k beside the addresses that differ: what is missing to the checksum of
// element 0. It is not 0, as no pseudo-header is all zeros.
func (c *compiler) pseudo(k int) uint64 {
	part, own := c.spans[k], c.out.sums[k]
	if part.under == nil {
		return 0
	}
	have := AddSum(0, c.wire[part.from:part.to]) - own.words(own.load(c.wire))
	c.everywhere(func(p *place) {
		for _, f := range p.feeds {
			if f.sum == k && (p.off < part.from || p.off >= part.to) {
				have += p.words(p.load(c.wire))
			}
		}
	})
	missing := (0xffff + 0xffff - own.load(c.wire).lo - have%0xffff) % 0xffff
	if missing == 0 {
		return 0xffff
	}
	return missing
}
