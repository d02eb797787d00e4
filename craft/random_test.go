package craft_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
)

func generator(g craft.Generator, err error) craft.Generator {
	if err != nil {
		panic(err)
	}
	return g
}

func TestElementsWithDrawnValuesCanBeMadeAgain(t *testing.T) {
	p := craft.Stack(
		craft.IP.New("id", craft.RandShort(1), "dst", generator(craft.RandIP("10.0.0.0/8", 2)), "ttl", craft.List(1, craft.RandByte(3))),
		craft.TCP.New("dport", craft.Range(1, 50, 1), "options", craft.RandTCPOptions(0, 4)), craft.Raw.New("load", craft.RandBin(craft.Size{}, 5)))
	seen := map[string]bool{}
	for i := range uint64(100) {
		first, err := craft.Build(p.At(i), nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := craft.Build(p.Copy().At(i), nil)
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("element %d: %x, then %x, %v", i, first, again, err)
		}
		seen[string(first)] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d different packets of 100", len(seen))
	}
}

func TestWhatIsShownIsWhatIsSent(t *testing.T) {
	p := craft.Stack(craft.IP.New("id", craft.RandShort(1)), craft.TCP.New("sport", craft.List(craft.RandShort(2), 80)))
	shown, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := craft.Build(p.At(0), nil)
	if err != nil || !bytes.Equal(shown, sent) {
		t.Errorf("%x is shown, %x is sent, %v", shown, sent, err)
	}
	want := fmt.Sprintf("id        = %d (RandShort())", p.At(0).Layer(craft.IP).Uint("id"))
	if !strings.Contains(p.Show(), want) {
		t.Errorf("no %q in\n%s", want, p.Show())
	}
	if got := p.Command(); got != "IP{id=RandShort(), proto=6}/TCP{sport={RandShort(), 80}}" && got != "IP{id=RandShort()}/TCP{sport={RandShort(), 80}}" {
		t.Error(got)
	}
}

func TestADrawDependsOnSeedIndexAndField(t *testing.T) {
	id := func(seed, i uint64) uint64 {
		return craft.Stack(craft.IP.New("id", craft.RandShort(seed))).At(i).Layer(craft.IP).Uint("id")
	}
	if id(1, 0) == id(2, 0) {
		t.Error("two seeds draw the same")
	}
	if id(1, 0) == id(1, 1) {
		t.Error("two packets draw the same")
	}
	g := craft.RandShort(1)
	e := craft.Stack(craft.IP.New("id", g), craft.IP.New("id", g), craft.UDP.New("sport", g, "dport", g)).At(3)
	drawn := map[uint64]bool{
		e.Nth(craft.IP, 1).Uint("id"): true, e.Nth(craft.IP, 2).Uint("id"): true, e.Layer(craft.UDP).Uint("sport"): true, e.Layer(craft.UDP).Uint("dport"): true,
	}
	if len(drawn) != 4 {
		t.Errorf("one generator in four fields draws %v", drawn)
	}
	ip := craft.Stack(craft.IP.New("id", g))
	if in := craft.Stack(craft.Ether.New()).Over(ip); in.At(5).Layer(craft.IP).Uint("id") != ip.At(5).Layer(craft.IP).Uint("id") {
		t.Error("a packet draws otherwise in an Ethernet frame")
	}
}

func TestAPacketOfGeneratorsIsOne(t *testing.T) {
	p := craft.Stack(craft.IP.New("id", craft.RandShort(1)))
	if n, err := p.Count(); n != 1 || err != nil {
		t.Errorf("%d packets, %v", n, err)
	}
	if n, err := p.At(7).Count(); n != 1 || err != nil || p.At(7).Layer(craft.IP).SetOf("id") != nil {
		t.Error("an element still draws")
	}
	if !p.Layer(craft.IP).Draws("id") || p.Layer(craft.IP).Draws("ttl") {
		t.Error("id draws, ttl does not")
	}
	if err := p.Layer(craft.IP).Clear("id"); err != nil || p.At(3).Layer(craft.IP).Uint("id") != 1 {
		t.Error("a cleared field still draws")
	}
}

