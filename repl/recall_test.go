//go:build linux || darwin

package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHistoryIsRecalledSearchedAndSaved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "history")
	f := &fake{open: func(source string) bool { return strings.HasPrefix(source, "do") && !strings.HasSuffix(source, "end") }}
	s := sit(t, 80, 24, Config{History: path}, f)
	s.enters("one", "one", " secret", "do -- comment", "  two", "end")
	s.finds("got do -- comment")
	s.enters("\x1b[A\x1b[AX") // oneX
	s.enters("\x12tw", "\x12nothing of the kind\x07\x15last")
	s.finds("got last")
	want := []string{"one", "one", " secret", "do -- comment\n  two\nend", "oneX", "do -- comment\n  two\nend", "last"}
	if got := strings.Join(f.entries, "|"); got != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", f.entries, want)
	}
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(saved), "one\ndo -- comment\\\n  two\\\nend\noneX\ndo -- comment\\\n  two\\\nend\nlast\n"; got != want {
		t.Errorf("saved %q, want %q", got, want)
	}
	again := sit(t, 80, 24, Config{History: path}, &fake{})
	again.types("\x10\r")
	again.sees("lab> last", "got last", "lab>")
}
