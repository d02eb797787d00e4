package craft

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A fixed-point number counts in units of 2^-fraction: NTP's times are seconds in 32 bits and fractions of a second in
// as many. What people write is in whole units (1.5 seconds); the bits beyond the last one are cut off, as scapy does.

// assignFixed gives a fixed-point field a number of units.
func (l *Layer) assignFixed(i int, v float64) error {
	s := l.shape.slots[i]
	f := &l.proto.spec.Fields[i]
	if s.kind != Fixed || v < 0 || v >= math.Ldexp(1, s.bits-f.Fraction) || v != v {
		return l.wants(i, v)
	}
	return l.assignBits(i, uint64(math.Ldexp(v, f.Fraction)))
}

// assignUnits is assignFixed for a whole number.
func (l *Layer) assignUnits(i int, n uint64) error {
	s := l.shape.slots[i]
	f := &l.proto.spec.Fields[i]
	if n > 1<<(s.bits-f.Fraction)-1 {
		return l.wants(i, n)
	}
	return l.assignBits(i, n<<f.Fraction)
}

// assignBits writes a number into the header as it is.
func (l *Layer) assignBits(i int, n uint64) error {
	l.shape.slots[i].put(l.hdr, n)
	l.mark(i)
	return nil
}

// assignDecimal reads "3913056000.25" without losing the bits that a float64 has no room for.
func (l *Layer) assignDecimal(i int, text string) error {
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole, 10, 64)
	if strings.Trim(rest, "0123456789") != "" {
		return l.wants(i, text)
	}
	part, err2 := strconv.ParseFloat("0."+rest+"0", 64)
	f := &l.proto.spec.Fields[i]
	if err != nil || err2 != nil || part >= 1 || n > 1<<(l.shape.slots[i].bits-f.Fraction)-1 {
		return l.wants(i, text)
	}
	return l.assignBits(i, n<<f.Fraction|uint64(math.Ldexp(part, f.Fraction)))
}

// fixedText writes a fixed-point number with as many decimals as it takes to read the same bits back.
func (f *Field) fixedText(v uint64) string {
	whole, part := v>>f.Fraction, v&(1<<f.Fraction-1)
	exact := math.Ldexp(float64(part), -f.Fraction)
	for digits := range f.Fraction {
		scale := math.Pow10(digits)
		text := strconv.FormatFloat(math.Ceil(exact*scale)/scale, 'f', digits, 64)
		if x, err := strconv.ParseFloat(text, 64); err == nil && x < 1 && uint64(math.Ldexp(x, f.Fraction)) == part {
			return fmt.Sprint(whole) + text[1:]
		}
	}
	return fmt.Sprint(whole) + strconv.FormatFloat(exact, 'f', f.Fraction, 64)[1:]
}

// Float is the value of a fixed-point number in units, as near as a float64 comes to it; exact tells whether nothing
// was lost. Other numbers are their own value.
func (v Value) Float() (units float64, exact bool) {
	units = float64(v.num)
	exact = v.num <= 1<<53 || uint64(units) == v.num && units < 1<<63
	if v.kind == Fixed {
		units = math.Ldexp(units, -v.field.Fraction)
	}
	return units, exact
}
