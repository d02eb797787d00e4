package values

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// RandNum draws a number from first to last, both included; the lower one may come second.
func RandNum(first, last, seed uint64) Generator {
	return uniform("RandNum("+Literal(first)+","+Literal(last)+")", min(first, last), max(first, last), seed)
}

func uniform(text string, first, last, seed uint64) Generator {
	return &generator{text: text, seed: seed, samples: []any{first, last}, num: func(_ Spot, r Random) uint64 {
		return first + r.Below(last-first+1)
	}}
}

// RandByte draws a number of 8 bits.
func RandByte(seed uint64) Generator { return uniform("RandByte()", 0, math.MaxUint8, seed) }

// RandShort draws a number of 16 bits.
func RandShort(seed uint64) Generator { return uniform("RandShort()", 0, math.MaxUint16, seed) }

// RandInt draws a number of 32 bits.
func RandInt(seed uint64) Generator { return uniform("RandInt()", 0, math.MaxUint32, seed) }

// RandLong draws a number of 64 bits.
func RandLong(seed uint64) Generator { return uniform("RandLong()", 0, math.MaxUint64, seed) }

// spread draws from a distribution without bounds. What is below 0 or does not fit the field becomes the nearest number
// that does.
func spread(text string, seed uint64, x func(r *rand.Rand) float64) Generator {
	return &generator{text: text, seed: seed, samples: []any{uint64(0)}, num: func(s Spot, r Random) uint64 {
		top := s.Max
		if top == 0 {
			top = math.MaxInt32
		}
		v := math.Floor(x(rand.New(&r)))
		switch {
		case !(v > 0): // and NaN
			return 0
		case v >= float64(top):
			return top
		}
		return uint64(v)
	}}
}

// RandNumGauss draws from the normal distribution of mean mu and standard deviation sigma, rounded down. What the field
// cannot hold becomes the nearest number that it can.
func RandNumGauss(mu, sigma float64, seed uint64) Generator {
	return spread(fmt.Sprintf("RandNumGauss(%v,%v)", mu, sigma), seed, func(r *rand.Rand) float64 {
		return mu + sigma*r.NormFloat64()
	})
}

// RandNumExpo draws base and a number from the exponential distribution of mean 1/lambda, rounded down, bounded as
// RandNumGauss is.
func RandNumExpo(lambda, base float64, seed uint64) Generator {
	return spread(fmt.Sprintf("RandNumExpo(%v,%v)", lambda, base), seed, func(r *rand.Rand) float64 {
		return base + r.ExpFloat64()/lambda
	})
}

// RandNumGamma draws from the gamma distribution of shape alpha and scale beta, rounded down, bounded as RandNumGauss is.
// An alpha of 0 or less draws 0.
func RandNumGamma(alpha, beta float64, seed uint64) Generator {
	return spread(fmt.Sprintf("RandNumGamma(%v,%v)", alpha, beta), seed, func(r *rand.Rand) float64 {
		if !(alpha > 0) {
			return 0
		}
		return beta * gamma(r, alpha)
	})
}

// gamma draws from the gamma distribution of scale 1, by the method of Marsaglia and Tsang (2000).
func gamma(r *rand.Rand, alpha float64) float64 {
	if alpha < 1 {
		return gamma(r, alpha+1) * math.Pow(r.Float64(), 1/alpha)
	}
	d := alpha - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// RandChoice draws one of the values, each as likely as the others; of a Set one of its values, of a Generator what it
// draws. There must be one value at least.
func RandChoice(seed uint64, values ...any) (Generator, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("RandChoice: want values to choose from, got none")
	}
	values = slices.Clone(values)
	text, err := literals(values)
	if err != nil {
		return nil, fmt.Errorf("RandChoice: %w", err)
	}
	return &generator{text: "RandChoice(" + text + ")", seed: seed, samples: values, value: func(s Spot, r *Random) any {
		return drawOne(values[r.Below(uint64(len(values)))], s, r)
	}}, nil
}

