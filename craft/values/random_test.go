package values_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/values"
)

// draws collects what a generator draws.
func draws(g values.Generator, s values.Spot, n int) []any {
	var all []any
	for i := range n {
		s.Index = uint64(i)
		all = append(all, g.Draw(s))
	}
	return all
}

func TestGeneratorsOfNumbers(t *testing.T) {
	const n = 4000
	cases := []struct {
		g           values.Generator
		least, most uint64  // what must be drawn
		low, high   float64 // where the mean is
	}{
		{values.RandByte(1), 0, 255, 120, 135},
		{values.RandShort(1), 0, 65535, 32000, 33500},
		{values.RandInt(1), 0, 1<<32 - 1, 2.1e9, 2.2e9},
		{values.RandLong(1), 0, 1<<64 - 1, 9.0e18, 9.4e18},
		{values.RandNum(1, 4, 1), 1, 4, 2.4, 2.6},
		{values.RandNum(4, 1, 1), 1, 4, 2.4, 2.6},
		{values.RandNum(7, 7, 1), 7, 7, 7, 7},
		{values.RandNumGauss(100, 10, 1), 50, 150, 99, 100},
		{values.RandNumExpo(0.1, 3, 1), 3, 1000, 12, 13},
		{values.RandNumGamma(2, 3, 1), 0, 1000, 5.2, 5.8},
		{values.RandNumGamma(0.5, 10, 1), 0, 1000, 4.2, 4.9},
		{values.RandSingByte(1), 0, 255, 50, 70},
	}
	for _, c := range cases {
		t.Run(c.g.String(), func(t *testing.T) {
			sum, least, most := 0.0, uint64(1<<64-1), uint64(0)
			for _, v := range draws(c.g, values.Spot{}, n) {
				x, ok := v.(uint64)
				if !ok {
					t.Fatalf("drew %v", v)
				}
				sum, least, most = sum+float64(x), min(least, x), max(most, x)
			}
			if least < c.least || most > c.most || sum/n < c.low || sum/n > c.high {
				t.Errorf("%d..%d, on average %g", least, most, sum/n)
			}
			if bounded := strings.HasPrefix(c.g.String(), "RandNum("); bounded && (least != c.least || most != c.most) {
				t.Errorf("only %d..%d were drawn", least, most)
			}
		})
	}
}

func TestRandEnumDrawsEachNumberOnce(t *testing.T) {
	for _, last := range []uint64{0, 1, 4, 255, 999} {
		g := values.RandEnum(0, last, 5)
		seen := map[any]bool{}
		all := draws(g, values.Spot{}, 2*int(last+1))
		for _, v := range all[:last+1] {
			seen[v] = true
		}
		if len(seen) != int(last+1) {
			t.Errorf("%d different numbers of %d", len(seen), last+1)
		}
		if fmt.Sprint(all[:last+1]) != fmt.Sprint(all[last+1:]) {
			t.Errorf("0..%d: the second time round is another: %v", last, all)
		}
		if last == 255 && fmt.Sprint(all[:6]) == "[0 1 2 3 4 5]" {
			t.Error("in order")
		}
	}
	if all := draws(values.RandEnum(5, 9, 1), values.Spot{}, 5); fmt.Sprint(all) == "[5 6 7 8 9]" {
		t.Errorf("in order: %v", all)
	}
	if v := values.RandEnumInt(1).Draw(values.Spot{Index: 77}); v == uint64(77) {
		t.Error("in order")
	}
}

func TestIncrementalValues(t *testing.T) {
	cases := []struct {
		g    values.Generator
		want string
	}{
		{values.IncrementalValue(5, 2, 9), "[5 7 9 5 7 9 5]"},
		{values.IncrementalValue(5, 2, 10), "[5 7 9 5 7 9 5]"},
		{values.IncrementalValue(5, -2, 1), "[5 3 1 5 3 1 5]"},
		{values.IncrementalValue(0, 1, -1), "[0 1 2 3 4 5 6]"},
		{values.IncrementalValue(1, -1, -1), "[1 0 255 254 253 252 251]"},
		{values.IncrementalValue(7, 0, -1), "[7 7 7 7 7 7 7]"},
	}
	for _, c := range cases {
		if got := fmt.Sprint(draws(c.g, values.Spot{Max: 255}, 7)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.g, got, c.want)
		}
	}
}