// draws collects what a generator draws.
func draws(g craft.Generator, s craft.Spot, n int) []any {
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
		g           craft.Generator
		least, most uint64  // what must be drawn
		low, high   float64 // where the mean is
	}{
		{craft.RandByte(1), 0, 255, 120, 135},
		{craft.RandShort(1), 0, 65535, 32000, 33500},
		{craft.RandInt(1), 0, 1<<32 - 1, 2.1e9, 2.2e9},
		{craft.RandLong(1), 0, 1<<64 - 1, 9.0e18, 9.4e18},
		{craft.RandNum(1, 4, 1), 1, 4, 2.4, 2.6},
		{craft.RandNum(4, 1, 1), 1, 4, 2.4, 2.6},
		{craft.RandNum(7, 7, 1), 7, 7, 7, 7},
		{craft.RandNumGauss(100, 10, 1), 50, 150, 99, 100},
		{craft.RandNumExpo(0.1, 3, 1), 3, 1000, 12, 13},
		{craft.RandNumGamma(2, 3, 1), 0, 1000, 5.2, 5.8},
		{craft.RandNumGamma(0.5, 10, 1), 0, 1000, 4.2, 4.9},
		{craft.RandSingByte(1), 0, 255, 50, 70},
	}
	for _, c := range cases {
		t.Run(c.g.String(), func(t *testing.T) {
			sum, least, most := 0.0, uint64(1<<64-1), uint64(0)
			for _, v := range draws(c.g, craft.Spot{}, n) {
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

func TestNumbersWithoutBoundsStayInTheField(t *testing.T) {
	p := craft.Stack(craft.IP.New("ttl", craft.RandNumGauss(100, 1e6, 1), "tos", craft.RandNumExpo(1e-9, 0, 2), "id", craft.IncrementalValue(65534, 1, -1)))
	seen := map[uint64]int{}
	for i := range uint64(200) {
		e := p.At(i)
		if _, err := craft.Build(e, nil); err != nil {
			t.Fatal(err)
		}
		seen[e.Layer(craft.IP).Uint("ttl")]++
	}
	if seen[0]+seen[255] < 195 || seen[0] < 50 || seen[255] < 50 {
		t.Errorf("drew %v", seen)
	}
	if got := p.At(3).Layer(craft.IP).Uint("id"); got != 1 {
		t.Errorf("65534 and 3 is %d in 16 bits", got)
	}
}

func TestRandEnumDrawsEachNumberOnce(t *testing.T) {
	for _, last := range []uint64{0, 1, 4, 255, 999} {
		g := craft.RandEnum(0, last, 5)
		seen := map[any]bool{}
		all := draws(g, craft.Spot{}, 2*int(last+1))
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
	if all := draws(craft.RandEnum(5, 9, 1), craft.Spot{}, 5); fmt.Sprint(all) == "[5 6 7 8 9]" {
		t.Errorf("in order: %v", all)
	}
	if v := craft.RandEnumInt(1).Draw(craft.Spot{Index: 77}); v == uint64(77) {
		t.Error("in order")
	}
}

func TestIncrementalValues(t *testing.T) {
	cases := []struct {
		g    craft.Generator
		want string
	}{
		{craft.IncrementalValue(5, 2, 9), "[5 7 9 5 7 9 5]"},
		{craft.IncrementalValue(5, 2, 10), "[5 7 9 5 7 9 5]"},
		{craft.IncrementalValue(5, -2, 1), "[5 3 1 5 3 1 5]"},
		{craft.IncrementalValue(0, 1, -1), "[0 1 2 3 4 5 6]"},
		{craft.IncrementalValue(1, -1, -1), "[1 0 255 254 253 252 251]"},
		{craft.IncrementalValue(7, 0, -1), "[7 7 7 7 7 7 7]"},
	}
	for _, c := range cases {
		if got := fmt.Sprint(draws(c.g, craft.Spot{Max: 255}, 7)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.g, got, c.want)
		}
	}
}

func TestGeneratorsOfText(t *testing.T) {
	cases := []struct {
		g    craft.Generator
		want string // what all that is drawn matches
	}{
		{craft.RandString(craft.Size{Fixed: 5}, "", 1), `^[A-Za-z0-9]{5}$`},
		{craft.RandString(craft.Size{Random: craft.RandNum(1, 3, 1)}, "xy", 1), `^[xy]{1,3}$`},
		{craft.RandTermString(craft.Size{Fixed: 2}, "\x00", 1), `^[A-Za-z0-9]{2}\x00$`},
		{craft.RandBin(craft.Size{Fixed: 3}, 1), `^[0-9a-f]{6}$`},
		{generator(craft.RandRegExp(`[a-f]{3}(x|y)?\d+\.z*$`, 1)), `^[a-f]{3}(x|y)?\d+\.z*$`},
		{generator(craft.RandRegExp(`^(?:GET|POST) /[^a-z]\w* HTTP/1\.[01]$`, 1)), `^(?:GET|POST) /[^a-z]\w* HTTP/1\.[01]$`},
		{craft.RandUUID(1), `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`},
		{generator(craft.RandIP("", 1)), `^\d+\.\d+\.\d+\.\d+$`},
		{generator(craft.RandIP("10.1.0.0/16", 1)), `^10\.1\.\d+\.\d+$`},
		{generator(craft.RandIP("10.1.2.3", 1)), `^10\.1\.2\.3$`},
		{generator(craft.RandIP("2001:db8::/32", 1)), `^2001:db8:`},
		{generator(craft.RandIP6("", 1)), `^[0-9a-f:]+$`},
		{generator(craft.RandIP6("2001:db8:*::1-4", 1)), `^2001:db8:[0-9a-f]{1,4}::[1-4]$|^2001:db8::[1-4]$`},
		{generator(craft.RandIP6("fe80::1", 1)), `^fe80::1$`},
		{generator(craft.RandIP6("2001:db8:**", 1)), `^2001:db8:[0-9a-f:]+$`},
		{generator(craft.RandIP6("2001:db8::/64", 1)), `^2001:db8::?[0-9a-f:]+$`},
		{generator(craft.RandMAC("00:11:*:01-09:aa", 1)), `^00:11:[0-9a-f]{2}:0[1-9]:aa:[0-9a-f]{2}$`},
		{generator(craft.RandChoice(1, "a", craft.List("b", "c"), generator(craft.RandRegExp("d|e", 2)))), `^[a-e]$`},
	}
	for _, c := range cases {
		t.Run(c.g.String(), func(t *testing.T) {
			want := regexp.MustCompile(c.want)
			seen := map[string]bool{}
			for _, v := range draws(c.g, craft.Spot{}, 300) {
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

func TestTextWithoutALengthFitsTheField(t *testing.T) {
	p := craft.Stack(craft.ARP.New("hwlen", 20, "hwsrc", craft.RandString(craft.Size{}, "", 1), "hwdst", craft.RandSingString(1)))
	for i := range uint64(300) {
		if _, err := craft.Build(p.At(i), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCorruption(t *testing.T) {
	const text = "ABCDEFGHIJ"
	cases := []struct {
		name        string
		g           craft.Generator
		bytes, bits int // how many are changed; -1 is any number
	}{
		{"one byte", craft.CorruptedBytes(text, craft.Corruption{}, 1), 1, -1},
		{"three bytes", craft.CorruptedBytes(text, craft.Corruption{N: 3}, 1), 3, -1},
		{"half of it", craft.CorruptedBytes(text, craft.Corruption{Part: 0.5}, 1), 5, -1},
		{"more than there are", craft.CorruptedBytes(text, craft.Corruption{N: 99}, 1), 10, -1},
		{"one bit", craft.CorruptedBits(text, craft.Corruption{}, 1), 1, 1},
		{"nine bits", craft.CorruptedBits(text, craft.Corruption{N: 9}, 1), -1, 9},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, v := range draws(c.g, craft.Spot{}, 100) {
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
	if got := craft.CorruptedBytes("", craft.Corruption{}, 1).Draw(craft.Spot{}); fmt.Sprint(got) != "[]" {
		t.Errorf("nothing becomes %v", got)
	}
}

func TestPoolsDrawByWeight(t *testing.T) {
	g, err := craft.RandPool(1, craft.Weighted{Generator: craft.RandNum(1, 1, 1), Weight: 3}, craft.Weighted{Generator: craft.RandNum(2, 2, 1), Weight: 1}, craft.Weighted{Generator: craft.RandLong(1)})
	if err != nil {
		t.Fatal(err)
	}
	n := map[any]int{}
	for _, v := range draws(g, craft.Spot{}, 4000) {
		n[v]++
	}
	if len(n) != 2 || n[uint64(1)] < 2850 || n[uint64(1)] > 3150 {
		t.Errorf("drew %v", n)
	}
}

func TestBoundaryValues(t *testing.T) {
	seen := map[uint64]bool{}
	for _, v := range draws(craft.RandSingShort(1), craft.Spot{}, 5000) {
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
	for _, v := range draws(craft.RandSingString(1), craft.Spot{}, 3000) {
		s, _ := v.(string)
		text[s] = true
	}
	for _, want := range []string{"", "%n%n%n%n", "../../../../etc/passwd", strings.Repeat("A", 256)} {
		if !text[want] {
			t.Errorf("never %q", want)
		}
	}
}

func TestTCPOptionsThatAreDrawnFitTheHeader(t *testing.T) {
	for _, n := range []int{0, 1, 7, 40} {
		p := craft.Stack(craft.IP.New(), craft.TCP.New("options", craft.RandTCPOptions(n, 1)))
		counts := map[int]bool{}
		for i := range uint64(300) {
			e := p.At(i)
			wire, err := craft.Build(e, nil)
			if err != nil {
				t.Fatal(err)
			}
			back := craft.Dissect(wire, craft.IP).Layer(craft.TCP)
			v, err := back.Get("options")
			if err != nil || back.Note() != "" {
				t.Fatalf("%x: %v %s", wire, err, back.Note())
			}
			counts[len(v.Options())] = true
			if v := e.Layer(craft.TCP); len(v.Text("options")) < 4 {
				t.Errorf("drew %s", v.Text("options"))
			}
		}
		if n == 0 && len(counts) < 4 {
			t.Errorf("always %v options", counts)
		}
	}
}

func TestOptionsWithDrawnValues(t *testing.T) {
	g, err := craft.Lookup(craft.TCP).DrawOptions(craft.OptionDraft{Kind: "MSS", Values: []any{craft.RandShort(2)}}, craft.OptionDraft{Kind: craft.Verbatim("\x01")},
		craft.OptionDraft{Kind: "Timestamp", Values: []any{craft.RandInt(3), craft.RandInt(3)}}, craft.OptionDraft{Kind: 254, Values: []any{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{{"MSS",RandShort()},raw"\x01",{"Timestamp",RandInt(),RandInt()},{254,"x"}}`; g.String() != want {
		t.Errorf("got %s, want %s", g, want)
	}
	p := craft.Stack(craft.IP.New(), craft.TCP.New("options", g))
	mss := map[string]bool{}
	for i := range uint64(20) {
		wire, err := craft.Build(p.At(i), nil)
		if err != nil || wire[40] != 2 || wire[44] != 1 || wire[45] != 8 || bytes.Equal(wire[47:51], wire[51:55]) {
			t.Fatalf("%x, %v", wire, err)
		}
		mss[string(wire[42:44])] = true
	}
	if len(mss) < 15 {
		t.Errorf("%d different sizes in 20", len(mss))
	}
	for name, draft := range map[string]craft.OptionDraft{
		"too wide":        {Kind: "WScale", Values: []any{craft.RandNum(300, 400, 1)}},
		"no such option":  {Kind: "Nope"},
		"too many values": {Kind: "MSS", Values: []any{1, craft.RandShort(1)}},
	} {
		if g, err := craft.Lookup(craft.TCP).DrawOptions(draft); err == nil {
			t.Errorf("%s: got %s", name, g)
		}
	}
}

func TestTimesAreThoseOfTheClock(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	p := craft.Stack(craft.IP.New("id", craft.AutoTime(func() time.Time { return now }, 10*time.Second)), craft.TCP.New("seq", craft.AutoTime(func() time.Time { return now }, 0)))
	now = now.Add(time.Minute)
	e := p.At(0)
	if ip, tcp := e.Layer(craft.IP).Uint("id"), e.Layer(craft.TCP).Uint("seq"); tcp != 1_000_060 || ip != 1_000_050&0xffff {
		t.Errorf("got %d and %d", ip, tcp)
	}
}

func TestTemplatesOfGeneratorsThatAreNone(t *testing.T) {
	for name, err := range map[string]error{
		"RandIP":     second(craft.RandIP("10.0.0.0/33", 1)),
		"RandIP6":    second(craft.RandIP6("1:2:3", 1)),
		"RandIP6 a":  second(craft.RandIP6("1:2:3:4:5:6:7:8:9", 1)),
		"RandIP6 b":  second(craft.RandIP6("9-1::", 1)),
		"RandIP6 c":  second(craft.RandIP6("12345::", 1)),
		"RandMAC":    second(craft.RandMAC("1:2:3:4:5:6:7", 1)),
		"RandMAC a":  second(craft.RandMAC("100", 1)),
		"RandRegExp": second(craft.RandRegExp("(", 1)),
		"RandChoice": second(craft.RandChoice(1)),
		"RandPool":   second(craft.RandPool(1)),
	} {
		if want, _, _ := strings.Cut(name, " "); err == nil || !strings.HasPrefix(err.Error(), want+": ") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func second(_ craft.Generator, err error) error { return err }

func TestRangesOfHugeRepetitionsEnd(t *testing.T) {
	g, err := craft.RandRegExp("((a{1000}){1000})", 1)
	if err == nil {
		if n := len(fmt.Sprint(g.Draw(craft.Spot{}))); n > 70_000 {
			t.Errorf("drew %d bytes", n)
		}
	}
}
