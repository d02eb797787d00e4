package layers

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The head of an HTTP message is its first line and a list of headers in any order, spelled in any way. The list is one
// field, headers; each known header is a view of it, so that what came from the wire keeps its order and its spelling.

// httpHead are the fields of a message: those of its first line, the headers by name, the others, and the list of all.
func httpHead(line []craft.Field, names string) []craft.Field {
	fields := line
	known := &httpNames{fields: map[string]int{}}
	for name := range strings.FieldsSeq(names) {
		header := strings.ReplaceAll(name, "_", "-")
		known.fields[strings.ToLower(header)] = len(fields)
		fields = append(fields, craft.Field{Name: name, Kind: craft.Text, Part: httpValue(), Doc: "the header " + header,
			View: &craft.View{Of: "headers", Read: known.read(header), Write: known.write(header)}})
	}
	return append(fields,
		craft.Field{Name: "Unknown_Headers", Kind: craft.Values, Part: httpLines(false), Doc: `headers without a field of their own: {{"X-Name", "value"}}`,
			View: &craft.View{Of: "headers", Read: known.readOthers, Write: known.writeOthers}},
		craft.Field{Name: "headers", Kind: craft.Values, Part: httpAll(), Doc: `all headers in their order: {{"Host", "a"}, {"X-Name", "value"}}`})
}

// A httpHeader is one header as it goes on the wire.
type httpHeader struct {
	name string // "" for a line that is none
	line []byte // with its end, and the lines that it is folded into (RFC 9112, section 5.2)
}

// value is what is behind the colon, unfolded.
func (h httpHeader) value() []byte {
	_, v, _ := bytes.Cut(h.line, []byte(":"))
	lines := bytes.Split(v, []byte("\r\n"))
	for i := range lines {
		lines[i] = bytes.Trim(lines[i], " \t")
	}
	return append([]byte{}, bytes.Trim(bytes.Join(lines, []byte(" ")), " \t")...)
}

// readHeaders takes a list of headers apart. end is the blank line behind them, nil when it is not there.
func readHeaders(b []byte) (headers []httpHeader, end []byte) {
	for len(b) > 0 {
		if bytes.HasPrefix(b, []byte("\r\n")) {
			return headers, b
		}
		n := lineLength(b)
		for n < len(b) && (b[n] == ' ' || b[n] == '\t') {
			n += lineLength(b[n:])
		}
		h := httpHeader{line: b[:n:n]}
		if name, _, ok := bytes.Cut(h.line, []byte(":")); ok && bytes.HasSuffix(h.line, []byte("\r\n")) && !bytes.Contains(name, []byte("\r\n")) {
			h.name = string(bytes.TrimRight(name, " \t"))
		}
		headers, b = append(headers, h), b[n:]
	}
	return headers, nil
}

// lineLength is how long the line is that b begins with, its end included.
func lineLength(b []byte) int {
	if i := bytes.Index(b, []byte("\r\n")); i >= 0 {
		return i + 2
	}
	return len(b)
}

// joinHeaders is the reverse of readHeaders.
func joinHeaders(headers []httpHeader, end []byte) []byte {
	var b []byte
	for _, h := range headers {
		b = append(b, h.line...)
	}
	return append(b, end...)
}

// httpNames are the headers that have a field.
type httpNames struct {
	fields map[string]int // by name in lower case
}

// order is where a header stands among those that were set one by one: in the order of the fields, then the others.
func (k *httpNames) order(h httpHeader) int {
	if i, ok := k.fields[strings.ToLower(h.name)]; ok {
		return i
	}
	return len(k.fields) + 64
}

// read finds a header's value: the last one's, as scapy does, when it is there more than once.
func (k *httpNames) read(name string) func(*craft.Layer, int, []byte) []byte {
	return func(_ *craft.Layer, _ int, whole []byte) []byte {
		headers, _ := readHeaders(whole)
		for i := len(headers) - 1; i >= 0; i-- {
			if strings.EqualFold(headers[i].name, name) {
				return headers[i].value()
			}
		}
		return nil
	}
}

// write gives a header its value. It keeps its place and its spelling when it was there; a new one goes behind all others
// in a head from the wire, and where its field is among the others in one that is made here.
func (k *httpNames) write(name string) func(*craft.Layer, int, []byte, []byte) []byte {
	return func(l *craft.Layer, i int, whole, value []byte) []byte {
		headers, end := readHeaders(whole)
		if end == nil && !listed(l) {
			end = []byte("\r\n")
		}
		same := func(h httpHeader) bool { return strings.EqualFold(h.name, name) }
		last := -1
		for at, h := range headers {
			if same(h) {
				last = at
			}
		}
		switch {
		case value == nil:
			headers = slices.DeleteFunc(headers, same)
		case last < 0:
			at := len(headers)
			for at > 0 && !listed(l) && k.order(headers[at-1]) > i {
				at--
			}
			headers = slices.Insert(headers, at, makeHeader(name, value))
		case !bytes.Equal(headers[last].value(), value):
			headers[last] = makeHeader(headers[last].name, value)
		}
		return joinHeaders(headers, end)
	}
}

// listed reports whether the list itself was set, or came from the wire.
func listed(l *craft.Layer) bool { return l.Origin("headers") == craft.Explicit }

