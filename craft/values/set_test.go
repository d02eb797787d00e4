package values_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/values"
)

func TestRangesOfAddressesThatAreNone(t *testing.T) {
	for _, ends := range [][2]string{{"10.0.0.2", "10.0.0.1"}, {"10.0.0.1", "::1"}, {"::", "1::"}} {
		first, last := netip.MustParseAddr(ends[0]), netip.MustParseAddr(ends[1])
		if s, err := values.Addresses(first, last, 1); err == nil || !strings.Contains(err.Error(), ends[0]) {
			t.Errorf("%s to %s: got %v, %v", first, last, s, err)
		}
	}
}
