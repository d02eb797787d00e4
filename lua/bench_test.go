package lua_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// benchmark runs body b.N times inside one chunk, so that compiling does not count.
func benchmark(b *testing.B, setup, body string) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command does
	s := lua.New(lua.Config{})
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	chunk := fmt.Sprintf("%s\nfor i = 1, %d do\n%s\nend", setup, b.N, body)
	if _, err := s.Run(context.Background(), "bench", chunk); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkBuildFromLua writes the article's SYN in Lua and builds it.
func BenchmarkBuildFromLua(b *testing.B) {
	benchmark(b, "", `bytes(IP{dst="192.168.11.2", src="192.168.11.1"}/TCP{dport=57212, flags="S"})`)
}

// BenchmarkDissectFromLua reads a packet in Lua and looks at one field.
func BenchmarkDissectFromLua(b *testing.B) {
	benchmark(b, `local w = bytes(Ether{}/IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}/"hello")`,
		`if dissect(w, Ether)[TCP].dport ~= 57212 then error("no") end`)
}
