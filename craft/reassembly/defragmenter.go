package reassembly

import (
	"bytes"
	"cmp"
	linked "container/list"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// DefragOptions bound what a Defragmenter holds. Zero limits have the values given here; negative ones bound nothing.
type DefragOptions struct {
	// Datagrams is how many are held at a time: 4,096.
	Datagrams int
	// Bytes is how much memory their fragments may take, roughly: 64 MiB.
	Bytes int
	// Age is how long, by the packets' own times, a datagram waits for its fragments: 60 s, RFC 1122, section 3.3.2.
	Age time.Duration
	// Protocols are those that payloads are dissected with; nil is the built-in ones.
	Protocols *craft.Table
}

// withDefaults fills what is zero.
func (d DefragOptions) withDefaults() DefragOptions {
	d.Datagrams = cmp.Or(d.Datagrams, 4096)
	d.Bytes = cmp.Or(d.Bytes, 64<<20)
	d.Age = cmp.Or(d.Age, time.Minute)
	return d
}

// A Defragmenter puts the fragments of IP datagrams together, RFC 791, section 3.2. Fragments of a datagram have the
// same id, source, destination and protocol; they may come in any order and among other packets. As in scapy, a
// datagram of which fragments overlap is not put together, since what a host makes of it cannot be known; a fragment
// that comes twice with the same bytes is no overlap. What is not put together is returned as Broken. It is not safe
// for concurrent use.
type Defragmenter struct {
	options DefragOptions
	held    map[fragmentKey]*linked.Element
	oldest  *linked.List // of *assembly, the one that began first in front
	bytes   int
}

// NewDefragmenter makes a Defragmenter that holds nothing.
func NewDefragmenter(options DefragOptions) *Defragmenter {
	return &Defragmenter{options: options.withDefaults(), held: map[fragmentKey]*linked.Element{}, oldest: linked.New()}
}

// A Incomplete is a datagram that was not put together.
type Incomplete struct {
	// Fragments are its fragments, in the order they came; one that came twice with the same bytes is there once.
	Fragments []*craft.Packet
	// Gaps are the bytes of the payload that are missing up to its end or, if that never came, to the last byte known.
	Gaps []Extent
	// Overlaps are the bytes of the payload that came twice, in the order of coming.
	Overlaps []Extent
	// Why says in one line whose datagram it is and what is wrong.
	Why string
}

// Add takes a packet. A packet that is no fragment is returned as it is, and so is one that cannot be built. A
// fragment that completes its datagram returns the whole packet: the headers of the first fragment, lengths and
// checksums computed again, and the payload dissected; its Time is that of the fragment that came last, its Wire is
// nil. For any other fragment whole is nil. broken are the datagrams that were given up meanwhile: fragments of theirs
// overlap, they waited too long, or a limit was reached.
func (d *Defragmenter) Add(p *craft.Packet) (whole *craft.Packet, broken []Incomplete) {
	f, ok := fragmentOf(p)
	if !ok {
		return p, nil
	}
	broken = d.expire(p.Time)
	el := d.held[f.key]
	if el == nil {
		el = d.oldest.PushBack(&assembly{key: f.key, begun: p.Time, end: unknown})
		d.held[f.key] = el
	}
	a, _ := el.Value.(*assembly)
	d.bytes -= a.cost
	a.add(f)
	d.bytes += a.cost
	if a.full() {
		d.forget(el)
		return d.settle(a, broken)
	}
	for d.options.Bytes >= 0 && d.bytes > d.options.Bytes || d.options.Datagrams >= 0 && d.oldest.Len() > d.options.Datagrams {
		broken = append(broken, d.giveUp("given up: too many fragments wait"))
	}
	return nil, broken
}

// settle ends a datagram of which all bytes are here.
func (d *Defragmenter) settle(a *assembly, broken []Incomplete) (*craft.Packet, []Incomplete) {
	whole, err := a.whole(d.options.Protocols)
	switch {
	case err == nil:
		next, more := d.Add(whole) // what was put together may be a fragment that a tunnel carries
		return next, append(broken, more...)
	case len(a.wrong()) > 0:
		return nil, append(broken, a.broken())
	}
	return nil, append(broken, a.broken(err.Error()))
}

// Flush gives up every datagram that still waits, as at the end of a capture.
func (d *Defragmenter) Flush() []Incomplete {
	var broken []Incomplete
	for d.oldest.Len() > 0 {
		broken = append(broken, d.giveUp())
	}
	return broken
}

// expire gives up what has waited too long at that time.
func (d *Defragmenter) expire(now time.Time) (broken []Incomplete) {
	for d.options.Age >= 0 && !now.IsZero() && d.oldest.Len() > 0 {
		a, _ := d.oldest.Front().Value.(*assembly)
		if a.begun.IsZero() || now.Sub(a.begun) <= d.options.Age {
			break
		}
		broken = append(broken, d.giveUp("given up after "+d.options.Age.String()))
	}
	return broken
}

// giveUp forgets the datagram that began first.
func (d *Defragmenter) giveUp(why ...string) Incomplete {
	el := d.oldest.Front()
	d.forget(el)
	a, _ := el.Value.(*assembly)
	return a.broken(why...)
}

func (d *Defragmenter) forget(el *linked.Element) {
	a, _ := d.oldest.Remove(el).(*assembly)
	delete(d.held, a.key)
	d.bytes -= a.cost
}

// A fragmentKey says which datagram a fragment belongs to.
type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	proto    uint8 // of IPv4
}

