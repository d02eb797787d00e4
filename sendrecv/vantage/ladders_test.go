package vantage_test

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestLadders judges the ladders of testdata/ladders.txt, checks every claim of the evidence against the frames, and judges them
// again as a report's JSON brings them back.
func TestLadders(t *testing.T) {
	text, err := os.ReadFile("testdata/ladders.txt")
	if err != nil {
		t.Fatal(err)
	}
	sections := strings.Split("\n"+string(text), "\n== ")[1:]
	if len(sections) < 80 {
		t.Errorf("got %d ladders, want 80 at least", len(sections))
	}
	for _, section := range sections {
		name, rest, _ := strings.Cut(section, "\n")
		t.Run(name, func(t *testing.T) {
			wants, lines := expectations(rest)
			taps := ladder(t, lines)
			if _, ok := wants["clocks"]; ok {
				for i := range taps {
					taps[i].Clock = taps[i].Name
				}
			}
			path, keepalive := vantage.Path(taps), vantage.Keepalive(taps, nil)
			wantFinding(t, "path", path, wants)
			wantFinding(t, "keepalive", keepalive, wants)
			checkFinding(t, taps, path)
			checkFinding(t, taps, keepalive)
			judgedAgain(t, taps, nil)
		})
	}
}

// expectations cuts a ladder into what is wanted of it and its segments.
func expectations(text string) (wants map[string][]string, lines string) {
	wants = map[string][]string{}
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		if len(w) > 1 && (w[0] == "path" || w[0] == "keepalive" || w[0] == "clocks") {
			wants[w[0]] = w[1:]
			continue
		}
		lines += line
	}
	return wants, lines
}

// wantFinding compares a finding with the words behind "path" or "keepalive".
func wantFinding(t *testing.T, what string, got vantage.Finding, wants map[string][]string) {
	t.Helper()
	want, ok := wants[what]
	if !ok {
		return
	}
	words := []string{string(got.Verdict)}
	for _, c := range got.Candidates {
		words = append(words, string(c))
	}
	if got.Fault != "" {
		words = append(words, "["+string(got.Fault)+"]")
	}
	if !slices.Equal(words, want) {
		t.Errorf("%s: got %v, want %v\n%s", what, words, want, show(got))
	}
}

// TestAComparisonMayBeSharedByGoroutines asks one comparison everything at once; the race detector watches.
func TestAComparisonMayBeSharedByGoroutines(t *testing.T) {
	c := vantage.Compare(captured(t, "slirp", "T7b"))
	marks := []vantage.Mark{{Time: 1.5, Says: "cut"}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			c.Path()
			c.Keepalive(marks)
			c.Connections(marks)
			c.Probes()
		})
	}
	all.Wait()
}
