package craft

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// fixedPoints are the rules of fixed-point numbers. They count in units of 2^-fraction: NTP's times are seconds in 32 bits
// and fractions of a second in as many. What people write is in whole units (1.5 seconds); the bits beyond the last one are
// cut off, as scapy does.
type fixedPoints struct{ plain }

func (fixedPoints) take(l *Layer, i int, value any) error {
	f := &l.proto.spec.Fields[i]
	switch v := value.(type) {
	case uint64:
		if v <= l.most(i)>>f.Fraction {
			return l.assignBits(i, v<<f.Fraction)
		}
	case float64:
		if v >= 0 && v < math.Ldexp(1, l.shape.slots[i].bits-f.Fraction) {
			return l.assignBits(i, uint64(math.Ldexp(v, f.Fraction)))
		}
	}
	return l.wants(i, value)
}

// assignBits writes a number into the header as it is.
func (l *Layer) assignBits(i int, n uint64) error {
	l.shape.slots[i].put(l.hdr, n)
	l.mark(i)
	return nil
}

// text reads "3913056000.25" without losing the bits that a float64 has no room for.
func (fixedPoints) text(l *Layer, i int, text string) error {
	whole, rest, _ := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole, 10, 64)
	if strings.Trim(rest, "0123456789") != "" {
		return l.wants(i, text)
	}
	part, err2 := strconv.ParseFloat("0."+rest+"0", 64)
	f := &l.proto.spec.Fields[i]
	if err != nil || err2 != nil || part >= 1 || n > l.most(i)>>f.Fraction {
		return l.wants(i, text)
	}
	return l.assignBits(i, n<<f.Fraction|uint64(math.Ldexp(part, f.Fraction)))
}

// show writes as many decimals as it takes to read the same bits back.
func (fixedPoints) show(v Value) string {
	fraction := v.field.Fraction
	whole, part := v.num>>fraction, v.num&(1<<fraction-1)
	exact := math.Ldexp(float64(part), -fraction)
	for digits := range fraction {
		scale := math.Pow10(digits)
		text := strconv.FormatFloat(math.Ceil(exact*scale)/scale, 'f', digits, 64)
		if x, err := strconv.ParseFloat(text, 64); err == nil && x < 1 && uint64(math.Ldexp(x, fraction)) == part {
			return fmt.Sprint(whole) + text[1:]
		}
	}
	return fmt.Sprint(whole) + strconv.FormatFloat(exact, 'f', fraction, 64)[1:]
}

func (fixedPoints) json(b []byte, v Value) []byte { return append(b, v.String()...) }

func (fixedPoints) decoded(v Value) any {
	if units, exact := v.Float(); exact {
		return units
	}
	return v.String()
}

func (fixedPoints) draw(l *Layer, i int, seed uint64) values.Generator {
	return values.RandNum(0, l.spot(i, 0).Max, seed)
}
