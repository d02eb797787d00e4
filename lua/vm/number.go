package vm

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua reads numbers as Go does: 010 is eight, "1e3" is none to tonumber, and a mask of 64 bits is not a number.

// decimal is a number as Lua writes it, without its sign.
var decimal = regexp.MustCompile(`^([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$`)

// maxDigits is how long a text may be, in bytes, that is read as a number.
const maxDigits = 1 << 16

// readNumber is the number that a text stands for: decimal, or hexadecimal behind 0x, with a sign and with white space around it.
func readNumber(text string) (glua.LNumber, bool) {
	if len(text) > maxDigits {
		return 0, false
	}
	digits, sign := signed(text)
	if hex := strings.TrimPrefix(strings.ToLower(digits), "0x"); len(hex) < len(digits) {
		n, ok := readDigits(hex, 16)
		return sign * n, ok
	}
	if !decimal.MatchString(digits) {
		return 0, false
	}
	n, _ := strconv.ParseFloat(digits, 64) // what is out of range is infinite, as in C
	return sign * glua.LNumber(n), true
}

// signed takes the sign off a text, and the white space.
func signed(text string) (rest string, sign glua.LNumber) {
	text = strings.Trim(text, " \t\n\v\f\r")
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		return rest, -1
	}
	return strings.TrimPrefix(text, "+"), 1
}

// readDigits is a whole number of a base; there is no largest one.
func readDigits(text string, base int) (n glua.LNumber, ok bool) {
	for _, c := range []byte(text) {
		digit := strings.IndexByte("0123456789abcdefghijklmnopqrstuvwxyz"[:base], c|0x20)
		if c <= '9' {
			digit = strings.IndexByte("0123456789"[:min(base, 10)], c)
		}
		if digit < 0 {
			return 0, false
		}
		n = n*glua.LNumber(base) + glua.LNumber(digit)
	}
	return n, text != ""
}

// toNumber is Lua's tonumber.
func toNumber(l *glua.LState) int {
	v, base := l.CheckAny(1), l.OptInt(2, 10)
	if base < 2 || base > 36 {
		l.ArgError(2, "base out of range")
	}
	text, ok := v.(glua.LString)
	switch {
	case !ok && v.Type() == glua.LTNumber:
		l.Push(v)
		return 1
	case !ok, len(text) > maxDigits:
		l.Push(glua.LNil)
		return 1
	}
	n, ok := readNumber(string(text))
	if base != 10 {
		digits, sign := signed(string(text))
		if base == 16 {
			digits = strings.TrimPrefix(strings.ToLower(digits), "0x")
		}
		n, ok = readDigits(digits, base)
		n *= sign
	}
	if ok {
		l.Push(n)
	} else {
		l.Push(glua.LNil)
	}
	return 1
}

// arithmetic are the operators on texts that are numbers, by their event.
var arithmetic = map[string]func(a, b float64) float64{
	"__add": func(a, b float64) float64 { return a + b },
	"__sub": func(a, b float64) float64 { return a - b },
	"__mul": func(a, b float64) float64 { return a * b },
	"__div": func(a, b float64) float64 { return a / b },
	"__mod": func(a, b float64) float64 { return a - math.Floor(a/b)*b },
	"__pow": math.Pow,
	"__unm": func(a, _ float64) float64 { return -a },
}

// openArithmetic has texts calculate by metamethods, as those of later versions do, and nothing be larger than math.huge.
func (m *Machine) openArithmetic() {
	if lib, ok := m.l.GetGlobal(glua.MathLibName).(*glua.LTable); ok {
		lib.RawSetString("huge", glua.LNumber(math.Inf(1)))
	}
	mt, ok := m.l.GetMetatable(glua.LString("")).(*glua.LTable)
	if !ok {
		return
	}
	for event, op := range arithmetic {
		mt.RawSetString(event, m.l.NewFunction(func(l *glua.LState) int {
			a, b := l.Get(1), l.Get(2)
			x, first := operand(a)
			y, second := operand(b)
			switch {
			case first && second, first && event == "__unm":
				l.Push(glua.LNumber(op(float64(x), float64(y))))
				return 1
			case b.Type() != glua.LTString && l.GetMetaField(b, event) != glua.LNil: // a packet on a text
				l.Push(l.GetMetaField(b, event))
				l.Push(a)
				l.Push(b)
				l.Call(2, 1)
				return 1
			case first:
				m.Arithmetic(l, 2)
			}
			m.Arithmetic(l, 1)
			return 0
		}))
	}
}

// operand is the number that an operand is or stands for.
func operand(v glua.LValue) (glua.LNumber, bool) {
	switch v := v.(type) {
	case glua.LNumber:
		return v, true
	case glua.LString:
		return readNumber(string(v))
	}
	return 0, false
}

// literal writes a number of the source as gopher-lua reads it: what is out of range as +Inf, which its digits are not to it.
func literal(e *ast.NumberExpr) {
	if n, ok := readNumber(e.Value); ok {
		e.Value = strconv.FormatFloat(float64(n), 'g', -1, 64)
	}
}
