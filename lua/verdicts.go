package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// verdictFunctions are the verdicts of a script's own.
func (s *State) verdictFunctions() []function {
	return []function{
		{"verdict", `verdict("word", "why", frames, ...)`, "in an experiment, a result of the script's own: return it; the word stands in the header's @verdicts\n\n" +
			"frames are what shows it: packets, answers, lists of them; nil is none. The words of the judge (routed, packet-nat, ...) are not a script's to give; " +
			"inconclusive is, where the header lists it.", nil, s.verdict},
		{"check", `check(ok, "why", frames, ...)`, "in an experiment, a result that is pass or fail: return it; of several checks all must hold\n\n" +
			"Every check that was made counts, returned or not, when the script returns one of them or nothing.", nil, s.check1},
	}
}

// A trial is an experiment that runs, and what its script has found so far.
type trial struct {
	script   scripts.Script
	args     scripts.Values
	captures int                           // how many were under way when it began
	guarded  bool                          // that the host's own TCP was kept away from something it sent
	exhibits int                           // how many frames verdicts and checks have named
	checks   []*vantage.Result             // that were made, in order
	cited    map[*vantage.Result][]exhibit // the frames of verdicts and checks
}

// begin begins the trial of a script. The function it returns goes back to the one before, in which it may run.
func (s *State) begin(script scripts.Script, args scripts.Values) (end func()) {
	before := s.trial
	s.trial = &trial{script: script, args: args, captures: len(s.captures), cited: map[*vantage.Result][]exhibit{}}
	s.away, s.ended = nil, nil // what an earlier run met and captured is not this one's
	return func() { s.trial = before }
}

// verdict is verdict(word, why, frames): a result of the script's own.
func (s *State) verdict(l *glua.LState) int {
	t := s.trialOf(l, "verdict")
	word, ok := l.Get(1).(glua.LString)
	if !ok {
		l.RaiseError("verdict: want a word of the header's @verdicts, got %s", vm.KindOf(l.Get(1)))
	}
	t.allow(l, vantage.Verdict(word))
	var evidence []vantage.Evidence
	exhibits := s.exhibits(l, 3)
	if why := reasonIn(l, 2, "verdict"); why != "" || len(exhibits) > 0 {
		evidence = []vantage.Evidence{{Says: why}}
	}
	r := &vantage.Result{Finding: vantage.Opinion(vantage.Verdict(word), evidence...)}
	t.cited[r] = exhibits
	l.Push(s.value(r, s.types.result))
	return 1
}

// allow refuses a word that the script may not end with.
func (t *trial) allow(l *glua.LState, word vantage.Verdict) {
	listed := slices.Contains(t.script.Words(), string(word))
	switch {
	case word != vantage.Inconclusive && slices.Contains(vantage.Words(), word):
		l.RaiseError("verdict: %s is the judge's word, which judge.path and judge.keepalive give from captured segments and no script writes; give the script a word of its own in its header's @verdicts", word)
	case listed:
	case t.script.Example():
		l.RaiseError(`verdict: the header has no @verdicts; add "-- @verdicts" with %q and the other words that the script may end with`, string(word))
	default:
		l.RaiseError("verdict: %q is not in the header's @verdicts; there are %s%s", string(word), strings.Join(t.script.Verdicts, ", "), didYouMean(string(word), t.script.Verdicts))
	}
}

// maxChecks is how many checks an experiment makes at most: each is a line of its report.
const maxChecks = 10_000

// check1 is check(ok, why, frames): a result that is pass or fail.
func (s *State) check1(l *glua.LState) int {
	t := s.trialOf(l, "check")
	if l.GetTop() == 0 {
		l.RaiseError(`check: want check(ok, "why", frames), got nothing`)
	}
	if words := t.script.Words(); !slices.Contains(words, string(vantage.Pass)) || !slices.Contains(words, string(vantage.Fail)) {
		l.RaiseError("check: it passes or fails, and both words stand in the header: @verdicts pass fail; there are %s", strings.Join(words, ", "))
	}
	word := vantage.Pass
	if !glua.LVAsBool(l.Get(1)) {
		word = vantage.Fail
	}
	why := reasonIn(l, 2, "check")
	if why == "" {
		why = "the check at " + strings.TrimRight(l.Where(1), ": ")
	}
	if len(t.checks) == maxChecks {
		l.RaiseError("check: want at most %d checks", maxChecks)
	}
	r := &vantage.Result{Finding: vantage.Checked([]vantage.Evidence{{Says: why, Check: word}})}
	t.checks = append(t.checks, r)
	t.cited[r] = s.exhibits(l, 3)
	l.Push(s.value(r, s.types.result))
	return 1
}

// trialOf is the experiment that runs, in which alone there are verdicts.
func (s *State) trialOf(l *glua.LState, function string) *trial {
	if s.trial == nil {
		l.RaiseError(`%s: only an experiment has a verdict: a file that begins with a header, "--- summary" and "-- @verdicts ...", and is run by moonwire run ./FILE`, function)
	}
	return s.trial
}

