package craft

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// An Option is one element of a list of IP or TCP options.
type Option struct {
	// Kind is the option's first byte; -1 for bytes that are no option: they go on the wire as they are, and that is
	// how a part of the list that cannot be read comes back.
	Kind int
	// Data is what follows kind and length. EOL (0) and NOP (1), which are one byte alone, have none: RFC 9293, section 3.1,
	// and RFC 791. Given some all the same, they go on the wire with a length.
	Data []byte
}

// An OptionSpec names an option and says what its data holds, one letter a value: B, H and I are numbers of 8, 16 and
// 32 bits, A is an IPv4 address, s the remaining bytes, M a digest of 16 bytes; a * repeats the letter before it to the
// end. What follows a | holds when the values or the bytes are not of the form before it.
type OptionSpec struct {
	// Kind is the option's first byte.
	Kind int
	// Name is its name.
	Name string
	// Format says what its data holds; "" is nothing.
	Format string
	// Defaults are the values of those left out, from the front.
	Defaults []any
}

// appendOptions writes options as they go on the wire, without padding.
func appendOptions(b []byte, opts []Option) ([]byte, error) {
	for _, o := range opts {
		switch {
		case o.Kind < 0:
			b = append(b, o.Data...)
		case o.Kind > 255:
			return nil, fmt.Errorf("want an option kind in 0..255, got %d", o.Kind)
		case o.single():
			b = append(b, byte(o.Kind))
		case len(o.Data) > 253:
			return nil, fmt.Errorf("option %d: want at most 253 bytes, got %d", o.Kind, len(o.Data))
		default:
			b = append(b, byte(o.Kind), byte(len(o.Data)+2))
			b = append(b, o.Data...)
		}
	}
	return b, nil
}

// single reports that the option is one byte alone, without a length.
func (o Option) single() bool { return (o.Kind == 0 || o.Kind == 1) && len(o.Data) == 0 }

// parseOptions reads a list of options. What cannot be read comes back as one element of kind -1.
func parseOptions(b []byte) []Option {
	var opts []Option
	for len(b) > 0 {
		if b[0] < 2 {
			opts = append(opts, Option{Kind: int(b[0])})
			b = b[1:]
			continue
		}
		if len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			return append(opts, Option{Kind: -1, Data: b})
		}
		opts = append(opts, Option{Kind: int(b[0]), Data: b[2:b[1]]})
		b = b[b[1]:]
	}
	return opts
}

// trimOptions drops the zero bytes at the end of a header's options that building would put back as padding. One
// zero byte stays: it is the EOL that scapy shows.
func trimOptions(b []byte) []byte {
	n := len(b)
	for n > 1 && n > len(b)-3 && b[n-1] == 0 && b[n-2] == 0 && endsInEOL(b[:n]) {
		n--
	}
	return b[:n]
}

// endsInEOL reports whether the last two bytes are EOLs rather than the data of an option.
func endsInEOL(b []byte) bool {
	opts := parseOptions(b)
	return len(opts) > 1 && opts[len(opts)-1].Kind == 0 && opts[len(opts)-2].Kind == 0
}

// Option makes an option of this protocol from its name or number and its values: TCP's "MSS", 1460. A single
// Verbatim value is the data as it is; so is a string after a number. Values left out take their defaults.
func (p *Protocol) Option(kind any, values ...any) (Option, error) {
	spec, number, err := p.optionSpec(kind)
	if err != nil {
		return Option{}, err
	}
	if len(values) == 1 {
		if raw, ok := values[0].(Verbatim); ok {
			return Option{Kind: number, Data: raw}, nil
		}
	}
	if _, byNumber := kind.(string); !byNumber && (spec == nil || len(values) != 0) {
		return numberedOption(number, values)
	}
	if spec.Kind < 2 {
		return numberedOption(number, values) // its name promises no values
	}
	data, err := spec.encode(values)
	if err != nil {
		return Option{}, fmt.Errorf("option %s: %w", spec.Name, err)
	}
	return Option{Kind: number, Data: data}, nil
}

