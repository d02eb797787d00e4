package craft_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func TestElementsWithDrawnValuesCanBeMadeAgain(t *testing.T) {
	p := craft.Stack(
		layers.IP.New("id", values.RandShort(1), "dst", crafttest.Generator(values.RandIP("10.0.0.0/8", 2)), "ttl", values.List(1, values.RandByte(3))),
		layers.TCP.New("dport", values.Range(1, 50, 1), "options", layers.RandTCPOptions(0, 4)), craft.Raw.New("load", values.RandBin(values.Size{}, 5)))
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
	p := craft.Stack(layers.IP.New("id", values.RandShort(1)), layers.TCP.New("sport", values.List(values.RandShort(2), 80)))
	shown, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := craft.Build(p.At(0), nil)
	if err != nil || !bytes.Equal(shown, sent) {
		t.Errorf("%x is shown, %x is sent, %v", shown, sent, err)
	}
	want := fmt.Sprintf("id        = %d (RandShort())", p.At(0).Layer(layers.IP).Uint("id"))
	if !strings.Contains(p.Show(), want) {
		t.Errorf("no %q in\n%s", want, p.Show())
	}
	if got := p.Command(); got != "IP{id=RandShort(), proto=6}/TCP{sport={RandShort(), 80}}" && got != "IP{id=RandShort()}/TCP{sport={RandShort(), 80}}" {
		t.Error(got)
	}
}

func TestADrawDependsOnSeedIndexAndField(t *testing.T) {
	id := func(seed, i uint64) uint64 {
		return craft.Stack(layers.IP.New("id", values.RandShort(seed))).At(i).Layer(layers.IP).Uint("id")
	}
	if id(1, 0) == id(2, 0) {
		t.Error("two seeds draw the same")
	}
	if id(1, 0) == id(1, 1) {
		t.Error("two packets draw the same")
	}
	g := values.RandShort(1)
	e := craft.Stack(layers.IP.New("id", g), layers.IP.New("id", g), layers.UDP.New("sport", g, "dport", g)).At(3)
	drawn := map[uint64]bool{
		e.Nth(layers.IP, 1).Uint("id"): true, e.Nth(layers.IP, 2).Uint("id"): true, e.Layer(layers.UDP).Uint("sport"): true, e.Layer(layers.UDP).Uint("dport"): true,
	}
	if len(drawn) != 4 {
		t.Errorf("one generator in four fields draws %v", drawn)
	}
	ip := craft.Stack(layers.IP.New("id", g))
	if in := craft.Stack(layers.Ether.New()).Over(ip); in.At(5).Layer(layers.IP).Uint("id") != ip.At(5).Layer(layers.IP).Uint("id") {
		t.Error("a packet draws otherwise in an Ethernet frame")
	}
}

func TestAPacketOfGeneratorsIsOne(t *testing.T) {
	p := craft.Stack(layers.IP.New("id", values.RandShort(1)))
	if n, err := p.Count(); n != 1 || err != nil {
		t.Errorf("%d packets, %v", n, err)
	}
	if n, err := p.At(7).Count(); n != 1 || err != nil || p.At(7).Layer(layers.IP).SetOf("id") != nil {
		t.Error("an element still draws")
	}
	if !p.Layer(layers.IP).Draws("id") || p.Layer(layers.IP).Draws("ttl") {
		t.Error("id draws, ttl does not")
	}
	if err := p.Layer(layers.IP).Clear("id"); err != nil || p.At(3).Layer(layers.IP).Uint("id") != 1 {
		t.Error("a cleared field still draws")
	}
}

func TestNumbersWithoutBoundsStayInTheField(t *testing.T) {
	p := craft.Stack(layers.IP.New("ttl", values.RandNumGauss(100, 1e6, 1), "tos", values.RandNumExpo(1e-9, 0, 2), "id", values.IncrementalValue(65534, 1, -1)))
	seen := map[uint64]int{}
	for i := range uint64(200) {
		e := p.At(i)
		if _, err := craft.Build(e, nil); err != nil {
			t.Fatal(err)
		}
		seen[e.Layer(layers.IP).Uint("ttl")]++
	}
	if seen[0]+seen[255] < 195 || seen[0] < 50 || seen[255] < 50 {
		t.Errorf("drew %v", seen)
	}
	if got := p.At(3).Layer(layers.IP).Uint("id"); got != 1 {
		t.Errorf("65534 and 3 is %d in 16 bits", got)
	}
}

func TestTextWithoutALengthFitsTheField(t *testing.T) {
	p := craft.Stack(layers.ARP.New("hwlen", 20, "hwsrc", values.RandString(values.Size{}, "", 1), "hwdst", values.RandSingString(1)))
	for i := range uint64(300) {
		if _, err := craft.Build(p.At(i), nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTCPOptionsThatAreDrawnFitTheHeader(t *testing.T) {
	for _, n := range []int{0, 1, 7, 40} {
		p := craft.Stack(layers.IP.New(), layers.TCP.New("options", layers.RandTCPOptions(n, 1)))
		counts := map[int]bool{}
		for i := range uint64(300) {
			e := p.At(i)
			wire, err := craft.Build(e, nil)
			if err != nil {
				t.Fatal(err)
			}
			back := craft.Dissect(wire, layers.IP).Layer(layers.TCP)
			v, err := back.Get("options")
			if err != nil || back.Note() != "" {
				t.Fatalf("%x: %v %s", wire, err, back.Note())
			}
			counts[len(v.Options())] = true
			if v := e.Layer(layers.TCP); len(v.Text("options")) < 4 {
				t.Errorf("drew %s", v.Text("options"))
			}
		}
		if n == 0 && len(counts) < 4 {
			t.Errorf("always %v options", counts)
		}
	}
}

func TestOptionsWithDrawnValues(t *testing.T) {
	g, err := craft.Lookup(layers.TCP).DrawOptions(craft.OptionDraft{Kind: "MSS", Values: []any{values.RandShort(2)}}, craft.OptionDraft{Kind: craft.Verbatim("\x01")},
		craft.OptionDraft{Kind: "Timestamp", Values: []any{values.RandInt(3), values.RandInt(3)}}, craft.OptionDraft{Kind: 254, Values: []any{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{{"MSS",RandShort()},raw"\x01",{"Timestamp",RandInt(),RandInt()},{254,"x"}}`; g.String() != want {
		t.Errorf("got %s, want %s", g, want)
	}
	p := craft.Stack(layers.IP.New(), layers.TCP.New("options", g))
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
		"too wide":        {Kind: "WScale", Values: []any{values.RandNum(300, 400, 1)}},
		"no such option":  {Kind: "Nope"},
		"too many values": {Kind: "MSS", Values: []any{1, values.RandShort(1)}},
	} {
		if g, err := craft.Lookup(layers.TCP).DrawOptions(draft); err == nil {
			t.Errorf("%s: got %s", name, g)
		}
	}
}

func TestTimesAreThoseOfTheClock(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	p := craft.Stack(layers.IP.New("id", values.AutoTime(func() time.Time { return now }, 10*time.Second)), layers.TCP.New("seq", values.AutoTime(func() time.Time { return now }, 0)))
	now = now.Add(time.Minute)
	e := p.At(0)
	if ip, tcp := e.Layer(layers.IP).Uint("id"), e.Layer(layers.TCP).Uint("seq"); tcp != 1_000_060 || ip != 1_000_050&0xffff {
		t.Errorf("got %d and %d", ip, tcp)
	}
}
