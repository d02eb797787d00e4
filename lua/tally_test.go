package lua

import (
	"testing"
	"time"
)

// TestTimesAreWrittenInOneForm writes times that were measured, and that were chosen.
func TestTimesAreWrittenInOneForm(t *testing.T) {
	for _, c := range []struct {
		d                time.Duration
		measured, chosen string
	}{
		{1500 * time.Nanosecond, "0.002 ms", "0.0015 ms"},
		{123456 * time.Nanosecond, "0.123 ms", "0.123456 ms"},
		{11437 * time.Microsecond, "11.4 ms", "11.437 ms"},
		{300 * time.Millisecond, "300 ms", "300 ms"},
		{2 * time.Second, "2 s", "2 s"},
		{10437 * time.Millisecond, "10.4 s", "10.437 s"},
		{100 * time.Second, "100 s", "100 s"},
		{1, "0 ms", "0 s"},
	} {
		if measured, chosen := span(c.d), chosen(c.d); measured != c.measured || chosen != c.chosen {
			t.Errorf("%s: %s and %s, want %s and %s", c.d, measured, chosen, c.measured, c.chosen)
		}
	}
}
