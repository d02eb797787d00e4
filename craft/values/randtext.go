package values

import (
	"errors"
	"fmt"
	"math"
	"regexp/syntax"
	"slices"
	"strings"
)

// alphanumeric is what RandString draws from by default.
const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// maxDrawn is the longest string that is drawn, in bytes: more does not fit a packet.
const maxDrawn = 65535

// A Size is how long a drawn string is; the zero Size is a random length, about a hundred bytes and rarely more than
// five hundred.
type Size struct {
	// Fixed is the length in bytes, when Random is nil; 0 is none given.
	Fixed int
	// Random draws the length; nil for none.
	Random Generator
}

// String is the size as Lua gives it; "" for the zero Size.
func (z Size) String() string {
	switch {
	case z.Random != nil:
		return z.Random.String()
	case z.Fixed > 0:
		return fmt.Sprint(z.Fixed)
	}
	return ""
}

// draw is the length of one string.
func (z Size) draw(s Spot, r *Random) int {
	n := uint64(z.Fixed)
	switch {
	case z.Random != nil:
		n, _ = z.Random.Draw(s).(uint64)
	case z.Fixed == 0:
		n = uint64(-math.Log(1-r.Float()) * 100)
		if s.Width > 0 {
			n = min(n, uint64(s.Width))
		}
	}
	return int(min(n, maxDrawn))
}

// samples are strings to try on a field: one of the length given, which must fit.
func (z Size) samples() []any {
	if z.Random == nil {
		return []any{strings.Repeat("A", min(z.Fixed, maxDrawn))}
	}
	return []any{""}
}

// RandString draws a string of characters out of chars; "" stands for letters and digits.
func RandString(size Size, chars string, seed uint64) Generator {
	args := size.String()
	if chars != "" && chars != alphanumeric {
		if args == "" {
			args = "nil"
		}
		args += "," + Quote([]byte(chars))
	} else {
		chars = alphanumeric
	}
	return &generator{text: "RandString(" + args + ")", seed: seed, samples: size.samples(), value: func(s Spot, r *Random) any {
		return string(randLetters(size.draw(s, r), chars, r))
	}}
}

func randLetters(n int, chars string, r *Random) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = chars[r.Below(uint64(len(chars)))]
	}
	return b
}

// RandTermString draws a string of letters and digits, and term behind it.
func RandTermString(size Size, term string, seed uint64) Generator {
	args := size.String()
	if args == "" {
		args = "nil"
	}
	return &generator{text: "RandTermString(" + args + "," + Quote([]byte(term)) + ")", seed: seed, samples: size.samples(), value: func(s Spot, r *Random) any {
		return string(randLetters(size.draw(s, r), alphanumeric, r)) + term
	}}
}

// RandBin draws a string of any bytes.
func RandBin(size Size, seed uint64) Generator {
	return &generator{text: "RandBin(" + size.String() + ")", seed: seed, samples: size.samples(), value: func(s Spot, r *Random) any {
		b := make([]byte, size.draw(s, r))
		r.Bytes(b)
		return b
	}}
}

// maxRegExp is how long a regular expression is at most, in bytes: its tree takes hundreds for each.
const maxRegExp = 64 << 10

// RandRegExp draws a string that the regular expression matches, in the syntax of Go's package regexp. A repetition without
// an upper bound goes on a few times beyond its lower one. The error says what is wrong with the expression.
func RandRegExp(expr string, seed uint64) (Generator, error) {
	if len(expr) > maxRegExp {
		return nil, fmt.Errorf("RandRegExp: want an expression of at most %d bytes, got %d", maxRegExp, len(expr))
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, notRegExp(err)
	}
	g := &generator{text: "RandRegExp(" + Quote([]byte(expr)) + ")", seed: seed, value: func(_ Spot, r *Random) any {
		return string(matching(nil, tree, r))
	}}
	for i := range uint64(8) { // whether they are addresses, names or only bytes is for the expression to say
		g.samples = append(g.samples, g.Draw(Spot{Index: i}))
	}
	return g, nil
}

// notRegExp says what is wrong with an expression, without Go's words for its own package.
func notRegExp(err error) error {
	var wrong *syntax.Error
	if !errors.As(err, &wrong) {
		return fmt.Errorf("RandRegExp: %w", err)
	}
	return fmt.Errorf("RandRegExp: want a regular expression, got one with %s: %s", wrong.Code, Quote([]byte(wrong.Expr)))
}

// matching appends a text that the expression matches, as far as maxDrawn allows.
func matching(b []byte, re *syntax.Regexp, r *Random) []byte {
	if len(b) > maxDrawn {
		return b
	}
	switch re.Op {
	case syntax.OpLiteral:
		return append(b, string(re.Rune)...)
	case syntax.OpCharClass:
		return append(b, string(member(re.Rune, r))...)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return append(b, byte(' '+r.Below('~'-' '+1)))
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			b = matching(b, sub, r)
		}
	case syntax.OpAlternate:
		return matching(b, re.Sub[r.Below(uint64(len(re.Sub)))], r)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		for range repeats(re, r) {
			b = matching(b, re.Sub[0], r)
		}
	default: // a position, which has no text
	}
	return b
}

