package vantage_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestNoDamageMakesTheJudgeLie damages true captures in every way that damage_test.go knows, and holds what the judge says
// against what is true: a verdict may be missing, it may never be false.
//
// MOONWIRE_LONG=1 tries a hundred thousand combinations, MOONWIRE_CAPTURES names a folder of more captures
// (NAT_TEST_{g,u,s}.pcap), MOONWIRE_SEED=n tries one combination again and prints all of it.
func TestNoDamageMakesTheJudgeLie(t *testing.T) {
	c := newCourt(t)
	if seed := os.Getenv("MOONWIRE_SEED"); seed != "" {
		c.again(seed)
		return
	}
	each, random := 7, uint64(1500)
	if os.Getenv("MOONWIRE_LONG") != "" {
		each, random = 1, 100_000
	}
	for _, s := range c.scenes {
		c.try(s, "")
	}
	c.everySingle(each)
	for seed := range random {
		if s := c.drawn(seed, -1); s.done != nil {
			c.seed = seed
			c.try(s, fmt.Sprintf("MOONWIRE_SEED=%d", seed))
		}
	}
	c.report()
}

// TestUndamagedCapturesAreDecided holds the captures as they are against the table that came with them: on one clock each
// verdict of it is given. Caution that costs one of these is too much.
func TestUndamagedCapturesAreDecided(t *testing.T) {
	open := []vantage.Verdict{vantage.AcceptFirstProxy, vantage.HandshakeOnSYNProxy}
	for _, s := range recordedScenes(t, "testdata", nil) {
		w := strings.Fields(s.name)
		lone := slices.Contains([]string{"T1", "T2"}, w[1])
		if w[2] != "gu" || !lone && !slices.Contains([]string{"T5", "T6", "T7b"}, w[1]) {
			continue
		}
		path, keepalive := s.path, s.keepalive
		if lone {
			keepalive = vantage.Inconclusive // there is none
		}
		if lone && (w[0] == "redir" || w[0] == "synproxy") {
			path = vantage.Inconclusive // the uplink holds no frame
		}
		got := judgeBoth(s)
		switch undecided := w[0] == "redir" && (w[1] == "T5" || w[1] == "T7b"); {
		case undecided && (got[0].Verdict != vantage.Inconclusive || !slices.Equal(slices.Sorted(slices.Values(got[0].Candidates)), open)):
			t.Errorf("%s: path: want one of %v, got %s %v", s.name, open, got[0].Verdict, got[0].Candidates)
		case !undecided && got[0].Verdict != path:
			t.Errorf("%s: path: want %s, got %s\n%s", s.name, path, got[0].Verdict, show(got[0]))
		}
		if got[1].Verdict != keepalive && !(s.name == "pasta T7b gu" && got[1].Verdict == vantage.Inconclusive) {
			t.Errorf("%s: keepalive: want %s, got %s\n%s", s.name, keepalive, got[1].Verdict, show(got[1]))
		}
	}
}

// A court holds the scenes and counts what the judge said of them.
type court struct {
	t       *testing.T
	seed    uint64 // of the scene that is tried
	scenes  []scene
	damages []damage
	// sound is what the judge says of each scene before it is damaged.
	sound  map[string]judgement
	counts map[string]*tally
	falls  map[string]*fall
	// costs are the verdicts that damage to one frame costs.
	costs map[string][]string
}

// A tally is a row of the table. A verdict is lost when the undamaged captures have one, astray when the candidates in its
// place lack the truth, and the taps are blamed when a fault of theirs is named that nobody made.
type tally struct{ tried, verdict, inconclusive, lost, astray, blamed, lied, excused, wrong int }

// faulty are the damages that make a fault of the taps true.
var faulty = map[vantage.Fault][]string{
	vantage.Swapped:   {"taps swapped"},
	vantage.Unrelated: {"far tap of another NAT", "far tap of another test", "two clocks, 3600 s apart", "one clock claimed, 3600 s apart"},
	vantage.OneLink:   {"both taps on one link", "far tap on both sides"},
	vantage.BothSides: {"both taps on one link", "far tap on both sides"},
}

