package layers_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// variable lists the fields of variable length that a fresh layer of the protocol has.
func variable(p *craft.Protocol) (fields []string) {
	l := craft.NewLayer(p)
	for _, f := range p.Fields() {
		if l.Has(f.Name) && l.Width(f.Name) == 0 && f.View == nil {
			fields = append(fields, f.Name)
		}
	}
	return fields
}

// standsIn checks that these bytes go on the wire of the layer in the field's place, or behind everything for a trailer.
func standsIn(t *testing.T, l *craft.Layer, field string, b []byte) {
	t.Helper()
	f := l.Protocol().Fields()[l.Protocol().Index(field)]
	wire := crafttest.Build(t, craft.Stack(craft.Stack(l).Copy().Layers()...))
	switch at := l.OffsetOf(field); {
	case f.Part != nil && f.Part.Virtual:
	case f.Part != nil && f.Part.Trailer != nil:
		if !bytes.HasSuffix(wire, b) {
			t.Errorf("%s.%s: %x does not end in %x", l.Name(), field, wire, b)
		}
	case at+len(b) > len(wire) || !bytes.Equal(wire[at:at+len(b)], b):
		t.Errorf("%s.%s: %x does not have %x at %d\n%s\n%s", l.Name(), field, wire, b, at, craft.Stack(l), craft.Stack(l).Copy())
	}
}

// TestRawBytesGoOutAsTheyAre holds for all fields of variable length of all protocols that raw bytes in their place go on the
// wire byte for byte, in whatever order the fields are set, and when others are set or replaced later.
func TestRawBytesGoOutAsTheyAre(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	s := stacker{r, craft.Protocols()}
	for _, p := range craft.Protocols() {
		fields := variable(p)
		if len(fields) == 0 {
			continue
		}
		for range 100 {
			l, raw := craft.NewLayer(p), map[string][]byte{}
			order := slices.Clone(fields)
			r.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
			for _, f := range order {
				raw[f] = s.bytes(24)
				crafttest.Set(t, l, f, craft.Verbatim(raw[f]))
			}
			for range 3 { // what is set later replaces what it names alone
				f := pick(r, p.Fields())
				later := s.value(&f, 1)
				if _, isRaw := later.(craft.Verbatim); f.View == nil && !slices.Contains(p.ShapeFields(), f.Name) && (!isRaw || f.Bits == 0) && l.Set(f.Name, later) == nil {
					delete(raw, f.Name)
				}
			}
			for f, b := range raw {
				standsIn(t, l, f, b)
			}
		}
	}
}

// TestRawBytesAreNotMoved: building aligns options that were given as layers, and cuts a prefix to its length, but not bytes.
func TestRawBytesAreNotMoved(t *testing.T) {
	is(t, built(t, craft.Stack(layers.IPv6ExtHdrHopByHop.New("options", craft.Verbatim("\x00\xc2\x04\x00\x01\x00\x00")))), "3b01 00c20400010000 010500000000 00")
	is(t, built(t, craft.Stack(layers.ICMPv6NDOptRouteInfo.New("len", 1, "prefix", craft.Verbatim("abcdefgh")))), "1801 0000 ffffffff 6162636465666768")
}

// sections are values for the sections of a DNS message: layers, raw bytes with pointers, raw bytes that are no records.
func sections() []map[string]any {
	question := func() any { return craft.Stack(layers.DNSQR.New("qname", "a.b.")) }
	record := func(name string) any {
		return []any{layers.DNSRR.New("rrname", name, "rdata", "1.2.3.4"), layers.DNSRRMX.New("rrname", name, "exchange", "m."+name)}
	}
	pointed := craft.Verbatim("\x01a\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x01\x02\x03\x04\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\x01\x02\x03\x05")
	return []map[string]any{
		{"qd": question(), "an": record("a.b."), "ns": record("b."), "ar": record("r.")},
		{"qd": []any{}, "an": pointed, "ns": []any{}, "ar": craft.Verbatim("xyz")},
		{"qd": pointed, "an": pointed, "ns": pointed, "ar": pointed},
		{"qd": question(), "an": pointed, "ns": record("c."), "ar": craft.Verbatim("\xc0\x0c")},
		{"qd": craft.Verbatim(""), "an": record("x.y."), "ns": craft.Verbatim("\xc0"), "ar": record("y.")},
	}
}

