package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestSlipsGetTheWordThatLuaHas runs what is said to be meant, too.
func TestSlipsGetTheWordThatLuaHas(t *testing.T) {
	for _, c := range []struct{ name, slip, said, lua, printed string }{
		{"an end at the end", `for i=1,2 do print(i) ennd`, `"end" of "for" in line 1 is missing; ennd: did you mean end?`, `for i=1,2 do print(i) end`, "1\n2"},
		{"two letters swapped", "if n then\n  print(n)\nedn", `"end" of "if" in line 1 is missing; edn: did you mean end?`, "if n then\n  print(n)\nend", "4"},
		{"an end with more behind it", "do\nprint(1)\nned\nprint(2)", "ned: did you mean end?", "do\nprint(1)\nend\nprint(2)", "1\n2"},
		{"the inner one of two", "for i=1,1 do\nif i then\nprint(i)\nedn\nend", "edn: did you mean end?", "for i=1,1 do\nif i then\nprint(i)\nend\nend", "1"},
		{"then", `if n tehn print(n) end`, "near 'tehn'; did you mean then?", `if n then print(n) end`, "4"},
		{"function", `functino f() return 1 end print(f())`, "functino: did you mean function?", `function f() return 1 end print(f())`, "1"},
		{"a local function", `local functon f() return 1 end`, "functon: did you mean function?", `local function f() return 1 end print(f())`, "1"},
		{"local", `loacl x = 1`, "loacl: did you mean local?", `local x = 1 print(x)`, "1"},
		{"while", `whlie n > 3 do n = n - 1 end`, "whlie: did you mean while?", `while n > 3 do n = n - 1 end print(n)`, "3"},
		{"until", "repeat\nn = n - 1\nuntl n == 0", "untl: did you mean until?", "repeat\nn = n - 1\nuntil n == 0 print(n)", "0"},
		{"return", `function f() retrun 5 end`, "retrun: did you mean return?", `function f() return 5 end print(f())`, "5"},
		{"do", `for i=1,1 od print(i) end`, "did you mean do?", `for i=1,1 do print(i) end`, "1"},
		{"elif", `if nil then print(1) elif n then print(2) end`, "elif: did you mean elseif?", `if nil then print(1) elseif n then print(2) end`, "2"},
		{"var", `var x = 5`, "var: did you mean local?", `local x = 5 print(x)`, "5"},
		{"no do", `for i=1,1 print(i) end`, `before it "do" of "for" in line 1 is missing`, `for i=1,1 do print(i) end`, "1"},
		{"no then", `if n == 4 print(n) end`, `before it "then" of "if" in line 1 is missing`, `if n == 4 then print(n) end`, "4"},
		{"no then after elseif", "if nil then\nelseif n print(n) end", `before it "then" of "if" in line 1 is missing`, "if nil then\nelseif n then print(n) end", "4"},
		{"a walk with an equals sign", `for i = range(1, 2) do print(i) end`, "near 'do'; Lua writes for i in range(1, 2) do", `for i in range(1, 2) do print(i) end`, "1\n2"},
		{"a walk of pairs with one", `for k, v = pairs({7}) do print(k, v) end`, "near '='; Lua writes for k, v in ... do", `for k, v in pairs({7}) do print(k, v) end`, "1\t7"},
		{"a loop without its first number", `for i = 2 do print(i) end`, "near 'do'; Lua writes for i = 1, 2 do", `for i = 1, 2 do print(i) end`, "1\n2"},
		{"a loop to a length", `local t = {5} for i = #t do print(i) end`, "Lua writes for i = 1, #t do", `local t = {5} for i = 1, #t do print(i) end`, "1"},
		{"a loop over dots", `for i in 1..2 do print(i) end`, "syntax error near '.2'; Lua writes for i = 1, 2 do", `for i = 1, 2 do print(i) end`, "1\n2"},
		{"a loop over dots with an equals sign", `for i = 1..2 do print(i) end`, "syntax error near '.2'; Lua writes for i = 1, 2 do", `for i = 1, 2 do print(i) end`, "1\n2"},
		{"dots between numbers", `print(1..2)`, "syntax error near '.2'; .. joins texts, with a blank before it", `print(1 ..2)`, "12"},
		{"unequal behind Lua", `local m = n print(m != 5)`, "Lua writes ~= for !=", `local m = n print(m ~= 5)`, "true"},
		{"unequal in a condition", `if n != 5 then print(n) end`, "Lua writes ~= for !=", `if n ~= 5 then print(n) end`, "4"},
		{"unequal in BASIC", `if n <> 5 then print(n) end`, "Lua writes ~= for <>", `if n ~= 5 then print(n) end`, "4"},
		{"unequal in JavaScript", `if n !== 5 then print(n) end`, "Lua writes ~= for !==", `if n ~= 5 then print(n) end`, "4"},
		{"equal in JavaScript", `if n === 4 then print(n) end`, "Lua writes == for ===", `if n == 4 then print(n) end`, "4"},
		{"not", `print(!n)`, "Lua writes not for !", `print(not n)`, "false"},
		{"and", `print(n && 1)`, "Lua writes and for &&", `print(n and 1)`, "1"},
		{"or", `print(n || 1)`, "Lua writes or for ||", `print(n or 1)`, "4"},
		{"an assignment in a condition", `if n = 4 then print(n) end`, "== compares", `if n == 4 then print(n) end`, "4"},
		{"one behind and", `while n and n = 4 do break end`, "== compares", `while n and n == 4 do print(n) break end`, "4"},
		{"plus plus", `n++`, "Lua writes n = n + 1", `n = n + 1 print(n)`, "5"},
		{"plus plus in front", `do ++n end`, "Lua writes n = n + 1", `do n = n + 1 print(n) end`, "5"},
		{"a field", `t.a[1]++`, "Lua writes t.a[1] = t.a[1] + 1", `t.a[1] = t.a[1] + 1 print(t.a[1])`, "8"},
		{"minus minus", "if n then\nn--\nend", "Lua writes n = n - 1: -- begins a comment", "if n then\nn = n - 1\nend print(n)", "3"},
		{"text is appended", `s ..= "b"`, `Lua writes s = s .. "b"`, `s = s .. "b" print(s)`, "ab"},
		{"plus and assign among Lua", "local x = 1\nif x then x += 2 end", "Lua writes x = x + ...", `local x = 1 if x then x = x + 2 end print(x)`, "3"},
		{"a choice", `x = n ? 1 : 2`, "Lua writes c and a or b", `x = n and 1 or 2 print(x)`, "1"},
		{"a comment", `// n`, "a comment begins with --", `-- n`, ""},
		{"braces", `for i=1,1 { print(i) }`, "braces are for tables: Lua writes do ... end", `for i=1,1 do print(i) end`, "1"},
		{"braces of a function", `function f(x) { return x }`, "braces are for tables: Lua writes function f(x) ... end", `function f(x) return x end print(f(1))`, "1"},
		{"C's for", `for (i=1;i<3;i++) do end`, "Lua writes for i = 1, 3 do ... end", `for i = 1, 3 do end`, ""},
		{"a method by itself", `s:upper`, "s:upper is a method: call it, s:upper()", `print(s:upper())`, "A"},
		{"a method as an argument", `print(s:upper)`, "s:upper is a method: call it, s:upper()", `print(s:upper())`, "A"},
		{"a method in front of a statement", `x = s:upper; y = 1`, "s:upper is a method: call it, s:upper()", `x = s:upper() print(x)`, "A"},
		{"a method of a method", `x = s:upper:len()`, "s:upper is a method: call it, s:upper()", `x = s:upper():len() print(x)`, "1"},
		{"null", `x = null`, "here: nil", `x = nil print(x)`, "nil"},
		{"true", `x = ture`, "did you mean true?", `x = true print(x)`, "true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			const before = `n = 4 s = "a" t = {a={7}} `
			s := newShell(t, nil)
			s.enter(t, before)
			if _, err := s.Run(context.Background(), "script", c.slip); err == nil || !strings.Contains(err.Error(), c.said) {
				t.Errorf("a script: got %v, want %s", err, c.said)
			}
			if _, _, err := s.Eval(context.Background(), "prompt", c.slip); err == nil || !strings.Contains(err.Error(), c.said) {
				t.Errorf("the prompt: got %v, want %s", err, c.said)
			}
			newShell(t, nil).check(t, before+c.lua, c.printed)
		})
	}
}

func TestNothingIsSaidWhereNothingIsNear(t *testing.T) {
	for source, want := range map[string]string{
		`x y`:                      "script:1: syntax error near 'y'",
		`foo bar baz`:              "script:1: syntax error near 'bar'",
		`y = = 2`:                  "script:1: syntax error near '='",
		`local x = y = 1`:          "script:1: syntax error near '='",
		`print(1))`:                "script:1: syntax error near ')'",
		"for i = 1, 2 do\nend end": "script:2: syntax error near 'end'",
		`t = {1, 2`:                `script: syntax error: the chunk ends in the middle of a statement: it waits for "}" of "{" in line 1`,
		`x`:                        "script: syntax error: the chunk ends in the middle of a statement; a value by itself is shown only when it is the whole entry",
		`x:show`:                   "script: syntax error: x:show is a method: call it, x:show()",
		`while n do x`:             `script: syntax error: the chunk ends in the middle of a statement: "end" of "while" in line 1 is missing`,
	} {
		if _, err := newShell(t, nil).Run(context.Background(), "script", source); err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", source, err, want)
		}
	}
}
