package hexdump

import (
	"slices"
	"strconv"
	"strings"
)

// mostLooked is how many lines are looked at to tell what a text is that cannot be read.
const mostLooked = 64

// isUnread reports whether a line of a text is a row of characters, or of decimal or floating-point numbers, as od -c, od -a, od -td1 and
// hexdump -c print them.
func isUnread(lines []string) bool {
	return slices.ContainsFunc(lines[:min(len(lines), mostLooked)], isUnreadRow)
}

// leastUnread is how many words such a row has at least: fewer are a slip.
const leastUnread = 4

func isUnreadRow(line string) bool {
	line, _, _ = strings.Cut(line, "  >") // text that od -tu1z has beside
	words := strings.Fields(line)
	if len(words) > 1 && len(words[0]) >= 6 && strings.Trim(words[0], "01234567") == "" {
		words = words[1:] // an offset
	}
	if len(words) < leastUnread || len(words) > 2*bytesPerRow {
		return false
	}
	odd := false
	for _, w := range words {
		_, err := strconv.ParseFloat(w, 64)
		if err != nil && !isCharacter(w) {
			return false
		}
		odd = odd || !isHexWord(w)
	}
	return odd
}

// isCharacter reports whether a word is one character as od -c (E, \0, 034) or od -a (E, nul, dc1) prints it.
func isCharacter(w string) bool {
	names := strings.Fields("nul soh stx etx eot enq ack bel bs ht nl lf vt ff np cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp del")
	switch {
	case len(w) == 1, len(w) == 2 && w[0] == '\\':
		return true
	case len(w) == 3 && strings.Trim(w, "01234567") == "":
		return true
	}
	return slices.Contains(names, w)
}
