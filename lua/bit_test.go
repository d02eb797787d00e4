package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestBitsAsLuaJITHasThem holds the examples of LuaJIT's manual (bitop.luajit.org/api.html).
func TestBitsAsLuaJITHasThem(t *testing.T) {
	s := newShell(t, nil)
	for call, want := range map[string]string{
		"bit.tobit(0xffffffff)": "-1", "bit.tobit(0xffffffff + 1)": "0", "bit.tobit(2^40 + 1234)": "1234", "bit.tobit(-1)": "-1", "bit.tobit(1.5)": "2", "bit.tobit(2.5)": "2",
		"bit.tohex(1)": "00000001", "bit.tohex(-1)": "ffffffff", "bit.tohex(0xffffffff)": "ffffffff", "bit.tohex(-1, -8)": "FFFFFFFF", "bit.tohex(0x21, 4)": "0021",
		"bit.tohex(0x87654321, 4)": "4321", "bit.tohex(1, 20)": "00000001",
		"bit.bnot(0)": "-1", "bit.bnot(-1)": "0", "bit.bnot(0xffffffff)": "0", "bit.tohex(bit.bnot(0x12345678))": "edcba987",
		"bit.bor(1, 2, 4, 8)": "15", "bit.band(0x12345678, 0xff)": "120", "bit.tohex(bit.bxor(0xa5a5f0f0, 0xaa55ff00))": "0ff00ff0", "bit.band(7)": "7",
		"bit.lshift(1, 0)": "1", "bit.lshift(1, 8)": "256", "bit.lshift(1, 40)": "256", "bit.rshift(256, 8)": "1", "bit.rshift(-256, 8)": "16777215", "bit.arshift(256, 8)": "1",
		"bit.arshift(-256, 8)": "-1", "bit.tohex(bit.lshift(0x87654321, 12))": "54321000", "bit.tohex(bit.rshift(0x87654321, 12))": "00087654",
		"bit.tohex(bit.arshift(0x87654321, 12))": "fff87654", "bit.tohex(bit.rol(0x12345678, 12))": "45678123", "bit.tohex(bit.ror(0x12345678, 12))": "67812345",
		"bit.tohex(bit.bswap(0x12345678))": "78563412", "bit.lshift(1, -1)": "-2147483648", `bit.band("255", 15)`: "15",
		"u32(bit.bnot(0))": "4294967295", "u32(bit.band(0xfffffff0, 0xffffffff))": "4294967280", "bit.band(TCP{flags=18}[TCP].window, 0xff)": "0",
	} {
		s.check(t, "print("+call+")", want)
	}
	for chunk, want := range map[string]string{
		"bit.band()":             "bad argument #1 to 'bit.band' (number expected, got no value)",
		"bit.lshift(1)":          "bad argument #2 to 'bit.lshift' (number expected, got no value)",
		"bit.bnot(1, 2)":         "bit.bnot: want at most 1 argument, got 2 (number): bit.bnot(x)",
		`bit.bor(1, "x")`:        "bad argument #2 to 'bit.bor' (number expected, got string)",
		"bit.tobit(0/0)":         "bad argument #1: want a number of at most 51 bits, got",
		"bit.band(1, 2^60)":      "bad argument #2: want a number of at most 51 bits, got 1.152921504606847e+18: bit.band(x, ...)",
		"bit.nosuch(1)":          "bit.nosuch: bit has no such name; there are arshift, band,",
		"local x bit.band(x, 1)": "bad argument #1 to 'bit.band' (number expected, got nil)",
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
	s.contains(t, "help(bit)", "bit.band(x, ...)")
	if all, _, help := s.Complete("bit.ba"); strings.Join(all, " ") != "band(" {
		t.Errorf("completion gives %v, %q", all, help)
	}
}