// numberedOption takes its data as bytes.
func numberedOption(kind int, values []any) (Option, error) {
	switch {
	case len(values) == 0 && kind < 2:
		return Option{Kind: kind}, nil
	case len(values) == 0:
		return Option{Kind: kind, Data: []byte{}}, nil
	}
	s, ok := values[0].(string)
	if !ok || len(values) > 1 {
		return Option{}, fmt.Errorf("option %d: want its data as one string, got %v", kind, values)
	}
	return Option{Kind: kind, Data: []byte(s)}, nil
}

func (p *Protocol) optionSpec(kind any) (*OptionSpec, int, error) {
	name, byName := kind.(string)
	number, ok := optionNumber(kind)
	if !byName && !ok {
		return nil, 0, fmt.Errorf("want an option kind in 0..255, got %v", kind)
	}
	var names []string
	for i := range p.spec.Options {
		s := &p.spec.Options[i]
		if byName && s.Name == name || !byName && s.Kind == number {
			return s, s.Kind, nil
		}
		names = append(names, s.Name)
	}
	if byName {
		return nil, 0, fmt.Errorf("no option %q; there are %s and any number", name, values.Listing(names))
	}
	return nil, number, nil
}

// optionNumber is the number of an option, which has one byte; ok is false for anything else.
func optionNumber(kind any) (number int, ok bool) {
	switch n := kind.(type) {
	case int:
		return n, n >= 0 && n <= 255
	case uint64:
		return int(min(n, 256)), n <= 255
	}
	return 0, false
}

// OptionName is the name of an option; "" when it has none.
func (p *Protocol) OptionName(o Option) string {
	if s, _, err := p.optionSpec(o.Kind); err == nil && s != nil {
		return s.Name
	}
	return ""
}

// OptionValues reads an option's data as its name promises: numbers as uint64, addresses as netip.Addr, the rest as
// []byte. ok is false when the data is not of that form (or the option has no name); then only Data says what it is.
func (p *Protocol) OptionValues(o Option) (values []any, ok bool) {
	s, _, err := p.optionSpec(o.Kind)
	if err != nil || s == nil || o.Kind < 0 {
		return nil, false
	}
	return s.decode(o.Data)
}

// optionWidth is how many bytes a letter of a format stands for; 0 for those whose length varies.
func optionWidth(letter byte) int {
	switch letter {
	case 'B':
		return 1
	case 'H':
		return 2
	case 'I', 'A':
		return 4
	}
	return 0
}

// digest is how many bytes an MD5 digest has: RFC 2385, section 3.0.
const digest = 16

// encode writes values after the spec's format.
func (s *OptionSpec) encode(values []any) ([]byte, error) {
	format, other, two := strings.Cut(s.Format, "|")
	switch {
	case two && len(values) == 0:
		return []byte{}, nil // TFO's question for a cookie
	case two && len(values) == 1:
		format = other // one value where several are expected
	}
	one := *s
	one.Format = format
	return one.encodeOne(values)
}

// encodeOne writes values after a format without alternatives.
func (s *OptionSpec) encodeOne(values []any) ([]byte, error) {
	out := []byte{}
	given := len(values)
	for i := 0; i < len(s.Format); i++ {
		c := s.Format[i]
		if i+1 < len(s.Format) && s.Format[i+1] == '*' {
			for _, v := range values {
				if err := put(&out, c, v); err != nil {
					return nil, err
				}
			}
			return out, nil
		}
		v, rest, ok := s.take(len(s.Format[:i]), values)
		if !ok {
			return nil, fmt.Errorf("want %d values, got %d", len(s.Format), given)
		}
		if err := put(&out, c, v); err != nil {
			return nil, err
		}
		values = rest
	}
	if len(values) > 0 {
		return nil, fmt.Errorf("want %d values, got %d", len(s.Format), given)
	}
	return out, nil
}

