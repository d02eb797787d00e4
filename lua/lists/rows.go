package lists

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/grid"
)

// rows numbers the lines of a list below its heading: of a long one those at its beginning and its end.
func rows(n int, heading string, line func(i int) string) string {
	return grid.Elide(n, heading, func(i int) string { return fmt.Sprintf("%5d  %s", i, line(i)) })
}

// heading says how many elements a list has, and of which protocols when they are counted.
func heading(t *glua.LTable, k *kind, counted bool) string {
	n := 0
	for i := range t.Len() {
		if t.RawGetInt(i+1) != glua.LNil {
			n++
		}
	}
	text := binding.Plural(n, k.element)
	if counted && k.counts {
		text += ": " + countProtocols(t, k)
	}
	return text
}

// countedProtocols are the protocols that scapy counts in its lists, in its order: each packet counts once.
var countedProtocols = [...]craft.Name{layers.TCP, layers.UDP, layers.ICMP}

// countProtocols counts the packets of a list as scapy does: TCP:3 UDP:0 ICMP:0 Other:0.
func countProtocols(t *glua.LTable, k *kind) string {
	var counts [len(countedProtocols) + 1]int
	for i, n := 1, t.Len(); i <= n; i++ {
		v, at := t.RawGetInt(i), len(countedProtocols)
		if v == glua.LNil {
			continue // a hole
		}
		if p := k.packet(v); p != nil {
			if first := slices.IndexFunc(countedProtocols[:], p.Has); first >= 0 {
				at = first
			}
		}
		counts[at]++
	}
	var b strings.Builder
	for i, name := range countedProtocols {
		fmt.Fprintf(&b, "%s:%d ", name, counts[i])
	}
	fmt.Fprintf(&b, "Other:%d", counts[len(countedProtocols)])
	return b.String()
}
