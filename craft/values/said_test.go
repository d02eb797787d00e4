package values_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/moonwire/moonwire/craft/values"
)

// TestErrorsAreSaidWithoutPackages takes chains of errors, some of which say what only looks like a package.
func TestErrorsAreSaidWithoutPackages(t *testing.T) {
	route := errors.New("lab: no route")
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("pcap: a.pcap: want another file"), "a.pcap: want another file"},
		{fmt.Errorf("craft: IPv6: %w", route), "IPv6: no route"},
		{fmt.Errorf("packet 1 (IP): %w", fmt.Errorf("craft: IPv6: %w: set IPv6.src", route)), "packet 1 (IP): IPv6: no route: set IPv6.src"},
		{fmt.Errorf("compare: pcap: %w", errors.New("pcap: pcap: cut off")), "compare: pcap: pcap: cut off"},
		{fmt.Errorf("%w, %w", route, errors.New("craft: x")), "no route, x"},
		{errors.New("open lab: no such file"), "open lab: no such file"},
		{errors.New("wrpcap: craft: what a script wrote"), "wrpcap: craft: what a script wrote"},
		{errors.New("crafty: x"), "crafty: x"},
	} {
		if got := values.Said(c.err); got != c.want {
			t.Errorf("%q: got %q, want %q", c.err, got, c.want)
		}
	}
}
