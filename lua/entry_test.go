package lua_test

import (
	"context"
	"strings"
	"testing"
)

// paste reads an entry and evaluates its steps, as the prompt does. shown are their values and notices.
func (s *shell) paste(t *testing.T, source string) (shown string, steps int, err error) {
	t.Helper()
	entry, err := s.Read("prompt", source)
	if err != nil {
		return "", 0, err
	}
	if entry.Waits.What != "" {
		t.Fatalf("%s\nwaits for %s", source, entry.Waits.What)
	}
	for i, step := range entry.Steps {
		text, _, err := s.Eval(context.Background(), "prompt", step)
		if text != "" {
			shown += text + "\n"
		}
		if err != nil {
			return shown, i, err
		}
		if s.Returned() {
			return shown, i + 1, nil
		}
	}
	return shown, len(entry.Steps), nil
}

func TestAReturnOutsideOfFunctionsEndsAnEntry(t *testing.T) {
	for _, c := range []struct {
		name, source string
		steps        int // that run
		want         string
	}{
		{"at the top", "x = 1\nreturn\n\nx = 2", 2, ""},
		{"with values", "return 4, 5\nx = 2", 1, "4\t5\n"},
		{"in a branch", "if true then return end\n1", 1, ""},
		{"in a branch that is not taken", "if false then return end\n1", 2, "1\n"},
		{"in a loop in a loop", "for i = 1, 2 do\n  while true do\n    repeat do return 7 end until true\n  end\nend\n1", 1, "7\n"},
		{"of a call", "local function f() return 3 end\nreturn f()\nx = 1", 2, "3\n"},
		{"in a function", "local function f() return 3 end\nf()\nf()", 3, "3\n3\n"},
		{"in a function that is called where it stands", "(function() return 1 end)()\n2", 2, "1\n2\n"},
		{"none of two values of Python's", "p = IP()\np.ttl, p.getlayer(IP).ttl\n5", 3, "64\t64\n5\n"},
		{"an entry before that had one", "5\n6", 2, "5\n6\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShell(t, nil)
			if c.name == "an entry before that had one" {
				s.enter(t, "return 1")
				s.KeepLocals()
				if _, err := s.Run(context.Background(), "mine.lua", "if true then return end"); err != nil {
					t.Fatal(err)
				}
			}
			shown, steps, err := s.paste(t, c.source)
			if err != nil || steps != c.steps || shown != c.want {
				t.Errorf("got %q after %d steps, %v; want %q after %d", shown, steps, err, c.want, c.steps)
			}
		})
	}
}

func TestAnEntryIsCutIntoItsSteps(t *testing.T) {
	for _, c := range []struct {
		name, source string
		steps        int
		want         string // the values that are shown
	}{
		{"one line", "1 + 1", 1, "2\n"},
		{"statements and values", "x = 1\nx\ny = x + 1\ny, x", 4, "1\n2\t1\n"},
		{"locals", "local a, b = 1, 2\nlocal function f(n) return n + a end\nf(b)", 3, "3\n"},
		{"blocks", "for i = 1, 2 do\n  x = i\nend\nif x == 2 then\n  y = 1\nelse\n  y = 2\nend\ny", 3, "1\n"},
		{"a block and more in its last line", "do\nx = 3\nend y = x\ny", 2, "3\n"},
		{"an operator at the end of a line", "x = 1 +\n2\nx", 2, "3\n"},
		{"an operator at the beginning of a line", "x = 'a'\n  .. 'b'\n  .. 'c'\nx", 2, "abc\n"},
		{"a minus at the beginning of a line", "x = 1\n  - 2\nx", 2, "-1\n"},
		{"a method in the next line", "p = IP()\n  :summary()\n#p > 3", 2, "true\n"},
		{"a table", "t = {\n  1,\n\n  2, -- two\n}\n#t", 2, "2\n"},
		{"a call with a table in the next line", "s = tostring\n{}\ntype(s)", 2, "string\n"},
		{"a text of several lines", "s = [[\na = 1\nend\n]]\n#s", 2, "10\n"},
		{"comments and empty lines", "-- first\n\nx = 1 -- one\n\n--[[ a\nb ]]\n\nx", 2, "1\n"},
		{"a value in brackets", "x = 4\n(x)", 2, "4\n"},
		{"a table by itself", "do end\n{1}", 2, "{1}\n"},
		{"labels stay whole", "local i = 0\n::again::\ni = i + 1\nif i < 3 then goto again end\nprint(i)", 1, ""},
		{"nothing", "-- only this\n", 1, ""},
		{"Python's comments", "# if this is set, do that\nx = 1 # for now, (\nx", 2, "1\n"},
		{"a length", "t = {1, 2}\n#t\n#t + 1", 3, "2\n3\n"},
		{"a method of Python's", "p = IP()/TCP()\np.summary()", 2, "IP / TCP 10.0.2.100:20 > 127.0.0.1:80 S\n"},
		{"a block of Python's", "x = 1\nfor i in range(3):\n    if i:\n\n        x += i\nelse_ = 2\nx", 4, "4\n"},
		{"a function of Python's", "def f(a, b=2):\n    return a + b\n\nf(1)", 2, "3\n"},
		{"a block of Python's at the end", "x = []\nfor i in range(3):\n    x.append(i)\n", 2, ""},
		{"an error that Python catches", "try:\n    x = nobody.x\nexcept Exception as e:\n    x = 3\nx", 2, "3\n"},
		{"a paste whose lists begin at 0", "l = [7, 8]\nl[0]\nl[1]", 3, "7\n8\n"},
		{"both lists of sr", "sr(IP(dst='192.168.11.2')/ICMP())\nans, unans = _\nlen(ans), len(unans)", 3,
			"1 answer\n    1  IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0  ==>  IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0  10.200 ms\n0 packets\n1\t0\n"},
		{"a thousand lines", "x = 0\n" + strings.Repeat("x = x + 1\n", 998) + "x", 1000, "998\n"},
		{"carriage returns", "x = 1\r\nx\r\n", 2, "1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown, steps, err := inLab(t, "masquerade").paste(t, c.source)
			if err != nil || steps != c.steps || shown != c.want {
				t.Errorf("got %q, %d steps, %v; want %q, %d", shown, steps, err, c.want, c.steps)
			}
		})
	}
}

