package vm

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapes writes the \x41 and \u{41} of LuaJIT and of later versions of Lua, and of everybody's habits, as the interpreter reads them: it
// alone would take the backslash away and leave x41. What becomes shorter is followed by blanks, so that no place in the source moves.
// The error is of an escape that stands for no byte or letter.
func escapes(name, source string) (string, error) {
	if !strings.Contains(source, `\`) {
		return source, nil
	}
	var out strings.Builder
	t := newTokenizer(source)
	copied := 0
	for {
		piece, ok := t.next()
		if !ok {
			return out.String() + source[copied:], nil
		}
		if piece.kind != Quoted || !strings.Contains(piece.text, `\`) {
			continue
		}
		begin := t.at - len(piece.text)
		text, bad, why := plainEscapes(piece.text)
		if why != "" {
			return "", wrongEscape(name, source, begin+bad, why)
		}
		out.WriteString(source[copied:begin])
		out.WriteString(text)
		out.WriteString(strings.Repeat(" ", len(piece.text)-len(text)))
		copied = t.at
	}
}

// wrongEscape is the error of an escape that begins at a place in source.
func wrongEscape(name, source string, at int, why string) error {
	before := source[:at]
	return &SyntaxError{
		Script: name, Line: 1 + strings.Count(before, "\n"), Column: at - strings.LastIndexByte(before, '\n'), What: "syntax error: " + why,
	}
}

// plainEscapes rewrites the escapes of one string. why says what is wrong with the one at bad.
func plainEscapes(text string) (plain string, bad int, why string) {
	var out strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			out.WriteByte(text[i])
			i++
			continue
		}
		size := 2
		switch c := text[i+1]; {
		case c == 'x':
			n, err := strconv.ParseUint(text[i+2:min(i+4, len(text))], 16, 8)
			if err != nil || i+4 > len(text) {
				return "", i, `\x wants two hex digits, as in "\x41"`
			}
			size = 4
			fmt.Fprintf(&out, `\%03d`, n)
		case c == 'u':
			letter, length := unicodeEscape(text[i:])
			if length == 0 {
				return "", i, `\u wants the number of a character in hex, as in "\u{41}", up to "\u{10FFFF}"`
			}
			size = length
			out.WriteString(letter)
		case isDigit(c):
			size += span(text[i+2:min(i+4, len(text))], isDigit)
			if n, _ := strconv.Atoi(text[i+1 : i+size]); n > 255 {
				return "", i, fmt.Sprintf(`%s is no byte: want "\0" to "\255"`, text[i:i+size])
			}
			out.WriteString(text[i : i+size])
		default: // whatever is escaped, another backslash among them
			out.WriteString(text[i : i+2])
		}
		i += size
	}
	return out.String(), 0, ""
}

// unicodeEscape is the character that a text begins with as \u{...}, in UTF-8 and never longer than the escape, and the length of that;
// 0 for none.
func unicodeEscape(text string) (letter string, length int) {
	digits, ok := strings.CutPrefix(text, `\u{`)
	end := strings.IndexByte(digits, '}')
	if !ok || end < 0 {
		return "", 0
	}
	n, err := strconv.ParseUint(digits[:end], 16, 32)
	if err != nil || n > utf8.MaxRune || strings.ContainsAny(digits[:end], "_+") {
		return "", 0
	}
	length = len(`\u{}`) + end
	switch {
	case n < utf8.RuneSelf:
		return fmt.Sprintf(`\%03d`, n), length // a quote, or the end of a line
	case n >= 0xd800 && n < 0xe000: // half a pair of UTF-16, which is no character and has bytes all the same
		return string([]byte{0xe0 | byte(n>>12), 0x80 | byte(n>>6&0x3f), 0x80 | byte(n&0x3f)}), length
	}
	return string(rune(n)), length
}
