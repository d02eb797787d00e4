package lua

import (
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// anyNumber is places of a usage that ends in "...".
const anyNumber = -1

// places is how many arguments a usage shows behind a name: two in "sr1(packets, {options})", one in "sniff{options}", any number in
// "guard(port, ...)". What a usage does not show, no call takes.
func places(usage, name string) int {
	at := strings.Index(usage, name+"(")
	if at < 0 {
		if strings.Contains(usage, name+"{") || strings.Contains(usage, name+`"`) {
			return 1
		}
		return anyNumber
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
				return anyNumber
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
	return anyNumber
}

// checked is a function that refuses more arguments than its usage shows. before is how many stand in front of those: the value of a
// method.
func (s *State) checked(name, usage string, before int, call glua.LGFunction) glua.LGFunction {
	most := places(usage, name)
	if most == anyNumber {
		return call
	}
	most += before
	return func(l *glua.LState) int {
		if l.GetTop() > most {
			s.checkSurplus(l, name, usage, before, most)
		}
		return call(l)
	}
}

// given is how many arguments a call has, of which at most so many are of use. Those behind them that are nil, or that a call in the
// last place returned besides its first value, as in unhex(text:gsub(" ", "")), are taken away: they are as good as not there.
func (s *State) given(l *glua.LState, most int) int {
	if l.GetTop() <= most {
		return l.GetTop()
	}
	n := s.vm.Written(l)
	for n > most && l.Get(n) == glua.LNil {
		n--
	}
	if n <= most {
		l.SetTop(most)
	}
	return n
}

// checkSurplus refuses the arguments of a call beyond the first most.
func (s *State) checkSurplus(l *glua.LState, name, usage string, before, most int) {
	n := s.given(l, most)
	if n <= most {
		return
	}
	want := "want at most " + plural(most-before, "argument")
	if most == before {
		want = "want no argument"
	}
	l.RaiseError("%s: %s, got %d (%s): %s", name, want, n-before, vm.KindOf(l.Get(most+1)), usage)
}
