package grid

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
)

// A Rank is a value in the order of axes: truth values, numbers, addresses, other texts, and at the end what is not there. The zero
// Rank is that of false.
type Rank struct {
	class  int
	number float64
	addr   netip.Addr
	text   string
}

// Classes of ranks.
const (
	truth = iota
	number
	address
	text
	nothing
)

// OfTruth is the rank of a truth value.
func OfTruth(v bool) Rank {
	if v {
		return Rank{class: truth, number: 1}
	}
	return Rank{class: truth}
}

// OfNumber is the rank of a number.
func OfNumber(n float64) Rank { return Rank{class: number, number: n} }

// OfText is the rank of a text: that of a number or an address when it is one.
func OfText(t string) Rank {
	if n, err := strconv.ParseFloat(t, 64); err == nil && strings.ContainsAny(t[:1], "0123456789+-.") { // not "inf"
		return Rank{class: number, number: n, text: t}
	}
	if addr, err := netip.ParseAddr(t); err == nil {
		return Rank{class: address, addr: addr}
	}
	return Rank{class: text, text: t}
}

// Nothing is the rank of what is not there.
func Nothing() Rank { return Rank{class: nothing} }

// Compare is less than 0 when r stands before other, and more when it stands behind it.
func (r Rank) Compare(other Rank) int {
	return cmp.Or(cmp.Compare(r.class, other.class), cmp.Compare(r.number, other.number), r.addr.Compare(other.addr), strings.Compare(r.text, other.text))
}
