package craft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// Len is how many bytes the option takes on the wire.
func (o Option) Len() int {
	if o.Kind < 0 {
		return len(o.Data)
	}
	if o.single() {
		return 1
	}
	return 2 + len(o.Data)
}

// RandomOption is one of the options that the protocol has names for, with random values of the form that the name
// promises. The protocol must have such a table.
func (p *Protocol) RandomOption(r *values.Random) Option {
	s := &p.spec.Options[r.Below(uint64(len(p.spec.Options)))]
	if s.Kind < 2 {
		return Option{Kind: s.Kind}
	}
	n := 0
	format, _, _ := strings.Cut(s.Format, "|")
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == 's':
			n += int(r.Below(9))
		case c == 'M':
			n += digest
		case i+1 < len(format) && format[i+1] == '*':
			n += optionWidth(c) * int(r.Below(5))
			i++
		default:
			n += optionWidth(c)
		}
	}
	data := make([]byte, n)
	r.Bytes(data)
	return Option{Kind: s.Kind, Data: data}
}

// An OptionDraft is an option before its values are drawn: what Protocol.Option takes, but some of the values are
// Generators.
type OptionDraft struct {
	// Kind is the option's name, its number (an int or a uint64), or Verbatim bytes that stand in the list as they are.
	Kind any
	// Values are its values.
	Values []any
}

// Option is the option that the draft is of when none of its values is a Generator. The error is Protocol.Option's.
func (d OptionDraft) Option(p *Protocol) (Option, error) {
	if raw, ok := d.Kind.(Verbatim); ok {
		return Option{Kind: -1, Data: raw}, nil
	}
	return p.Option(d.Kind, d.Values...)
}

// DrawOptions is a list of options whose values are drawn for each packet. The error is that of the first list drawn.
func (p *Protocol) DrawOptions(drafts ...OptionDraft) (values.Generator, error) {
	draw := func(s values.Spot) ([]Option, error) {
		opts := make([]Option, len(drafts))
		for i, d := range drafts {
			d.Values = slices.Clone(d.Values)
			for k, v := range d.Values {
				if g, ok := v.(values.Generator); ok {
					d.Values[k] = g.Draw(s.Part(i<<8 + k))
				}
			}
			var err error
			if opts[i], err = d.Option(p); err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
		}
		return opts, nil
	}
	first, err := draw(values.Spot{})
	if err != nil {
		return nil, err
	}
	return optionsDraw{text: draftsText(drafts), first: first, draw: draw}, nil
}

// An optionsDraw draws a list of options.
type optionsDraw struct {
	text  string // as Lua makes it
	first []Option
	draw  func(s values.Spot) ([]Option, error)
}

// Draw is a list of options, or an error when the values drawn make none: no value that a field takes, so that building
// fails with it.
func (d optionsDraw) Draw(s values.Spot) any {
	opts, err := d.draw(s)
	if err != nil {
		return err
	}
	return opts
}

func (d optionsDraw) Samples() []any { return []any{d.first} }
func (d optionsDraw) String() string { return d.text }

func draftsText(drafts []OptionDraft) string {
	parts := make([]string, len(drafts))
	for i, d := range drafts {
		if raw, ok := d.Kind.(Verbatim); ok {
			parts[i] = raw.Command()
			continue
		}
		words := make([]string, 0, 1+len(d.Values))
		for _, v := range append([]any{d.Kind}, d.Values...) {
			words = append(words, values.Literal(v))
		}
		parts[i] = "{" + strings.Join(words, ",") + "}"
	}
	return "{" + strings.Join(parts, ",") + "}"
}
