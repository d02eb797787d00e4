package layers_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// A usersAnswer is what scapy answers to what its users write.
type usersAnswer struct {
	// Named are classes of scapy.
	Named []craft.Name
	// Has are the layers that are in a packet, by what was asked for.
	Has map[craft.Name]found
	// Dispatch is what the classes make of bytes; nil where they raise an exception.
	Dispatch map[craft.Name]*dispatched
	// Yes says that the reply answers the question, Pairs which packets do: reply and question.
	Yes   bool
	Pairs [][2]int
}

// found is the layer that p[Name] gives, and its place, -1 in a field of another layer.
type found struct {
	name  craft.Name
	place int
}

func (f found) String() string {
	switch {
	case f.name == "":
		return "nothing"
	case f.place < 0:
		return string(f.name) + " in a field"
	}
	return fmt.Sprintf("%s, layer %d", f.name, f.place)
}

func (f *found) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, &[]any{&f.name, &f.place})
	f.name = here(f.name)
	return err
}

// A dispatched is what Name(bytes) is.
type dispatched struct {
	name craft.Name
	wire string
}

func (d *dispatched) UnmarshalJSON(b []byte) error {
	err := json.Unmarshal(b, &[]any{&d.name, &d.wire})
	d.name = here(d.name)
	return err
}

// here is what a layer of scapy is called here.
func here(name craft.Name) craft.Name {
	if other, ok := renamed[name]; ok {
		return other
	}
	return name
}

