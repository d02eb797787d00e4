package repl

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
)

// maxRows is how many rows of candidates are listed.
const maxRows = 20

// extend completes what is written of a line, which follows the lines of a block: better is the same as far as it is
// certain, and candidates are what may follow when it is not.
func extend(complete completer, block, written string) (better string, candidates []string, help string) {
	candidates, start, help := complete(block + written)
	start -= len(block)
	if len(candidates) == 0 || start < 0 || start > len(written) {
		return written, nil, help
	}
	common := candidates[0]
	for _, c := range candidates[1:] {
		common = shared(common, c)
	}
	if len(candidates) > 1 && len(common) <= len(written)-start {
		return written, candidates, help
	}
	return written[:start] + common, candidates, help
}

// shared is what two candidates begin with.
func shared(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}

// columns lists words in as many columns as fit, downwards.
func columns(words []string, width int) string {
	widest := 0
	for _, w := range words {
		widest = max(widest, textWidth(w))
	}
	widest += 2
	across := max(1, width/widest)
	down := (len(words) + across - 1) / across
	var b strings.Builder
	hidden := len(words)
	for row := range min(down, maxRows) {
		line := ""
		for i := row; i < len(words); i += down {
			hidden--
			line += words[i] + strings.Repeat(" ", widest-textWidth(words[i]))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if hidden > 0 {
		fmt.Fprintf(&b, "... and %d more\n", hidden)
	}
	return b.String()
}

// complete is what Tab does: it inserts what is certain, lists what may follow, and the second time shows the help.
func (t *terminal) complete(line []rune, pos int) (newLine []rune, newPos int, ok bool) {
	defer func() {
		if recover() != nil { // a fault in here would leave the terminal raw
			newLine, newPos, ok = nil, 0, false
			t.rl.Terminal.Bell()
		}
	}()
	written, rest := string(line[:pos]), line[pos:]
	better, candidates, help := written+"  ", []string(nil), ""
	if t.asked.block == "" || strings.TrimSpace(written) != "" { // else it indents
		better, candidates, help = extend(t.asked.complete, t.asked.block, written)
	}
	if better != written {
		t.tabbed = ""
		start := []rune(better)
		return append(start, rest...), len(start), true
	}
	again := t.tabbed == written
	t.tabbed = written
	switch {
	case len(candidates) > 1 && (!again || help == ""):
		width, _ := t.screen.size()
		t.screen.above(values.Visible(columns(candidates, width)))
	case help != "":
		t.screen.above(values.OneLine(help) + "\n")
	default:
		t.rl.Terminal.Bell()
	}
	return nil, 0, false
}

// noCompleter keeps readline's own completion away: its menu takes keys and panics where the terminal is narrow.
type noCompleter struct{}

func (noCompleter) Do([]rune, int) ([][]rune, int) { return nil, 0 }
