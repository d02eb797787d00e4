package values

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden tells the characters that a terminal or a reader does not see as what they are: control characters, which command
// the terminal; marks of direction (U+202E), which turn the text around; and what has no picture of its own, behind which
// text can hide: spaces of no width, tags, fillers, ends of lines that are none for most programs. The soft hyphen is one
// of them: a terminal draws it or not as it likes, so that a name that has it reads as another name.
//
// Letters of all scripts, accents and emoji are not hidden, nor are the joiners (U+200C, U+200D) and variation selectors that
// Persian, Hindi and emoji are written with.
func Hidden(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case r == zeroWidthNonJoiner || r == zeroWidthJoiner, unicode.Is(unicode.Prepended_Concatenation_Mark, r): // the latter are drawn
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// Visible writes what is hidden as an escape, lines and tabs aside: "\x1b" for a control character or a byte that is no UTF-8,
// "\u{202e}" for others. All text that a stranger may have chosen (a packet, a file and its name, an interface, an error of the
// system) passes through here, or through OneLine, on its way to a person. Text that has been through stays what it is.
func Visible(text string) string { return VisibleBut(text, "\n\t") }

// OneLine is Visible for text that is to stay on its line: the ends of lines and tabs are escaped too. Use it for names, and
// for whatever else could pass for a line of the program's own.
func OneLine(text string) string { return VisibleBut(text, "") }

// Printable is text as it is when nothing in it is hidden, and otherwise as Lua writes it (Quote).
func Printable(text string) string {
	if Visible(text) == text {
		return text
	}
	return Quote([]byte(text))
}

// VisibleBut is Visible that lets the given characters through, and no others that are hidden.
func VisibleBut(text, kept string) string {
	if isPlain(text) || strings.IndexFunc(text, func(r rune) bool { return r == utf8.RuneError || Hidden(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case !Hidden(r) || strings.ContainsRune(kept, r):
			b.WriteString(text[:n])
		default:
			b.WriteString(escape(r))
		}
		text = text[n:]
	}
	return b.String()
}

// isPlain reports that text is ASCII with nothing hidden, as nearly all is: it takes a tenth of the time to tell.
func isPlain[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// escape is how Lua and C write a hidden character.
func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u{%x}`, r)
}

// VisibleJSON is JSON that says the same with what is hidden as JSON's own escapes (RFC 8259 section 7): encoding/json leaves
// all but C0 as they are. Hidden characters stand in strings only; the ends of lines and tabs between values stay.
func VisibleJSON(json []byte) []byte {
	if isPlain(json) {
		return json
	}
	var b []byte
	for at, r := range string(json) {
		switch {
		case r == utf8.RuneError: // a byte that is no UTF-8, or what encoding/json wrote for one
			b = append(b, `\ufffd`...)
		case !Hidden(r) || r == '\n' || r == '\t' || r == '\r':
			b = append(b, json[at:at+utf8.RuneLen(r)]...)
		case r > 0xffff:
			const surrogates, low = 0xd800, 0xdc00
			r -= 0x10000
			b = fmt.Appendf(b, `\u%04x\u%04x`, surrogates+r>>10, low+r&0x3ff)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
