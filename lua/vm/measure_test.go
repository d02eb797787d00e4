package vm_test

import (
	"fmt"
	"strings"
	"testing"
)

// numbered is n copies of a text, in which %d is the number of each.
func numbered(n int, text string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(text, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// TestSourceIsMeasured has chunks that took the parser or the compiler minutes, gigabytes, or the whole process.
func TestSourceIsMeasured(t *testing.T) {
	const (
		deep     = "test:1: blocks and brackets nest deeper than 200"
		long     = "test:1: an expression has more than 1000 operators and calls: split it"
		constant = "too many different constants and variables in one function: split it, or write the data as one text"
	)
	twice := func(n int, open, shut string) string { return strings.Repeat(open, n) + strings.Repeat(shut, n) }
	for _, c := range []struct{ name, chunk, want string }{
		{"nested ifs", twice(60_000, "if x then ", "end "), deep},
		{"nested loops", twice(60_000, "while x do ", "end "), deep},
		{"nested repeats", twice(60_000, "repeat ", "until x "), deep},
		{"nested functions", twice(60_000, "function f() ", "end "), deep},
		{"nested blocks", twice(60_000, "do ", "end "), deep},
		{"nested tables", "x = " + twice(1000, "{", "}"), deep},
		{"nested calls", "x = " + twice(1000, "f(", ")"), deep},
		{"nested brackets, not closed", "return " + strings.Repeat("{", 5000), deep},
		{"nested functions in an expression", "x = " + twice(1000, "function() return ", " end"), deep},
		{"sums", "x = " + strings.Repeat("1 + ", 90_000) + "1", long},
		{"powers", "x = " + strings.Repeat("1 ^ ", 90_000) + "1", long},
		{"joined texts", "x = " + strings.Repeat("'a' .. ", 90_000) + "1", long},
		{"negations", "x = " + strings.Repeat("not ", 90_000) + "1", long},
		{"minus signs", "x = " + strings.Repeat("- ", 90_000) + "1", long},
		{"comparisons", "x = " + strings.Repeat("1 < ", 90_000) + "1", long},
		{"conditions", "x = " + strings.Repeat("a and ", 90_000) + "b", long},
		{"sums of functions", "x = " + strings.Repeat("function() end + ", 90_000) + "1", long},
		{"calls of what a call returns", "x" + strings.Repeat("()", 2_000_000), long},
		{"calls with a text", "x" + strings.Repeat("'s'", 500_000), long},
		{"calls with a table", "x" + strings.Repeat("{}", 500_000), long},
		{"methods", "x" + strings.Repeat(":a()", 500_000), long},
		{"fields", "x = x" + strings.Repeat(".a", 500_000), long},
		{"indexes", "x = x" + strings.Repeat("[1]", 500_000), long},
		{"branches", "if x then " + strings.Repeat("elseif x then ", 60_000) + "end", "test:1: an if has more than 1000 branches: use a table"},
		{"constants", numbered(200_000, "x[%d] = %d\n"), constant},
		{"texts of a table", "x = {" + numbered(200_000, "'k%d',") + "}", constant},
		{"globals", numbered(100_000, "x%d = 1\n"), constant},
		{"one constant among many, often", "x = {" + numbered(10_000, "%d,") + "}" + strings.Repeat(" x[9999] = 1", 50_000), constant},
		{"variables around functions", strings.Repeat("local a, b, c, d, e, f, g, h = 1 function f() ", 150) + strings.Repeat("x = y ", 100_000) + strings.Repeat("end ", 150), constant},
		{"labels", numbered(100_000, "::a%d:: "), "test:1: want at most 10000 labels and gotos"},
		{"gotos", numbered(100_000, "goto a ") + "::a::", "test:1: want at most 10000 labels and gotos"},
		{"arguments", "f(" + strings.Repeat("1, ", 100_000) + "1)", "test:1: a list has more than 250 values: use a table"},
		{"values that are returned", "return " + strings.Repeat("1, ", 100_000) + "1", "test:1: a list has more than 250 values: use a table"},
		{"values that are assigned", numbered(50_000, "x%d, ") + "y = 1", "test:1: a list has more than 250 values: use a table"},
		{"parameters", "function f(" + numbered(50_000, "x%d, ") + "y) end", "test:1: a list has more than 250 values: use a table"},
		{"functions", strings.Repeat("function f() return a end ", 60_000), "test:1: want at most 20000 functions"},
		{"many small statements", strings.Repeat("x=1 ", 1_000_000), "test:1: the chunk is too long: want at most 500000 names, numbers and signs"},
		{"semicolons", strings.Repeat(";", 4_000_000), "test:1: the chunk is too long: want at most 500000 names, numbers and signs"},
		{"a huge chunk", strings.Repeat(" ", 5<<20), "test: want at most 4194304 bytes of source, got 5242880"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := newProbe(t).Compile("test", c.chunk); err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("got %.200v, want %s", err, c.want)
			}
		})
	}
}

// TestLargeSourceIsCompiled has chunks that a person, or a person's program, may well write.
func TestLargeSourceIsCompiled(t *testing.T) {
	for _, c := range []struct{ name, chunk string }{
		{"many calls", strings.Repeat("f(a, b + 1) ", 40_000)},
		{"many calls of methods", strings.Repeat("a.b:c('x'):d{1, 2} ", 20_000)},
		{"many assignments", strings.Repeat("x = x + 1 ", 50_000)},
		{"many functions", "local t = {} " + numbered(5000, "function t.f%d(a, b) return a + b end ")},
		{"a table of 20,000 numbers", "x = {" + strings.Repeat("1, 2, 3, 4, ", 5000) + "}"},
		{"a table of 5,000 texts", "x = {" + numbered(5000, "'name %d', ") + "}"},
		{"a table of rows", "x = {" + numbered(2000, "{id=%d, name='n%d', port=80 + 1, ['k']=-1},\n") + "}"},
		{"800 branches", "if x == 0 then y = 1 " + numbered(800, "elseif x == %d then y = %d ") + "end"},
		{"190 blocks", strings.Repeat("do ", 190) + strings.Repeat("end ", 190)},
		{"800 joined texts", "x = " + strings.Repeat("'a' .. ", 800) + "'b'"},
		{"150 arguments", "f(" + strings.Repeat("1, ", 150) + "1)"},
		{"a long text", "x = [[" + strings.Repeat("\x00line\n", 300_000) + "]]"},
		{"many comments", strings.Repeat("-- if x then ( { [ \n--[[ function ( ]] ", 50_000)},
		{"loops one after another", numbered(2000, "for i%d, v in pairs(t) do print(i%d, v) end ")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := newProbe(t).Compile("test", c.chunk); err != nil {
				t.Errorf("got %.200v", err)
			}
		})
	}
}