// String is the key as errors name it.
func (k fragmentKey) String() string {
	if k.src.Is6() {
		return fmt.Sprintf("%s > %s id %d", k.src, k.dst, k.id)
	}
	return fmt.Sprintf("%s > %s id %d proto %d", k.src, k.dst, k.id, k.proto)
}

// A fragment is a packet that carries a part of a datagram.
type fragment struct {
	key     fragmentKey
	packet  *craft.Packet
	network int // the layer with the addresses
	layer   int // the layer that says that it is one
	offset  int64
	more    bool
	data    []byte
}

// fragmentOf reads a packet as a fragment of its outermost layer that is one.
func fragmentOf(p *craft.Packet) (f fragment, ok bool) {
	network := -1
	for i, l := range p.Layers() {
		if l.Cut() {
			continue // it may be one or not
		}
		switch l.Name() {
		case layers.IP, layers.IPv6:
			network = i
		case layers.IPv6ExtHdrFragment:
		default:
			continue
		}
		if l.Name() == layers.IPv6 || network < 0 || fragmentOffset(l) == 0 && !moreFragments(l) {
			continue
		}
		wire, err := craft.Build(p.From(network), nil)
		if err != nil {
			return f, false
		}
		start := p.Offset(i) - p.Offset(network) + l.Len()
		return fragment{
			key: keyOf(p.Layers()[network], l), packet: p, network: network, layer: i,
			offset: int64(fragmentOffset(l)) * fragmentUnit, more: moreFragments(l), data: wire[start : start+p.PayloadLen(i)],
		}, true
	}
	return f, false
}

// keyOf is the key of a fragment with these headers. IPv6 has no protocol in it: RFC 8200, section 4.5.
func keyOf(network, l *craft.Layer) fragmentKey {
	k := fragmentKey{src: network.Addr("src"), dst: network.Addr("dst"), id: uint32(l.Uint("id"))}
	if l == network {
		k.proto = uint8(l.Uint("proto"))
	}
	return k
}

// unknown is the end of a datagram whose last fragment has not come.
const unknown = -1

// fragmentCost is what a fragment takes beside its bytes, roughly.
const fragmentCost = 1024

// An assembly is a datagram of which some fragments have come.
type assembly struct {
	key      fragmentKey
	begun    time.Time
	last     time.Time
	parts    []fragment    // as they came
	at       map[int64]int // the part that begins there
	have     extents
	end      int64
	overlaps []Extent
	ends     string // what is wrong with its end
	cost     int
}

