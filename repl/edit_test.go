//go:build linux || darwin

package repl

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hinshun/vt10x"
)

// A page is a model of a screen with lines of output, and below them a line that is edited.
type page struct {
	display       vt10x.Terminal
	columns, rows int
	output        []string
	edit          edit
}

func newPage(columns, rows, output int) *page {
	p := &page{display: vt10x.New(vt10x.WithSize(columns, rows)), columns: columns, rows: rows}
	for i := range output {
		p.output = append(p.output, fmt.Sprint("out ", i))
		p.write(p.output[i] + "\n")
	}
	p.edit = edit{prompt: "lab> "}
	return p
}

func (p *page) write(text string) {
	for _, r := range strings.ReplaceAll(text, "\n", "\r\n") {
		show(p.display, r)
	}
}

// change edits the line, below new output if there is any.
func (p *page) change(line []rune, pos int, output ...string) {
	erased := p.edit.erase(p.columns)
	for _, o := range output {
		p.output = append(p.output, o)
		erased += o + "\n"
	}
	p.edit.text, p.edit.before, p.edit.under = string(line), string(line[:pos]), 0
	if pos < len(line) {
		p.edit.under = line[pos]
	}
	p.write(erased + p.edit.draw(p.columns, p.rows))
}

// rows are a screen's, without blank ones at its end.
func rowsOf(display vt10x.Terminal) []string { return strings.Split(shown(display), "\n") }

// check compares the page with the line written once, and what is above with the end of the output.
func (p *page) check(line []rune, pos int) error {
	whole := vt10x.New(vt10x.WithSize(p.columns, 100))
	for _, r := range "lab> " + string(line) {
		show(whole, r)
	}
	want, got := rowsOf(whole), rowsOf(p.display)
	cursor := p.display.Cursor()
	top := cursor.Y - p.edit.row
	if top < 0 {
		return fmt.Errorf("the line begins %d rows above the screen", -top)
	}
	if top > 0 { // else rows may be cut off
		above := strings.Join(p.output[max(0, len(p.output)-top):], "\n")
		if shows := strings.Join(got[:min(top, len(got))], "\n"); shows != above {
			return fmt.Errorf("above is\n%s\nwant\n%s", shows, above)
		}
		if shows := got[min(top, len(got)):]; strings.Join(shows, "\n") != strings.Join(want, "\n") {
			return fmt.Errorf("the line is\n%s\nwant\n%s", strings.Join(shows, "\n"), strings.Join(want, "\n"))
		}
	} else if shows := strings.Join(got, "\n"); !strings.Contains(strings.Join(want, "\n"), shows) {
		return fmt.Errorf("the line is\n%s\nwant a part of\n%s", shows, strings.Join(want, "\n"))
	}
	at, under := p.display.Cell(cursor.X, cursor.Y).Char, rune(' ')
	if pos < len(line) {
		under = line[pos]
	}
	if at == 0 {
		at = ' '
	}
	if at != under && width(under) > 0 {
		return fmt.Errorf("the cursor is at %q, want %q", at, under)
	}
	return nil
}

// TestNothingAboveALineThatIsEditedChanges edits at random, on small screens and large ones.
func TestNothingAboveALineThatIsEditedChanges(t *testing.T) {
	letters := []rune("abcdefghijklmnopqrstuvwxyz0123456789世界한글😀e\u0301")
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		columns, rows := 8+random.IntN(40), 3+random.IntN(20)
		p := newPage(columns, rows, random.IntN(2*rows))
		var line []rune
		pos := 0
		for step := range 100 {
			var output []string
			switch random.IntN(10) {
			case 0:
				pos = 0
			case 1:
				pos = len(line)
			case 2:
				pos = random.IntN(len(line) + 1)
			case 3: // cut
				cut := random.IntN(len(line) - pos + 1)
				line = append(line[:pos:pos], line[pos+cut:]...)
			case 4:
				output = append(output, fmt.Sprint("late ", step))
			default:
				some := letters[random.IntN(len(letters)):]
				some = some[:random.IntN(min(len(some), columns))]
				line = append(line[:pos:pos], append(append([]rune(nil), some...), line[pos:]...)...)
				pos += len(some)
			}
			p.change(line, pos, output...)
			if err := p.check(line, pos); err != nil {
				t.Fatalf("seed %d, step %d, %d columns, %d rows, %q at %d: %v\nthe screen:\n%s", seed, step, columns, rows, string(line), pos, err, shown(p.display))
			}
		}
	}
}

// TestANewWidthTouchesNothingAbove is a terminal that does not break its rows anew.
func TestANewWidthTouchesNothingAbove(t *testing.T) {
	line := []rune(strings.Repeat("0123456789", 10))
	for _, widths := range [][2]int{{40, 15}, {15, 40}, {20, 21}, {21, 20}} {
		for _, pos := range []int{0, 50, 100} {
			p := newPage(widths[0], 30, 5)
			p.change(line, pos)
			p.display.Resize(widths[1], 30)
			p.columns = widths[1]
			p.change(line, pos)
			if shows := shown(p.display); !strings.HasPrefix(shows, strings.Join(p.output, "\n")+"\nlab> 01") {
				t.Errorf("from %d to %d columns, at %d, the screen is\n%s", widths[0], widths[1], pos, shows)
			}
		}
	}
}

func TestWidthsAreATerminals(t *testing.T) {
	for text, want := range map[string]int{
		"abc": 3, "é": 1, "e\u0301": 1, "世界": 4, "한글": 4, "\u1112\u1161\u11ab": 2, "ｶﾅ": 2, "カナ": 4, "Ａ": 2, "😀": 2, "a\u200bb": 2,
	} {
		if got := textWidth(text); got != want {
			t.Errorf("%q: got %d columns, want %d", text, got, want)
		}
	}
}
