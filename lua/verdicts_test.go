package lua_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// try runs an experiment of that source.
func (s *shell) try(t *testing.T, source string) (*vantage.Result, error) {
	t.Helper()
	script, err := scripts.Parse("mine", source)
	if err != nil {
		t.Fatal(err)
	}
	return s.Experiment(context.Background(), script, scripts.Values{})
}

// TestVerdictsFromGo runs experiments with verdicts of their own, one after the other in one interpreter.
func TestVerdictsFromGo(t *testing.T) {
	s := inLab(t, "vmnat")
	r, err := s.try(t, "--- s\n-- @verdicts echoed silent\nlocal r = verdict('echoed', 'because')\nprint(r, r.verdict, r.order, r.evidence[1], #r.evidence)\nreturn r")
	if err != nil || r.Experiment != "mine" || r.Verdict != "echoed" || r.Evidence[0].Says != "because" || r.Evidence[0].Frames == nil || r.Candidates == nil {
		t.Errorf("%v, %v", r, err)
	}
	if want := "echoed\techoed\t\tbecause\t1\n"; s.out.String() != want {
		t.Errorf("printed %q, want %q", s.out.String(), want)
	}
	r, err = s.try(t, "--- s\n-- @verdicts pass fail\ncapture()\ncheck(true, 'a')\nreturn check(nil, 'b')")
	if err != nil || r.Verdict != vantage.Fail || r.Evidence[0].Says != "b" || r.Evidence[1].Says != "a" || len(r.Taps) != 2 {
		t.Errorf("%v, %v", r, err)
	}
	r, err = s.try(t, "--- s\n-- @verdicts echoed silent\nreturn verdict('silent', 'x')")
	if err != nil || r.Verdict != "silent" || len(r.Evidence) != 1 || len(r.Taps) > 0 && len(r.Taps[0].Segments) > 0 {
		t.Errorf("what an earlier run checked or captured is in %v, %v", r, err)
	}
	r, err = s.try(t, "--- s\n-- @verdicts echoed silent\nerror('no')")
	if err == nil || r == nil || r.Verdict != "" || r.Error != err.Error() || r.Error != "mine:3: no" {
		t.Errorf("%v, %v", r, err)
	}
}

// TestVerdictsBelongToExperiments are the errors where none runs.
func TestVerdictsBelongToExperiments(t *testing.T) {
	for _, call := range []string{"verdict('echoed', 'x')", "check(true, 'x')"} {
		_, err := inLab(t, "vmnat").Run(context.Background(), "test", call)
		if err == nil || !strings.Contains(err.Error(), "only an experiment has a verdict") {
			t.Errorf("%s: %v", call, err)
		}
	}
}

// TestNoJudgesWordIsAScriptsOwn tries every word of the judge's.
func TestNoJudgesWordIsAScriptsOwn(t *testing.T) {
	for _, word := range vantage.Words() {
		r, err := inLab(t, "vmnat").try(t, "--- s\n-- @verdicts "+string(word)+"\nreturn verdict('"+string(word)+"', 'x')")
		refused := err != nil && strings.Contains(err.Error(), string(word)+" is the judge's word") && r.Verdict == ""
		if refused == (word == vantage.Inconclusive) {
			t.Errorf("%s: %v, %v", word, r, err)
		}
	}
}

// TestManyChecksAndFramesAreBounded makes more of them than a report takes.
func TestManyChecksAndFramesAreBounded(t *testing.T) {
	_, err := inLab(t, "vmnat").try(t, "--- s\nfor i = 1, 20000 do check(true, 'x') end")
	if err == nil || !strings.Contains(err.Error(), "check: want at most 10000 checks") {
		t.Errorf("got %v", err)
	}
	s := inLab(t, "vmnat")
	r, err := s.try(t, "--- s\nlocal l = {} for i = 1, 12000 do l[i] = IP{src='10.0.0.1', dst='10.0.0.2'} end\nreturn check(true, 'x', l)")
	if err != nil || len(r.Evidence[0].Frames) != 10000 || !strings.Contains(s.notices.String(), "the evidence names 10000 frames, and leaves out 2000 more") {
		t.Errorf("%v, %q", err, s.notices.String())
	}
	for frames, want := range map[string]struct {
		frames int
		notice string
	}{
		"IP{dst={'1.1.1.1', '2.2.2.2'}}/TCP{dport={80, 443}}":                  {4, ""},
		"IP{dst='10.0.0.0/30'}/TCP, {IP/UDP, {IP{ttl=range(1, 3)}}}":           {8, ""},
		"IP{dst='10.0.0.0/8'}/TCP":                                             {10000, "leaves out 16767216 more\n"},
		"IP{ttl=range(1, 9)}, IP{dst='10.0.0.0/8'}/UDP{dport=range(0, 65535)}": {10000, "leaves out 1099511617785 more\n"},
		"IP{dst='0.0.0.0/0', src='0.0.0.0/0', id=range(0, 65535)}":             {0, "more than 2^64 packets"},
		"({IP{dst={'1.1.1.1', '2.2.2.2'}}/ICMP})[1]":                           {2, ""},
	} {
		s := inLab(t, "vmnat")
		r, err := s.try(t, "--- s\n-- @verdicts a\nreturn verdict('a', 'x', "+frames+")")
		if want.frames == 0 {
			if err == nil || !strings.Contains(err.Error(), want.notice) {
				t.Errorf("%s: %v", frames, err)
			}
			continue
		}
		if err != nil || len(r.Evidence[0].Frames) != want.frames || !strings.HasSuffix(s.notices.String(), want.notice) || want.notice == "" && s.notices.Len() > 0 {
			t.Errorf("%s: %v, %d frames, %q", frames, err, len(r.Evidence[0].Frames), s.notices.String())
		}
	}
	loop := "--- s\nlocal l = {} l[1] = l\nreturn check(true, 'x', l)"
	if _, err := s.try(t, loop); err == nil || !strings.Contains(err.Error(), "frames: want packets, answers or lists of them, got table") {
		t.Errorf("a list in itself: %v", err)
	}
}

// TestAnInterruptedRunHasAResult stops a run that captures nothing.
func TestAnInterruptedRunHasAResult(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	script, err := scripts.Parse("mine", "--- s\n-- @verdicts echoed silent\nwhile true do end")
	if err != nil {
		t.Fatal(err)
	}
	r, err := inLab(t, "vmnat").Experiment(ctx, script, scripts.Values{})
	if !errors.Is(err, lua.ErrInterrupted) || !r.Interrupted || r.Verdict != vantage.Inconclusive || r.Error != "interrupted" {
		t.Errorf("%v, %v", r, err)
	}
}
