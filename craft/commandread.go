package craft

import (
	"math"
	"strconv"
	"strings"
)

// This file reads the values that Command writes: the little of Lua that they need. So Command knows what its text makes. Layers in
// fields are packets that Command has written and read back itself.

// Bounds of what a script's source may hold, with some room: what is longer does not come through the compiler.
const (
	maxCommandWords  = 8000 // values
	maxCommandDepth  = 150  // brackets in brackets
	maxCommandLayers = 400  // one upon the other
)

// tooMuch reports whether a text has more words, layers, or deeper brackets than the source of a script may have.
func tooMuch(text string) bool {
	words, layers, depth, quoted := 0, 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{':
			depth++
		case c == '}':
			depth--
		case c == '/':
			layers++
		case c == ',' || c == '=':
			words++
		}
		if words > maxCommandWords || depth > maxCommandDepth || layers > maxCommandLayers {
			return true
		}
	}
	return false
}

// readValue reads a text as scripts set a field to it.
func readValue(proto *Protocol, field, text string) (any, bool) {
	if tooMuch(text) {
		return nil, false
	}
	r := commandReader{text: text}
	v, ok := r.value()
	if !ok || r.text != "" {
		return nil, false
	}
	list, isList := v.([]any)
	if !isList {
		return v, true
	}
	switch proto.Kind(field) {
	case Options:
		return optionsOf(proto, list)
	case Values, Packets:
		return list, true
	case Number, Port, Enum, Flags, IPv4, IPv6Address, Hardware, Bytes, Text, Fixed:
	}
	return nil, false // a set, which is not read
}

// A commandReader reads the text that is left.
type commandReader struct{ text string }

// optionsOf makes options of {{"MSS", 1460}, raw"\x01"}.
func optionsOf(proto *Protocol, list []any) ([]Option, bool) {
	opts := make([]Option, len(list))
	for i, one := range list {
		var d OptionDraft
		switch one := one.(type) {
		case Verbatim:
			d.Kind = one
		case []any:
			if len(one) == 0 {
				return nil, false
			}
			d = OptionDraft{Kind: one[0], Values: one[1:]}
			if n, ok := d.Kind.(uint64); ok {
				d.Kind = int(n)
			}
		default:
			return nil, false
		}
		o, err := d.Option(proto)
		if err != nil {
			return nil, false
		}
		opts[i] = o
	}
	return opts, true
}

// take takes a sign that comes next.
func (r *commandReader) take(sign string) bool {
	rest, ok := strings.CutPrefix(r.text, sign)
	r.text = strings.TrimLeft(rest, " ")
	return ok
}

// word takes the name, keyword or number that comes next; "" for none.
func (r *commandReader) word() string {
	n := 0
	for n < len(r.text) && (r.text[n] == '_' || r.text[n] == '.' || r.text[n] == '-' || r.text[n] == '+' ||
		'0' <= r.text[n] && r.text[n] <= '9' || 'A' <= r.text[n] && r.text[n] <= 'Z' || 'a' <= r.text[n] && r.text[n] <= 'z') {
		n++
	}
	word := r.text[:n]
	r.text = r.text[n:]
	return word
}

// value reads one value.
func (r *commandReader) value() (any, bool) {
	switch {
	case strings.HasPrefix(r.text, `"`):
		return r.quoted()
	case r.take("{"):
		return r.list()
	}
	switch word := r.word(); {
	case word == "raw":
		s, ok := r.quoted()
		return Verbatim(s), ok
	case word == "true":
		return uint64(1), true
	case word == "false":
		return uint64(0), true
	default:
		return number(word)
	}
}

// number is a number as scripts hand it over.
func number(word string) (any, bool) {
	n, err := strconv.ParseFloat(word, 64)
	switch {
	case err != nil:
		return nil, false
	case n < 0 || n != math.Trunc(n) || n > 1<<63:
		return n, true
	}
	return uint64(n), true
}

// quoted reads a text between quotes, as values.Quote writes it.
func (r *commandReader) quoted() (string, bool) {
	var s strings.Builder
	for i := 1; i < len(r.text) && r.text[0] == '"'; i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.text = r.text[i+1:]
			return s.String(), true
		case c != '\\':
			s.WriteByte(c)
		case i+3 < len(r.text) && r.text[i+1] == 'x':
			n, err := strconv.ParseUint(r.text[i+2:i+4], 16, 8)
			if err != nil {
				return "", false
			}
			s.WriteByte(byte(n))
			i += 3
		case i+1 < len(r.text):
			i++
			s.WriteString(strings.NewReplacer("n", "\n", "r", "\r", "t", "\t").Replace(r.text[i : i+1]))
		}
	}
	return "", false
}

// list reads values up to the closing bracket.
func (r *commandReader) list() (any, bool) {
	list := []any{}
	for !r.take("}") {
		v, ok := r.value()
		if !ok {
			return nil, false
		}
		list = append(list, v)
		if !r.take(",") && !strings.HasPrefix(r.text, "}") {
			return nil, false
		}
	}
	return list, true
}
