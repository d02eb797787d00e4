package layers_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// A classBytes is what is given to a class: Name(bytes).
type classBytes struct {
	name craft.Name
	wire []byte
	own  bool // bytes of this class, as they were built
}

func (c classBytes) String() string { return fmt.Sprintf("%s(%x)", c.name, c.wire) }

// bytesOfClasses are the bytes of every layer of the vectors in which nothing is wrong, from that layer on, by its class; those of
// layers that stand in fields, too.
func (s *scapyProcess) bytesOfClasses(t *testing.T) map[craft.Name][][]byte {
	t.Helper()
	by := map[craft.Name][][]byte{}
	sound, _ := s.ofVectors(t)
	var gather func(p *craft.Packet)
	gather = func(p *craft.Packet) {
		for i, l := range p.Layers() {
			wire, err := craft.Build(p.From(i), nil)
			if err == nil && len(wire) > 0 && s.fields[l.Name()] != nil {
				by[l.Name()] = append(by[l.Name()], wire)
			}
			for _, field := range l.Fields() {
				for _, inner := range l.Value(field).Packets() {
					gather(inner)
				}
			}
		}
	}
	for _, u := range sound {
		gather(u.packet)
	}
	for name := range by {
		slices.SortFunc(by[name], func(a, b []byte) int { return slices.Compare(a, b) })
		by[name] = slices.CompactFunc(by[name], slices.Equal)
	}
	return by
}

// dispatchCases are every class with bytes of its own, with bytes of other classes and with damaged ones.
func (s *scapyProcess) dispatchCases(t *testing.T, g *stackGenerator) (own, other []classBytes) {
	t.Helper()
	by := s.bytesOfClasses(t)
	names := slices.Sorted(maps.Keys(by))
	n := max(usersCases()/50, 6)
	for _, name := range s.classes(t) {
		if craft.Lookup(name) == nil {
			continue
		}
		g.target(scapySeed(t), slices.Index(g.names, name)+len(g.names))
		mine := by[name]
		g.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
		for _, wire := range mine[:min(len(mine), n)] {
			own = append(own, classBytes{name, wire, true})
		}
		for range n {
			from := mine
			if len(from) == 0 || g.chance(50) {
				from = by[oneOf(g, names)]
			}
			wire := slices.Clone(oneOf(g, from))
			for range g.IntN(3) {
				wire = g.mutate(wire)
			}
			if len(wire) > 0 {
				other = append(other, classBytes{name, wire, false})
			}
		}
	}
	return own, other
}

// classesOfBytes compares what Name(bytes) is, and its bytes.
func (s *scapyProcess) classesOfBytes(t *testing.T, g *stackGenerator) {
	own, other := s.dispatchCases(t, g)
	s.compareDispatch(t, own).report(t, "a class and its own bytes", leastEqual)
	s.compareDispatch(t, other).report(t, "a class and bytes of others or damaged ones", leastEqualDamaged)
}

func (s *scapyProcess) compareDispatch(t *testing.T, cases []classBytes) *tally {
	t.Helper()
	var questions [][]any
	for _, c := range cases {
		questions = append(questions, []any{"dispatch", []craft.Name{c.name}, hex.EncodeToString(c.wire)})
	}
	c, raised := newTally(), 0
	s.askAll(t, questions, func(i int, a answer) {
		one := cases[i]
		want := a.Dispatch[one.name]
		if want == nil {
			raised++
			return
		}
		p := craft.Dissect(slices.Clone(one.wire), one.name)
		first := here(p.Layers()[0].Name())
		wire, err := craft.Build(p, nil)
		if err != nil {
			t.Errorf("%s: %v", one, err)
		}
		equal := first == want.name && hex.EncodeToString(wire) == want.wire
		kind := fmt.Sprintf("%s(bytes): got %s, want %s", one.name, first, want.name)
		if first == want.name {
			kind = fmt.Sprintf("%s(bytes): other bytes", one.name)
		}
		c.add(equal, one.why(p, want.name), kind, fmt.Sprintf("%s: got %s %x, want %s %s", one, first, wire, want.name, want.wire))
	})
	t.Logf("scapy raises an exception for %d of %d", raised, len(cases))
	return c
}

// why is why the first layer is another one; "" for no reason. What frames are read as otherwise is so for classes, too.
func (c classBytes) why(p *craft.Packet, want craft.Name) string {
	r := &reading{randomFrame: randomFrame{c.name, c.wire}, packet: p, layers: p.Layers(), scapy: []scapyLayer{{name: want}}}
	got := r.got(0)
	if got.Name() == craft.Raw && got.Note() != "" {
		return "a header of which no field is whole, or that cannot be read, is Raw, with a note; scapy makes a layer of part of a field"
	}
	m := mismatch{layer: 0, field: string(got.Name())}
	for _, o := range otherLayers {
		if o.below == "" && matches(o.got, m.field) && matches(o.want, string(want)) {
			return o.why
		}
	}
	for _, d := range dispatchDifferences {
		if matches(d.name, string(c.name)) && matches(d.got, m.field) && matches(d.want, string(want)) {
			return d.why
		}
	}
	return ""
}

// A dispatchDifference is where Name(bytes) is made otherwise, by the class, what it is here and what in scapy.
type dispatchDifference struct{ name, got, want, why string }

const (
	lengthOfAnother = "an option whose length does not fit its layout has its bytes"
	sameBytesBack   = "what is read is written as it was read; scapy writes types and lengths anew"
)

var dispatchDifferences = []dispatchDifference{
	{"DNSRRDLV", "DNSRRDLV", "DNSRRDLV", sameBytesBack},
	{"SNMP*", "SNMP*", "SNMP*", sameBytesBack},
	{"GRE", "GRE", "Raw", "a header that is cut short is one as far as it goes"},
	{"IGMPv3", "IGMP", "IGMPv3", "a header that is cut short is one as far as it goes"},
	{"EDNS0TLV", "EDNS0*", "EDNS0TLV", "bytes are the option that they hold"},
	{"HBHOptUnknown", "HBHOptUnknown", "*", lengthOfAnother},
	{"IPv6ExtHdrSegmentRoutingTLV", "IPv6ExtHdrSegmentRoutingTLV", "IPv6ExtHdrSegmentRoutingTLV*", lengthOfAnother},
	{"PPP_LCP_Option", "PPP_LCP_Option", "PPP_LCP_*", lengthOfAnother},
	{"PPP_IPCP_Option", "PPP_IPCP_Option", "PPP_IPCP_*", lengthOfAnother},
	{"PPP_ECP_Option", "PPP_ECP_Option", "PPP_ECP_*", lengthOfAnother},
}