// add takes a fragment of this datagram.
func (a *assembly) add(f fragment) {
	a.last = f.packet.Time
	if i, ok := a.at[f.offset]; ok && a.parts[i].more == f.more && bytes.Equal(a.parts[i].data, f.data) {
		return
	}
	if a.at == nil {
		a.at = map[int64]int{}
	}
	a.at[f.offset] = len(a.parts)
	a.parts = append(a.parts, f)
	a.cost += fragmentCost + len(f.data) + len(f.packet.Wire)
	e := Extent{f.offset, int64(len(f.data))}
	if e.Length > 0 {
		a.overlaps = append(a.overlaps, a.have.add(e)...)
	}
	switch {
	case !f.more && a.end == unknown:
		a.end = e.end()
	case !f.more && a.end != e.end():
		a.ends = fmt.Sprintf("it ends at byte %d and at byte %d", a.end, e.end())
	}
}

// full reports whether every byte of the datagram has come.
func (a *assembly) full() bool {
	return a.end != unknown && len(a.have) == 1 && a.have[0].Offset == 0 && a.have[0].end() >= a.end
}

// wrong says what keeps the datagram from being put together.
func (a *assembly) wrong() []string {
	var says []string
	if a.ends != "" {
		says = append(says, a.ends)
	}
	if n := len(a.have); a.end != unknown && n > 0 && a.have[n-1].end() > a.end {
		says = append(says, fmt.Sprintf("it ends at byte %d and goes on to byte %d", a.end, a.have[n-1].end()))
	}
	if len(a.overlaps) > 0 {
		says = append(says, "fragments overlap in bytes "+extentsText(a.overlaps))
	}
	if gaps := a.have.gaps(a.end); len(gaps) > 0 {
		says = append(says, "bytes "+extentsText(gaps)+" are missing")
	}
	if a.end == unknown {
		says = append(says, "the last fragment is missing")
	}
	return says
}

// whole puts a full datagram together; the error says why that cannot be done.
func (a *assembly) whole(protocols *craft.Table) (*craft.Packet, error) {
	if says := a.wrong(); len(says) > 0 {
		return nil, errors.New(strings.Join(says, "; "))
	}
	payload := make([]byte, a.end)
	for _, f := range a.parts {
		copy(payload[f.offset:], f.data)
	}
	wire, err := craft.Build(a.parts[a.at[0]].carrying(payload), nil)
	if err != nil {
		return nil, err
	}
	p := protocols.Dissect(wire, a.parts[0].packet.Layers()[0].Name())
	p.Time, p.Wire = a.last, nil
	return p, nil
}

// carrying is the first fragment's packet with the datagram's payload, and without the Fragment header of IPv6. Lengths
// and checksums of the layers below, a tunnel's, are computed again.
func (f fragment) carrying(payload []byte) *craft.Packet {
	n := f.layer
	if f.layer == f.network {
		n++
	}
	p := f.packet.Head(n)
	p.Append(craft.Raw.New("load", payload))
	for _, l := range p.Layers()[:f.layer] {
		l.Refresh()
	}
	var err error
	if l := p.Layers()[n-1]; f.layer == f.network {
		err = errors.Join(l.SetUint("frag", 0), l.SetUint("flags", l.Uint("flags")&^flagMF), l.Clear("len"), l.Clear("chksum"))
	} else {
		err = l.SetUint("nh", f.packet.Layers()[f.layer].Uint("nh"))
	}
	if err != nil {
		p.Layers()[n-1].Fail(err)
	}
	return p
}

// broken is what there is of the datagram. why is "" when nothing but its own state keeps it from being put together.
func (a *assembly) broken(why ...string) Incomplete {
	b := Incomplete{Gaps: a.have.gaps(a.end), Overlaps: a.overlaps, Why: a.key.String() + ": "}
	for _, f := range a.parts {
		b.Fragments = append(b.Fragments, f.packet)
	}
	b.Why += strings.Join(append(why, a.wrong()...), "; ")
	return b
}
