package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestFlagsAreAskedTogether holds that several flags mean all of them, in every field of flags, and that the error of an unknown one names those
// that there are.
func TestFlagsAreAskedTogether(t *testing.T) {
	tcp := layers.TCP.New("flags", "SA")
	for _, c := range []struct {
		layer *craft.Layer
		names string
		on    bool
		err   string
	}{
		{tcp, "S", true, ""},
		{tcp, "SA", true, ""},
		{tcp, "AS", true, ""},
		{tcp, "SAF", false, ""},
		{tcp, "F", false, ""},
		{layers.TCP.New("flags", 0), "S", false, ""},
		{layers.IP.New("flags", "MF+DF"), "MF+DF", true, ""},
		{layers.IP.New("flags", "DF"), "MF+DF", false, ""},
		{layers.IP.New("flags", "evil"), "evil", true, ""},
		{layers.VXLAN.New(), "Instance", true, ""},
		{layers.VXLAN.New("flags", "Instance+NextProtocol"), "NextProtocol+Instance", true, ""},
		{tcp, "X", false, `TCP has no flag "X"; there are F, S, R, P, A, U, E, C, N`},
		{tcp, "SX", false, `TCP has no flag "SX"; there are F, S, R, P, A, U, E, C, N`},
		{tcp, "s", false, `TCP has no flag "s"; there are F, S, R, P, A, U, E, C, N`},
		{tcp, "", false, `TCP has no flag ""; there are F, S, R, P, A, U, E, C, N`},
		{tcp, "0x0", false, `TCP has no flag "0x0"; there are F, S, R, P, A, U, E, C, N`},
		{layers.IP.New(), "MFDF", false, `IP has no flag "MFDF"; there are MF, DF, evil (several as "MF+DF")`},
		{layers.UDP.New(), "S", false, "UDP has no flags"},
		{nil, "S", false, "no layer, and so no flags"},
	} {
		on, err := c.layer.HasFlags(c.names)
		if on != c.on || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%v, %q: got %v, %v; want %v, %s", c.layer, c.names, on, err, c.on, c.err)
		}
		if got := c.layer.Flag(c.names); got != c.on {
			t.Errorf("%v, %q: Flag says %v, want %v", c.layer, c.names, got, c.on)
		}
	}
}
