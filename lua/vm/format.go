package vm

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// format is Lua's string.format (its manual, section 5.4), with Lua's errors. gopher-lua passes everything to Go's Sprintf,
// which writes what is wrong into the text, and widths without bounds. As in later versions, %s takes any value, and asks
// __tostring.
func (m *Machine) format(l *glua.LState) int {
	text, out := l.CheckString(1), m.building(l, "string.format")
	for arg := 2; ; {
		at := strings.IndexByte(text, '%')
		if at < 0 {
			out.add(text)
			l.Push(out.text())
			return 1
		}
		out.add(text[:at])
		text = text[at+1:]
		if strings.HasPrefix(text, "%") {
			out.add("%")
			text = text[1:]
			continue
		}
		flags, verb := directive(l, text)
		text = text[len(flags)+1:]
		if arg > l.GetTop() && verb != 's' {
			l.TypeError(arg, map[bool]glua.LValueType{true: glua.LTString, false: glua.LTNumber}[verb == 'q'])
		}
		formatted(l, out, flags, verb, arg)
		arg++
	}
}

// directive takes the flags, width and precision in front of a verb, and the verb.
func directive(l *glua.LState, text string) (flags string, verb byte) {
	n := 0
	for n < len(text) && strings.IndexByte("-+ #0", text[n]) >= 0 {
		n++
	}
	if n > 5 {
		l.RaiseError("invalid format (repeated flags)")
	}
	n += digits(l, text[n:])
	if n < len(text) && text[n] == '.' {
		n++
		n += digits(l, text[n:])
	}
	if n == len(text) {
		l.RaiseError("invalid option '%%%s' to 'format'", text)
	}
	return text[:n], text[n]
}

// digits is how many digits a width or a precision has: two at most.
func digits(l *glua.LState, text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	if n > 2 {
		l.RaiseError("invalid format (width or precision too long)")
	}
	return n
}

// formatted adds argument n as a directive says.
func formatted(l *glua.LState, out *builder, flags string, verb byte, n int) {
	switch verb {
	case 'c':
		out.add(pad(unsigned(flags), string([]byte{byte(integer(l, n))})))
	case 'd', 'i':
		out.add(fmt.Sprintf("%"+flags+"d", integer(l, n)))
	case 'u':
		out.add(fmt.Sprintf("%"+unsigned(flags)+"d", uint64(integer(l, n))))
	case 'o', 'x', 'X':
		v := uint64(integer(l, n))
		if flags = unsigned(flags); v == 0 {
			flags = strings.ReplaceAll(flags, "#", "") // C has no 0x0
		}
		out.add(fmt.Sprintf("%"+flags+string(verb), v))
	case 'e', 'E', 'f', 'g', 'G':
		out.add(float(flags, verb, float64(l.CheckNumber(n))))
	case 'q':
		quote(out, l.CheckString(n))
	case 's':
		if n > l.GetTop() {
			l.TypeError(n, glua.LTString)
		}
		out.add(pad(flags, ToString(l, l.Get(n))))
	default:
		l.RaiseError("invalid option '%%%s%c' to 'format'", flags, verb)
	}
}

// integer is argument n without its fraction, as C converts it: beyond 64 bits it is the nearest there is, and what only an
// unsigned number holds keeps its bits.
func integer(l *glua.LState, n int) int64 {
	switch f := math.Trunc(float64(l.CheckNumber(n))); {
	case math.IsNaN(f), f < -1<<63:
		return math.MinInt64
	case f >= 1<<64:
		return math.MaxInt64
	case f >= 1<<63:
		return int64(uint64(f))
	default:
		return int64(f)
	}
}

// unsigned are flags without those for a sign, which C has for signed numbers only.
func unsigned(flags string) string { return strings.NewReplacer("+", "", " ", "").Replace(flags) }

// float is a number as C writes it: %g has six digits unless told otherwise, and what is no number has no digits.
func float(flags string, verb byte, f float64) string {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		text := strings.ToLower(strings.TrimPrefix(fmt.Sprint(f), "+"))
		if verb < 'a' {
			text = strings.ToUpper(text)
		}
		width, _, _ := strings.Cut(flags, ".")
		return pad(width, text)
	}
	if !strings.Contains(flags, ".") && (verb == 'g' || verb == 'G') {
		flags += ".6"
	}
	return fmt.Sprintf("%"+flags+string(verb), f)
}

// pad writes a text as wide as flags say, cut to their precision. Both count bytes.
func pad(flags, text string) string {
	width, precision, cut := strings.Cut(strings.TrimLeft(flags, "-+ #0"), ".")
	if n, _ := strconv.Atoi(precision); cut && n < len(text) { // nothing is 0
		text = text[:n]
	}
	n, _ := strconv.Atoi(width)
	space := strings.Repeat(" ", max(n-len(text), 0))
	if strings.HasPrefix(strings.TrimLeft(flags, "+ #0"), "-") {
		return text + space
	}
	return space + text
}

// quote adds a text as Lua reads it back.
func quote(out *builder, text string) {
	out.add(`"`)
	for text != "" {
		at := strings.IndexAny(text, "\"\\\n\r\x00")
		if at < 0 {
			break
		}
		out.add(text[:at])
		switch text[at] {
		case '\r':
			out.add(`\r`)
		case 0:
			out.add(`\000`)
		default:
			out.add(`\` + text[at:at+1])
		}
		text = text[at+1:]
	}
	out.add(text)
	out.add(`"`)
}
