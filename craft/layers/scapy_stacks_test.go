package layers_test

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// A stackGenerator makes plans by chance, out of the protocols that both have. Equal seeds give equal plans.
type stackGenerator struct {
	*rand.Rand
	scapy    map[craft.Name]map[string]scapyField
	names    []craft.Name
	above    map[craft.Name][]craft.Name // what is read behind a layer with all its defaults
	below    map[craft.Name][]craft.Name // the other way round
	elements map[slot][]craft.Name       // what may stand in a field
	places   map[craft.Name][]slot       // the other way round
}

// A slot is a field in which layers stand.
type slot struct {
	layer craft.Name
	field string
}

// moreElements are layers that stand in fields and are read as something else when they are left alone.
var moreElements = map[slot][]craft.Name{
	{"IPv6ExtHdrHopByHop", "options"}:           {layers.HBHOptUnknown},
	{"IPv6ExtHdrDestOpt", "options"}:            {layers.HBHOptUnknown},
	{"IPv6ExtHdrSegmentRouting", "tlv_objects"}: {layers.IPv6ExtHdrSegmentRoutingTLV},
}

// newStackGenerator learns which protocols carry which from what dissecting makes of every pair.
func newStackGenerator(fields map[craft.Name]map[string]scapyField) *stackGenerator {
	common := slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(name craft.Name) bool { return apart[name] != "" })
	g := &stackGenerator{scapy: fields, names: common,
		above: map[craft.Name][]craft.Name{}, below: map[craft.Name][]craft.Name{}, elements: map[slot][]craft.Name{}, places: map[craft.Name][]slot{}}
	for _, low := range g.names {
		for _, up := range g.names {
			if low != craft.Raw && up != craft.Raw && up != craft.Padding && readsBehind(low, up) {
				g.above[low] = append(g.above[low], up)
				g.below[up] = append(g.below[up], low)
			}
		}
		for _, f := range craft.Lookup(low).Fields() {
			if _, both := fields[low][f.Name]; !both || f.Kind != craft.Packets {
				continue
			}
			at := slot{low, f.Name}
			for _, up := range g.names {
				if readsElement(at, up) || slices.Contains(moreElements[at], up) {
					g.elements[at] = append(g.elements[at], up)
					g.places[up] = append(g.places[up], at)
				}
			}
		}
	}
	return g
}

// readsBehind reports whether one layer is read behind another when both are left alone.
func readsBehind(low, up craft.Name) bool {
	wire, err := craft.Build(craft.Stack(low.New(), up.New()), nil)
	if err != nil {
		return false
	}
	layers := craft.Dissect(wire, low).Layers()
	return len(layers) > 1 && layers[0].Name() == low && layers[1].Name() == up
}

// readsElement reports whether a layer is read from a field when it is left alone.
func readsElement(at slot, element craft.Name) bool {
	wire, err := craft.Build(craft.Stack(at.layer.New(at.field, []any{craft.Stack(element.New())})), nil)
	if err != nil {
		return false
	}
	layers := craft.Dissect(wire, at.layer).Layers()
	if len(layers) == 0 || layers[0].Name() != at.layer || !layers[0].Has(at.field) {
		return false
	}
	v, err := layers[0].Get(at.field)
	return err == nil && slices.ContainsFunc(v.Packets(), func(p *craft.Packet) bool { return p.Layers()[0].Name() == element })
}

// target begins case i of a seed: a packet with this protocol in it. The cases of a protocol stay what they are when others
// are added, as far as these have nothing to do with them.
func (g *stackGenerator) target(seed uint64, i int) craft.Name {
	name := g.names[i%len(g.names)]
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", name, i/len(g.names))
	g.Rand = rand.New(rand.NewPCG(seed, h.Sum64()))
	return name
}

func (g *stackGenerator) chance(percent int) bool { return g.IntN(100) < percent }

func oneOf[T any](g *stackGenerator, from []T) T { return from[g.IntN(len(from))] }