// repeats is how often a repetition repeats.
func repeats(re *syntax.Regexp, r *Random) int {
	low, high := re.Min, re.Max
	switch re.Op {
	case syntax.OpStar:
		low, high = 0, -1
	case syntax.OpPlus:
		low, high = 1, -1
	case syntax.OpQuest:
		low, high = 0, 1
	default:
	}
	if high < 0 {
		return low + min(int(-math.Log(1-r.Float())/0.3), 64)
	}
	return low + int(r.Below(uint64(high-low+1)))
}

// member draws a rune out of a character class, printable ones alone if it has any.
func member(class []rune, r *Random) rune {
	printable := slices.Clone(class)
	n := uint64(0)
	for i := 0; i < len(class); i += 2 {
		printable[i], printable[i+1] = max(class[i], ' '), min(class[i+1], '~')
		if printable[i] <= printable[i+1] {
			n += uint64(printable[i+1] - printable[i] + 1)
		}
	}
	if n == 0 {
		printable = class
		for i := 0; i < len(class); i += 2 {
			n += uint64(class[i+1] - class[i] + 1)
		}
	}
	at := rune(r.Below(n))
	for i := 0; i < len(printable); i += 2 {
		if size := printable[i+1] - printable[i] + 1; at < size {
			return printable[i] + at
		} else if size > 0 {
			at -= size
		}
	}
	return 0
}

// RandUUID draws a UUID of version 4 (RFC 9562, section 5.4): 16 bytes in a field of that width, else as text.
func RandUUID(seed uint64) Generator {
	return &generator{text: "RandUUID()", seed: seed, samples: []any{""}, value: func(s Spot, r *Random) any {
		b := make([]byte, 16)
		r.Bytes(b)
		b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
		if s.Width == len(b) {
			return b
		}
		return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
	}}
}

// A Corruption says how much of a string is corrupted.
type Corruption struct {
	// Part is the share of it, 0..1, but always one byte or bit at least; 0 is scapy's 0.01.
	Part float64
	// N is how many bytes or bits, instead of a share; 0 is none given.
	N int
}

func (c Corruption) count(of int) int {
	n := c.N
	if n == 0 {
		part := c.Part
		if part == 0 {
			part = 0.01
		}
		n = max(int(float64(of)*part), 1)
	}
	return min(n, of)
}

// args writes the arguments of a corruption as Lua gives them.
func (c Corruption) args(text string) string {
	switch {
	case c.N > 0:
		return fmt.Sprintf("(%s,nil,%d)", Quote([]byte(text)), c.N)
	case c.Part > 0:
		return fmt.Sprintf("(%s,%v)", Quote([]byte(text)), c.Part)
	}
	return "(" + Quote([]byte(text)) + ")"
}

// CorruptedBytes draws the text with some of its bytes changed.
func CorruptedBytes(text string, c Corruption, seed uint64) Generator {
	return corrupted("CorruptedBytes", text, c, seed, 1, func(b []byte, at int, r *Random) {
		b[at] += byte(1 + r.Below(255))
	})
}

// CorruptedBits draws the text with some of its bits turned over.
func CorruptedBits(text string, c Corruption, seed uint64) Generator {
	return corrupted("CorruptedBits", text, c, seed, 8, func(b []byte, at int, _ *Random) {
		b[at/8] ^= 1 << (at % 8)
	})
}

// corrupted changes distinct places of a text, of which each byte has so many.
func corrupted(name, text string, c Corruption, seed uint64, places int, change func(b []byte, at int, r *Random)) Generator {
	return &generator{text: name + c.args(text), seed: seed, samples: []any{text}, value: func(_ Spot, r *Random) any {
		b := []byte(text)
		n := uint64(len(b) * places)
		key := r.Uint64()
		for k := range c.count(int(n)) {
			change(b, int(permute(uint64(k), n, key)), r)
		}
		return b
	}}
}

// clip cuts a string to the width of the field.
func clip(text string, s Spot) string {
	if s.Width > 0 && len(text) > s.Width {
		return text[:s.Width]
	}
	return text
}

// singularString is one of the strings at which programs go wrong.
func singularString(r *Random) string {
	long := []int{127, 128, 255, 256, 257, 511, 1023, 1024}
	fixed := []string{
		"", "\x00", "\xff\xff\xff\xff", "\r\n", "\r\n\r\n", "\x1b[2J", "%n%n%n%n", "%s%s%s%s%s", "%x.%x.%x", "%99999d", "../../../../etc/passwd",
		`..\..\..\boot.ini`, "/dev/zero", "file:///etc/passwd", "' OR '1'='1", `" OR ""="`, "'; DROP TABLE x; --", "<script>alert(1)</script>",
		"; id", "| id", "`id`", "$(id)", "${jndi:x}", "-1", "2147483648", "4294967296", "1e999", "NaN", "null", "true", "\u202e", "\xc0\xaf",
		"\xed\xa0\x80", "a\x00b", "*", "?", "[", "{{7*7}}", "CON", "localhost",
	}
	k := r.Below(uint64(len(fixed) + 2*len(long)))
	if k < uint64(len(fixed)) {
		return fixed[k]
	}
	k -= uint64(len(fixed))
	return strings.Repeat([]string{"A", "\x00"}[k%2], long[k/2])
}
