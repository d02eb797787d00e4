package vantage

import (
	"cmp"
	"math"
	"slices"
)

// drift is by how much of the time that passes two clocks may go apart, when nobody keeps them together.
const drift = 200e-6

// A bound is a limit to the offset of two clocks that held at one moment. It is looser before and after, by what the clocks drift.
type bound struct{ at, limit float64 }

// bounds give the limit at any moment. They hold, for each bound, the least two limits that those up to it, and those from it on,
// leave at time 0.
type bounds struct {
	drift       float64
	at          []float64
	until, from [][2]float64
}

// newBounds puts together what bounds an offset from above.
func newBounds(all []bound, drift float64) bounds {
	slices.SortFunc(all, func(a, b bound) int { return cmp.Compare(a.at, b.at) })
	b := bounds{drift, make([]float64, len(all)), make([][2]float64, len(all)), make([][2]float64, len(all))}
	least := [2]float64{math.Inf(1), math.Inf(1)}
	for i, x := range all {
		b.at[i] = x.at
		least = two(least, x.limit-drift*x.at)
		b.until[i] = least
	}
	least = [2]float64{math.Inf(1), math.Inf(1)}
	for i := len(all) - 1; i >= 0; i-- {
		least = two(least, all[i].limit+drift*all[i].at)
		b.from[i] = least
	}
	return b
}

// two are the least two of three numbers, the least first.
func two(least [2]float64, x float64) [2]float64 {
	switch {
	case x < least[0]:
		return [2]float64{x, least[0]}
	case x < least[1]:
		return [2]float64{least[0], x}
	}
	return least
}

// limit is the least limit at a moment, or the second one; infinite when there are not so many.
func (b bounds) limit(at float64, second bool) float64 {
	least := [2]float64{math.Inf(1), math.Inf(1)}
	i, _ := slices.BinarySearch(b.at, at)
	if i > 0 {
		for _, x := range b.until[i-1] {
			least = two(least, x+b.drift*at)
		}
	}
	if i < len(b.at) {
		for _, x := range b.from[i] {
			least = two(least, x-b.drift*at)
		}
	}
	if second {
		return least[1]
	}
	return least[0]
}
