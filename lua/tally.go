package lua

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
)

// A tally is what came of the calls of sr and sr1 in one entry of a prompt.
type tally struct {
	calls                          int
	asked, answers, silent, failed uint64
	took                           time.Duration
	single                         string // what a call of sr1 came to, when it is the only call
	told                           bool   // why nothing was sent has been said
}

// count adds a run to the tally. One of sr1 is one question, whatever its set.
func (t *tally) count(out *sendrecv.Outcome, first bool, took time.Duration, silence string) {
	t.calls++
	t.took += took
	failed := uint64(len(out.Failed))
	switch {
	case first && len(out.Pairs) > 0:
		t.asked, t.answers = t.asked+1, t.answers+1
		t.single = "answered in " + span(out.Pairs[0].RTT)
	case first && out.Sent == 0 && failed > 0:
		t.asked, t.failed = t.asked+1, t.failed+1
		t.single, t.told = silence, true
	case first:
		t.asked, t.silent = t.asked+1, t.silent+1
		t.single = silence
	default:
		t.asked += out.Asked
		t.answers += uint64(len(out.Pairs))
		t.silent += uint64(len(out.Unanswered))
		t.failed += failed
		t.single = ""
	}
}

// text is the tally on one line: "3 asked, 2 answered, 1 silent in 2 s".
func (t *tally) text() string {
	if t.calls == 1 && t.single != "" {
		return t.single
	}
	answered := t.asked - t.silent - t.failed
	text := fmt.Sprintf("%d asked, %d answered", t.asked, answered)
	if t.answers > answered {
		text += fmt.Sprintf(" (%s)", binding.Plural(int(t.answers), "answer"))
	}
	text += fmt.Sprintf(", %d silent", t.silent)
	if t.failed > 0 {
		text += fmt.Sprintf(", %d not sent", t.failed)
	}
	return text + " in " + span(t.took)
}

// tell says what came of an entry's questions when its values do not: an answer that was assigned, or none. It is the prompt's
// line; a chunk of -e says only why a value that it asked for is nil.
func (s *State) tell(values []glua.LValue) {
	t := s.tally
	silent := len(values) == 1 && values[0] == glua.LNil
	switch {
	case t.calls == 0, t.told && t.calls == 1:
	case silent && s.silence != "":
		s.notice("%s", s.silence)
	case len(values) == 0 && s.config.Prompt:
		s.notice("%s", t.text())
	}
}

// span writes a time that was measured as people read it: 11.4 ms, 2 s.
func span(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return rounded(float64(d)/1e6, 3) + " ms"
	case d < time.Second:
		return rounded(float64(d)/1e6, 1) + " ms"
	}
	return rounded(d.Seconds(), 1) + " s"
}

// chosen writes a time that somebody chose in the same way, to its last digit.
func chosen(d time.Duration) string {
	switch {
	case d <= 1: // the shortest there is stands for none
		return "0 s"
	case d < time.Second:
		return rounded(float64(d)/1e6, 6) + " ms"
	}
	return rounded(d.Seconds(), 9) + " s"
}

// rounded writes a number with so many places behind the point at most.
func rounded(n float64, places int) string {
	text := strconv.FormatFloat(n, 'f', places, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
