package repl

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chzyer/readline"
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
		widest = max(widest, readline.Runes{}.WidthAll([]rune(w)))
	}
	widest += 2
	across := max(1, width/widest)
	down := (len(words) + across - 1) / across
	var b strings.Builder
	for row := range min(down, maxRows) {
		line := ""
		for i := row; i < len(words); i += down {
			line += words[i] + strings.Repeat(" ", widest-readline.Runes{}.WidthAll([]rune(words[i])))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if hidden := len(words) - maxRows*across; down > maxRows {
		fmt.Fprintf(&b, "... and %d more\n", hidden)
	}
	return b.String()
}