// classes are the layers that both have, and the names of families that are classes of scapy.
func (s *scapyProcess) classes(t *testing.T) []craft.Name {
	t.Helper()
	all := slices.Collect(maps.Keys(s.fields))
	for _, name := range (*craft.Table)(nil).Families() {
		if s.fields[name] == nil {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return s.ask(t, "named", all).Named
}

// leastEqual is how many of a hundred comparisons have to be equal: of packets that are as they should be, and of bytes of
// which some were changed by chance. These are read otherwise on purpose in many places: see scapy_reading_test.go.
const (
	leastEqual        = 98
	leastEqualDamaged = 80
)

// A tally counts comparisons, and what is to be said of those that are not equal.
type tally struct {
	compared, equal int
	listed          map[string]int // by the reason
	count           map[string]int // of those without one, by what they have in common
	example         map[string]string
}

func newTally() *tally {
	return &tally{listed: map[string]int{}, count: map[string]int{}, example: map[string]string{}}
}

// add counts a comparison that is equal, that differs for a reason, or that differs without one.
func (c *tally) add(equal bool, why, kind, example string) {
	c.compared++
	switch {
	case equal:
		c.equal++
	case why != "":
		c.listed[why]++
	default:
		c.count[kind]++
		if old := c.example[kind]; old == "" || len(example) < len(old) {
			c.example[kind] = example
		}
	}
}

// report prints the share of what is equal. It has to be large enough, and every other comparison has to have a reason.
func (c *tally) report(t *testing.T, what string, least float64) {
	t.Helper()
	share := 100 * float64(c.equal) / float64(max(c.compared, 1))
	t.Logf("%s: %d compared, %d equal, %.2f %%", what, c.compared, c.equal, share)
	for _, why := range slices.Sorted(maps.Keys(c.listed)) {
		t.Logf("%6d times: %s", c.listed[why], why)
	}
	if share < least {
		t.Errorf("%s: %.2f %% are equal, want %v", what, share, least)
	}
	for n, kind := range slices.Sorted(maps.Keys(c.count)) {
		if n == mostFailures {
			t.Errorf("and %d kinds more", len(c.count)-n)
			break
		}
		t.Errorf("%s: %d times, as in %s", kind, c.count[kind], c.example[kind])
	}
}

// usersCases is how many packets are compared: every one with some hundred classes.
func usersCases() int {
	if os.Getenv(longTests) != "" {
		return manyScapyCases / 4
	}
	return fewScapyCases / 20
}

// everyNth takes every nth of a list.
func everyNth[T any](list []T, n int) (few []T) {
	for i := 0; i < len(list); i += n {
		few = append(few, list[i])
	}
	return few
}

// TestWhatUsersOfScapyWrite compares what is written with packets all day with scapy: what is in a packet, what a class makes of
// bytes, which packet answers which. What is equal has a share that it must have, and what is not has its reason.
func TestWhatUsersOfScapyWrite(t *testing.T) {
	s := startScapy(t)
	g := newStackGenerator(s.fields)
	t.Run("a layer in a packet", func(t *testing.T) { s.layersInPackets(t, g) })
	t.Run("a class of bytes", func(t *testing.T) { s.classesOfBytes(t, g) })
	t.Run("an answer", func(t *testing.T) { s.answersCompared(t, g) })
}

// A usersPacket is a packet that both make, of layers or of bytes.
type usersPacket struct {
	what   any
	packet *craft.Packet
	frame  randomFrame // when it is made of bytes
}

func (u usersPacket) String() string {
	text, err := json.Marshal(u.what)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (f randomFrame) packet() usersPacket {
	return usersPacket{[]any{f.first, hex.EncodeToString(f.wire)}, craft.Dissect(slices.Clone(f.wire), f.first), f}
}

// ofVectors are the vectors that both read: those in which nothing is wrong and on which scapy does not give up, and the
// others.
func (s *scapyProcess) ofVectors(t *testing.T) (sound, wrong []usersPacket) {
	t.Helper()
	for _, v := range vectors(t) {
		wire, err := hex.DecodeString(v.Wire)
		if s.fields[v.First] == nil || err != nil || len(wire) == 0 {
			continue
		}
		if u := (randomFrame{v.First, wire}).packet(); v.Exact && v.Sure == nil && u.noted() == "" {
			sound = append(sound, u)
		} else {
			wrong = append(wrong, u)
		}
	}
	return sound, wrong
}

// noted is the first note of a layer; "" for none.
func (u usersPacket) noted() string {
	for _, l := range u.packet.Layers() {
		if l.Note() != "" {
			return l.Note()
		}
	}
	return ""
}

// of finds a layer as p[Name] does.
func (u usersPacket) of(name craft.Name) found {
	l := u.packet.Layer(name)
	if l == nil {
		return found{}
	}
	return found{here(l.Name()), slices.Index(u.packet.Layers(), l)}
}

// layersInPackets compares "Layer in p" and p[Layer] for every layer that both have, and every family.
func (s *scapyProcess) layersInPackets(t *testing.T, g *stackGenerator) {
	from, all := scapySeed(t), vectors(t)
	var stacks, frames []usersPacket
	for i := range usersCases() {
		p := g.stack(g.target(from, i)).ownElements()
		stacks = append(stacks, usersPacket{what: p, packet: p.packet()})
		frames = append(frames, g.frame(g.target(from, i), all).packet())
	}
	families := newTally()
	sound, wrong := s.ofVectors(t)
	s.compareHas(t, families, stacks).report(t, "random stacks", leastEqual)
	s.compareHas(t, families, sound).report(t, "golden vectors", leastEqual)
	s.compareHas(t, families, append(wrong, frames...)).report(t, "malformed vectors and damaged frames", leastEqualDamaged)
	families.report(t, "names of families", 0)
}

// ownElements leaves in the layers that stand in fields nothing that makes others of them: they are bytes here, and what these
// say they are.
func (p plan) ownElements() plan {
	for _, l := range p {
		for _, s := range slices.Clone(l.settings) {
			elements, _ := s.value.([]plan)
			for _, e := range elements {
				e.ownElements()
			}
			if len(elements) > 0 && !readsAs(l.layer(), s.field, elements) {
				for _, e := range elements {
					e[0].settings = slices.DeleteFunc(e[0].settings, func(s setting) bool { return !s.needed })
				}
			}
			if len(elements) > 0 && !readsAs(l.layer(), s.field, elements) {
				l.drop(s.field)
			}
		}
	}
	return p
}

// readsAs reports whether the layers that stand in a field are those of the plans.
func readsAs(l *craft.Layer, field string, elements []plan) bool {
	v, err := l.Get(field)
	return err == nil && slices.EqualFunc(v.Packets(), elements, func(p *craft.Packet, e plan) bool {
		return len(p.Layers()) > 0 && p.Layers()[0].Name() == e[0].name
	})
}

// fewNames says that all names are asked for that are in a packet for one of both, and one of so many others.
const fewNames = 16

// compareHas asks for every layer in every packet. What is in neither is no comparison that counts, and what a family's name
// finds is counted apart.
func (s *scapyProcess) compareHas(t *testing.T, families *tally, packets []usersPacket) *tally {
	t.Helper()
	names := s.classes(t)
	var questions [][]any
	for i, u := range packets {
		asked := slices.Clone(everyNth(names[i%fewNames:], fewNames))
		for _, name := range names {
			if u.packet.Has(name) {
				asked = append(asked, name)
			}
		}
		questions = append(questions, []any{"has", u.what, asked})
	}
	c, raised := newTally(), map[string]int{}
	s.askAll(t, questions, func(i int, a answer) {
		if a.Error != "" {
			raised[a.Error]++
			return
		}
		u := packets[i]
		for _, name := range names {
			got, want := u.of(name), a.Has[name]
			switch {
			case got.name == "" && want.name == "":
				continue
			case got.name != "" && got.name != here(name) && got != want:
				families.add(false, familiesFind, "", "")
				continue
			}
			c.add(got == want, u.whyHas(a, here(name), got, want), fmt.Sprintf("%s: got %s, want %s", name, got.name, want.name), fmt.Sprintf("%s: got %s, want %s", u, got, want))
		}
	})
	reportRaised(t, scapySeed(t), len(packets), raised)
	return c
}

const familiesFind = "the name of a general layer finds its special ones; in scapy only EAP's and NTP's does"

// whyHas is why another layer is found than in scapy; "" for no reason.
func (u usersPacket) whyHas(a answer, name craft.Name, got, want found) string {
	if why := u.why(a); why != "" {
		return why
	}
	layers := u.packet.Layers()
	switch {
	case got.name == want.name && got.place >= 0 && want.place < 0:
		return "the layers of a packet come before those in their fields; scapy goes into the fields first"
	case want.name != "" && want.name != name && slices.ContainsFunc(layers, findsSubclasses):
		return "a name finds its own layers; in scapy those of its subclasses, too, behind a layer of EAP, NTP or ERSPAN (padding is Raw there)"
	}
	return ""
}

// findsSubclasses reports whether scapy's class looks for subclasses of what is asked for.
func findsSubclasses(l *craft.Layer) bool {
	return slices.ContainsFunc([]craft.Name{"EAP", "NTP", "ERSPAN"}, l.Protocol().Is)
}

// why is why bytes are read otherwise than scapy reads them; "" for no reason.
func (u usersPacket) why(a answer) string {
	if u.frame.first == "" {
		return ""
	}
	r := &reading{randomFrame: u.frame, packet: u.packet, layers: u.packet.Layers(), scapy: a.Layers, gaveUp: a.GaveUp}
	return r.why()
}

// why is the reason for the first mismatch; "" when there is none.
func (r *reading) why() string {
	v := vector{First: r.first, Layers: r.scapy}
	for _, m := range v.compare(r.packet) {
		i := slices.IndexFunc(readDifferences, func(d readDifference) bool { return d.covers(r, m) })
		switch {
		case slices.ContainsFunc(r.layers[:min(m.layer, len(r.layers))], func(l *craft.Layer) bool { return l.Note() != "" }):
			return "what follows a layer that is not as it should be is anybody's guess"
		case i < 0:
			return ""
		default:
			return readDifferences[i].why
		}
	}
	return ""
}