// reasonIn is argument n as the sentence that says why; "" when it is not given.
func reasonIn(l *glua.LState, n int, function string) string {
	switch v := l.Get(n).(type) {
	case *glua.LNilType:
		return ""
	case glua.LString, glua.LNumber:
		return strings.TrimSpace(v.String())
	default:
		l.RaiseError("%s: want a sentence that says why as argument %d, got %s", function, n, vm.KindOf(v))
		return ""
	}
}

// conclude is the result of the trial whose script returned values: the judge's, or the script's own. It is nil for an example
// that has none.
func (s *State) conclude(values []glua.LValue) (*vantage.Result, error) {
	t := s.trial
	var found *vantage.Result
	checked := len(t.checks) > 0 && len(values) == 0
	for _, v := range values {
		r := resultOf(v)
		switch {
		case v == glua.LNil:
			checked = checked || len(t.checks) > 0
		case r == nil && t.script.Example() && len(t.checks) == 0:
		case r == nil:
			return nil, t.noResult(v)
		case slices.Contains(t.checks, r):
			checked = true
		case found != nil && found != r:
			return nil, &Error{Script: t.script.Name, What: fmt.Sprintf("want one verdict, got %s and %s", found.Verdict, r.Verdict)}
		default:
			found = r
		}
	}
	switch {
	case found == nil && !checked && t.script.Example():
		return nil, nil
	case found == nil && !checked:
		return nil, &Error{Script: t.script.Name, What: "the script ended without a result: return what judge.path or judge.keepalive gives, verdict(...) or check(...)"}
	case found == nil:
		found = &vantage.Result{}
		s.complete(found)
		found.Finding = vantage.Checked(s.checksMade())
	default:
		_, own := t.cited[found]
		if own {
			s.complete(found)
		}
		if checks := s.checksMade(); own && vantage.Checked(checks).Verdict == vantage.Fail {
			overrule(found, checks)
		} else {
			found.Evidence = append(found.Evidence, checks...)
		}
	}
	found.Experiment, found.Args = t.script.Name, t.args
	return found, nil
}

// overrule puts checks, of which one failed, in the place of a verdict of the script's own, which stays as evidence.
func overrule(found *vantage.Result, checks []vantage.Evidence) {
	own, word := found.Evidence, found.Verdict
	found.Finding = vantage.Checked(checks)
	says := fmt.Sprintf("the script's own verdict was %s", word)
	if len(own) == 0 {
		own = []vantage.Evidence{{Frames: []vantage.FrameRef{}}}
	}
	for _, e := range own {
		if e.Says != "" {
			says += ": " + e.Says
		}
		e.Says = says
		found.Evidence = append(found.Evidence, e)
	}
}

// resultOf is a value as a result; nil when it is none.
func resultOf(v glua.LValue) *vantage.Result {
	if ud, ok := v.(*glua.LUserData); ok {
		r, _ := ud.Value.(*vantage.Result)
		return r
	}
	return nil
}

// noResult is the error of a script that returned something else than a result.
func (t *trial) noResult(v glua.LValue) error {
	what := "want the result of judge.path or judge.keepalive, got a " + vm.KindOf(v)
	word, ok := v.(glua.LString)
	switch {
	case ok && slices.Contains(t.script.Words(), string(word)):
		what = fmt.Sprintf(`want a result, got the word alone: write return verdict(%q, "why", frames)`, string(word))
	case v.Type() == glua.LTBool:
		what += `; return check(ok, "why", frames) is pass or fail`
	default:
		what += `; a verdict of the script's own is verdict("word", "why", frames)`
	}
	return &Error{Script: t.script.Name, What: what}
}

// complete puts into a result of the script's own what the taps of its run saw, and into its evidence where.
func (s *State) complete(r *vantage.Result) {
	own := r.Finding
	*r = *s.witnessed()
	r.Finding = own
	a := s.album()
	for i := range r.Evidence {
		r.Evidence[i].Frames = a.references(s.trial.cited[r])
	}
}

// checksMade are the checks that were made, each with its frames.
func (s *State) checksMade() []vantage.Evidence {
	var all []vantage.Evidence
	a := s.album()
	for _, c := range s.trial.checks {
		e := c.Evidence[0]
		e.Frames = a.references(s.trial.cited[c])
		all = append(all, e)
	}
	return all
}

// witnessed is what the taps have seen in the run, as a result without a verdict; without a capture that is nothing.
func (s *State) witnessed() *vantage.Result {
	s.drain()
	if last := s.lastCapture(); last != nil {
		return s.result(last, s.server(s.trial.args))
	}
	r := &vantage.Result{Finding: vantage.Opinion(""), Taps: []vantage.View{}, Guard: s.trial.guarded}
	if session := s.session; session != nil {
		r.Session, r.Virtual = session.Name, session.Clock().Virtual()
	}
	return r
}

// lastCapture is the capture that the run ended last, or else began last; nil when it made none.
func (s *State) lastCapture() *capture {
	if s.ended == nil && len(s.captures) > s.trial.captures {
		return s.captures[len(s.captures)-1]
	}
	return s.ended
}
