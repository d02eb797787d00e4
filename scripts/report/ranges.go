package report

import (
	"fmt"
	"slices"
	"strings"
)

// ranges writes numbers in order, neighbours joined: "1, 3-5".
func ranges(numbers []int) string {
	sorted := slices.Compact(slices.Sorted(slices.Values(numbers)))
	var parts []string
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n] == sorted[0]+n {
			n++
		}
		switch n {
		case 1:
			parts = append(parts, fmt.Sprint(sorted[0]))
		default:
			parts = append(parts, fmt.Sprintf("%d-%d", sorted[0], sorted[n-1]))
		}
		sorted = sorted[n:]
	}
	return strings.Join(parts, ", ")
}
