package binding_test

import (
	"testing"

	"github.com/moonwire/moonwire/lua/binding"
)

func TestPlacesOfAUsage(t *testing.T) {
	for _, c := range []struct {
		usage, name string
		want        int
	}{
		{"sr1(packets, {options})", "sr1", 2},
		{"sniff{options}", "sniff", 1},
		{`raw"bytes"`, "raw", 1},
		{"lsc()", "lsc", 0},
		{"guard(port, ...)", "guard", binding.AnyNumber},
		{`p:append(UDP{}/"x, y)")`, "append", 1},
		{"list:make_table(f, {sortx=, sorty=, dump=})", "make_table", 2},
		{"a.sent", "sent", binding.AnyNumber},
	} {
		if got := binding.Places(c.usage, c.name); got != c.want {
			t.Errorf("%s: got %d, want %d", c.usage, got, c.want)
		}
	}
}