// drawOne makes one value of a Set or a Generator.
func drawOne(v any, s Spot, r *Random) any {
	if set, ok := v.(Set); ok {
		v = set.At(r.Below(set.Len()))
	}
	if g, ok := v.(Generator); ok {
		v = g.Draw(s)
	}
	return v
}

// maxLiterals is how long the text is at most, in bytes, that values to choose from are written as: a generator that is made of
// itself doubles with each line of a script.
const maxLiterals = 1 << 20

func errLiterals() error {
	return fmt.Errorf("want values that are written in at most %d bytes", maxLiterals)
}

// literals are values as Lua writes them.
func literals(values []any) (string, error) {
	parts, size := make([]string, len(values)), 0
	for i, v := range values {
		parts[i] = Literal(v)
		if size += len(parts[i]) + 1; size > maxLiterals {
			return "", errLiterals()
		}
	}
	return strings.Join(parts, ","), nil
}

// A Weighted is one of the generators of a RandPool.
type Weighted struct {
	// Generator draws the value.
	Generator Generator
	// Weight is how often it does, in proportion to the others; 0 is never.
	Weight uint64
}

// RandPool draws by one of several generators, each as often as its weight says. The weights' sum must not be 0.
func RandPool(seed uint64, pool ...Weighted) (Generator, error) {
	total := uint64(0)
	var samples []any
	var parts []string
	size := 0
	for _, w := range pool {
		if w.Weight > math.MaxUint32 {
			return nil, fmt.Errorf("RandPool: want weights of 32 bits, got %d", w.Weight)
		}
		total += w.Weight
		samples = append(samples, w.Generator)
		parts = append(parts, fmt.Sprintf("{%s,%d}", w.Generator, w.Weight))
		if size += len(parts[len(parts)-1]) + 1; size > maxLiterals {
			return nil, fmt.Errorf("RandPool: %w", errLiterals())
		}
	}
	if total == 0 {
		return nil, fmt.Errorf("RandPool: want generators to draw from, got none")
	}
	pool = slices.Clone(pool)
	return &generator{text: "RandPool(" + strings.Join(parts, ",") + ")", seed: seed, samples: samples, value: func(s Spot, r *Random) any {
		n := r.Below(total)
		for _, w := range pool {
			if n < w.Weight {
				return w.Generator.Draw(s)
			}
			n -= w.Weight
		}
		return nil
	}}, nil
}

// IncrementalValue draws start for packet 0, and step more for each packet after it. After the last value that is not
// beyond restart it begins again; a restart below 0 is none, and the field's width wraps it.
func IncrementalValue(start uint64, step, restart int64) Generator {
	cycle := uint64(0)
	switch {
	case restart >= 0 && step > 0 && uint64(restart) >= start:
		cycle = (uint64(restart)-start)/uint64(step) + 1
	case restart >= 0 && step < 0 && uint64(restart) <= start:
		cycle = (start-uint64(restart))/uint64(-step) + 1
	}
	text := fmt.Sprintf("IncrementalValue(%s,%d)", Literal(start), step)
	if restart >= 0 {
		text = fmt.Sprintf("IncrementalValue(%s,%d,%d)", Literal(start), step, restart)
	}
	return &generator{text: text, samples: []any{start}, num: func(s Spot, _ Random) uint64 {
		i := s.Index
		if cycle > 0 {
			i %= cycle
		}
		v := start + i*uint64(step)
		if s.Max > 0 {
			v &= s.Max
		}
		return v
	}}
}

// AutoTime draws what the clock now says less diff, in whole seconds since 1970, when the packet is made. It is the
// only generator that draws otherwise when a packet is made again.
func AutoTime(now func() time.Time, diff time.Duration) Generator {
	text := "AutoTime()"
	if diff != 0 {
		text = fmt.Sprintf("AutoTime(nil,%v)", diff.Seconds())
	}
	return &generator{text: text, samples: []any{uint64(0)}, num: func(s Spot, _ Random) uint64 {
		v := uint64(max(now().Add(-diff).Unix(), 0))
		if s.Max > 0 {
			v &= s.Max
		}
		return v
	}}
}
