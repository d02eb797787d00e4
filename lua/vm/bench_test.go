package vm_test

import (
	"fmt"
	"testing"
)

// benchmark runs body b.N times inside one chunk, so that compiling does not count.
func benchmark(b *testing.B, setup, body string) {
	p := newProbe(b)
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := p.try(b, fmt.Sprintf("%s\nfor i = 1, %d do\n%s\nend", setup, b.N, body)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCall is a call without protection, to compare the others with.
func BenchmarkCall(b *testing.B) { benchmark(b, "local function f(x) return x end", "f(i)") }

// BenchmarkPcall is a protected call that succeeds.
func BenchmarkPcall(b *testing.B) { benchmark(b, "local function f(x) return x end", "pcall(f, i)") }

// BenchmarkPcallError is a protected call that catches an error.
func BenchmarkPcallError(b *testing.B) {
	benchmark(b, "local function f(x) error(x) end", "pcall(f, nil)")
}

// BenchmarkPcallNested has a protected call in a protected call.
func BenchmarkPcallNested(b *testing.B) {
	benchmark(b, "local function f(x) return x end local function g(x) return pcall(f, x) end", "pcall(g, i)")
}

// BenchmarkXpcall is a call with a handler that is not needed.
func BenchmarkXpcall(b *testing.B) {
	benchmark(b, "local function f() return 1 end local function h(e) return e end", "xpcall(f, h)")
}
