package values

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
)

// Quote writes bytes as a string literal that scripts here read back to the same bytes.
func Quote(b []byte) string {
	var s strings.Builder
	s.WriteByte('"')
	for _, c := range b {
		switch {
		case c == '"' || c == '\\':
			s.WriteByte('\\')
			s.WriteByte(c)
		case c == '\n':
			s.WriteString(`\n`)
		case c == '\r':
			s.WriteString(`\r`)
		case c == '\t':
			s.WriteString(`\t`)
		case c >= 0x20 && c < 0x7f:
			s.WriteByte(c)
		default:
			fmt.Fprintf(&s, `\x%02x`, c) // as everybody reads bytes; scripts here may write it so, too
		}
	}
	s.WriteByte('"')
	return s.String()
}

// Listing writes names for an error: "a, b and c"; "none" for none.
func Listing(names []string) string {
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// Exact is the largest number up to which Lua counts exactly: its numbers are floating-point.
const Exact = 1 << 53

// Literal writes a value, or a list of values, as Lua reads it back. A value with a method Command() string writes itself;
// a number that Lua does not count to exactly is written as a text of digits.
func Literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case string:
		return Quote([]byte(v))
	case []byte:
		return Quote(v)
	case netip.Addr, MAC:
		return Quote(fmt.Append(nil, v))
	case interface{ Command() string }:
		return v.Command()
	case uint64:
		if v > Exact {
			return `"` + fmt.Sprint(v) + `"`
		}
	}
	if list := reflect.ValueOf(v); list.Kind() == reflect.Slice {
		parts := make([]string, list.Len())
		for i := range parts {
			parts[i] = Literal(list.Index(i).Interface())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}
