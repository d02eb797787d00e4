package pcap_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRelativesOfPcapAreRead reads the classic format as it was modified.
func TestRelativesOfPcapAreRead(t *testing.T) {
	a, b := fmt.Sprintf("%x", strings.Repeat("a", 60)), fmt.Sprintf("%x", strings.Repeat("b", 60))
	want := map[string][]string{
		"micro":       {"Ether " + strings.Repeat("73", 64) + " of 154 at 1700000000389603000", "Ether 616263 of 3 at 1700000001999999000"},
		"nano":        {"Ether " + strings.Repeat("73", 64) + " of 154 at 1700000000000389603", "Ether 616263 of 3 at 1700000001000999999"},
		"kuznetsov":   {"Ether 616263 of 3 at 1000002000", "Ether 6162 of 100 at 1000003000", "Ether 6162 of 2 at 1000004000"},
		"ixia":        {"Ether 616263 of 3 at 1000002000", "Ether 616264 of 3 at 1000003000"},
		"version 2.2": {"Ether 616263 of 100 at 1000002000"},
		"red hat":     {"Ether " + a + " of 60 at 1700000000000002000", "Ether " + b + " of 70 at 1700000000000003000"},
		"nokia":       {"Ether " + a + " of 60 at 1700000000000002000", "Ether " + b + " of 70 at 1700000000000003000"},
		"suse":        {"Ether " + a + " of 60 at 1700000000000002000", "Ether " + b + " of 60 at 1700000000000003000"},
	}
	made := madeFiles()
	for kind, frames := range want {
		for _, order := range []string{"little", "big"} {
			if diff := cmp.Diff(frames, allTold(whole(t, made[kind+" "+order]), false)); diff != "" {
				t.Errorf("%s %s: %s", kind, order, diff)
			}
		}
	}
	if diff := cmp.Diff([]string{"Ether 736e6f6f70 of 100 at 1500000000", "Ether 6d6f7265 of 4 at 2000000000"}, allTold(whole(t, made["snoop"]), false)); diff != "" {
		t.Errorf("snoop: %s", diff)
	}
}