func TestGeneratorsOfText(t *testing.T) {
	cases := []struct {
		g    values.Generator
		want string // what all that is drawn matches
	}{
		{values.RandString(values.Size{Fixed: 5}, "", 1), `^[A-Za-z0-9]{5}$`},
		{values.RandString(values.Size{Random: values.RandNum(1, 3, 1)}, "xy", 1), `^[xy]{1,3}$`},
		{values.RandTermString(values.Size{Fixed: 2}, "\x00", 1), `^[A-Za-z0-9]{2}\x00$`},
		{values.RandBin(values.Size{Fixed: 3}, 1), `^[0-9a-f]{6}$`},
		{crafttest.Generator(values.RandRegExp(`[a-f]{3}(x|y)?\d+\.z*$`, 1)), `^[a-f]{3}(x|y)?\d+\.z*$`},
		{crafttest.Generator(values.RandRegExp(`^(?:GET|POST) /[^a-z]\w* HTTP/1\.[01]$`, 1)), `^(?:GET|POST) /[^a-z]\w* HTTP/1\.[01]$`},
		{values.RandUUID(1), `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		{crafttest.Generator(values.RandIP("", 1)), `^\d+\.\d+\.\d+\.\d+$`},
		{crafttest.Generator(values.RandIP("10.1.0.0/16", 1)), `^10\.1\.\d+\.\d+$`},
		{crafttest.Generator(values.RandIP("10.1.2.3", 1)), `^10\.1\.2\.3$`},
		{crafttest.Generator(values.RandIP("2001:db8::/32", 1)), `^2001:db8:`},
		{crafttest.Generator(values.RandIP6("", 1)), `^[0-9a-f:]+$`},
		{crafttest.Generator(values.RandIP6("2001:db8:*::1-4", 1)), `^2001:db8:[0-9a-f]{1,4}::[1-4]$|^2001:db8::[1-4]$`},
		{crafttest.Generator(values.RandIP6("fe80::1", 1)), `^fe80::1$`},
		{crafttest.Generator(values.RandIP6("2001:db8:**", 1)), `^2001:db8:[0-9a-f:]+$`},
		{crafttest.Generator(values.RandIP6("2001:db8::/64", 1)), `^2001:db8::?[0-9a-f:]+$`},
		{crafttest.Generator(values.RandMAC("00:11:*:01-09:aa", 1)), `^00:11:[0-9a-f]{2}:0[1-9]:aa:[0-9a-f]{2}$`},
		{crafttest.Generator(values.RandChoice(1, "a", values.List("b", "c"), crafttest.Generator(values.RandRegExp("d|e", 2)))), `^[a-e]$`},
	}
	for _, c := range cases {
		t.Run(c.g.String(), func(t *testing.T) {
			want := regexp.MustCompile(c.want)
			seen := map[string]bool{}
			for _, v := range draws(c.g, values.Spot{}, 300) {
				text := fmt.Sprint(v)
				if b, ok := v.([]byte); ok {
					text = fmt.Sprintf("%x", b)
				}
				if !want.MatchString(text) {
					t.Fatalf("drew %q", text)
				}
				seen[text] = true
			}
			if len(seen) < 2 && !strings.Contains(c.g.String(), "1.2.3") && !strings.Contains(c.g.String(), "fe80") {
				t.Errorf("always %v", seen)
			}
		})
	}
}

func TestCorruption(t *testing.T) {
	const text = "ABCDEFGHIJ"
	cases := []struct {
		name        string
		g           values.Generator
		bytes, bits int // how many are changed; -1 is any number
	}{
		{"one byte", values.CorruptedBytes(text, values.Corruption{}, 1), 1, -1},
		{"three bytes", values.CorruptedBytes(text, values.Corruption{N: 3}, 1), 3, -1},
		{"half of it", values.CorruptedBytes(text, values.Corruption{Part: 0.5}, 1), 5, -1},
		{"more than there are", values.CorruptedBytes(text, values.Corruption{N: 99}, 1), 10, -1},
		{"one bit", values.CorruptedBits(text, values.Corruption{}, 1), 1, 1},
		{"nine bits", values.CorruptedBits(text, values.Corruption{N: 9}, 1), -1, 9},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range draws(c.g, values.Spot{}, 100) {
				b, ok := v.([]byte)
				if !ok || len(b) != len(text) {
					t.Fatalf("drew %v", v)
				}
				diffBytes, diffBits := 0, 0
				for i := range b {
					x := b[i] ^ text[i]
					if x != 0 {
						diffBytes++
					}
					for ; x != 0; x &= x - 1 {
						diffBits++
					}
				}
				if c.bytes >= 0 && diffBytes != c.bytes || c.bits >= 0 && diffBits != c.bits {
					t.Fatalf("%d bytes and %d bits are changed in %q", diffBytes, diffBits, b)
				}
			}
		})
	}
	if got := values.CorruptedBytes("", values.Corruption{}, 1).Draw(values.Spot{}); fmt.Sprint(got) != "[]" {
		t.Errorf("nothing becomes %v", got)
	}
}

func TestPoolsDrawByWeight(t *testing.T) {
	g, err := values.RandPool(1, values.Weighted{Generator: values.RandNum(1, 1, 1), Weight: 3}, values.Weighted{Generator: values.RandNum(2, 2, 1), Weight: 1}, values.Weighted{Generator: values.RandLong(1)})
	if err != nil {
		t.Fatal(err)
	}
	n := map[any]int{}
	for _, v := range draws(g, values.Spot{}, 4000) {
		n[v]++
	}
	if len(n) != 2 || n[uint64(1)] < 2850 || n[uint64(1)] > 3150 {
		t.Errorf("drew %v", n)
	}
}

func TestBoundaryValues(t *testing.T) {
	seen := map[uint64]bool{}
	for _, v := range draws(values.RandSingShort(1), values.Spot{}, 5000) {
		n, _ := v.(uint64)
		seen[n] = true
	}
	for _, want := range []uint64{0, 1, 5, 7, 8, 9, 127, 128, 255, 256, 32766, 32767, 32768, 32769, 65534, 65535} {
		if !seen[want] {
			t.Errorf("never %d", want)
		}
	}
	if seen[6] || seen[1000] || len(seen) != 48 {
		t.Errorf("%d numbers", len(seen))
	}
	text := map[string]bool{}
	for _, v := range draws(values.RandSingString(1), values.Spot{}, 3000) {
		s, _ := v.(string)
		text[s] = true
	}
	for _, want := range []string{"", "%n%n%n%n", "../../../../etc/passwd", strings.Repeat("A", 256)} {
		if !text[want] {
			t.Errorf("never %q", want)
		}
	}
}

func TestTemplatesOfGeneratorsThatAreNone(t *testing.T) {
	for name, err := range map[string]error{
		"RandIP":     second(values.RandIP("10.0.0.0/33", 1)),
		"RandIP6":    second(values.RandIP6("1:2:3", 1)),
		"RandIP6 a":  second(values.RandIP6("1:2:3:4:5:6:7:8:9", 1)),
		"RandIP6 b":  second(values.RandIP6("9-1::", 1)),
		"RandIP6 c":  second(values.RandIP6("12345::", 1)),
		"RandMAC":    second(values.RandMAC("1:2:3:4:5:6:7", 1)),
		"RandMAC a":  second(values.RandMAC("100", 1)),
		"RandRegExp": second(values.RandRegExp("(", 1)),
		"RandChoice": second(values.RandChoice(1)),
		"RandPool":   second(values.RandPool(1)),
	} {
		if want, _, _ := strings.Cut(name, " "); err == nil || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func second(_ values.Generator, err error) error { return err }

func TestRangesOfHugeRepetitionsEnd(t *testing.T) {
	g, err := values.RandRegExp("((a{1000}){1000})", 1)
	if err == nil {
		if n := len(fmt.Sprint(g.Draw(values.Spot{}))); n > 70_000 {
			t.Errorf("drew %d bytes", n)
		}
	}
}
