package craft_test

import (
	"fmt"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// TestHooksThatMiscountAreNoted: what a hook of a module outside says of a length is held to what is here.
func TestHooksThatMiscountAreNoted(t *testing.T) {
	for _, n := range []int{-1, 4} {
		table, _ := declared(t, craft.Spec{
			Name: "X", Fields: []craft.Field{{Name: "a"}},
			Hooks: craft.Hooks{PayloadLen: func(*craft.Layer, int) (int, error) { return n, nil }},
		})
		p := table.Dissect([]byte("\x00abc"), "X")
		crafttest.Rebuilt(t, p, []byte("\x00abc"))
		if got, want := p.Layers()[0].Note(), fmt.Sprintf("malformed: a payload of %d bytes, 3 are here", n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
