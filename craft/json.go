package craft

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
)

// MarshalJSON writes the packet as one object, its layers and their fields in wire order:
//
//	{"layers":[{"name":"IP","fields":{"version":4,"proto":6,"dst":"10.0.0.2"},"names":{"proto":"tcp"}},
//	           {"name":"Raw","fields":{"load":"68656c6c6f"}}]}
//
// Numbers are numbers; addresses, flags and domain names are text; bytes are hex; what is computed at build is null; a list
// is an array; an option is {"kind":2,"name":"MSS","values":[1460]}, or has "data" in hex where its values cannot be read; a
// field that holds several values is {"set":"range(1,3)","count":3}. "names" has the names of values that have one, "note"
// what dissecting found wrong, and "time" the seconds since 1970 at which the packet passed. "wirelen" is the length on the wire of
// one that passed, "iface" and "comment" are what a capture says of it.
func (p *Packet) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	if !p.Time.IsZero() {
		b = fmt.Appendf(b, `"time":%s,`, values.Seconds(p.Time))
	}
	if n := p.WireLen(); n > 0 && (p.Info != nil || !p.Time.IsZero()) {
		b = fmt.Appendf(b, `"wirelen":%d,`, n)
	}
	if p.Info != nil {
		b = p.Info.appendJSON(b)
	}
	b = append(b, `"layers":[`...)
	for i, l := range p.layers {
		if i > 0 {
			b = append(b, ',')
		}
		b = l.appendJSON(b)
	}
	return append(b, "]}"...), nil
}

// appendJSON writes the interface and the comments that are known.
func (c *CaptureInfo) appendJSON(b []byte) []byte {
	if c.Interface != nil && c.Interface.Name != "" {
		b = append(appendText(append(b, `"iface":`...), c.Interface.Name), ',')
	}
	if len(c.Comments) > 0 {
		b = append(appendText(append(b, `"comment":`...), strings.Join(c.Comments, "\n")), ',')
	}
	return b
}

func (l *Layer) appendJSON(b []byte) []byte {
	b = appendText(append(b, `{"name":`...), string(l.proto.spec.Name))
	b = append(b, `,"fields":{`...)
	var names []byte
	for i, field := range l.Fields() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, field), ':')
		if s := l.SetOf(field); s != nil && s.Len() > 1 {
			b = appendText(append(b, `{"set":`...), values.Literal(s))
			b = fmt.Appendf(b, `,"count":%d}`, s.Len())
			continue
		}
		v := l.Value(field)
		b = v.appendJSON(b)
		if name, ok := v.names()[v.num]; ok && !v.none && kinds[v.kind].named {
			names = append(appendText(append(names, ','), field), ':')
			names = appendText(names, name)
		}
	}
	b = append(b, '}')
	if names != nil {
		b = append(append(append(b, `,"names":{`...), names[1:]...), '}')
	}
	if note := l.Note(); note != "" {
		b = appendText(append(b, `,"note":`...), note)
	}
	return append(b, '}')
}

func (v Value) appendJSON(b []byte) []byte {
	if v.none {
		return append(b, "null"...)
	}
	return kinds[v.kind].json(b, v)
}

// appendJSON writes what a part of variable length decodes to.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case uint64:
		return strconv.AppendUint(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case string:
		return appendText(b, v)
	case []byte:
		return appendHex(b, v)
	case Verbatim:
		return appendHex(b, v)
	case Record:
		b = append(b, '{')
		for i, f := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(append(appendText(b, f.Name), ':'), f.Value)
		}
		return append(b, '}')
	case []any:
		return appendList(b, v)
	case []*Packet:
		return appendList(b, v)
	case *Packet:
		text, err := v.MarshalJSON()
		if err != nil {
			return append(b, "null"...)
		}
		return append(b, text...)
	}
	return appendText(b, fmt.Sprint(v)) // addresses
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return append(b, ']')
}

func (p *Protocol) appendOptionsJSON(b []byte, opts []Option) []byte {
	b = append(b, '[')
	for i, o := range opts {
		if i > 0 {
			b = append(b, ',')
		}
		if o.Kind < 0 {
			b = append(appendHex(append(b, `{"data":`...), o.Data), '}')
			continue
		}
		b = fmt.Appendf(b, `{"kind":%d`, o.Kind)
		if name := p.OptionName(o); name != "" {
			b = appendText(append(b, `,"name":`...), name)
		}
		if values, ok := p.OptionValues(o); ok {
			b = appendList(append(b, `,"values":`...), values)
		} else {
			b = appendHex(append(b, `,"data":`...), o.Data)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

func appendHex(b, data []byte) []byte {
	return append(hex.AppendEncode(append(b, '"'), data), '"')
}

func appendText(b []byte, text string) []byte {
	quoted, err := json.Marshal(text)
	if err != nil {
		return append(b, `""`...) // no string has an error
	}
	return append(b, values.VisibleJSON(quoted)...)
}

// isText reports whether bytes are text that can be printed.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return false
		}
		b = b[n:]
	}
	return true
}