// makeHeader writes a header.
func makeHeader(name string, value any) httpHeader {
	return httpHeader{name, fmt.Appendf(nil, "%s: %s\r\n", name, plainly(value))}
}

// readOthers are the lines of the headers without a field.
func (k *httpNames) readOthers(_ *craft.Layer, _ int, whole []byte) []byte {
	headers, _ := readHeaders(whole)
	var b []byte
	for _, h := range headers {
		if _, known := k.fields[strings.ToLower(h.name)]; !known && h.name != "" {
			b = append(b, h.line...)
		}
	}
	return b
}

// writeOthers puts other lines in the place of those, at the end.
func (k *httpNames) writeOthers(l *craft.Layer, i int, whole, value []byte) []byte {
	if bytes.Equal(value, k.readOthers(l, i, whole)) {
		return whole
	}
	headers, end := readHeaders(whole)
	if end == nil && !listed(l) {
		end = []byte("\r\n")
	}
	kept := headers[:0:0]
	for _, h := range headers {
		if _, known := k.fields[strings.ToLower(h.name)]; known || h.name == "" {
			kept = append(kept, h)
		}
	}
	return joinHeaders(append(kept, httpHeader{line: value}), end)
}

// httpLines is a list of headers, each a name and its value. What is no header is a Verbatim. With whole it is all up to
// the blank line, which it includes; a head that ends before has a Verbatim at its end, of what there is of the line.
func httpLines(whole bool) *craft.Part {
	return &craft.Part{
		Length: func(_ *craft.Layer, b []byte) (int, error) {
			if bytes.HasPrefix(b, []byte("\r\n")) {
				return 2, nil
			}
			if i := bytes.Index(b, []byte("\r\n\r\n")); i >= 0 {
				return i + 4, nil
			}
			return len(b), errors.New("truncated: no blank line behind the headers")
		},
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			list, ok := v.([]any)
			if !ok {
				return nil, fmt.Errorf(`want headers such as {{"Host", "a"}, {"Accept", "*/*"}}, got %v`, v)
			}
			var b []byte
			open := false
			for i, one := range list {
				raw, isRaw := one.(craft.Verbatim)
				open = isRaw
				switch pair, _ := one.([]any); {
				case isRaw:
					b = append(b, raw...)
				case len(pair) == 2:
					b = append(b, makeHeader(plainly(pair[0]), pair[1]).line...)
				default:
					return nil, fmt.Errorf(`element %d: want a header such as {"Host", "a"}, got %v`, i+1, one)
				}
			}
			if whole && !open {
				b = append(b, "\r\n"...)
			}
			return b, nil
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			headers, end := readHeaders(b)
			list := []any{}
			for _, h := range headers {
				if h.name == "" {
					list = append(list, craft.Verbatim(h.line))
					continue
				}
				list = append(list, []any{h.name, string(h.value())})
			}
			if whole && end == nil && (len(headers) == 0 || headers[len(headers)-1].name != "") && len(b) > 0 {
				list = append(list, craft.Verbatim(""))
			}
			return list
		},
	}
}

// plainly is a string as it is, and anything else as it is printed.
func plainly(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}

// httpAll is the list of all headers. A head without any has the blank line.
func httpAll() *craft.Part {
	p := httpLines(true)
	p.Wire = func(l *craft.Layer, b []byte) []byte {
		if len(b) == 0 && !listed(l) {
			return []byte("\r\n")
		}
		return b
	}
	return p
}

// encodePlainly takes text and numbers, and ends them with what belongs behind.
func encodePlainly(end string) func(*craft.Layer, any) ([]byte, error) {
	return func(_ *craft.Layer, v any) ([]byte, error) {
		switch v.(type) {
		case string, []byte, uint64, int:
			return []byte(plainly(v) + end), nil
		}
		return nil, fmt.Errorf("want a string, got %v", v)
	}
}

func decodePlainly(end string) func(*craft.Layer, []byte) any {
	return func(_ *craft.Layer, b []byte) any { return string(bytes.TrimSuffix(b, []byte(end))) }
}

// The forms of text in a head: a word with the space behind it, the rest of a line with its end, and a header's value.
var (
	httpWord = sync.OnceValue(func() *craft.Part {
		return &craft.Part{
			Length: func(_ *craft.Layer, b []byte) (int, error) {
				line := b[:lineLength(b)]
				if i := bytes.IndexByte(line, ' '); i >= 0 {
					return i + 1, nil
				}
				if n := len(bytes.TrimSuffix(line, []byte("\r\n"))); n < len(line) {
					return n, nil
				}
				return len(b), errors.New("malformed: the first line ends early")
			},
			Encode: encodePlainly(" "), Decode: decodePlainly(" "),
		}
	})
	httpLine = sync.OnceValue(func() *craft.Part {
		return &craft.Part{
			Length: func(_ *craft.Layer, b []byte) (int, error) { return lineLength(b), nil },
			Encode: encodePlainly("\r\n"), Decode: decodePlainly("\r\n"),
		}
	})
	httpValue = sync.OnceValue(func() *craft.Part {
		return &craft.Part{Encode: encodePlainly(""), Decode: decodePlainly("")}
	})
)
