package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// letters name the connections of each tap by their clients, in the order they began: a, b, c. Nobody has a name where every
// tap has one connection at most.
func letters(taps []vantage.View) []map[string]string {
	names := make([]map[string]string, len(taps))
	several := slices.ContainsFunc(taps, func(t vantage.View) bool { return len(clients(t)) > 1 })
	for i, t := range taps {
		names[i] = map[string]string{}
		for j, c := range clients(t) {
			if several {
				names[i][c] = letter(j)
			}
		}
	}
	return names
}

// letter is a, b, ... z, aa, ab, ...
func letter(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return letter(i/26-1) + letter(i%26)
}

// clients lists the addresses and ports that a tap's connections come from, first come first.
func clients(t vantage.View) []string {
	var all []string
	for _, s := range t.Segments {
		if c := client(s); !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	return all
}

// client is the guest's end of a segment.
func client(s vantage.Segment) string {
	if s.Dir == "out" {
		return s.Src.String()
	}
	return s.Dst.String()
}

// legend says what the letters stand for.
func legend(taps []vantage.View) string {
	var parts []string
	for i, names := range letters(taps) {
		for _, c := range clients(taps[i]) {
			if l := names[c]; l != "" {
				parts = append(parts, fmt.Sprintf("%s from %s", l, c))
			}
		}
		if len(names) > 0 && len(parts) > 0 {
			parts[len(parts)-1] += " at tap " + taps[i].Name
		}
	}
	return strings.Join(parts, ", ")
}
