package spelling_test

import (
	"testing"

	"github.com/moonwire/moonwire/lua/spelling"
)

func TestTheNearestName(t *testing.T) {
	names := []string{"run", "list", "handshake"}
	for name, want := range map[string]string{"lst": "list", "hanshake": "handshake", "xyz": "", "run": "run"} {
		if got := spelling.Nearest(name, names); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
