package lua

import (
	"fmt"
	"math/bits"
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// bitLibrary is the table of the functions on bits.
const bitLibrary = "bit"

// bitFunctions are those of LuaJIT's library of bit operations (bitop.luajit.org), on numbers of 32 bits: results have a sign, numbers
// wrap around, and shifts and rotations count in their lower five bits.
func (s *State) bitFunctions() []function {
	const signed = "; the result is signed, u32(bit.band(...)) is from 0 on"
	all := func(name, doc string, of func(a, b uint32) uint32) function {
		return function{"bit." + name, "bit." + name + "(x, ...)", doc + signed, nil, func(l *glua.LState) int {
			v := checkBits(l, 1)
			for i := 2; i <= l.GetTop(); i++ {
				v = of(v, checkBits(l, i))
			}
			return pushBits(l, v)
		}}
	}
	one := func(name, doc string, of func(a uint32) uint32) function {
		return function{"bit." + name, "bit." + name + "(x)", doc + signed, nil, func(l *glua.LState) int { return pushBits(l, of(checkBits(l, 1))) }}
	}
	by := func(name, doc string, of func(a uint32, n int) uint32) function {
		return function{"bit." + name, "bit." + name + "(x, n)", doc + signed, nil, func(l *glua.LState) int {
			return pushBits(l, of(checkBits(l, 1), int(checkBits(l, 2)&31)))
		}}
	}
	return []function{
		one("tobit", "x as a number of 32 bits", func(a uint32) uint32 { return a }),
		{"bit.tohex", "bit.tohex(x, n)", "x in so many hex digits (8); in capitals when n is negative", nil, toHex},
		one("bnot", "x with every bit turned over", func(a uint32) uint32 { return ^a }),
		all("band", "the bits that are set in all of them", func(a, b uint32) uint32 { return a & b }),
		all("bor", "the bits that are set in any of them", func(a, b uint32) uint32 { return a | b }),
		all("bxor", "the bits that are set in an odd number of them", func(a, b uint32) uint32 { return a ^ b }),
		by("lshift", "x shifted left by n bits", func(a uint32, n int) uint32 { return a << n }),
		by("rshift", "x shifted right by n bits, with zeros from the left", func(a uint32, n int) uint32 { return a >> n }),
		by("arshift", "x shifted right by n bits, with its sign from the left", func(a uint32, n int) uint32 { return uint32(int32(a) >> n) }),
		by("rol", "x rotated left by n bits", bits.RotateLeft32),
		by("ror", "x rotated right by n bits", func(a uint32, n int) uint32 { return bits.RotateLeft32(a, -n) }),
		one("bswap", "x with its four bytes in the opposite order", bits.ReverseBytes32),
	}
}

// checkBits is argument n as 32 bits. As LuaJIT does, numbers wrap around, and halves are rounded to the even one.
func checkBits(l *glua.LState, n int) uint32 {
	f := float64(l.CheckNumber(n))
	const most = 1 << 51 // what is larger has no exact sum with the number below
	if !(f >= -most && f <= most) {
		l.RaiseError("bad argument #%d: want a number of at most 51 bits, got %s", n, vm.Text(l.Get(n)))
	}
	const shift = 3 << 51 // adding it leaves no room for a fraction
	return uint32(int64(f + shift - shift))
}

func pushBits(l *glua.LState, v uint32) int {
	l.Push(glua.LNumber(int32(v)))
	return 1
}

// toHex is bit.tohex(x, n).
func toHex(l *glua.LState) int {
	v, n, verb := checkBits(l, 1), int32(8), "x"
	if l.Get(2) != glua.LNil {
		n = int32(checkBits(l, 2))
	}
	if n < 0 {
		n, verb = -n, "X"
	}
	if n = min(n, 8); n <= 0 { // the smallest number has no opposite
		return pushString(l, "")
	}
	text := fmt.Sprintf("%0"+strconv.Itoa(8)+verb, v)
	return pushString(l, text[8-n:])
}
