package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/scripts"
)

// argumentWords is a table of arguments as the words of a command line: those with names, and others that fill the arguments in
// order. There a text with an equals sign is a value like others, unless what stands before it is an argument.
func (s *State) argumentWords(l *glua.LState, n int, script scripts.Script) []string {
	if l.Get(n) == glua.LNil {
		return nil
	}
	t, ok := l.Get(n).(*glua.LTable)
	if !ok {
		l.RaiseError("bad argument #%d: want a table of arguments, as in {dport=443}, got %s", n, vm.KindOf(l.Get(n)))
	}
	var words []string
	t.ForEach(func(k, v glua.LValue) {
		name := k.String()
		if i, listed := k.(glua.LNumber); listed && whole(float64(i)) && i >= 1 {
			if int(i) > len(script.Args) {
				l.RaiseError("run: %s: want at most %d values, got number %s: %s", script.Name, len(script.Args), name, vm.Text(v))
			}
			name = script.Args[int(i)-1].Name
			if before, _, named := strings.Cut(v.String(), "="); named && v.Type() == glua.LTString && argument(script, before) != nil {
				words = append(words, v.String())
				return
			}
		}
		a := argument(script, name)
		if a == nil {
			l.RaiseError("run: %s: no argument %q; %s", script.Name, name, argumentsOf(script))
		}
		word, why := argumentText(a, v)
		if why != "" {
			l.RaiseError("run: %s: %s: %s", script.Name, name, why)
		}
		words = append(words, name+"="+word)
	})
	return words
}

// argumentsOf says which arguments a script has.
func argumentsOf(script scripts.Script) string {
	if len(script.Args) == 0 {
		return "the script takes none (its header has no @args)"
	}
	var names []string
	for _, a := range script.Args {
		names = append(names, a.Name)
	}
	return "there are " + strings.Join(names, ", ")
}

// argument is the argument of that name; nil when the script has none.
func argument(script scripts.Script, name string) *scripts.Arg {
	at := slices.IndexFunc(script.Args, func(a scripts.Arg) bool { return a.Name == name })
	if at < 0 {
		return nil
	}
	return &script.Args[at]
}

// argumentText is a value as the text of an argument, or why it is none.
func argumentText(a *scripts.Arg, v glua.LValue) (text, why string) {
	switch v.Type() {
	case glua.LTString, glua.LTNumber:
		return vm.Text(v), ""
	case glua.LTBool:
		if a.Type == "switch" {
			return map[bool]string{true: "on", false: "off"}[glua.LVAsBool(v)], ""
		}
	}
	want := map[string]string{
		"address": "an address in quotes", "port": "a port", "switch": "true or false", "count": "a whole number", "number": "a number", "text": "a text",
	}[a.Type]
	return "", fmt.Sprintf("want %s, got %s", want, vm.KindOf(v))
}

// words are the values that a plain chunk is run with: a list.
func (s *State) words(l *glua.LState, n int) []string {
	if l.Get(n) == glua.LNil {
		return nil
	}
	t, ok := l.Get(n).(*glua.LTable)
	if !ok {
		l.RaiseError("bad argument #%d: want a list of values for the file's arg, as in {\"10.0.0.1\", 80}, got %s", n, vm.KindOf(l.Get(n)))
	}
	var words []string
	t.ForEach(func(k, v glua.LValue) {
		if _, listed := k.(glua.LNumber); !listed {
			l.RaiseError("run: the file has no header and so no argument %s: want a list of values for its arg", k.String())
		}
		switch v.Type() {
		case glua.LTString, glua.LTNumber, glua.LTBool:
			words = append(words, vm.Text(v))
		default:
			l.RaiseError("run: value %s for the file's arg: want a text or a number, got %s", k.String(), vm.KindOf(v))
		}
	})
	return words
}
