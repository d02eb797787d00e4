package report

import "fmt"

// A run shows its first two rounds and its last one; it is folded when that hides at least as many.
const (
	shownBefore = 2
	shownAfter  = 1
	leastHidden = 3
	longest     = 8 // rows of one round
)

// fold shortens runs in which the same rows come again and again, such as keepalive probes and retransmissions. A mark
// or any other row between two rounds ends a run, so that nothing which decides is hidden.
func fold(all []row) []row {
	var short []row
	for len(all) > 0 {
		size, rounds := run(all)
		if rounds < shownBefore+leastHidden+shownAfter {
			short = append(short, all[0])
			all = all[1:]
			continue
		}
		hidden := rounds - shownBefore - shownAfter
		short = append(short, all[:size*shownBefore]...)
		short = append(short, row{time: -1, lane: -1, label: more(all[:size], hidden)})
		short = append(short, all[size*(rounds-shownAfter):size*rounds]...)
		all = all[size*rounds:]
	}
	return short
}

// run finds the round at the beginning of rows that covers most of them when it repeats.
func run(all []row) (size, rounds int) {
	size, rounds = 1, 1
	for s := 1; s <= longest && 2*s <= len(all); s++ {
		n := 1
		for (n+1)*s <= len(all) && same(all[:s], all[n*s:(n+1)*s]) {
			n++
		}
		if n > 1 && n*s > size*rounds {
			size, rounds = s, n
		}
	}
	return size, rounds
}

func same(a, b []row) bool {
	for i := range a {
		if a[i].lane < 0 || a[i].kind() != b[i].kind() {
			return false
		}
	}
	return true
}

// more says what is hidden.
func more(round []row, times int) string {
	for _, r := range round {
		switch {
		case r.probe && r.answered:
			return fmt.Sprintf("%d more probes, all answered", times)
		case r.probe:
			return fmt.Sprintf("%d more probes, none answered", times)
		}
	}
	return fmt.Sprintf("%d more times the same", times)
}