// stack is a packet with a layer of the target in it: what carries it, what it carries, and now and then something that
// does not belong there.
func (g *stackGenerator) stack(target craft.Name) plan {
	var p plan
	if places := g.places[target]; len(places) > 0 && (len(g.below[target]) == 0 || g.chance(50)) {
		at := oneOf(g, places)
		l := g.layer(at.layer, 1)
		l.settings = slices.DeleteFunc(l.settings, func(s setting) bool { return s.field == at.field })
		l.settings = append(l.settings, setting{field: at.field, tag: "packets", value: []plan{{g.layer(target, 2)}}})
		p = plan{l}
	} else {
		p = plan{g.layer(target, 0)}
	}
	for len(p) < 6 && !g.chance(15) {
		from := g.below[p[0].name]
		if len(from) == 0 || g.chance(5) {
			if !g.chance(20) {
				break
			}
			from = g.names
		}
		p = append(plan{g.layer(oneOf(g, from), 0)}, p...)
	}
	for len(p) < 8 && g.chance(40) {
		from := g.above[p[len(p)-1].name]
		if len(from) == 0 || g.chance(5) {
			if !g.chance(20) {
				break
			}
			from = g.names
		}
		p = append(p, g.layer(oneOf(g, from), 0))
	}
	for _, end := range []craft.Name{craft.Raw, craft.Padding} {
		if g.chance(30) {
			p = append(p, g.layer(end, 0))
		}
	}
	return p.mend()
}

// layer is a layer with some of its fields set; depth counts the fields in which it stands.
func (g *stackGenerator) layer(name craft.Name, depth int) *layerPlan {
	plan, l := &layerPlan{name: name}, name.New()
	percent := oneOf(g, []int{0, 10, 30, 60, 100})
	if name == craft.Raw || name == craft.Padding {
		percent = 100
	}
	keys := craft.Lookup(name).ShapeFields()
	for _, field := range keys {
		g.set(plan, l, field, max(percent, 50), depth)
	}
	for _, field := range l.Fields() {
		if !slices.Contains(keys, field) {
			g.set(plan, l, field, percent, depth)
		}
	}
	return plan
}

// set sets a field by chance. A value that is refused is left out.
func (g *stackGenerator) set(plan *layerPlan, l *craft.Layer, field string, percent, depth int) {
	there, both := g.scapy[plan.name][field]
	v, err := l.Get(field)
	if !both || err != nil {
		return
	}
	needed := there.Random
	switch v.Kind() {
	case craft.IPv4, craft.IPv6Address, craft.Hardware:
		needed = needed || there.Open
	case craft.Number, craft.Enum, craft.Port, craft.Flags, craft.Fixed:
		needed = needed || there.Open && !v.IsNone()
	}
	if !needed && !g.chance(percent) {
		return
	}
	at := slices.IndexFunc(l.Protocol().Fields(), func(f craft.Field) bool { return f.Name == field })
	for range 3 {
		s, ok := g.setting(&l.Protocol().Fields()[at], v.Kind(), slot{plan.name, field}, there, depth)
		if byType := special[slot{plan.name, field}]; byType != nil {
			s, ok = byType(g, l), true
		}
		s.field, s.needed = field, needed
		if ok && l.Set(field, s.here()) == nil {
			plan.settings = append(plan.settings, s)
			return
		}
	}
}

// special are fields whose values are of several kinds.
var special = map[slot]func(g *stackGenerator, l *craft.Layer) setting{
	{"DNSRR", "rdata"}: func(g *stackGenerator, l *craft.Layer) setting {
		switch l.Uint("type") {
		case 1:
			return setting{tag: "address", value: g.address(craft.IPv4)}
		case 28:
			return setting{tag: "address", value: g.address(craft.IPv6Address)}
		case 2, 3, 4, 5, 12:
			return setting{tag: "text", value: g.text()}
		case 16:
			return setting{tag: "texts", value: []any{g.text(), g.text()}}
		}
		return setting{tag: "bytes", value: octets(g.bytes(0))}
	},
}

// setting is a value for a field.
func (g *stackGenerator) setting(f *craft.Field, kind craft.Kind, at slot, there scapyField, depth int) (setting, bool) {
	switch kind {
	case craft.Number, craft.Enum, craft.Port, craft.Flags:
		if f.Bits == 0 {
			return setting{tag: "number", value: g.bits(oneOf(g, []int{7, 8, 15, 31}))}, true
		}
		return setting{tag: "number", value: g.number(f)}, true
	case craft.Fixed:
		return setting{tag: "fixed", value: bits{g.bits(f.Bits), f.Bits}}, true
	case craft.IPv4, craft.IPv6Address, craft.Hardware:
		return setting{tag: "address", value: g.address(kind)}, true
	case craft.Bytes:
		return setting{tag: "bytes", value: octets(g.bytes(f.Bits))}, true
	case craft.Text:
		return setting{tag: "text", value: g.text()}, true
	case craft.Values:
		return setting{tag: "values", value: g.several(there)}, true
	case craft.Options:
		return setting{tag: "options", value: g.options(at.layer)}, true
	case craft.Packets:
		list := g.packets(at, depth)
		return setting{tag: "packets", value: list}, len(list) > 0
	}
	return setting{}, false
}

