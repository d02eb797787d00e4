package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestAHistoryIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such modes")
	}
	dir := filepath.Join(t.TempDir(), "state", "moonwire")
	path := filepath.Join(dir, "history")
	for _, mode := range []os.FileMode{0o600, 0o644} {
		h, err := openHistory(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.add(fmt.Sprint(mode)); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
			info, err := os.Stat(name)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("%s has mode %o, want %o", name, got, want)
			}
		}
		if err := os.Chmod(path, 0o644); err != nil { // as another program may leave it
			t.Fatal(err)
		}
	}
}

func TestAHistoryIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	old := "one\n\n  \none\ntwo\x1b[2J\n\xff\nthree\ttab\r\nlast"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(h.entries, "|"), "one|three\ttab|last"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestALongHistoryIsCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, "entry %d\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.add("new"); err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(kept)), "\n")
	if len(h.entries) != maxHistory || len(lines) != maxHistory+1 || lines[0] != "entry 199000" || lines[maxHistory] != "new" {
		t.Errorf("%d entries, %d lines from %q to %q", len(h.entries), len(lines), lines[0], lines[len(lines)-1])
	}
}

func TestAHistoryThatCannotBeKeptIsToldAndDoesWithout(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(file, "history"), t.TempDir()} {
		h, err := openHistory(path)
		if err == nil {
			t.Errorf("%s: want an error", path)
		}
		if err := h.add("one"); err != nil || len(h.entries) != 1 {
			t.Errorf("%v, entries %q", err, h.entries)
		}
	}
}

func TestOnlyNewEntriesWithoutALeadingSpaceAreKept(t *testing.T) {
	h := &history{}
	for _, entry := range []string{"a", "a", " secret", "", "b\n", "a", "esc\x1b"} {
		if err := h.add(entry); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(h.entries, "|"), "a|b|a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEntriesOfSeveralLinesAreKeptAsTheyAre(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	entries := []string{"do -- not\n  x = 1\n\nend", "one", "x = 'a\\\nb'", `x = "\`, "two\n\tlines"}
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := h.add(e); err != nil {
			t.Fatal(err)
		}
	}
	again, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range entries {
		if got := strings.TrimRight(again.entries[i], " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := h.add("x = '" + strings.Repeat("x", maxEntry) + "'"); err != nil || len(h.entries) != len(entries) {
		t.Errorf("%v, %d entries", err, len(h.entries))
	}
}

func FuzzPaint(f *testing.F) {
	f.Add("do -- not\n x = [[\n]] end")
	f.Add("'\\\n")
	f.Add("[=[\n")
	f.Fuzz(func(t *testing.T, source string) {
		if painted := paint("", source); stripped(painted) != stripped(source) {
			t.Errorf("painting %q made %q", source, painted)
		}
	})
}

// stripped is text without the escape sequences of colours.
func stripped(text string) string {
	for _, c := range []color{red, green, magenta, cyan, grey, "0"} {
		text = strings.ReplaceAll(text, "\x1b["+string(c)+"m", "")
	}
	return text
}

func TestPaintingKnowsTheBlockAbove(t *testing.T) {
	tests := []struct{ block, line, want string }{
		{"", "if 0x1F or nil", "\x1b[35mif\x1b[0m \x1b[36m0x1F\x1b[0m \x1b[35mor\x1b[0m \x1b[35mnil\x1b[0m"},
		{"x = [[\n", "if]] if", "\x1b[32mif]]\x1b[0m \x1b[35mif\x1b[0m"},
		{"--[[ a\n", "b", "\x1b[90mb\x1b[0m"},
		{"x = ", "[[a\nb]]", "\x1b[32m[[a\x1b[0m\n\x1b[32mb]]\x1b[0m"},
		{"-- a\n", "b.c1 .5 'x\\'y", "b.c1 \x1b[36m.5\x1b[0m \x1b[32m'x\\'y\x1b[0m"},
	}
	for _, test := range tests {
		if got := paint(test.block, test.line); got != test.want {
			t.Errorf("%q below %q: got %q, want %q", test.line, test.block, got, test.want)
		}
	}
}
