//go:build linux || darwin

package repl

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

func TestControlBytesAndUnknownKeysAreHarmless(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("a\x1a\x00\x1c\x0f\x16\x18\x1d\x1e\x1f\x14\x1b[15~\x1bOP\x1b[[A\x1b[200~b\x1b[201~\x1b[1;2P\xff\xc2\x80c\r")
	s.sees("lab> abc", "got abc", "lab>")
	s.enters("\x00\x1a\x14x\x14\x1b\x14y")
	s.sees("lab> abc", "got abc", "lab> xy", "got xy", "lab>")
}

func TestAResizeIsHarmless(t *testing.T) {
	s := sit(t, 80, 12, Config{}, &fake{})
	s.types("some words")
	s.finds("some words")
	for _, columns := range []int{5, 120, 13, 20, 6, 80} {
		if err := pty.Setsize(s.keyboard, &pty.Winsize{Cols: uint16(columns), Rows: 12}); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
			t.Fatal(err)
		}
		s.types("\x02x\x05")
	}
	s.types("\r")
	s.finds("got some wordxxxxxxs")
}

// TestAnyKeysAreSurvived presses keys at random while output comes and the window changes: readline's state is shared
// between goroutines, and some keys are known to break it. Ctrl-S is not among them: between two lines it stops the terminal.
func TestAnyKeysAreSurvived(t *testing.T) {
	keys := []string{"a", "tcp ", "\"x", "é", "世", "e\u0301", "\t", "\r", "\x03", "\x1b[3~", "\x1b", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D",
		"\x1bb", "\x1bf", "\x1bd", "\x1b\x7f", "\x7f", "\x12", "\x07", "\x01", "\x05", "\x0b", "\x15", "\x17", "\x19", "\x14",
		"\x0c", "\x1a", "\x00", "\x1b[1;5C", "\x1b[200~", "one two three four five six seven", "\x12a", "\x12\x12"}
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			f := &fake{candidates: []string{"tcp", "tcpdump", "one", "世界"}, help: "help"}
			s := sit(t, 13+random.IntN(60), 20, Config{Color: true}, f)
			for range 300 {
				s.types(keys[random.IntN(len(keys))])
				switch random.IntN(20) {
				case 0:
					fmt.Fprint(s.shell.Stdout(), "output\nand")
				case 1:
					size := &pty.Winsize{Cols: uint16(1 + random.IntN(60)), Rows: 20}
					if err := pty.Setsize(s.keyboard, size); err != nil {
						t.Fatal(err)
					}
					select {
					case s.shell.resizes <- syscall.SIGWINCH:
					default: // told already
					}
				}
			}
			s.waits("a last entry", func() bool {
				s.types("\x07\x03alive\r") // again, since between two lines the terminal may take the first keys
				time.Sleep(10 * time.Millisecond)
				f.mu.Lock()
				defer f.mu.Unlock()
				return len(f.entries) > 0 && strings.HasSuffix(f.entries[len(f.entries)-1], "alive")
			})
		})
	}
}

func TestSearchingAnEmptyHistoryIsHarmless(t *testing.T) {
	s := sit(t, 80, 24, Config{}, &fake{})
	s.types("\x12\x03\x12x\x7f\x7f\x07\x13y\x1b[Az\x0e\x10\x15fine\r")
	s.finds("got fine")
}