// A fall is one way in which the judge went wrong.
type fall struct {
	fails    bool
	examples []string
	// least is the shortest of them.
	least scene
	of    int
	got   vantage.Verdict
}

// A judgement is what the judge says of the path and of the keepalives.
type judgement [2]vantage.Finding

var questions = [2]string{"path", "keepalive"}

func (s scene) truth(of int) vantage.Verdict { return [2]vantage.Verdict{s.path, s.keepalive}[of] }

func newCourt(t *testing.T) *court {
	c := &court{t: t, damages: everyDamage(), sound: map[string]judgement{}, counts: map[string]*tally{}, falls: map[string]*fall{}, costs: map[string][]string{}}
	c.scenes = append(recordedScenes(t, "testdata", nil), labScenes(t)...)
	if more := os.Getenv("MOONWIRE_CAPTURES"); more != "" {
		c.scenes = append(c.scenes, recordedScenes(t, more, c.scenes)...)
	}
	for i := range c.scenes {
		s := &c.scenes[i]
		s.other = c.otherThan(*s)
		c.sound[s.name] = judgeBoth(*s)
	}
	return c
}

// otherThan draws a scene of another run, of the same box or of another one. Runs of the lab all begin at the same moment and
// with the same numbers, so that one of them never stands in for another.
func (c *court) otherThan(s scene) func(*rand.Rand, bool) scene {
	inLab := func(s scene) bool { return strings.HasSuffix(s.name, " lab") }
	words := strings.Fields(s.name)
	return func(r *rand.Rand, sameBox bool) scene {
		var others []scene
		for _, o := range c.scenes {
			w := strings.Fields(o.name)
			if (w[0] == words[0]) == sameBox && (w[0] != words[0] || w[1] != words[1]) && !(inLab(o) && inLab(s)) {
				others = append(others, o)
			}
		}
		if len(others) == 0 {
			return scene{}
		}
		return others[r.IntN(len(others))]
	}
}

// judgeBoth asks the judge both questions. A panic is as bad as a false verdict.
func judgeBoth(s scene) (j judgement) {
	defer func() {
		if err := recover(); err != nil {
			where := regexp.MustCompile(`vantage/\w+\.go:\d+`).FindAllString(string(debug.Stack()), -1)
			where = slices.DeleteFunc(where, func(w string) bool { return strings.Contains(w, "_test.go") })
			crash := vantage.Finding{Verdict: vantage.Verdict(fmt.Sprint("panic: ", err, " ", where[:1]))}
			j = judgement{crash, crash}
		}
	}()
	c := vantage.Compare(tapsOf(s))
	return judgement{c.Path(), c.Keepalive(nil)}
}

func tapsOf(s scene) []vantage.View {
	return vantage.Segments([]vantage.Capture{
		{Tap: "guest", Frames: s.frames[nearTap], Clock: s.clocks[nearTap]},
		{Tap: "host", Frames: s.frames[farTap], Clock: s.clocks[farTap]},
	}, server)
}

// everySingle tries damages of one frame on every frame; of those only each so many.
func (c *court) everySingle(each int) {
	n := 0
	for _, s := range c.scenes {
		for _, d := range frameDamages() {
			for tap := range s.frames {
				for i := range s.frames[tap] {
					fs := d.do(s.frames[tap], i)
					if n++; n%each != 0 || fs == nil {
						continue
					}
					x := s.with(tap, fs)
					x.kinds, x.done = []string{d.kind}, []string{d.kind + ": " + frameAt(tap, i)}
					c.try(x, "")
				}
			}
		}
	}
}

