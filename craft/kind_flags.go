package craft

import (
	"errors"
	"fmt"
	"slices"
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

// flagText writes flags by name, lowest bit first, and the bits that have no name of their own as a number in hex: "S",
// "MF+DF", "B+0x6", "0x1". It is a number altogether where the names would be read as other bits.
func (f *Field) flagText(v uint64) string {
	var on []string
	rest := v
	for i, name := range f.Flags {
		if v>>i&1 == 1 && f.flagBit(name) == i {
			on, rest = append(on, name), rest&^(1<<i)
		}
	}
	text := strings.Join(on, f.Join)
	switch {
	case rest == 0:
	case len(on) == 0:
		text = hexFlags(rest)
	default:
		text += "+" + hexFlags(rest)
	}
	if again, err := f.parseFlags(text); err != nil || again != v {
		return hexFlags(v)
	}
	return text
}

func hexFlags(v uint64) string { return "0x" + strconv.FormatUint(v, 16) }

// flagNumber is the number at the end of what flagText writes, or all of it, and the names before it.
func flagNumber(text string) (names string, v uint64) {
	at := strings.LastIndexByte(text, '+')
	digits, ok := strings.CutPrefix(text[at+1:], "0x")
	if !ok {
		return text, 0
	}
	v, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return text, 0
	}
	return text[:max(at, 0)], v
}

// parseFlags reads what flagText writes, in any order.
func (f *Field) parseFlags(text string) (uint64, error) {
	rest, v := flagNumber(text)
	for rest != "" {
		var name string
		if f.Join == "" {
			name, rest = rest[:1], rest[1:] // flags without a separator are single letters
		} else {
			name, rest, _ = strings.Cut(rest, f.Join)
		}
		bit := f.flagBit(name)
		if bit < 0 {
			return 0, fmt.Errorf("want flags out of %q, got %q", strings.Join(f.Flags, f.Join), text)
		}
		v |= 1 << bit
	}
	return v, nil
}

// Flag reports whether all of the named flags are on in one of the layer's fields of flags: Flag("S"), Flag("SA"), Flag("MF+DF"). Like
// Uint it takes what is not there for zero: false when the layer is nil or has no such flag. HasFlags tells.
func (l *Layer) Flag(names string) bool {
	on, err := l.HasFlags(names)
	return on && err == nil
}

// HasFlags reports whether all of the named flags are on, as Flag does. The error says which flags the layer has, when one of them is
// not among these, or none is named.
func (l *Layer) HasFlags(names string) (bool, error) {
	if l == nil {
		return false, errors.New("no layer, and so no flags")
	}
	var known []string
	found, on := false, false
	for i := range l.proto.spec.Fields {
		f := &l.proto.spec.Fields[i]
		if f.Kind != Flags || l.shape.mask>>i&1 == 0 {
			continue
		}
		bits, err := f.parseFlags(names)
		if err != nil || names == "" || bits == 0 {
			known = append(known, f.ListFlags())
			continue
		}
		found, on = true, on || l.value(i).num&bits == bits
	}
	switch {
	case found:
		return on, nil
	case len(known) == 0:
		return false, fmt.Errorf("%s has no flags", l.Name())
	}
	return false, fmt.Errorf("%s has no flag %q; there are %s", l.Name(), names, strings.Join(known, ", and "))
}

// ListFlags names the flags that a field has, for errors: "F, S, R", and how several are written where that is not letter by letter.
func (f *Field) ListFlags() string {
	var named []string
	for _, name := range f.Flags {
		if name != "" && !slices.Contains(named, name) {
			named = append(named, name)
		}
	}
	text := strings.Join(named, ", ")
	if f.Join != "" {
		text += fmt.Sprintf(" (several as %q)", strings.Join(named[:min(len(named), 2)], f.Join))
	}
	return text
}

// ReadFlags is the bits that flags stand for, written as Set takes them: 18 for "SA". The error names those that there are.
func (f *Field) ReadFlags(names string) (uint64, error) { return f.parseFlags(names) }

// flagBit is the place of the flag with a name, the lowest where several have it; -1 when there is none.
func (f *Field) flagBit(name string) int {
	if name == "" {
		return -1 // a bit without a name
	}
	return slices.Index(f.Flags, name)
}
