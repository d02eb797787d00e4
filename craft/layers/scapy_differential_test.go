package layers_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// How many packets are compared, and how many in CI.
const (
	fewScapyCases  = 2000
	manyScapyCases = 20000
)

func scapyCases() int {
	if os.Getenv(longTests) != "" {
		return manyScapyCases
	}
	return fewScapyCases
}

// seedVariable is the environment variable with the seed of random packets; without it the packets are always the same.
const seedVariable = "MOONWIRE_SEED"

func scapySeed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv(seedVariable)
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: want a number, got %q", seedVariable, text)
	}
	return n
}

// mostFailures is how many different failures are shown.
const mostFailures = 40

func TestRandomStacksAreBuiltAsScapyBuildsThem(t *testing.T) {
	s := startScapy(t)
	g, from := newStackGenerator(s.fields), scapySeed(t)
	plans := make([]plan, scapyCases())
	questions := make([][]any, len(plans))
	for i := range plans {
		plans[i] = g.stack(g.target(from, i))
		questions[i] = []any{"build", plans[i]}
	}
	var wrong []int
	raised := map[string]int{}
	made := map[craft.Name]bool{}
	s.askAll(t, questions, func(i int, a answer) {
		if a.Error != "" {
			raised[a.Error]++
			return
		}
		for _, name := range plans[i].names() {
			made[name] = true
		}
		if !plans[i].built(a) {
			wrong = append(wrong, i)
		}
	})
	reportRaised(t, from, len(plans), raised)
	for _, name := range g.names {
		if !made[name] {
			t.Errorf("%s was never built by both", name)
		}
	}
	seen := map[string]bool{}
	for _, i := range wrong {
		p := s.shrink(t, plans[i])
		if shape := p.signature(); !seen[shape] && len(seen) < mostFailures {
			seen[shape] = true
			t.Errorf("case %d of seed %d: %s", i, from, s.explain(t, p))
		}
	}
	if len(wrong) > 0 {
		t.Errorf("%d of %d packets are built otherwise", len(wrong), len(plans))
	}
}

// built reports whether a plan is built as scapy builds it; a stack that scapy cannot build counts as such.
func (p plan) built(a answer) bool {
	if a.Error != "" {
		return true
	}
	wire, err := craft.Build(p.packet(), nil)
	return err == nil && hex.EncodeToString(wire) == a.Wire
}

// shrink takes away from a plan whatever it is not wrong for.
func (s *scapyProcess) shrink(t *testing.T, p plan) plan {
	t.Helper()
	for range 400 {
		less := p.smaller()
		i := slices.IndexFunc(less, func(q plan) bool { return q.sound() && q.clear() && !q.built(s.ask(t, "build", q)) })
		if i < 0 {
			break
		}
		p = less[i]
	}
	return p
}

// signature names the layers and the fields that are set.
func (p plan) signature() string {
	var b strings.Builder
	for _, l := range p {
		fmt.Fprintf(&b, "/%s", l.name)
		for _, s := range l.settings {
			if elements, ok := s.value.([]plan); ok {
				fmt.Fprintf(&b, " %s", s.field)
				for _, e := range elements {
					b.WriteString(e.signature())
				}
			} else if !s.needed {
				fmt.Fprintf(&b, " %s", s.field)
				if slices.Contains(craft.Lookup(l.name).ShapeFields(), s.field) {
					fmt.Fprintf(&b, "=%v", s.value)
				}
			}
		}
	}
	return b.String()
}

// explain shows what both make of a plan.
func (s *scapyProcess) explain(t *testing.T, p plan) string {
	t.Helper()
	want := s.ask(t, "build", p).Wire
	there := s.ask(t, "command", p)
	got, err := craft.Build(p.packet(), nil)
	if err != nil {
		return fmt.Sprintf("%s\n%s\ngot  %v\nwant %s", there.Python+there.Error, p, err, want)
	}
	return fmt.Sprintf("%s\n%s\ngot  %x\nwant %s", there.Python+there.Error, p, got, want)
}

func TestDeviationsAreBuiltOtherwise(t *testing.T) {
	s := startScapy(t)
	for _, d := range slices.Concat(deviations, linkDeviations) {
		a := s.ask(t, "build", d.plan)
		switch {
		case a.Error != "":
			t.Errorf("%s: scapy raises %s", d.plan, a.Error)
		case d.plan.built(a):
			t.Errorf("%s is built as scapy builds it (%s)", d.plan, d.why)
		}
	}
}

// reportRaised says how many packets scapy could not do, and holds that these are few.
func reportRaised(t *testing.T, seed uint64, all int, raised map[string]int) {
	t.Helper()
	n := 0
	for why, count := range raised {
		n += count
		t.Logf("scapy raises %d times: %s", count, why)
	}
	if n > all/5 {
		t.Errorf("seed %d: scapy raises an error for %d of %d packets: nearly all were to be compared", seed, n, all)
	}
}
