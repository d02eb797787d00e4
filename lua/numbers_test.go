package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestArgumentsThatAreNoAmount holds what is said of seconds, sizes and ports that are missing, negative, or no number.
func TestArgumentsThatAreNoAmount(t *testing.T) {
	s := inLab(t, "vmnat")
	const dialed = `local c = assert(dial{dst="192.168.11.2", dport=57212}) `
	for chunk, want := range map[string]string{
		`sleep()`:                           "sleep: want seconds, a number of at least 0, got nothing",
		`sleep(nil)`:                        "sleep: want seconds, a number of at least 0, got nil",
		`sleep(-1)`:                         "sleep: want seconds, a number of at least 0, got -1",
		`sleep(0/0)`:                        "sleep: want seconds, a number of at least 0, got nan",
		`sleep({})`:                         "sleep: want seconds, a number of at least 0, got table",
		dialed + `c:recv(-1)`:               "recv: want seconds, a number of at least 0, got -1",
		dialed + `c:recv("soon")`:           "recv: want seconds, a number of at least 0, got soon",
		`guard(0)`:                          "guard: want a port in 1..65535, got 0",
		`fragment(IP/UDP/"x", "a")`:         "bad argument #2: want a size in bytes, as in 576 or {fragsize=576}, got string",
		`fragment6(IPv6/UDP, print)`:        "bad argument #2: want a size in bytes, as in 576 or {fragSize=576}, got function",
		`overlap_frag(IP/UDP, IP, true)`:    "bad argument #3: want a size in bytes, as in 576 or {fragsize=576}, got boolean",
		`overlap_frag(IP/UDP, IP, 8, "a")`:  "bad argument #4: want a size in bytes, as in 576 or {overlap_fragsize=576}, got string",
		`fragment(IP/UDP/"x", {fragsiz=8})`: `no option "fragsiz"`,
		`(IP/TCP):layer(IP, -1)`:            "bad argument #2: want which one is meant, a whole number from 1 on, got -1",
		`path.cut("x")`:                     `wire: want one of guest, uplink, server, got "x"`,
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.HasPrefix(err.Error(), "test:1: "+want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
	s.check(t, dialed+`sleep(0) print(c:recv(0), c:recv(nil))`, "nil\tnil\tsilence")
}