// bits are a number of so many bits, often one at an end.
func (g *stackGenerator) bits(width int) uint64 {
	largest := uint64(1)<<width - 1
	switch g.IntN(6) {
	case 0:
		return 0
	case 1:
		return largest
	case 2:
		return min(1, largest)
	case 3:
		return largest - min(1, largest)
	case 4:
		return g.Uint64N(min(largest, 100) + 1)
	}
	return g.Uint64() & largest
}

// number is a number for a field; half of those of fields whose values have names have one.
func (g *stackGenerator) number(f *craft.Field) uint64 {
	if names := f.Names; len(names) > 0 && g.chance(50) {
		return oneOf(g, slices.Sorted(maps.Keys(names)))
	}
	return g.bits(f.Bits)
}

func (g *stackGenerator) address(kind craft.Kind) string {
	b := make([]byte, 16)
	if g.chance(80) {
		for i := range b {
			b[i] = byte(g.bits(8))
		}
	}
	switch kind {
	case craft.IPv4:
		return netip.AddrFrom4([4]byte(b)).String()
	case craft.Hardware:
		return values.MAC(b[:6]).String()
	default:
		return netip.AddrFrom16([16]byte(b)).String()
	}
}

// bytes are a byte string, as long as a field of that width at most.
func (g *stackGenerator) bytes(width int) []byte {
	n := g.IntN(oneOf(g, []int{1, 4, 40}) + 1)
	if width > 0 {
		n = oneOf(g, []int{width / 8, width / 8, g.IntN(width/8 + 1)})
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.bits(8))
	}
	return b
}

func (g *stackGenerator) text() string {
	if g.chance(30) {
		return oneOf(g, []string{"", "a", ".", "example.com", "www.example.com.", "1.3.6.1.2.1.1.5.0", "2.5.4294967295"})
	}
	var b strings.Builder
	for range g.IntN(20) {
		b.WriteByte("abcxyz0189-_."[g.IntN(13)])
	}
	return b.String()
}

// values are a list of values.
func (g *stackGenerator) several(there scapyField) []any {
	list := []any{}
	for range g.IntN(5) {
		switch there.Of {
		case "IPv4":
			list = append(list, g.address(craft.IPv4))
		case "IPv6":
			list = append(list, g.address(craft.IPv6Address))
		case "MAC":
			list = append(list, g.address(craft.Hardware))
		default:
			list = append(list, g.bits(max(int(there.Bits), 8)))
		}
	}
	return list
}

// options are a list of options that may be wrong but fits into a header, mostly.
func (g *stackGenerator) options(proto craft.Name) []optionPlan {
	list := []optionPlan{}
	for range g.IntN(oneOf(g, []int{2, 4, 7})) {
		list = append(list, g.option(proto))
	}
	return list
}

func (g *stackGenerator) option(proto craft.Name) optionPlan {
	p := craft.Lookup(proto)
	o := optionPlan{proto: proto, kind: int(g.bits(8)), data: g.bytes(0)}
	if g.chance(25) {
		if o.kind < 2 {
			o.kind += 200
		}
		o.data = o.data[:min(len(o.data), 12)]
		return o
	}
	for {
		o.kind, o.data = int(g.bits(8)), make([]byte, g.IntN(20))
		for i := range o.data {
			o.data[i] = byte(g.bits(8))
		}
		o.name = p.OptionName(craft.Option{Kind: o.kind})
		switch {
		case o.kind < 2:
			o.data = nil
		case o.name == "Security":
			o.data = append(o.data, "123456789"...)[:9] // here the length follows the data; in scapy there are always 3 bytes at the end
		case o.name == "Timestamp" && len(o.data) > 1:
			o.data[1] = o.data[1]&0xf0 | 1 // here a name stands for one form, with an address
		}
		if _, ok := p.OptionValues(o.option()); ok && o.name != "" {
			return o
		}
	}
}

// packets are a few layers for a field.
func (g *stackGenerator) packets(at slot, depth int) []plan {
	list := []plan{}
	if depth > 2 || len(g.elements[at]) == 0 {
		return list
	}
	n := 1 + g.IntN(3)
	if g.scapy[at.layer][at.field].Single {
		n = 1
	}
	for range n {
		list = append(list, plan{g.layer(oneOf(g, g.elements[at]), depth+1)})
	}
	return list
}
