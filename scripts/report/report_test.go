package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/scripts/report"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

var update = flag.Bool("update", false, "rewrite the golden pages")

func TestPages(t *testing.T) {
	for _, c := range []struct {
		name, result string
		options      report.Options
	}{
		{"article", "article", report.Options{}},
		{"article-colour", "article", report.Options{Color: true}},
		{"article-wide", "article", report.Options{Width: 120}},
		{"article-narrow", "article", report.Options{Width: 10}},
		{"nat", "nat", report.Options{}},
		{"accept", "accept", report.Options{}},
		{"synproxy", "synproxy", report.Options{}},
		{"false-alive", "false-alive", report.Options{}},
		{"swallowed", "swallowed", report.Options{}},
		{"honest", "honest", report.Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got bytes.Buffer
			if err := report.Terminal(&got, result(t, c.result), c.options); err != nil {
				t.Fatal(err)
			}
			golden(t, c.name+".txt", got.Bytes())
		})
	}
}

// result reads a stored result and has it judged again: real captures of slirp4netns, pasta, Linux masquerade, a REDIRECT proxy
// and SYNPROXY.
func result(t *testing.T, name string) *vantage.Result {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var r vantage.Result
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Experiment == "handshake" {
		r.JudgePath()
	} else {
		r.JudgeKeepalive()
	}
	return &r
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPagesFit checks every stored result at several widths: no line is too long, and none ends in a blank.
func TestPagesFit(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		for _, width := range []int{74, 80, 81, 133} {
			var page strings.Builder
			if err := report.Terminal(&page, result(t, strings.TrimSuffix(filepath.Base(f), ".json")), report.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(page.String()) {
				line = strings.TrimSuffix(line, "\n")
				if utf8.RuneCountInString(line) > width || strings.HasSuffix(line, " ") {
					t.Errorf("%s at %d columns: %q", f, width, line)
				}
			}
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	for _, r := range []vantage.Result{
		{},
		{Experiment: "handshake", Taps: []vantage.View{{Name: "guest"}}, Interrupted: true},
		{Experiment: "handshake", Taps: []vantage.View{{Name: "guest"}, {Name: "host"}}},
	} {
		var page strings.Builder
		if err := report.Terminal(&page, &r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), "The taps saw no segment") {
			t.Errorf("got %q", page.String())
		}
	}
}

func TestThreeTaps(t *testing.T) {
	r := result(t, "article")
	r.Taps = append(r.Taps, vantage.View{Name: "server", Segments: r.Taps[1].Segments})
	var page bytes.Buffer
	if err := report.Terminal(&page, r, report.Options{Width: 110}); err != nil {
		t.Fatal(err)
	}
	golden(t, "three-taps.txt", page.Bytes())
}

func TestJSONComesBackAsItWas(t *testing.T) {
	for _, name := range []string{"article", "accept", "false-alive"} {
		want := result(t, name)
		var b bytes.Buffer
		if err := report.JSON(&b, want); err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(b.Bytes(), []byte("\n")) {
			t.Errorf("got %d line ends, want one object on one line", n)
		}
		var got vantage.Result
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &got, cmpopts.IgnoreUnexported(vantage.Result{}), cmpopts.EquateComparable(netip.AddrPort{}, netip.Addr{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestJSONIsFlat(t *testing.T) {
	var b bytes.Buffer
	if err := report.JSON(&b, &vantage.Result{Experiment: "handshake", Finding: vantage.Finding{Verdict: vantage.Inconclusive}}); err != nil {
		t.Fatal(err)
	}
	want := `{"experiment":"handshake","verdict":"inconclusive","order":"","candidates":[],"evidence":[],"guard":false,"taps":[]}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestAWriterThatEnds(t *testing.T) {
	r := result(t, "article")
	if err := report.Terminal(closed{}, r, report.Options{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Terminal: got %v, want %v", err, os.ErrClosed)
	}
	if err := report.JSON(closed{}, r); !errors.Is(err, os.ErrClosed) {
		t.Errorf("JSON: got %v, want %v", err, os.ErrClosed)
	}
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, os.ErrClosed }

// TestAPageShowsNothingHidden gives every text of a result and of a comparison to a stranger.
func TestAPageShowsNothingHidden(t *testing.T) {
	const bad = "\x1b[31m\x1b]0;x\a\u202e\u009b\nmoonwire: fine"
	r := &vantage.Result{Experiment: bad, Session: bad, Marks: []vantage.Mark{{Says: bad}}, Taps: []vantage.View{{Name: "tap" + bad}, {Name: "host"}}}
	r.Verdict, r.Next = "v"+bad, bad
	r.Evidence = []vantage.Evidence{{Says: bad, Frames: []vantage.FrameRef{{Tap: "tap" + bad, N: 1}}}}
	c := &report.Comparison{Result: r, Found: bad, Files: []report.File{{Tap: "tap" + bad, Name: bad, Ended: bad}, {Tap: "host"}}}
	c.Keepalive = vantage.Finding{Verdict: bad, Next: bad, Candidates: []vantage.Verdict{bad}}
	for name, write := range map[string]func(io.Writer) error{
		"a page":               func(w io.Writer) error { return report.Terminal(w, r, report.Options{}) },
		"a page in colours":    func(w io.Writer) error { return report.Terminal(w, r, report.Options{Color: true}) },
		"a comparison":         func(w io.Writer) error { return c.Terminal(w, report.Options{}) },
		"JSON":                 func(w io.Writer) error { return report.JSON(w, r) },
		"JSON of a comparison": func(w io.Writer) error { return c.JSON(w) },
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			page := b.String()
			for _, ours := range []string{"\x1b[1m", "\x1b[2m", "\x1b[0m"} {
				page = strings.ReplaceAll(page, ours, "")
			}
			if values.Visible(page) != page || strings.Contains(page, "\nmoonwire: fine") {
				t.Errorf("hidden characters or a line of a stranger's in %q", page)
			}
		})
	}
}
