package vantage_test

import (
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestJudgingCanBeEnded has a Look that panics, as an interrupted script's does.
func TestJudgingCanBeEnded(t *testing.T) {
	for name, judge := range map[string]func(*vantage.Result){
		"the path": (*vantage.Result).JudgePath, "the keepalive": (*vantage.Result).JudgeKeepalive,
		"a path that was cut": func(r *vantage.Result) {
			r.Marks = []vantage.Mark{{Time: 1000, Cut: "host"}}
			r.JudgePath()
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &vantage.Result{Taps: captured(t, "slirp", "T7b"), Look: func() { panic("ended") }}
			func() {
				defer func() {
					if why := recover(); why != "ended" {
						t.Errorf("nobody looked: %v", why)
					}
				}()
				judge(r)
			}()
			if r.Verdict != "" {
				t.Errorf("got %s", r.Verdict)
			}
			r.Look = nil
			if judge(r); r.Verdict == "" {
				t.Error("no verdict afterwards")
			}
		})
	}
}
