package repl

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

func TestErrorsPointAtTheColumn(t *testing.T) {
	faults := map[string]error{
		"one":      &lua.Error{Script: "prompt", Line: 1, Column: 3, What: "no good"},
		"nowhere":  &lua.Error{Script: "prompt", What: "no good"},
		"line":     &lua.Error{Script: "prompt", Line: 1, What: "no good"},
		"file":     &lua.Error{Script: "x.lua", Line: 1, Column: 1, What: "no good"},
		"far":      &lua.Error{Script: "prompt", Line: 1, Column: 99, What: "no good"},
		"a\n\tb c": &lua.Error{Script: "prompt", Line: 2, Column: 4, What: "no good"},
		"a\nb":     &lua.Error{Script: "prompt", Line: 9, Column: 4, What: "no good"},
		"other":    errors.New("prompt:1: no good"),
	}
	wants := map[string]string{
		"one":      "one\n  ^\nno good",
		"nowhere":  "no good",
		"line":     "no good",
		"file":     "x.lua:1: no good",
		"far":      "far\n   ^\nno good",
		"a\n\tb c": "\tb c\n\t  ^\nprompt:2: no good",
		"a\nb":     "prompt:9: no good",
		"other":    "no good",
	}
	for source, want := range wants {
		if got := explain(fmt.Errorf("%w", faults[source]), source, strings.Contains(source, "\n"), false); got != want {
			t.Errorf("%q: got %q, want %q", source, got, want)
		}
	}
	if got, want := explain(faults["one"], "one", false, true), "one\n  \x1b[31m^\x1b[0m\n\x1b[31mno good\x1b[0m"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
