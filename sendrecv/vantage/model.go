package vantage

import (
	"math"
	"slices"
)

// A model is a box that may stand between two taps: what each tap must hold, and in which order, if it does. It never says
// what is, only what it cannot explain: the judge keeps the models that nothing felled.
type model struct {
	// verdict is the word for such a box, and name tells it from others of the same word.
	verdict Verdict
	name    string
	// rules are what it demands; each returns what contradicts it, nil when nothing does.
	rules []rule
}

// A rule looks for what a box cannot have done to a pair of connections.
type rule func(*pair) *objection

// models are all boxes that the judge knows, in the order in which a report names them. A new box is a new file and a row here.
func models() []model {
	return []model{acceptFirst(), synProxy(), connectFirst(), dialsBoth(), packetNAT(), renumbering(), routed(), dropped()}
}

// An objection is what a box cannot explain.
type objection struct {
	Evidence
	// lost is the segment that would have to be missing from a tap by accident to explain it after all; nil when no accident
	// does.
	lost *accident
}

// An accident is a segment that a capture may have missed.
type accident struct {
	tap string // that should hold it
	dir string
	// like is what is seen in its place at the other tap: the same, or what must have come before or after it.
	like *Segment
}

// contradictions are what a model cannot explain of a pair.
func (m model) contradictions(p *pair) []objection {
	var all []objection
	for _, r := range m.rules {
		if o := r(p); o != nil {
			all = append(all, *o)
		}
	}
	return all
}

// decisive are the contradictions that fell a model: those that no accident explains, or all when it takes more than one
// accident; nil when the model stands.
func (p *pair) decisive(all []objection) []objection {
	sure := slices.DeleteFunc(slices.Clone(all), func(o objection) bool { return o.lost != nil })
	switch {
	case len(sure) > 0: // what accidents might explain adds nothing
		return sure
	case p.oneAccident(all):
		return nil
	}
	return all
}

// oneAccident says that one accident explains all: a frame that was lost, or a tap that missed one direction of the
// connection, or whose capture ended before.
func (p *pair) oneAccident(all []objection) bool {
	if len(all) < 2 {
		return true
	}
	return !slices.ContainsFunc(all[1:], func(o objection) bool {
		return *o.lost != *all[0].lost && !p.oneOfBoth(all[0].lost, o.lost)
	})
}

// oneOfBoth says that one accident explains two missing segments: the tap missed their direction, or had ended.
func (p *pair) oneOfBoth(a, b *accident) bool {
	if a.tap != b.tap {
		return false
	}
	c := p.near
	if a.tap == p.far.tap {
		c = p.far
	}
	return a.dir == b.dir && !c.sees(a.dir) || p.afterEnd(a) && p.afterEnd(b)
}

// afterEnd says that a tap may have ended before it could miss a segment.
func (p *pair) afterEnd(a *accident) bool {
	if a.tap == p.near.tap {
		return !p.one && math.IsInf(p.low, 0) || p.clocks.far[a.like.N].late-p.low+grain >= p.untilNear
	}
	return !p.one && math.IsInf(p.high, 0) || p.clocks.near[a.like.N].late+p.high+grain >= p.untilFar
}

// An outcome is what became of the models on one pair.
type outcome struct {
	// stand are the models that explain the pair, some of them by an accident; clean are the verdicts that need none.
	stand []model
	clean []Verdict
	// fallen are the others, whose verdicts no standing model has, with what contradicts each.
	fallen []fallen
}

// A fallen is a model with what it cannot explain.
type fallen struct {
	model
	by []objection
}

// try tries all models on a pair.
func (p *pair) try() outcome {
	var o outcome
	for _, m := range models() {
		all := m.contradictions(p)
		if felled := p.decisive(all); len(felled) > 0 {
			o.fallen = append(o.fallen, fallen{m, felled})
			continue
		}
		o.stand = append(o.stand, m)
		if len(all) == 0 {
			o.clean = append(o.clean, m.verdict)
		}
	}
	stand := words(o.stand)
	o.fallen = slices.DeleteFunc(o.fallen, func(f fallen) bool { return f.verdict == Dropped || slices.Contains(stand, f.verdict) })
	return o
}

// words are the verdicts of models, each once.
func words(ms []model) []Verdict {
	var all []Verdict
	for _, m := range ms {
		if !slices.Contains(all, m.verdict) {
			all = append(all, m.verdict)
		}
	}
	return all
}