// take is the next value: the given one, or the default for position i when none is left or a leading number was
// left out before an address.
func (s *OptionSpec) take(i int, values []any) (v any, rest []any, ok bool) {
	if len(values) > 0 {
		_, isText := values[0].(string)
		if !isText || i >= len(s.Defaults) || s.Format[i] == 'A' || s.Format[i] == 's' || s.Format[i] == 'M' {
			return values[0], values[1:], true
		}
	}
	if i < len(s.Defaults) {
		return s.Defaults[i], values, true
	}
	return nil, nil, false
}

// put writes one value of an option.
func put(out *[]byte, c byte, v any) error {
	if c == 's' || c == 'M' {
		return putBytes(out, c, v)
	}
	if c == 'A' {
		a, err := netip.ParseAddr(fmt.Sprint(v))
		if err != nil || !a.Is4() {
			return fmt.Errorf("want an IPv4 address, got %v", v)
		}
		*out = append(*out, a.AsSlice()...)
		return nil
	}
	n, ok := Uint(v)
	switch x := v.(type) {
	case int:
		n, ok = uint64(x), x >= 0
	case uint64:
		n, ok = x, true
	}
	width := optionWidth(c)
	if !ok || n>>(8*width) != 0 {
		return fmt.Errorf("want a number of %d bits, got %v", 8*width, v)
	}
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	*out = append(*out, b[8-width:]...)
	return nil
}

// putBytes writes a byte string; a digest that is too short is padded with zeros.
func putBytes(out *[]byte, c byte, v any) error {
	var b []byte
	switch v := v.(type) {
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("want bytes, got %v", v)
	}
	if c == 'M' && len(b) > digest {
		return fmt.Errorf("want a digest of %d bytes, got %d", digest, len(b))
	}
	*out = append(*out, b...)
	if c == 'M' {
		*out = append(*out, make([]byte, digest-len(b))...)
	}
	return nil
}

// decode reads data after the spec's format.
func (s *OptionSpec) decode(data []byte) (values []any, ok bool) {
	for format := range strings.SplitSeq(s.Format, "|") {
		if values, ok = decodeOption(format, data); ok {
			return values, true
		}
	}
	return nil, false
}

func decodeOption(format string, data []byte) (decoded []any, ok bool) {
	decoded = []any{}
	for i := 0; i < len(format); i++ {
		c := format[i]
		switch {
		case c == 's':
			return append(decoded, data), true
		case c == 'M':
			return append(decoded, data), len(data) == digest
		}
		width := optionWidth(c)
		repeat := i+1 < len(format) && format[i+1] == '*'
		for first := true; first || repeat && len(data) > 0; first = false {
			if repeat && len(data) == 0 {
				break
			}
			if len(data) < width {
				return nil, false
			}
			decoded = append(decoded, field(c, data[:width]))
			data = data[width:]
		}
		if repeat {
			i++
		}
	}
	return decoded, len(data) == 0
}

func field(c byte, b []byte) any {
	if c == 'A' {
		return netip.AddrFrom4([4]byte(b))
	}
	var n uint64
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// optionsText writes a list of options as Lua reads it: {{"MSS",1460},{"NOP"}}.
func (p *Protocol) optionsText(opts []Option) string {
	parts := make([]string, len(opts))
	for i, o := range opts {
		parts[i] = p.optionText(o)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (p *Protocol) optionText(o Option) string {
	if o.Kind < 0 {
		return "raw" + values.Quote(o.Data)
	}
	content, ok := p.OptionValues(o)
	if !ok {
		return fmt.Sprintf("{%d,%s}", o.Kind, values.Quote(o.Data))
	}
	parts := []string{values.Quote([]byte(p.OptionName(o)))}
	for _, v := range content {
		switch v := v.(type) {
		case []byte:
			parts = append(parts, values.Quote(v))
		case netip.Addr:
			parts = append(parts, values.Quote([]byte(v.String())))
		default:
			parts = append(parts, fmt.Sprint(v))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}
