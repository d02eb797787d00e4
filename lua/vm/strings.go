package vm

import (
	"math"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// The functions of the library of strings that gopher-lua gets wrong: its string.byte gives all bytes of a text when no place is
// named, string.char drops what a byte has no room for, and none of them takes a number that is a text.

// wholeArg is argument n without its fraction; def when it is not given. It is bounded by what a text can have.
func wholeArg(l *glua.LState, n, def int) int {
	if l.Get(n) == glua.LNil && def != mandatory {
		return def
	}
	f, ok := operand(l.Get(n))
	if !ok {
		f = l.CheckNumber(n) // raises the error
	}
	if math.IsNaN(float64(f)) {
		return 0
	}
	return int(min(max(float64(f), -1<<31), 1<<31))
}

// mandatory is the default of an argument that has none.
const mandatory = math.MinInt

// stretch is the part of a text of so many bytes that arguments 2 and 3 name, from 0 on and without its end.
func stretch(l *glua.LState, size, first, last int) (from, to int) {
	from = wholeArg(l, 2, first)
	if last == mandatory { // where it begins
		last = from
	}
	to = wholeArg(l, 3, last)
	if from < 0 {
		from = max(from+size+1, 1)
	}
	if to < 0 {
		to += size + 1
	}
	from, to = max(from, 1)-1, min(to, size)
	return from, max(from, to)
}

// byteOf is Lua's string.byte.
func byteOf(l *glua.LState) int {
	text := l.CheckString(1)
	from, to := stretch(l, len(text), 1, mandatory)
	if to-from > maxValues {
		l.RaiseError("string.byte: want at most %d values", maxValues)
	}
	for i := from; i < to; i++ {
		l.Push(glua.LNumber(text[i]))
	}
	return to - from
}

// sub is Lua's string.sub.
func sub(l *glua.LState) int {
	text := l.CheckString(1)
	from, to := stretch(l, len(text), mandatory, -1)
	if from >= to {
		l.Push(glua.LString(""))
	} else {
		l.Push(glua.LString(text[from:to]))
	}
	return 1
}

// char is Lua's string.char.
func char(l *glua.LState) int {
	b := make([]byte, l.GetTop())
	for i := range b {
		n := wholeArg(l, i+1, mandatory)
		if n < 0 || n > math.MaxUint8 {
			l.ArgError(i+1, "invalid value")
		}
		b[i] = byte(n)
	}
	l.Push(glua.LString(b))
	return 1
}

// rep is Lua's string.rep, with LuaJIT's separator.
func (m *Machine) rep(l *glua.LState) int {
	unit, n, between := l.CheckString(1), float64(wholeArg(l, 2, mandatory)), ""
	if l.Get(3) != glua.LNil {
		between = l.CheckString(3)
	}
	if each := len(unit) + len(between); float64(each)*n > maxString {
		l.RaiseError("string.rep: want at most %d bytes, got %s times %d", maxString, Text(l.Get(2)), each)
	}
	if n <= 0 || unit+between == "" {
		l.Push(glua.LString(""))
		return 1
	}
	m.Room(l, "string.rep", (len(unit)+len(between))*int(n))
	l.Push(glua.LString(strings.Repeat(unit+between, int(n)-1) + unit))
	return 1
}

// dump refuses what Lua's string.dump gives: bytecode, which nothing here would load.
func dump(l *glua.LState) int {
	l.RaiseError("string.dump: there is no bytecode here: a function is written as source")
	return 0
}
