package binding

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// AnyNumber is Places of a usage that ends in "...".
const AnyNumber = -1

// Places is how many arguments a usage shows behind a name: two in "sr1(packets, {options})", one in "sniff{options}", any number in
// "guard(port, ...)". What a usage does not show, no call takes.
func Places(usage, name string) int {
	at := strings.Index(usage, name+"(")
	if at < 0 {
		if strings.Contains(usage, name+"{") || strings.Contains(usage, name+`"`) {
			return 1
		}
		return AnyNumber
	}
	n, depth, quoted := 0, 0, false
	rest := usage[at+len(name)+1:]
	for i, c := range rest {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '{' || c == '[':
			depth++
		case c == ')' && depth == 0:
			switch list := strings.TrimSpace(rest[:i]); {
			case strings.HasSuffix(list, "..."):
				return AnyNumber
			case list == "":
				return 0
			}
			return n + 1
		case c == ')' || c == '}' || c == ']':
			depth--
		case c == ',' && depth == 0:
			n++
		}
	}
	return AnyNumber
}

// Checked is a function that refuses more arguments than its usage shows. before is how many stand in front of those: the value of a
// method.
func Checked(m *vm.Machine, name, usage string, before int, call glua.LGFunction) glua.LGFunction {
	most := Places(usage, name)
	if most == AnyNumber {
		return call
	}
	most += before
	return func(l *glua.LState) int {
		if l.GetTop() > most {
			checkSurplus(m, l, name, usage, before, most)
		}
		return call(l)
	}
}

// Method is a function that is called with a colon, in the interpreter's own form.
func Method(m *vm.Machine, name, usage string, call glua.LGFunction) *glua.LFunction {
	call = Checked(m, name, usage, 1, call)
	fn := m.Lua().NewFunction(func(l *glua.LState) int {
		if t := l.Get(1).Type(); t != glua.LTUserData && t != glua.LTTable {
			l.RaiseError("%s is a method: write a colon, %s", name, usage)
		}
		return call(l)
	})
	m.SetName(fn, name, usage)
	return fn
}

// Given is how many arguments a call has, of which at most so many are of use. Those behind them that are nil, or that a call in the
// last place returned besides its first value, as in unhex(text:gsub(" ", "")), are taken away: they are as good as not there.
func Given(m *vm.Machine, l *glua.LState, most int) int {
	if l.GetTop() <= most {
		return l.GetTop()
	}
	n := m.Written(l)
	for n > most && l.Get(n) == glua.LNil {
		n--
	}
	if n <= most {
		l.SetTop(most)
	}
	return n
}

// checkSurplus refuses the arguments of a call beyond the first most.
func checkSurplus(m *vm.Machine, l *glua.LState, name, usage string, before, most int) {
	n := Given(m, l, most)
	if n <= most {
		return
	}
	want := "want at most " + Plural(most-before, "argument")
	if most == before {
		want = "want no argument"
	}
	l.RaiseError("%s: %s, got %d (%s): %s", name, want, n-before, vm.KindOf(l.Get(most+1)), usage)
}
