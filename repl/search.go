package repl

import (
	"fmt"

	"github.com/chzyer/readline"

	"github.com/moonwire/moonwire/craft/values"
)

// A search follows readline through the history, backwards with Ctrl-R and forwards with Ctrl-S.
type search struct {
	going bool
	text  []rune // what is searched for
}

// follow takes the key that readline handled last. searching is what readline says, which it still does behind the key
// that ends a search.
func (s *search) follow(r rune, searching bool) {
	switch {
	case !searching || !stays(r):
		*s = search{}
	case !s.going:
		s.going = true
	case r == readline.CharBackspace || r == readline.CharCtrlH:
		s.text = s.text[:max(0, len(s.text)-1)]
	case r >= ' ':
		s.text = append(s.text, r)
	}
}

// stays tells the keys that leave a search going on.
func stays(r rune) bool {
	switch r {
	case readline.CharBckSearch, readline.CharFwdSearch, readline.CharBackspace, readline.CharCtrlH:
		return true
	}
	return r >= ' '
}

// prompt stands in front of the line that was found.
func (s *search) prompt(line []rune) string {
	result := "history"
	if len(s.text) > 0 && (readline.Runes{}).IndexAllEx(line, s.text, true) < 0 {
		result = "nothing"
	}
	return fmt.Sprintf("%s with '%s': ", result, values.OneLine(string(s.text)))
}
