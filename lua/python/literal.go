package python

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// number takes a number. Lua has no binary, no octal and no underscores.
func (l *lexer) number() node {
	n := 0
	for n < len(l.rest) && numeral(l.rest, n) {
		n++
	}
	t := l.take(number, n)
	s := strings.ToLower(strings.ReplaceAll(t.source, "_", ""))
	_, wrong := strconv.ParseFloat(s, 64)
	switch {
	case strings.HasPrefix(s, "0b"), strings.HasPrefix(s, "0o"):
		v, err := strconv.ParseUint(s, 0, 64)
		t.lua, wrong = strconv.FormatUint(v, 10), err
	case strings.HasPrefix(s, "0x"):
		_, wrong = strconv.ParseUint(s, 0, 64)
		t.lua = strings.ReplaceAll(t.source, "_", "")
	case len(s) > 1 && s[0] == '0' && isDigit(s[1]): // octal in Python 2, an error in Python 3
		l.refuse()
	default:
		t.lua = strings.ReplaceAll(t.source, "_", "")
	}
	if wrong != nil {
		l.refuse()
	}
	return t
}

// numeral reports whether the byte at i goes on with the number s begins with: a sign does after a decimal exponent.
func numeral(s string, i int) bool {
	if c := s[i]; c != '+' && c != '-' {
		return isLetter(c) || isDigit(c) || c == '.'
	}
	hex := len(s) > 1 && (s[1] == 'x' || s[1] == 'X')
	return i > 0 && (s[i-1] == 'e' || s[i-1] == 'E') && !hex
}

// A literal is a string being read: its Lua spelling so far and the rules it is read by.
type literal struct {
	*notes
	lua   strings.Builder
	quote byte
	raw   bool // backslashes stand for themselves
	bytes bool // \u and \N stand for themselves
}

// quoted takes a string, from its first quote; prefix is what stood before, in lower case.
func (l *lexer) quoted(prefix string) node {
	delimiter := l.rest[:1]
	if long := strings.Repeat(delimiter, 3); strings.HasPrefix(l.rest, long) {
		delimiter = long
	}
	s := &literal{notes: l.notes, quote: delimiter[0]}
	s.raw, s.bytes = strings.Contains(prefix, "r"), strings.Contains(prefix, "b")
	s.lua.WriteByte(s.quote)
	i := len(delimiter)
	for !strings.HasPrefix(l.rest[i:], delimiter) {
		n := s.take(l.rest[i:], len(delimiter) == 3)
		switch {
		case n == 0 && len(delimiter) == 3 && (l.rest[i:] == "" || l.rest[i:] == "\\"):
			l.open = true
			return l.take(text, len(l.rest))
		case n == 0:
			l.refuse()
			return node{}
		}
		i += n
	}
	s.lua.WriteByte(s.quote)
	body := l.rest[len(delimiter):i]
	t := l.take(text, i+len(delimiter))
	t.lua, t.prefix, t.body = s.lua.String(), prefix, body
	return t
}

// take reads one character or escape from the beginning of in and returns its length; 0 when the string cannot go on.
func (s *literal) take(in string, long bool) int {
	if in == "" {
		return 0
	}
	switch c := in[0]; {
	case c == '\\':
		return s.escape(in)
	case c == '\n' && long:
		s.lua.WriteString("\\\n")
	case c == '\n' || c == '\r':
		return 0
	case c == s.quote:
		s.lua.WriteString("\\" + string(c))
	case c == 0:
		s.lua.WriteString(`\000`)
	default:
		s.lua.WriteByte(c)
	}
	return 1
}

// escape reads what begins with a backslash. Escapes that Python does not know keep their backslash.
func (s *literal) escape(in string) int {
	if len(in) < 2 {
		return 0
	}
	c := in[1]
	switch {
	case s.raw && (c == s.quote || c == '\\'):
		s.lua.WriteString(`\\\` + string(c))
		return 2
	case s.raw:
	case strings.IndexByte(`\'"abfnrtv`, c) >= 0:
		s.lua.WriteString(in[:2])
		return 2
	case c == '\n': // the string goes on in the next line
		return 2
	case '0' <= c && c <= '7':
		return s.octal(in)
	case c == 'x':
		return s.hex(in, 2)
	case c == 'u' && !s.bytes:
		return s.hex(in, 4)
	case c == 'U' && !s.bytes:
		return s.hex(in, 8)
	case c == 'N' && !s.bytes:
		return 0
	}
	s.lua.WriteString(`\\`)
	return 1
}

// octal reads \1 to \777. Lua reads the same digits as a decimal number.
func (s *literal) octal(in string) int {
	n, decimal := 1, 1
	for n < len(in) && n < 4 && '0' <= in[n] && in[n] <= '7' {
		n++
	}
	for decimal < len(in) && decimal < 4 && isDigit(in[decimal]) {
		decimal++
	}
	v, _ := strconv.ParseUint(in[1:n], 8, 16) // at most three octal digits
	asDecimal, _ := strconv.ParseUint(in[1:decimal], 10, 16)
	s.twofold = s.twofold || !s.bytes && (n != decimal || v != asDecimal)
	switch {
	case decimal == 2 && !strings.HasPrefix(in[2:], "\\\n"): // nothing follows that could count as one of its digits
		s.lua.WriteString(in[:2])
	case v > 0xff && !s.bytes:
		s.char(rune(v))
	default:
		s.byte(byte(v))
	}
	return n
}

// hex reads \x41, and with four or eight digits \u and \U.
func (s *literal) hex(in string, digits int) int {
	n := 2 + digits
	if len(in) < n {
		return 0
	}
	v, err := strconv.ParseUint(in[2:n], 16, 32)
	switch {
	case err != nil:
		return 0
	case digits == 2:
		s.byte(byte(v))
	case v > unicode.MaxRune || !utf8.ValidRune(rune(v)):
		return 0
	default:
		s.char(rune(v))
	}
	return n
}

func (s *literal) byte(b byte) { fmt.Fprintf(&s.lua, `\%03d`, b) }

// char writes a character in UTF-8, as itself where that can be read.
func (s *literal) char(c rune) {
	if c > unicode.MaxASCII && unicode.IsPrint(c) {
		s.lua.WriteRune(c)
		return
	}
	for _, b := range []byte(string(c)) {
		s.byte(b)
	}
}
