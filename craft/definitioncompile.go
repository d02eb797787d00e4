package craft

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var word = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
})

// keywords are the words that cannot be names in Lua.
var keywords = sync.OnceValue(func() []string {
	return strings.Fields("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
})

// Define declares a protocol in the table, or declares it anew. The error says which row is wrong and what was wanted;
// the table is as before then. Packets that exist keep the protocol they were made with.
func (t *Table) Define(d Definition) (*Protocol, error) {
	t.defining.Lock()
	defer t.defining.Unlock()
	d = d.clone()
	b := t.now.Load().clone()
	switch {
	case !word().MatchString(string(d.Name)):
		return nil, fmt.Errorf("want a name of letters, digits and underscores, got %q", d.Name)
	case slices.Contains(keywords(), string(d.Name)):
		return nil, fmt.Errorf("%q is a word of Lua's own: choose another name", d.Name)
	case Lookup(d.Name) != nil:
		return nil, fmt.Errorf("%s is a built-in protocol: choose another name", d.Name)
	}
	b.remove(d.Name)
	s, err := d.spec(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name, err)
	}
	p := compile(s)
	if err := p.setDefaults(d.Fields); err != nil {
		return nil, err
	}
	b.protocols[d.Name] = p
	if err := d.bind(b, p); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name, err)
	}
	t.now.Store(b)
	return p, nil
}

// remove takes an earlier declaration of the name away.
func (b *book) remove(name Name) {
	old := b.protocols[name]
	delete(b.protocols, name)
	delete(b.rules, old)
	for _, all := range b.rules {
		for _, rs := range all {
			for v, candidates := range rs.by {
				rs.by[v] = slices.DeleteFunc(candidates, func(r rule) bool { return r.upper == old })
			}
		}
	}
}

// bind adds what carries the protocol and what it carries.
func (d *Definition) bind(b *book, p *Protocol) error {
	for _, c := range d.Over {
		low := b.protocols[c.Below]
		if low == nil {
			return fmt.Errorf("there is no protocol %q to stand over", c.Below)
		}
		bd := Binding{below: c.Below}
		if c.ReadOnly {
			bd.way = whenRead
		}
		for _, field := range slices.Sorted(maps.Keys(c.Fields)) {
			i, err := low.fieldNamed(field)
			if err != nil {
				return err
			}
			if v := c.Fields[field]; low.spec.Fields[i].Bits < 64 && v > low.spec.Fields[i].max() {
				return fmt.Errorf("%s.%s: want %s in 0..%d, got %d", low.spec.Name, field, low.spec.Fields[i].Kind, low.spec.Fields[i].max(), v)
			}
			bd.when = append(bd.when, FieldValue{Field: field, Value: c.Fields[field]})
		}
		if len(bd.when) == 0 {
			return fmt.Errorf("want the field of %s that announces it, as {%s, field=value}", c.Below, c.Below)
		}
		b.bind(p, bd)
		b.order(low)
	}
	return d.carry(b, p)
}

// carry adds what the protocol carries. The protocols above are not changed: others may not know this one.
func (d *Definition) carry(b *book, p *Protocol) error {
	for v, name := range d.Carries {
		upper := b.protocols[name]
		if upper == nil {
			return fmt.Errorf("there is no protocol %q to carry", name)
		}
		if d.Next == "" {
			continue // the hook says it
		}
		at := bound{other: upper, field: p.index[d.Next], value: v}
		if at.value > p.spec.Fields[at.field].max() {
			return fmt.Errorf("%s: want a number in 0..%d, got %d", d.Next, p.spec.Fields[at.field].max(), v)
		}
		p.lifts = append(p.lifts, at)
		b.addRule(p, at, rule{upper: upper})
	}
	return nil
}

// setDefaults reads the defaults as assignments are read.
func (p *Protocol) setDefaults(fields []FieldDefinition) error {
	everything := *p // with all the fields that may be there
	everything.spec.Choose, everything.shaping = nil, 0
	everything.spec.Shape = Layout(p.spec.Fields, AllFields(p.spec.Fields))
	for i, f := range fields {
		if f.Default == nil {
			continue
		}
		l := newLayer(&everything)
		if err := l.assign(i, f.Default); err != nil {
			return fmt.Errorf("%s.%s: default: %w", p.spec.Name, f.Name, err)
		}
		v := l.value(i)
		p.spec.Fields[i].Default = v.num
		switch {
		case l.varies(i):
			p.spec.Fields[i].Initial = slices.Clone(l.part(i))
		case v.bytes != nil:
			p.spec.Fields[i].Initial = slices.Clone(v.bytes)
		}
	}
	p.spec.Shape = Layout(p.spec.Fields, AllFields(p.spec.Fields))
	if p.spec.Choose != nil {
		p.spec.Shape = p.spec.Choose(Choice{Header: p.spec.Shape.init})
	}
	return nil
}

// identifying are the names that fields have by which a message is recognised in the quote of an error; Definition has no place
// to say it.
var identifying = []string{"sport", "dport", "type", "code", "id", "seq"}

