package craft

import (
	"fmt"
	"slices"
	"strings"
)

// maxOptions is how many bytes of options a TCP header holds.
const maxOptions = 40

// RandTCPOptions draws a list of TCP options with random values: so many of them, or for 0 one to five, and never more than
// the header holds.
func RandTCPOptions(count int, seed uint64) Generator {
	text := "RandTCPOptions()"
	if count > 0 {
		text = fmt.Sprintf("RandTCPOptions(%d)", count)
	}
	return &generator{text: text, seed: seed, samples: []any{[]Option{}}, value: func(_ Spot, r *Random) any {
		n := count
		if n <= 0 {
			n = 1 + int(r.Below(5))
		}
		opts, size := []Option{}, 0
		for range min(n, maxOptions) {
			o := randomOption(&tcpOptions[r.Below(uint64(len(tcpOptions)))], r)
			if w := o.width(); size+w <= maxOptions {
				opts, size = append(opts, o), size+w
			}
		}
		return opts
	}}
}

// width is how many bytes an option takes.
func (o Option) width() int {
	if o.Kind < 2 && o.Data == nil {
		return 1
	}
	return 2 + len(o.Data)
}

// randomOption fills an option with random values of the form that its name promises.
func randomOption(s *optionSpec, r *Random) Option {
	if s.kind < 2 {
		return Option{Kind: s.kind}
	}
	n := 0
	for i := 0; i < len(s.format); i++ {
		switch c := s.format[i]; {
		case c == 's':
			n += int(r.Below(9))
			if s.name == "MD5" {
				n = 16
			}
		case i+1 < len(s.format) && s.format[i+1] == '*':
			n += optionWidths[c] * int(r.Below(5))
			i++
		default:
			n += optionWidths[c]
		}
	}
	data := make([]byte, n)
	r.Bytes(data)
	return Option{Kind: s.kind, Data: data}
}

// An OptionDraft is an option before its values are drawn: what Protocol.Option takes, but some of the values are
// Generators.
type OptionDraft struct {
	// Kind is the option's name, its number (an int), or Verbatim bytes that stand in the list as they are.
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
func (p *Protocol) DrawOptions(drafts ...OptionDraft) (Generator, error) {
	draw := func(s Spot) ([]Option, error) {
		opts := make([]Option, len(drafts))
		for i, d := range drafts {
			d.Values = slices.Clone(d.Values)
			for k, v := range d.Values {
				if g, ok := v.(Generator); ok {
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
	first, err := draw(Spot{})
	if err != nil {
		return nil, err
	}
	return &generator{text: draftsText(drafts), samples: []any{first}, value: func(s Spot, _ *Random) any {
		opts, err := draw(s)
		if err != nil {
			return err // no value that a field takes: building tells it
		}
		return opts
	}}, nil
}

func draftsText(drafts []OptionDraft) string {
	parts := make([]string, len(drafts))
	for i, d := range drafts {
		if raw, ok := d.Kind.(Verbatim); ok {
			parts[i] = Literal(raw)
			continue
		}
		parts[i] = "{" + literals(append([]any{d.Kind}, d.Values...)) + "}"
	}
	return "{" + strings.Join(parts, ",") + "}"
}
