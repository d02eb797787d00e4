package vm_test

import (
	"context"
	"strings"
	"testing"
)

// TestLocalsLiveOnInAScope runs chunks one after the other; the last prints.
func TestLocalsLiveOnInAScope(t *testing.T) {
	for _, c := range []struct{ name, chunks, want string }{
		{"a variable", "local x = 5|print(x)", "5"},
		{"several", "local a, b, c = 1, 2|print(a, b, c)", "1\t2\tnil"},
		{"those of a call", "local a, b = (function() return 1, 2 end)()|print(a, b)", "1\t2"},
		{"nothing", "local x|x = x or 3|print(x)", "3"},
		{"in the same chunk", "local x = 1 x = x + 1 print(x)", "2"},
		{"a function that knows itself", "local function f(n) return n < 2 and 1 or n * f(n - 1) end|print(f(5))", "120"},
		{"what a function knows", "local n = 0|function up() n = n + 1 return n end|up() up()|print(n)", "2"},
		{"what two functions share", "local n = 0|function up() n = n + 1 end function get() return n end|up()|n = n * 10|print(get())", "10"},
		{"a new one beside the old", "local x = 1|function old() return x end|local x = 2|print(x, old())", "2\t1"},
		{"a new one of the old", "local x = 1|local x = x + 1|print(x)", "2"},
		{"a new one of the old that a function knows", "local x = 1 function old() return x end|local x = x + 1|print(x, old())", "2\t1"},
		{"a global stays", "x = 1|local x = 2|print(x, rawget(_G, 'x'))", "2\t1"},
		{"an assignment", "local x = 1|x = 2|print(x, rawget(_G, 'x'))", "2\tnil"},
		{"several assignments", "local a, b = 1, 2|a, b = b, a|print(a, b)", "2\t1"},
		{"a block's own", "local x = 1|do local x = 2 end for x = 3, 4 do end|print(x)", "1"},
		{"a block that sees it", "local x = 1|do x = x + 1 local x = 9 end|print(x)", "2"},
		{"a loop's own", "local i = 7|for i = 1, 2 do i = i end|print(i)", "7"},
		{"a generic loop", "local l = {4, 5} local n = 0|for _, v in ipairs(l) do n = n + v end|print(n)", "9"},
		{"a parameter", "local x = 1|function f(x) x = 2 return x end|print(f(0), x)", "2\t1"},
		{"self", "local t = {n = 3}|function t:get() return self.n end function t.two() return 2 end|print(t:get(), t.two())", "3\t2"},
		{"a function's name", "local f|function f() return 4 end|print(f(), rawget(_G, 'f'))", "4\tnil"},
		{"a repeat sees its block", "local x = 1|repeat local x = 5 until x == 5|print(x)", "1"},
		{"an if", "local x = 3|if x == 1 then y = 1 elseif x == 3 then local x = 4 y = x else y = x end|print(y, x)", "4\t3"},
		{"a while", "local n = 0|while n < 5 do n = n + 1 end|print(n)", "5"},
		{"all operators", "local x, s, t = 2, 'a', {k = 1}|print(-x, #s, not x, x .. s, x + 1, x < 3, x and s, t.k, t['k'], ({x})[1], s:rep(x))", "-2\t1\tfalse\t2a\t3\ttrue\ta\t1\t1\t2\taa"},
		{"a nested function", "local x = 1|function f() return function() x = x + 1 return x end end|local g = f() g()|print(x)", "2"},
		{"the last value is not kept", "_ = 1|local _, b = 2, 3|print(_, b)", "1\t3"},
		{"the text that stands for it", "local x = 1|print(('\\001'):rep(60) ~= nil, x)", "true\t1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProbe(t)
			scope := p.NewScope()
			for _, chunk := range strings.Split(c.chunks, "|") {
				fn, declared, err := p.CompileIn(scope, "test", chunk)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := p.Run(context.Background(), fn, nil); err != nil {
					t.Fatal(err)
				}
				declared.Keep(false)
			}
			if got := strings.TrimSuffix(p.out.String(), "\n"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAChunkThatFailsKeepsWhatItHasAssigned(t *testing.T) {
	p := newProbe(t)
	scope := p.NewScope()
	fn, declared, err := p.CompileIn(scope, "test", "local a = 1 local b = error('no')")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := scope.Value("a"); ok {
		t.Error("a chunk that did not run has declared something")
	}
	if _, err := p.Run(context.Background(), fn, nil); err == nil {
		t.Fatal("no error")
	}
	declared.Keep(true)
	if names := strings.Join(scope.Names(), " "); names != "a" {
		t.Errorf("got %s, want a", names)
	}
}
