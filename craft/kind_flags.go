package craft

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// flagSets are the rules of flags.
type flagSets struct{ plain }

func (flagSets) text(l *Layer, i int, text string) error {
	n, err := l.proto.spec.Fields[i].parseFlags(text)
	if err != nil {
		return err
	}
	return l.assignUint(i, n)
}

func (flagSets) decoded(v Value) any { return v.String() }
func (flagSets) draw(l *Layer, i int, seed uint64) values.Generator {
	return numbers{}.draw(l, i, seed)
}
func (flagSets) show(v Value) string { return v.field.flagText(v.num) }

func (r flagSets) literal(l *Layer, i int, v Value) string {
	if v.field.max()>>len(v.field.Flags) > 0 || !v.field.spelt(v.num) {
		return strconv.FormatUint(v.num, 10)
	}
	return r.plain.literal(l, i, v)
}

// flagText writes flags by name, lowest bit first; unknown bits are left out.
func (f *Field) flagText(v uint64) string {
	var on []string
	for i, name := range f.Flags {
		if v>>i&1 == 1 {
			on = append(on, name)
		}
	}
	return strings.Join(on, f.Join)
}

// spelt reports whether all flags of a value have names.
func (f *Field) spelt(v uint64) bool {
	again, err := f.parseFlags(f.flagText(v))
	return err == nil && again == v
}

// parseFlags reads what flagText writes, in any order.
func (f *Field) parseFlags(text string) (uint64, error) {
	var v uint64
	for rest := text; rest != ""; {
		var name string
		if f.Join == "" {
			name, rest = rest[:1], rest[1:] // flags without a separator are single letters
		} else {
			name, rest, _ = strings.Cut(rest, f.Join)
		}
		bit, ok := f.flagBit(name)
		if !ok {
			return 0, fmt.Errorf("want flags out of %q, got %q", strings.Join(f.Flags, f.Join), text)
		}
		v |= 1 << bit
	}
	return v, nil
}

// flagBit finds a flag by its name.
func (f *Field) flagBit(name string) (int, bool) {
	for i, n := range f.Flags {
		if n == name {
			return i, true
		}
	}
	return 0, false
}