// drawn makes one scene with one or two damages from a seed. Each damage has a random source of its own, so that it can be
// done again alone: only says which, -1 all.
func (c *court) drawn(seed uint64, only int) scene {
	r := rand.New(rand.NewPCG(seed, 7))
	s := c.scenes[r.IntN(len(c.scenes))]
	chosen := []damage{c.damages[r.IntN(len(c.damages))]}
	if r.IntN(3) > 0 {
		chosen = append(chosen, c.damages[r.IntN(len(c.damages))])
	}
	slices.SortStableFunc(chosen, func(a, b damage) int { return a.stage - b.stage })
	if len(chosen) == 2 && chosen[1].stage < 2 { // one box and one pair of files at a time
		chosen = chosen[:1]
	}
	for i, d := range chosen {
		if only >= 0 && i != only {
			continue
		}
		if x, how, ok := d.do(rand.New(rand.NewPCG(seed, uint64(100+i))), s); ok {
			s = x
			s.kinds = append(slices.Clone(s.kinds), d.kind)
			s.done = append(slices.Clone(s.done), d.kind+": "+how)
		}
	}
	return s
}

// again tries what a seed makes and shows it.
func (c *court) again(seed string) {
	n, err := strconv.ParseUint(seed, 10, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	s := c.drawn(n, -1)
	j := judgeBoth(s)
	c.t.Logf("%s %q\n%s", s.name, s.done, ladderOf(s))
	for of, q := range questions {
		c.t.Logf("%s: true is %s, came\n%s", q, s.truth(of), show(j[of]))
	}
}

// try judges one scene and counts. again tells how to try it again.
func (c *court) try(s scene, again string) {
	rows := []string{"nothing"}
	switch len(s.kinds) {
	case 1:
		rows = s.kinds
	case 2:
		rows = []string{"with another: " + s.kinds[0], "with another: " + s.kinds[1]}
	}
	j := judgeBoth(s)
	for i, row := range rows {
		n := c.counts[row]
		if n == nil {
			n = &tally{}
			c.counts[row] = n
		}
		n.tried++
		for of := range j {
			word := n.note(s, of, j[of], c.sound[s.name][of].Verdict)
			if i > 0 {
				continue
			}
			switch word {
			case "false", "lie":
				c.fell(word, s, of, j[of].Verdict, again)
			case "blamed":
				c.fell(word, s, of, vantage.Verdict(j[of].Fault), again)
			case "astray":
				c.fell(word, s, of, vantage.Verdict(fmt.Sprint(j[of].Candidates)), again)
			case "lost":
				if again == "" {
					c.costs[s.kinds[0]+", "+questions[of]+" "+s.name] = append(c.costs[s.kinds[0]+", "+questions[of]+" "+s.name], s.done[0])
				}
			}
		}
	}
}

// note counts one finding and says in a word what it is.
func (n *tally) note(s scene, of int, got vantage.Finding, sound vantage.Verdict) string {
	truth := s.truth(of)
	if got.Verdict == vantage.Inconclusive {
		n.inconclusive++
		astray := len(s.kinds) == 1 && truth != vantage.Inconclusive && len(got.Candidates) > 0 && !slices.Contains(got.Candidates, truth)
		lost := sound == truth && truth != vantage.Inconclusive
		blamed := got.Fault != "" && !slices.ContainsFunc(faulty[got.Fault], func(kind string) bool { return slices.Contains(s.kinds, kind) })
		n.astray += asInt(astray)
		n.lost += asInt(lost)
		n.blamed += asInt(blamed)
		switch {
		case blamed && len(s.kinds) < 2:
			return "blamed"
		case astray:
			return "astray"
		case lost:
			return "lost"
		}
		return ""
	}
	n.verdict++
	switch {
	case got.Verdict == truth:
		return ""
	case s.lie:
		n.lied++
		return "lie"
	case beyondAnyJudge(s, got.Verdict):
		n.excused++
		return ""
	}
	n.wrong++
	return "false"
}

// fell files a false verdict under what makes it: one damage where one alone does, else both.
func (c *court) fell(word string, s scene, of int, got vantage.Verdict, again string) {
	for i := range s.kinds {
		if x := c.drawn(c.seed, i); len(s.kinds) == 2 && judgeBoth(x)[of].Verdict == got && x.truth(of) != got && !x.lie {
			s = x
			break
		}
	}
	name := strings.Join(s.kinds, " + ")
	if bystander := "a routed bystander at both taps"; got == vantage.Routed && slices.Contains(s.kinds, bystander) {
		name = bystander // of whom the verdict is true, whatever else is damaged
	}
	key := fmt.Sprintf("%s: %s: %s is %s, came %s", word, name, questions[of], s.truth(of), got)
	if strings.HasPrefix(string(got), "panic") {
		key = string(got)
	}
	f := c.falls[key]
	if f == nil {
		f = &fall{fails: word == "false", least: s, of: of, got: got}
		c.falls[key] = f
	}
	if s.size() < f.least.size() {
		f.least = s
	}
	f.examples = append(f.examples, fmt.Sprintf("%s %q %s", s.name, s.done, again))
}

func (s scene) size() int { return len(s.frames[nearTap]) + len(s.frames[farTap]) }

// shrunk leaves out stretches of time, at both taps, for as long as the same false verdict comes.
func (f *fall) shrunk() scene {
	s := f.least
	for length := s.size(); length > 0; length-- {
		for i := 0; i+length <= s.size(); i++ {
			all := slices.Concat(s.frames[nearTap], s.frames[farTap])
			slices.SortStableFunc(all, func(a, b sendrecv.Frame) int { return a.Time.Compare(b.Time) })
			from, to := all[i].Time, all[i+length-1].Time
			x := s
			for tap := range x.frames {
				x.frames[tap] = slices.DeleteFunc(slices.Clone(x.frames[tap]), func(y sendrecv.Frame) bool {
					return !y.Time.Before(from) && !y.Time.After(to)
				})
			}
			if judgeBoth(x)[f.of].Verdict == f.got {
				s, i = x, i-1
			}
		}
	}
	return s
}

// report prints the table and what went wrong, most frequent first; it fails when a verdict was false.
func (c *court) report() {
	var b strings.Builder
	row := "%-50s %7v %8v %8v %6v %6v %6v %5v %7v %6v\n"
	fmt.Fprintf(&b, row, "damage", "tried", "verdict", "incon.", "lost", "astray", "blamed", "lie", "excused", "FALSE")
	for _, name := range slices.Sorted(maps.Keys(c.counts)) {
		n := c.counts[name]
		fmt.Fprintf(&b, row, name, n.tried, n.verdict, n.inconclusive, n.lost, n.astray, n.blamed, n.lied, n.excused, n.wrong)
	}
	c.t.Log("\n" + b.String())
	often := func(a, b string) int {
		return cmp.Or(len(c.falls[b].examples)-len(c.falls[a].examples), strings.Compare(a, b))
	}
	for _, key := range slices.SortedFunc(maps.Keys(c.falls), often) {
		f := c.falls[key]
		say, ladder := c.t.Logf, ""
		if f.fails {
			say, ladder = c.t.Errorf, ladderOf(f.shrunk())
		}
		say("%d × %s\n%s\n%s", len(f.examples), key, strings.Join(f.examples[:min(3, len(f.examples))], "\n"), ladder)
	}
	if os.Getenv("MOONWIRE_LONG") != "" {
		c.reportCosts()
	}
}

// reportCosts lists where damage to one frame costs most verdicts.
func (c *court) reportCosts() {
	dear := func(a, b string) int { return cmp.Or(len(c.costs[b])-len(c.costs[a]), strings.Compare(a, b)) }
	for _, key := range slices.SortedFunc(maps.Keys(c.costs), dear) {
		if !strings.Contains(key, "missing") { // a capture without its head or tail is damaged beyond one frame
			c.t.Logf("lost: %d × %s\n%s", len(c.costs[key]), key, strings.Join(c.costs[key], "; "))
		}
	}
}

// Scenes.
