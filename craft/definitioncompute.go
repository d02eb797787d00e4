package craft

import (
	"fmt"
)

// The computed fields of protocols that are declared at run time.

// derive fills the computed fields that nobody set; checksums last, since they cover the others.
func (d *Definition) derive() func(b *Builder, i int, hdr, payload []byte, unset uint64) error {
	return func(b *Builder, i int, hdr, payload []byte, unset uint64) error {
		for _, sums := range []bool{false, true} {
			for k := range d.Fields {
				c := d.Fields[k].Computed
				if c == nil || unset>>k&1 == 0 || (c.What == "checksum") != sums {
					continue
				}
				if err := d.compute(b.p.layers[i], k, hdr, payload); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// sum says what the checksum covers; unsaid when there are several.
func (d *Definition) sum() SumRule {
	rule := SumRule{Covers: CoversNothing}
	for _, f := range d.Fields {
		switch {
		case f.Computed == nil || f.Computed.What != "checksum":
		case rule.Covers != CoversNothing || f.Computed.Plus != 0 || f.Computed.Unit > 1:
			return SumRule{}
		default:
			rule = SumRule{Covers: CoversMessage, Field: f.Name}
		}
	}
	return rule
}

// compute writes field k into the built header.
func (d *Definition) compute(l *Layer, k int, hdr, payload []byte) error {
	c, s := d.Fields[k].Computed, l.shape.slots[k]
	s.off = l.offset(k)
	s.put(hdr, 0)
	n := 0
	switch c.What {
	case "checksum":
		n = int(^FoldSum(AddSum(AddSum(0, hdr), payload)))
	case "total":
		n = len(hdr) + len(payload)
	case "header":
		n = len(hdr)
	case "payload":
		n = len(payload)
	case "length":
		n = len(l.part(l.proto.index[c.Of]))
	case "count":
		n = l.elements(l.proto.index[c.Of])
	}
	unit := max(c.Unit, 1)
	n = (n+unit-1)/unit + c.Plus
	if n < 0 || uint64(n) > l.proto.spec.Fields[k].max() {
		return fmt.Errorf("%s.%s: want a number in 0..%d, computed %d: set it yourself to send it", d.Name, d.Fields[k].Name, l.proto.spec.Fields[k].max(), n)
	}
	s.put(hdr, uint64(n))
	return nil
}

// check holds that a computation can be made.
func (c *Computation) check(d *Definition, f *FieldDefinition) error {
	if f.bits() == 0 || f.bits() > 64 {
		return fmt.Errorf("%s: computed: want a number of fixed width", f.Name)
	}
	switch c.What {
	case "checksum", "total", "header", "payload":
	case "length", "count":
		for _, of := range d.Fields {
			if of.Name == c.Of && of.bits() == 0 && (c.What == "length" || of.Kind == Values || of.Kind == Packets) {
				return nil
			}
		}
		return fmt.Errorf("%s: computed: want a field of variable length to take the %s of, got %q", f.Name, c.What, c.Of)
	default:
		return fmt.Errorf("%s: computed: want total, header, payload, length, count or checksum, got %q", f.Name, c.What)
	}
	if c.What == "checksum" && f.bits() != 16 {
		return fmt.Errorf("%s: computed: want 16 bits for a checksum, got %d", f.Name, f.bits())
	}
	return nil
}

// payloadLen ends the payload where a computed length of it says; what follows is Padding. Nil when there is none.
func (d *Definition) payloadLen() func(l *Layer, rest int) (int, error) {
	for k, f := range d.Fields {
		c := f.Computed
		if c == nil || c.What != "total" && c.What != "payload" {
			continue
		}
		return func(l *Layer, rest int) (int, error) {
			if l.shape.mask>>k&1 == 0 {
				return rest, nil
			}
			n := (int(min(l.value(k).num, maxLength)) - c.Plus) * max(c.Unit, 1)
			if c.What == "total" {
				n -= l.Len()
			}
			switch {
			case n < 0:
				return rest, fmt.Errorf("malformed: %s is %d, less than the header", f.Name, l.value(k).num)
			case n > rest:
				return rest, fmt.Errorf("truncated: %s is %d, %d bytes of payload are here", f.Name, l.value(k).num, rest)
			}
			return n, nil
		}
	}
	return nil
}