func TestAPasteEndsAtItsFirstError(t *testing.T) {
	for _, c := range []struct{ name, source, err, x string }{
		{"what fails", "x = 1\nerror('no')\nx = 2", "prompt:2: no", "1"},
		{"what is not Lua runs nothing", "x = 1\ny = = 2\nx = 2", "prompt:2: syntax error near '='", "0"},
		{"a block that is never closed, and more", "x = 1\nif x then\nend end\nx = 2", "prompt:3: syntax error near 'end'", "0"},
		{"what Python has and Lua has not", "x = 1\nclass A(B): pass\nx = 2", "prompt:2: a protocol is declared with protocol{", "0"},
		{"its body", "x = 1\nwith open(x) as f:\n    x = 2\n    x = 3\nx = 4", "prompt:2: Lua has no with", "0"},
		{"what Python has and Lua has not, of a name that is set before", "x = 1\nf = x\nwith f as g:\n    pass\nx = 2", "prompt:3: Lua has no with", "0"},
		{"an import of what there is none of, behind others", "x = 1\nfrom scapy.all import *\nyield x", "prompt:3: ", "0"},
		{"an assignment in an expression", "x = 1\nprint(x := 2)", "prompt:2: ", "0"},
		{"Lua with a word of another language", "x = 1\nif x != 2 then x = 3 end", "prompt:2: syntax error near '!'; Lua writes ~= for !=", "0"},
		{"a mistyped end", "x = 1\nfor i = 1, 3 do x = i ennd", "ennd: did you mean end?", "0"},
		{"a line of Python's that fails", "x = 1\nfor i in range(2):\n    p.show()\nx = 2", "prompt:3: ", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			s.enter(t, "x = 0")
			if _, _, err := s.paste(t, c.source); err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %s", err, c.err)
			}
			if x := s.enter(t, "x"); x != c.x {
				t.Errorf("x is %s, want %s", x, c.x)
			}
		})
	}
}

func TestWhatAnEntryWaitsFor(t *testing.T) {
	for source, want := range map[string]string{
		"for i = 1, 3 do":             `"end" of "for" in line 1`,
		"x = 1\nfor i = 1, 3 do\nf()": `"end" of "for" in line 2`,
		">>> x = 1\n>>> f(":           `")" of "(" in line 2`,
		"1 +":                         `what follows "+"`,
	} {
		entry, err := newShell(t, nil).Read("prompt", source)
		if err != nil || entry.Waits.What != want || entry.Steps != nil {
			t.Errorf("%q: got %+v, %v; want %s", source, entry, err, want)
		}
	}
}

// TestNothingWaitsThatNobodyGoesOnWith has entries that Lua could go on with in the next line.
func TestNothingWaitsThatNobodyGoesOnWith(t *testing.T) {
	for _, source := range []string{`p = _; p[TCP].flags, p:show()`, `x:show`, `p.a, p.b`, `x = 1; x.y`, `a.b.c:d`} {
		s := newShell(t, nil)
		entry, err := s.Read("prompt", source)
		if err != nil || len(entry.Steps) != 1 {
			t.Fatalf("%s: %+v, %v", source, entry, err)
		}
		if _, incomplete, err := s.Eval(context.Background(), "prompt", source); err == nil || incomplete {
			t.Errorf("%s: incomplete %v, error %v", source, incomplete, err)
		}
	}
}

// TestLocalsThatFillTheMemoryAreDropped has the entry behind one that was stopped find room again.
func TestLocalsThatFillTheMemoryAreDropped(t *testing.T) {
	s := inLab(t, "masquerade")
	_, _, err := s.Eval(context.Background(), "prompt", `local all = {} while true do all[#all+1] = ("x"):rep(6e7) end`)
	if err == nil || !strings.Contains(err.Error(), "uses too much memory") {
		t.Fatalf("got %v", err)
	}
	if got := s.enter(t, `#("x"):rep(6e7)`); got != "60000000" {
		t.Errorf("got %s", got)
	}
}

func TestLocalsOfThePromptLiveOn(t *testing.T) {
	s := inLab(t, "masquerade")
	s.enter(t, `local x = 5`, `local p, q = IP/TCP, nil`, `local function twice(n) return 2 * n end`)
	if got := s.enter(t, `twice(x), p[TCP].dport, q`); got != "10\t80\tnil" {
		t.Errorf("got %s", got)
	}
	if got := s.enter(t, `x = 6`, `x, rawget(_G, "x")`); got != "6\tnil" {
		t.Errorf("got %s", got)
	}
	if candidates, _, _ := s.Complete("twi"); len(candidates) != 1 || candidates[0] != "twice(" {
		t.Errorf("got %q", candidates)
	}
	if candidates, _, _ := s.Complete("p[TC"); len(candidates) == 0 || candidates[0] != "TCP]" {
		t.Errorf("got %q", candidates)
	}
	if _, _, err := s.Eval(context.Background(), "prompt", "local z = error('no')"); err == nil {
		t.Fatal("no error")
	}
	if _, _, err := s.Eval(context.Background(), "prompt", "z.x = 1"); err == nil || !strings.Contains(err.Error(), "z: no layer, function or variable has that name") {
		t.Errorf("got %v", err)
	}
}
