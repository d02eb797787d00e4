package entry_test

import (
	"slices"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/entry"
	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// newReader reads entries where packets go to the place that is given. p is a packet, and no other name is known.
func newReader(t *testing.T, place string) *entry.Reader[*glua.LFunction] {
	m := vm.New(vm.Options{})
	t.Cleanup(m.Close)
	return &entry.Reader[*glua.LFunction]{
		Known: func(name string) python.Kind {
			if name == "p" {
				return python.Packet
			}
			return python.Unknown
		},
		Compile: func(name, source string, expression bool) (*glua.LFunction, error) {
			if expression {
				source = "return " + source
			}
			return m.Compile(name, source)
		},
		Place: func() string { return place },
	}
}

func TestStepsBeginWithTheLinesAboveThem(t *testing.T) {
	for _, c := range []struct {
		name, source string
		steps        []string
		answers      int
	}{
		{"one line", "1 + 1", []string{"1 + 1"}, 0},
		{"two statements", "x = 1\nx", []string{"x = 1", "\nx"}, 0},
		{"a block", "for i = 1, 2 do\n  f(i)\nend\nx", []string{"for i = 1, 2 do\n  f(i)\nend", "\n\n\nx"}, 0},
		{"a block of Python's", "if p:\n    f(p)\nx", []string{"if p:\n    f(p)\n", "\n\nx"}, 0},
		{"prompts of the place", "wire> x\n1\nwire> x", []string{"x", "\n\nx"}, 1},
		{"a comparison with another place", "here> x", []string{"here> x"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newReader(t, "wire").Read("prompt", c.source)
			if err != nil || !slices.Equal(got.Steps, c.steps) || len(got.Answers) != c.answers {
				t.Errorf("got %q, %d answers, %v; want %q, %d", got.Steps, got.Answers, err, c.steps, c.answers)
			}
		})
	}
}

func TestUnderstandTellsLuaFromPython(t *testing.T) {
	for _, c := range []struct{ name, source, lua, err string }{
		{"a value", "1 + 1", "", ""},
		{"statements", "x = 1 y = 2", "", ""},
		{"Python", "p.show()", "p:show()", ""},
		{"what Lua has not", "with f as g: pass", "", "Lua has no with"},
		{"neither", "x = = 1", "", "prompt:1: syntax error near '='"},
		{"the reading that gets further", "1 2", "", "prompt:1: syntax error near '2'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fn, reading, err := newReader(t, "").Understand("prompt", c.source)
			if reading.Lua != c.lua || (err == nil) != (c.err == "") || (err == nil && fn == nil) {
				t.Fatalf("got %+v, %v", reading, err)
			}
			if err != nil && !strings.HasPrefix(err.Error(), c.err) {
				t.Errorf("got %v, want %s", err, c.err)
			}
		})
	}
}
