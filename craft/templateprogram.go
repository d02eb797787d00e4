package craft

import (
	"encoding/binary"
	"math/bits"
	"sort"

	"github.com/moonwire/moonwire/craft/values"
)

// maxSums is how many checksums a program keeps up to date; packets with more are built one by one.
const maxSums = 8

// A program writes elements of a set into a copy of what they have in common.
type program struct {
	base   []byte          // the bytes, with zeros wherever they differ
	digits []digit         // the sets, the fastest first
	hosts  []hostQuery     // what the host is asked for each element
	sums   []sum16         // the checksums, innermost first
	start  [maxSums]uint64 // the sums over base
	build  Builder         // what hosts are asked with
}

// A fieldBits is the value of a field: of up to 64 bits, or an address of 16 bytes.
type fieldBits struct{ hi, lo uint64 }

// A place is where a field sits in the packet, and which sums it counts in.
type place struct {
	slot  // its off counts from the packet's first byte
	feeds []sumFeed
}

// A sumFeed is a sum that bytes count in.
type sumFeed struct {
	sum int
	odd bool // they end on the upper half of a 16-bit word
}

// write puts v where old was.
func (p *place) write(out []byte, acc *[maxSums]uint64, old, v fieldBits) {
	p.store(out, v)
	delta := p.words(v) - p.words(old)
	for _, f := range p.feeds {
		if f.odd {
			acc[f.sum] += delta << 8
		} else {
			acc[f.sum] += delta
		}
	}
}

func (p *place) store(out []byte, v fieldBits) {
	if p.shift == 0 && !p.little {
		switch p.bits {
		case 8:
			out[p.off] = byte(v.lo)
			return
		case 16:
			binary.BigEndian.PutUint16(out[p.off:], uint16(v.lo))
			return
		case 32:
			binary.BigEndian.PutUint32(out[p.off:], uint32(v.lo))
			return
		case 128:
			binary.BigEndian.PutUint64(out[p.off:], v.hi)
			binary.BigEndian.PutUint64(out[p.off+8:], v.lo)
			return
		}
	}
	p.put(out, v.lo)
}

func (p *place) load(out []byte) fieldBits {
	if p.bits > 64 {
		return fieldBits{binary.BigEndian.Uint64(out[p.off:]), binary.BigEndian.Uint64(out[p.off+8:])}
	}
	return fieldBits{lo: p.uint(out)}
}

// words is what the value adds to a sum of 16-bit words.
func (p *place) words(v fieldBits) uint64 {
	w := v.lo << p.shift
	if p.little {
		w = bits.ReverseBytes64(w) >> (64 - p.bits)
	}
	if p.bytes <= 2 {
		return w
	}
	return w>>48 + w>>32&0xffff + w>>16&0xffff + w&0xffff + v.hi>>48 + v.hi>>32&0xffff + v.hi>>16&0xffff + v.hi&0xffff
}

// A digit is one set: the elements' numbers are counted with it.
type digit struct {
	place
	layer, field int
	n            uint64 // how many values
	runs         []setRun
	drawn        bool // some values are drawn
	spot         values.Spot
	trial        *Layer // to read drawn values with
}

// A setRun is values of a set at equal distances, or one that is drawn.
type setRun struct {
	start, end uint64 // their numbers: start <= k < end
	first      fieldBits
	step       uint64
	draw       values.Generator // nil for values that are not drawn
}

// value is value k of the set, in element index; false when it must be built.
func (d *digit) value(k, index uint64) (fieldBits, bool) {
	r := &d.runs[0]
	if len(d.runs) > 1 {
		r = &d.runs[sort.Search(len(d.runs), func(i int) bool { return k < d.runs[i].end })]
	}
	if r.draw == nil {
		return fieldBits{r.first.hi, r.first.lo + (k-r.start)*r.step}, true
	}
	s := d.spot
	s.Index = index
	if n, ok := values.DrawNumber(r.draw, s); ok {
		return fieldBits{lo: n}, true
	}
	return d.read(r.draw.Draw(s))
}

// read is a value as the bits that it becomes in the field.
func (d *digit) read(value any) (fieldBits, bool) {
	if d.trial.assign(d.field, value) != nil || d.trial.replaced(d.field) || d.trial.fixed>>d.field&1 == 0 {
		return fieldBits{}, false // the last: it leaves the field to be computed
	}
	here := place{slot: d.trial.shape.slots[d.field]}
	return here.load(d.trial.hdr), true
}

// A hostQuery is a layer that asks the host about what differs.
type hostQuery struct {
	layer  int
	unset  uint64  // the fields that it asks for
	places []place // where they are
	reads  uint64  // the digits that the answer depends on
}

// A sum16 is one checksum.
type sum16 struct {
	place
	never0 bool
}