// TestSectionsInAnyOrder holds that a DNS message is the same in whatever order its sections are set, also over others that stood there
// before, and that raw sections are in it byte for byte.
func TestSectionsInAnyOrder(t *testing.T) {
	for _, name := range []craft.Name{layers.DNS, layers.LLMNRQuery, layers.LLMNRResponse} {
		for i, values := range sections() {
			want := ""
			for _, before := range append([]map[string]any{nil}, sections()...) {
				for _, order := range permutations([]string{"qd", "an", "ns", "ar"}) {
					l := name.New()
					for _, f := range order {
						if v, ok := before[f]; ok {
							crafttest.Set(t, l, f, v)
						}
					}
					for _, f := range order {
						crafttest.Set(t, l, f, values[f])
					}
					got := built(t, craft.Stack(l))
					if want == "" {
						want = got
					}
					if got != want {
						t.Errorf("%s, sections %d set in the order %v: got\n%s, want\n%s", name, i, order, got, want)
					}
					for f, v := range values {
						if raw, ok := v.(craft.Verbatim); ok {
							standsIn(t, l, f, raw)
						}
					}
				}
			}
		}
	}
}

func permutations(list []string) (all [][]string) {
	if len(list) == 0 {
		return [][]string{nil}
	}
	for i, first := range list {
		for _, rest := range permutations(slices.Concat(list[:i], list[i+1:])) {
			all = append(all, append([]string{first}, rest...))
		}
	}
	return all
}

// TestEditedSectionsLeaveOthersAlone holds for all messages with names that point elsewhere: when a section is replaced, the others
// keep their bytes, unless names in them point to what moves or goes; then they mean the same as before.
func TestEditedSectionsLeaveOthersAlone(t *testing.T) {
	const message = "0001 8180 0001 0002 0001 0001" + "0161016200 0001 0001" + // a.b. at 12
		"c00c 0001 0001 00000000 0004 01020304" + "0163c00e 0005 0001 00000000 0002 c00c" + // at 21 and 37
		"c00e 0002 0001 00000000 0004 016e c025" + // c.b. at 37, in an
		"c00e 0001 0001 00000000 0004 01020305"
	long := craft.Stack(layers.DNSRR.New("rrname", "long.name.", "rdata", "1.2.3.4"))
	for _, c := range []struct {
		section string
		value   any
		changed []string // those of the other sections whose bytes change
	}{
		{"ar", long, nil},
		{"ar", []any{}, nil},
		{"ns", long, nil},
		{"ns", []any{}, nil},
		{"an", long, []string{"ns"}},
		{"an", []any{}, []string{"ns"}},
		{"qd", craft.Stack(layers.DNSQR.New("qname", "longer.name.")), []string{"an", "ns", "ar"}},
		{"qd", craft.Stack(layers.DNSQR.New("qname", "a.b.", "qtype", 2)), nil},
		{"qd", craft.Stack(layers.DNSQR.New("qname", "z.b.")), []string{"an", "ns"}}, // ns points into an, which grows
		{"qd", []any{}, []string{"an", "ns"}},                                        // a.b. stands at 12 again, now in an
	} {
		p := craft.Dissect(crafttest.Unhex(t, message), layers.DNS)
		l := p.Layer(layers.DNS)
		bytesWere, textWas := map[string]string{}, map[string]string{}
		for _, f := range []string{"qd", "an", "ns", "ar"} {
			bytesWere[f], textWas[f] = string(l.PartBytes(f)), l.Text(f)
		}
		crafttest.Set(t, l, c.section, c.value)
		read := craft.Dissect(crafttest.Build(t, p), layers.DNS).Layer(layers.DNS)
		for _, f := range []string{"qd", "an", "ns", "ar"} {
			if f == c.section {
				continue
			}
			if text := read.Text(f); text != textWas[f] && !slices.Contains(c.changed, f) || l.Text(f) != textWas[f] {
				t.Errorf("%s = %v: %s was %s, is %s and %s", c.section, c.value, f, textWas[f], l.Text(f), text)
			}
			if changed := string(l.PartBytes(f)) != bytesWere[f]; changed != slices.Contains(c.changed, f) {
				t.Errorf("%s = %v: %s was %x, is %x", c.section, c.value, f, bytesWere[f], l.PartBytes(f))
			}
		}
	}
}