// spec is the compiled form of a definition.
func (d *Definition) spec(b *book) (Spec, error) {
	s := Spec{Name: d.Name, Doc: d.Doc}
	if len(d.Fields) > 64 {
		return s, fmt.Errorf("want at most 64 fields, got %d", len(d.Fields))
	}
	for i := range d.Fields {
		f, err := d.field(b, i)
		if err != nil {
			return s, err
		}
		s.Fields = append(s.Fields, f)
		if slices.Contains(identifying, f.Name) {
			s.Identity = append(s.Identity, f.Name)
		}
	}
	if d.Next != "" {
		i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == d.Next })
		if i < 0 || s.Fields[i].Bits == 0 || s.Fields[i].Bits > 64 || !kinds[s.Fields[i].Kind].numeric || !kinds[s.Fields[i].Kind].counts {
			return s, fmt.Errorf("next: want one of its fields that is a number of fixed width, got %q", d.Next)
		}
		s.Next = []string{d.Next}
	}
	if _, always := d.Carries[0]; d.Next == "" && len(d.Carries) > 0 && (!always || len(d.Carries) > 1) {
		return s, errors.New("carries: want next, the field that tells which of them it is")
	}
	if err := d.wholeBytes(); err != nil {
		return s, err
	}
	s.Hooks = Hooks{Derive: d.derive(), Sum: d.sum(), PayloadLen: d.payloadLen()}
	if name, ok := d.Carries[0]; ok && d.Next == "" {
		s.GuessPayload = func(*Layer, []byte) Name { return name }
	}
	if err := d.conditional(&s); err != nil {
		return s, err
	}
	return s, d.matching(&s)
}

// wholeBytes holds that every run of bit fields ends on a byte.
func (d *Definition) wholeBytes() error {
	bits := 0
	for _, f := range d.Fields {
		n := f.bits()
		if bits%8 != 0 && (n == 0 || n > 64 || kinds[f.Kind].wide || len(f.When) > 0) {
			return fmt.Errorf("%s: want it to begin on a whole byte, %d bits of one stand before it", f.Name, bits%8)
		}
		if n%8 != 0 && len(f.When) > 0 {
			return fmt.Errorf("%s: want whole bytes for a field that is not always there, got %d bits", f.Name, n)
		}
		bits += n
	}
	if bits%8 != 0 {
		return fmt.Errorf("want fields of whole bytes together, got %d bits", bits)
	}
	return nil
}

// bits is the field's width, its kind's when none is given.
func (f *FieldDefinition) bits() int {
	if f.Bits != 0 {
		return f.Bits
	}
	return kinds[f.Kind].bits
}

// field is row i as the compiled table has it.
func (d *Definition) field(b *book, i int) (Field, error) {
	def := &d.Fields[i]
	f := Field{
		Name: def.Name, Kind: def.Kind, Bits: def.bits(), Doc: def.Doc,
		Hex: def.Hex, LittleEndian: def.LittleEndian, Names: def.Names, Flags: def.Flags,
		Steady: def.Name == "src" || def.Name == "dst", // as the addresses of network headers
	}
	kind := &kinds[min(def.Kind, LastKind)]
	switch {
	case !word().MatchString(def.Name):
		return f, fmt.Errorf("field %d: want a name of letters, digits and underscores, got %q", i+1, def.Name)
	case slices.Contains(keywords(), def.Name):
		return f, fmt.Errorf("field %d: %q is a word of Lua's own: choose another name", i+1, def.Name)
	case f.Bits > 0 && f.Bits < 64 && slices.ContainsFunc(slices.Collect(maps.Keys(def.Names)), func(v uint64) bool { return v > f.max() }):
		return f, fmt.Errorf("%s: names: want numbers in 0..%d", def.Name, f.max())
	case slices.ContainsFunc(d.Fields[:i], func(other FieldDefinition) bool { return other.Name == def.Name }):
		return f, fmt.Errorf("%s: there are two fields of that name", def.Name)
	case def.Kind > LastKind || !kind.declared:
		return f, fmt.Errorf("%s: want another kind: a list of options is a list of layers here", def.Name)
	case f.Bits < 0 || f.Bits > 1<<16 || f.Bits > 64 && !kind.wide:
		return f, fmt.Errorf("%s: want at most 64 bits for a %s, got %d", def.Name, def.Kind, f.Bits)
	case kind.wide && f.Bits%8 != 0:
		return f, fmt.Errorf("%s: want whole bytes, got %d bits", def.Name, f.Bits)
	case kind.exact && f.Bits != kind.bits:
		return f, fmt.Errorf("%s: want %d bits for an %s, got %d", def.Name, kind.bits, f.Kind, f.Bits)
	case f.LittleEndian && f.Bits%8 != 0:
		return f, fmt.Errorf("%s: want whole bytes for a field with the least significant byte first, got %d bits", def.Name, f.Bits)
	case f.Kind == Flags && len(f.Flags) > f.Bits:
		return f, fmt.Errorf("%s: want at most %d flags, got %d", def.Name, f.Bits, len(f.Flags))
	case kind.names != nil:
		f.Names = kind.names()
	}
	if slices.ContainsFunc(f.Flags, func(name string) bool { return len(name) != 1 }) {
		f.Join = "+"
	}
	var err error
	if def.Computed != nil {
		f.Auto = AutoDerived
		if err := def.Computed.check(d, def); err != nil {
			return f, err
		}
	}
	if f.Bits == 0 {
		f.Part, err = d.part(b, def)
	}
	return f, err
}

