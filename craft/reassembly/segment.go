package reassembly

import (
	"net/netip"
	"slices"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// A segment is what Streams need of a packet.
type segment struct {
	src, dst      netip.AddrPort
	seq, ack      uint32
	syn, fin, rst bool
	acks          bool // the ack number counts
	data          []byte
	time          time.Time
}

// endpoints are the segment's two ends, the lower one first.
func (g segment) endpoints() endpoints {
	if g.dst.Compare(g.src) < 0 {
		return endpoints{g.dst, g.src}
	}
	return endpoints{g.src, g.dst}
}

// segmentOf reads a packet's TCP segment.
func segmentOf(p *craft.Packet) (g segment, ok bool) {
	i := slices.IndexFunc(p.Layers(), func(l *craft.Layer) bool { return l.Name() == layers.TCP && !l.Cut() })
	if i < 0 {
		return g, false
	}
	l := p.Layers()[i]
	var src, dst netip.Addr
	for _, below := range slices.Backward(p.Layers()[:i]) {
		if src, dst = below.Addr("src"), below.Addr("dst"); dst.IsValid() {
			break
		}
	}
	g = segment{
		src: netip.AddrPortFrom(src, uint16(l.Uint("sport"))), dst: netip.AddrPortFrom(dst, uint16(l.Uint("dport"))),
		seq: uint32(l.Uint("seq")), ack: uint32(l.Uint("ack")),
		syn: l.Flag("S"), fin: l.Flag("F"), rst: l.Flag("R"), acks: l.Flag("A"), time: p.Time,
	}
	if !g.rst { // what a RST carries is a remark, RFC 9293, section 3.5.2
		g.data = payloadOf(p, i)
	}
	return g, true
}

// payloadOf is the bytes that layer i carries; nil when they cannot be built.
func payloadOf(p *craft.Packet, i int) []byte {
	if i+1 == len(p.Layers()) {
		return nil
	}
	if up := p.Layers()[i+1]; up.Name() == craft.Raw && i+2 == len(p.Layers()) {
		return up.Bytes("load")
	}
	b, err := craft.Build(p.From(i+1), nil)
	if err != nil {
		return nil
	}
	return b[:p.PayloadLen(i)]
}
