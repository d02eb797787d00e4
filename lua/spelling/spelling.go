// Package spelling finds the name that was meant by one that was mistyped.
package spelling

import "strings"

// Longest is the longest name that may be meant, in bytes. What is longer is no slip of the fingers.
const Longest = 64

// DidYouMean asks for the closest of the names that exist; "" when none is close.
func DidYouMean(name string, names []string) string {
	if at := Nearest(name, names); at != "" {
		return "; did you mean " + at + "?"
	}
	return ""
}

// Nearest is the closest of the names that exist to one that was mistyped; "" when none is close.
func Nearest(name string, names []string) string {
	best, at := 3, ""
	if len(name) > Longest {
		return ""
	}
	for _, n := range names {
		if len(n) >= len(name)+best || len(name) >= len(n)+best {
			continue // as many letters are missing
		}
		if d := distance(strings.ToLower(name), strings.ToLower(n)); d < best {
			best, at = d, n
		}
	}
	if at == "" || 2*best >= len(name) {
		return ""
	}
	return at
}

// distance counts the letters to change, add, drop or swap to get from a to b (optimal string alignment).
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
