//go:build linux || darwin

package repl

import (
	"context"
	"strings"
	"sync"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/lua/vm"
)

// A fake interpreter echoes an entry unless it has a better answer.
type fake struct {
	shell      *Shell
	answers    map[string]func(context.Context) (string, error)
	open       func(source string) bool
	candidates []string
	help       string
	mu         sync.Mutex
	entries    []string
	asked      string // what was to be completed last
}

// meet tells where to write.
func (f *fake) meet(s *Shell) { f.shell = s }

// Read has one step, unless the entry is open.
func (f *fake) Read(_, source string) (lua.Entry, error) {
	if f.open != nil && f.open(source) {
		return lua.Entry{Waits: vm.Wait{What: "more", Block: true}}, nil
	}
	return lua.Entry{Steps: []string{source}}, nil
}

func (f *fake) ReadNext(name, source string) (lua.Entry, error) { return f.Read(name, source) }

func (f *fake) Eval(ctx context.Context, _, source string) (string, bool, error) {
	f.mu.Lock()
	f.entries = append(f.entries, source)
	f.mu.Unlock()
	if answer, ok := f.answers[source]; ok {
		text, err := answer(ctx)
		return text, false, err
	}
	return "got " + source, false, nil
}

func (*fake) Returned() bool { return false }

// Complete offers the candidates that continue the last word.
func (f *fake) Complete(entry string) (candidates []string, start int, help string) {
	f.asked = entry
	start = strings.LastIndexAny(entry, " \n({") + 1
	for _, c := range f.candidates {
		if strings.HasPrefix(strings.ToLower(c), strings.ToLower(entry[start:])) {
			candidates = append(candidates, c)
		}
	}
	return candidates, start, f.help
}
