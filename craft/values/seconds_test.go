package values_test

import (
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft/values"
)

func TestSeconds(t *testing.T) {
	for want, at := range map[string]time.Time{
		"1700000000.123456789": time.Unix(1_700_000_000, 123_456_789),
		"0.000000007":          time.Unix(0, 7),
		"-0.500000000":         time.Unix(-1, 500_000_000),
		"-1.500000000":         time.Unix(-2, 500_000_000),
		"-3.000000000":         time.Unix(-3, 0),
	} {
		if got := values.Seconds(at); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