// conditional gives the protocol a shape for every combination of fields that are there.
func (d *Definition) conditional(s *Spec) error {
	moving := slices.IndexFunc(d.Fields, func(f FieldDefinition) bool { return f.bits() == 0 || len(f.When) > 0 })
	for _, f := range d.Fields {
		for _, c := range f.When {
			at := slices.IndexFunc(d.Fields[:moving], func(f FieldDefinition) bool { return f.Name == c.Field })
			if at < 0 || d.Fields[at].bits() > 64 {
				return fmt.Errorf("%s: when: want a field before all that are not always there or have a variable length, got %q", f.Name, c.Field)
			}
			if !slices.Contains(s.Keys, c.Field) {
				s.Keys = append(s.Keys, c.Field)
			}
		}
	}
	if len(s.Keys) == 0 {
		return nil
	}
	shapes := &shapeCache{fields: s.Fields, full: Layout(s.Fields, AllFields(s.Fields))}
	s.Choose = func(c Choice) *Shape {
		present := uint64(0)
		for i := range d.Fields {
			if holds(shapes.full, s.Fields, d.Fields[i].When, c.Header) {
				present |= 1 << i
			}
		}
		return shapes.of(present)
	}
	return nil
}

// A shapeCache compiles the shapes of a protocol as they are met. It is safe for concurrent use.
type shapeCache struct {
	fields []Field
	full   *Shape   // with every field: where those stand that conditions look at
	byMask sync.Map // from the fields that are there to *shape
}

func (c *shapeCache) of(present uint64) *Shape {
	if s, ok := c.byMask.Load(present); ok {
		if s, ok := s.(*Shape); ok {
			return s
		}
	}
	var specs []ShapeField
	for i, f := range c.fields {
		if present>>i&1 == 1 {
			specs = append(specs, ShapeField{Name: f.Name})
		}
	}
	s, _ := c.byMask.LoadOrStore(present, Layout(c.fields, specs))
	kept, _ := s.(*Shape)
	return kept
}

// holds reports whether all conditions hold for a header. The fields they look at stand before all that come and go.
func holds(full *Shape, fields []Field, when []Condition, hdr []byte) bool {
	for _, c := range when {
		sl := full.slots[fieldIndex(fields, c.Field)]
		if sl.off+sl.bytes > len(hdr) {
			return false
		}
		v := sl.uint(hdr)
		if c.Mask != 0 {
			v &= c.Mask
		}
		if len(c.Values) == 0 && v == 0 || len(c.Values) > 0 && !slices.Contains(c.Values, v) {
			return false
		}
	}
	return true
}

// matching compiles the rule of answers and the summary.
func (d *Definition) matching(s *Spec) error {
	if d.Summary != "" {
		format := d.Summary
		if _, err := (&Packet{}).Sprintf(format); err != nil {
			return fmt.Errorf("summary: %w", err)
		}
		s.Summary = func(p *Packet, _ int) string {
			text, err := p.Sprintf(format)
			if err != nil {
				return string(d.Name)
			}
			return text
		}
	}
	r := d.Answers
	if r == nil {
		return nil
	}
	names := slices.Concat(r.Same, slices.Collect(maps.Keys(r.Reply)))
	for _, pair := range r.Swapped {
		names = append(names, pair[:]...)
	}
	for _, name := range names {
		if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == name }) {
			return fmt.Errorf("answers: there is no field %q", name)
		}
	}
	if len(names) == 0 {
		return errors.New("answers: want same, swapped or reply")
	}
	s.Answers = func(m Match, i, j int) (bool, string) { return r.hold(m.Reply.layers[i], m.Question.layers[j]) }
	return nil
}

// hold reports whether r answers q, and why.
func (a *AnswerRule) hold(r, q *Layer) (bool, string) {
	for _, field := range a.Same {
		if r.Text(field) != q.Text(field) {
			return false, field + " differs"
		}
	}
	for _, pair := range a.Swapped {
		if r.Text(pair[0]) != q.Text(pair[1]) || r.Text(pair[1]) != q.Text(pair[0]) {
			return false, pair[0] + " and " + pair[1] + " are not swapped"
		}
	}
	for field, reply := range a.Reply {
		if want, ok := reply[q.Uint(field)]; !ok || r.Uint(field) != want {
			return false, "its " + field + " does not answer the question's " + field
		}
	}
	return true, "its fields fit the question's"
}
