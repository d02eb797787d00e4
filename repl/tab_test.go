//go:build linux || darwin

package repl

import (
	"strings"
	"testing"
)

func TestTabInsertsListsAndHelps(t *testing.T) {
	f := &fake{candidates: []string{"capture", "captured", "TCP{"}, help: "about it"}
	s := sit(t, 40, 24, Config{}, f)
	s.types("x = c\t")
	s.sees("lab> x = capture")
	s.types("\t")
	s.sees("capture   captured", "lab> x = capture")
	s.types("\t")
	s.sees("capture   captured", "about it", "lab> x = capture")
	s.types("\x15(tc\x06\x05 1\x02\x02\t")
	s.sees("capture   captured", "about it", "lab> (TCP{ 1")
	s.types("\x15none\t")
	s.sees("capture   captured", "about it", "about it", "lab> none 1")
}

func TestTabInABlockSeesTheWholeEntryAndIndents(t *testing.T) {
	f := &fake{candidates: []string{"foo"}, open: func(source string) bool { return !strings.Contains(source, "end") }}
	s := sit(t, 40, 24, Config{}, f)
	s.types("do\r")
	s.finds("...>")
	s.types("\t")
	s.waits("an indented cursor", func() bool { column, _ := s.cursor(); return column == len("...>   ") })
	s.types("f")
	s.finds("f")
	s.types("\t")
	s.finds("...>   foo")
	s.types(" end\r")
	s.finds("got do")
	if got, want := f.entries[0], "do\n  foo end"; got != want {
		t.Errorf("evaluated %q, want %q", got, want)
	}
	if got, want := f.asked, "do\n  f"; got != want {
		t.Errorf("completed %q, want %q", got, want)
	}
}

func TestAFaultInCompletionIsSurvived(t *testing.T) {
	s := sit(t, 40, 24, Config{}, &faulty{})
	s.types("x\t")
	s.waits("a bell", func() bool { return strings.Contains(s.written(), "\a") })
	s.types("y\r")
	s.sees("lab> xy", "got xy", "lab>")
}

// faulty cannot complete.
type faulty struct{ fake }

func (*faulty) Complete(string) ([]string, int, string) { panic("a fault") }

func TestTabShowsNothingHidden(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{candidates: []string{"pa\x1b]0;x\a", "pb\u202e"}, help: "p\x1b[2J\u009b: help"})
	s.types("p\t")
	s.finds(`pb\u{202e}`)
	s.types("\t")
	s.finds(`p\x1b[2J\u{9b}: help`)
	s.types("\x15\x12\u202e")
	s.finds(`with '\u{202e}'`)
	s.types("\x07\x15")
	for _, bad := range []string{"\x1b]", "\u202e", "\x1b[2J", "\u009b"} {
		if strings.Contains(s.written(), bad) {
			t.Errorf("the terminal was sent %q in %q", bad, s.written())
		}
	}
}
