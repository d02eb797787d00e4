//go:build linux || darwin

package repl

import (
	"context"
	"strings"
	"sync"
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

func (f *fake) Eval(ctx context.Context, _, source string) (string, bool, error) {
	if f.open != nil && f.open(source) {
		return "", true, nil
	}
	f.mu.Lock()
	f.entries = append(f.entries, source)
	f.mu.Unlock()
	if answer, ok := f.answers[source]; ok {
		text, err := answer(ctx)
		return text, false, err
	}
	return "got " + source, false, nil
}

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
