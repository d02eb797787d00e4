package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// letters name the connections of a tap by their clients, in the order they began: a, b, c. They are empty for one
// connection, which needs no name.
func letters(t vantage.Tap) map[string]string {
	names := map[string]string{}
	clients := clients(t)
	if len(clients) < 2 {
		return names
	}
	for i, c := range clients {
		names[c] = letter(i)
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
func clients(t vantage.Tap) []string {
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
func legend(taps []vantage.Tap) string {
	var parts []string
	for _, t := range taps {
		names := letters(t)
		for _, c := range clients(t) {
			if l := names[c]; l != "" {
				parts = append(parts, fmt.Sprintf("%s from %s", l, c))
			}
		}
		if len(names) > 0 {
			parts[len(parts)-1] += " at tap " + t.Name
		}
	}
	return strings.Join(parts, ", ")
}
