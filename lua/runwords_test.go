package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestArgumentsOfAnExperimentThatIsRun gives them by name, by place, and as what they are not.
func TestArgumentsOfAnExperimentThatIsRun(t *testing.T) {
	head := "--- s\n-- @verdicts ok\n-- @args word:text=w it\n-- @args z:text=none it\n-- @args s:switch=off it\n-- @args n:number=1 it\n-- @args a:address=192.0.2.1 it\n"
	s := inFolder(t, map[string]string{
		"x.lua":     head + "return verdict('ok', ('<%s><%s><%s><%s><%s>'):format(args.word, args.z, tostring(args.s), args.n, args.a))",
		"none.lua":  "--- s\n-- @verdicts ok\nreturn verdict('ok', 'x')",
		"plain.lua": "return arg[1], arg[2]",
	})
	for _, c := range []struct{ name, call, want string }{
		{"by place", `run("./x.lua", {"a b", "c=d"}).evidence[1]`, "<a b><c=d><false><1><192.0.2.1>"},
		{"by place and by name", `run("./x.lua", {"a", s=true, n=2.5}).evidence[1]`, "<a><none><true><2.5><192.0.2.1>"},
		{"by name within the word", `run("./x.lua", {"z=a=b", "z"}).evidence[1]`, "given twice"},
		{"a name and an equals sign", `run("./x.lua", {"z=a=b"}).evidence[1]`, "<w><a=b><false><1><192.0.2.1>"},
		{"all by place", `run("./x.lua", {"", "é", "ON", 7, "192.0.2.9"}).evidence[1]`, "<><é><true><7><192.0.2.9>"},
		{"the second alone", `run("./x.lua", {[2]="b"}).evidence[1]`, "<w><b><false><1><192.0.2.1>"},
		{"a number for a text", `run("./x.lua", {word=5}).evidence[1]`, "<5><none><false><1><192.0.2.1>"},
		{"too many", `run("./x.lua", {"a", "b", "on", 1, "192.0.2.9", "more"})`, `x.lua: want at most 5 values, got number 6: more`},
		{"one for none", `run("./none.lua", {"a"})`, `none.lua: want at most 0 values, got number 1: a`},
		{"a name for none", `run("./none.lua", {x={}})`, `none.lua: no argument "x"; the script takes none`},
		{"a name that is none", `run("./x.lua", {wrod={}})`, `x.lua: no argument "wrod"; there are word, z, s, n, a`},
		{"a table for a text", `run("./x.lua", {word={}})`, "/x.lua: word: want a text, got table"},
		{"a truth value for a text", `run("./x.lua", {z=true})`, "/x.lua: z: want a text, got boolean"},
		{"a truth value by place", `run("./x.lua", {true})`, "/x.lua: word: want a text, got boolean"},
		{"a packet for a text", `run("./x.lua", {word=IP/TCP})`, "/x.lua: word: want a text, got packet"},
		{"a function for an address", `run("./x.lua", {a=print})`, "/x.lua: a: want an address in quotes, got function"},
		{"a truth value for a number", `run("./x.lua", {n=true})`, "/x.lua: n: want a number, got boolean"},
		{"a table for a switch", `run("./x.lua", {s={}})`, "/x.lua: s: want true or false, got table"},
		{"a number in half", `run("./x.lua", {[1.5]="a"})`, `no argument "1.5"`},
		{"a plain chunk", `run("./plain.lua", {"a", true})`, "a\ttrue"},
		{"a table for a plain chunk", `run("./plain.lua", {"a", {}})`, "run: value 2 for the file's arg: want a text or a number, got table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := s.Eval(context.Background(), "prompt", c.call)
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) || strings.Contains(got, "by name: ") {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
