package lua_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// benchmark runs body b.N times inside one chunk, so that compiling does not count.
func benchmark(b *testing.B, setup, body string) {
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

func TestQuick(t *testing.T) {
	var out strings.Builder
	s := lua.New(lua.Config{Stdout: &out})
	defer s.Close()
	for _, src := range []string{
		`print(hex(IP{dst="192.168.11.2", src="192.168.11.1"}/TCP{dport=57212, flags="S"}))`,
		`print(IP/TCP)`, `print((IP{dst="1.2.3.4"}/TCP{options={{"MSS",1460},{"NOP"},{"WScale",7},{"SAckOK"},{"Timestamp",1,2},{254,"raw"}}}):command())`,
		`local p = IP{dst="10.0.0.0/30"}/TCP{dport={80,443,range(1,3)}, flags={"S","A"}} print(#p, p, #p[TCP].dport) p:show()`,
		`p = dissect(bytes(IP/UDP/"x")) print(p.time, #p.wire, p[IP].len, p[TCP], p:layer(IP,2), p.sport) p[IP].ttl=3 p:refresh() print(p:summary(), p[IP]:name("proto"))`,
		`TPC{}`, `IP{tttl=3}`, `IP{ttl=300}`, `IP{dst="nonsense"}`, "x = = 1", `print(p.flags.x)`, `foo.bar()`, `sr1(IP{dst="1.1.1.1"})`,
		`print(IP{ttl=1.5})`, `p[IP]=3`, `return p.src`, `print(hex(IP{len=raw"####"}))`, `print(ICMP{type="dest-unreach", code="port-unreachable"})`,
	} {
		v, err := s.Run(context.Background(), "t.lua", src)
		t.Log(src, "=>", v, err)
	}
	t.Log(out.String())
}