// append appends element i; false when it must be built.
func (pr *program) append(dst []byte, i uint64) ([]byte, bool) {
	at := len(dst)
	dst = append(dst, pr.base...)
	out := dst[at:]
	acc := pr.start
	rest := i
	for j := range pr.digits {
		d := &pr.digits[j]
		next := rest / d.n
		v, ok := d.value(rest-next*d.n, i)
		if !ok {
			return dst[:at], false
		}
		d.write(out, &acc, fieldBits{}, v)
		pr.tell(d, v)
		rest = next
	}
	for h := range pr.hosts {
		if !pr.ask(&pr.hosts[h], out, &acc, nil) {
			return dst[:at], false
		}
	}
	for k := range pr.sums {
		s := &pr.sums[k]
		s.write(out, &acc, fieldBits{}, s.finish(acc[k]))
	}
	return dst, true
}

// finish is the checksum for a sum.
func (s *sum16) finish(acc uint64) fieldBits {
	c := ^FoldSum(acc)
	if c == 0 && s.never0 {
		c = 0xffff
	}
	return fieldBits{lo: uint64(c)}
}

// tell writes a value into the packet that hosts are asked with.
func (pr *program) tell(d *digit, v fieldBits) {
	if len(pr.hosts) > 0 {
		l := pr.build.p.layers[d.layer]
		here := place{slot: l.shape.slots[d.field]}
		here.store(l.hdr, v)
	}
}

// ask has one layer ask the host; known holds what it answered before, nil for nothing.
func (pr *program) ask(h *hostQuery, out []byte, acc *[maxSums]uint64, known []fieldBits) bool {
	pr.build.out = out
	if pr.build.p.layers[h.layer].proto.spec.Ask(&pr.build, h.layer, h.unset) != nil {
		return false
	}
	for k := range h.places {
		p := &h.places[k]
		v, old := p.load(out), fieldBits{}
		if known != nil {
			old, known[k] = known[k], v
		}
		p.write(out, acc, old, v)
	}
	return true
}

// A walker makes elements one after the other, each out of the one before it.
type walker struct {
	*program
	out     []byte
	acc     [maxSums]uint64
	next    uint64        // the element that step expects
	warm    bool          // out holds the element before next
	at      []uint64      // which value each digit has
	values  []fieldBits   // and that value
	answers [][]fieldBits // what each host answered
	sumsAt  [maxSums]fieldBits
}

func (w *walker) start(pr *program) {
	w.program = pr
	w.out = make([]byte, len(pr.base))
	w.at = make([]uint64, len(pr.digits))
	w.values = make([]fieldBits, len(pr.digits))
	w.answers = make([][]fieldBits, len(pr.hosts))
	for h := range pr.hosts {
		w.answers[h] = make([]fieldBits, len(pr.hosts[h].places))
	}
}

// step makes element i in out; false when it must be built.
func (w *walker) step(i uint64) bool {
	changed, ok := uint64(0), false
	if w.warm && i == w.next {
		changed, ok = w.count(i)
	} else {
		changed, ok = w.jump(i)
	}
	w.next = i + 1
	w.warm = ok && w.settle(changed)
	return w.warm
}

// jump begins with element i.
func (w *walker) jump(i uint64) (changed uint64, ok bool) {
	copy(w.out, w.base)
	w.acc, w.sumsAt = w.program.start, [maxSums]fieldBits{}
	for h := range w.answers {
		clear(w.answers[h])
	}
	rest := i
	for j := range w.digits {
		d := &w.digits[j]
		next := rest / d.n
		w.at[j], w.values[j] = rest-next*d.n, fieldBits{}
		if !w.set(j, i) {
			return 0, false
		}
		rest = next
	}
	return ^uint64(0), true
}

// count goes on to element i from the one before it.
func (w *walker) count(i uint64) (changed uint64, ok bool) {
	carry := true
	for j := range w.digits {
		d := &w.digits[j]
		if carry {
			if w.at[j]++; w.at[j] < d.n {
				carry = false
			} else {
				w.at[j] = 0
			}
		} else if !d.drawn {
			continue
		}
		if !w.set(j, i) {
			return 0, false
		}
		changed |= 1 << min(j, 63)
	}
	return changed, true
}

// set writes the value that digit j has now.
func (w *walker) set(j int, i uint64) bool {
	d := &w.digits[j]
	v, ok := d.value(w.at[j], i)
	if !ok {
		return false
	}
	d.write(w.out, &w.acc, w.values[j], v)
	w.values[j] = v
	w.tell(d, v)
	return true
}

// settle asks the host again and brings the checksums up to date.
func (w *walker) settle(changed uint64) bool {
	for h := range w.hosts {
		if w.hosts[h].reads&changed != 0 && !w.ask(&w.hosts[h], w.out, &w.acc, w.answers[h]) {
			return false
		}
	}
	for k := range w.sums {
		s := &w.sums[k]
		v := s.finish(w.acc[k])
		s.write(w.out, &w.acc, w.sumsAt[k], v)
		w.sumsAt[k] = v
	}
	return true
}
