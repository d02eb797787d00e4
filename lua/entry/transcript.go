package entry

import (
	"regexp"
	"strings"

	"github.com/moonwire/moonwire/lua/vm"
)

// What is pasted from a page or a terminal has the prompts of the shell that it was typed at, and what that answered: Python's, IPython's,
// and our own.
var (
	// asked finds the prompt of a new entry, and continued that of a line that goes on with one.
	asked     = regexp.MustCompile(`^[ \t]*(?:>>>|In \[\d+\]:|(?:lab|netns):[\w./-]+>)(?:[ \t]|$)`)
	continued = regexp.MustCompile(`^[ \t]*(?:\.{3}|\.{1,3}>|\.{2,}:)(?:[ \t]|$)`)
	// wordAfterDots is what in Lua never follows dots, and so tells that they are a prompt where none of a new entry is seen.
	wordAfterDots = regexp.MustCompile(`^[ \t]*(?:\.{1,3}>[ \t]|\.{3}[ \t]+[A-Za-z_])`)
	dotsOperator  = regexp.MustCompile(`^[ \t]*\.{3}[ \t]+(?:and|or|then|do|end)\b`)
	// typedAtShell is a command of another shell's.
	typedAtShell = regexp.MustCompile(`^[ \t]*\$ `)
)

// WithoutPrompts takes the prompts off the lines of an entry, and makes empty lines of what a shell had answered between them. Lines
// stay where they are. answers are the numbers of those. What looks like a prompt inside a text is text.
func (r *Reader[Chunk]) WithoutPrompts(source string) (_ string, answers []int) {
	source, answers, _ = r.follow(source, &transcript{})
	return source, answers
}

// follow is WithoutPrompts of lines that go on with a transcript. orphans are the lines that go on with an entry and begin one: what they
// went on with has ended, or was no entry.
func (r *Reader[Chunk]) follow(source string, t *transcript) (_ string, answers, orphans []int) {
	text := strings.TrimLeft(source, "\n") // of piped lines thousands stand before it
	above := len(source) - len(text)
	lines := strings.Split(text, "\n")
	t.isAsked = r.promptFinder()
	follows := t.begun
	t.survey(lines)
	for i, line := range lines {
		if i == 0 && follows && t.isAsked(line) == 0 && continued.MatchString(line) {
			if lines[i] = ""; strings.TrimSpace(line[len(continued.FindString(line)):]) != "" {
				orphans = append(orphans, above+1)
			}
			continue
		}
		if lines[i] = t.next(line); t.left {
			answers = append(answers, above+i+1)
		}
	}
	return source[:above] + strings.Join(lines, "\n"), answers, orphans
}

// A transcript follows what was typed behind the prompts.
type transcript struct {
	isAsked func(line string) int
	surely  bool        // it is one, however few prompts there are
	session bool        // there are prompts of new entries
	code    bool        // and lines of code without, so that none is taken for an answer
	begun   bool        // there was a prompt
	left    bool        // the line that came last was left out
	pythons bool        // the last line belongs to a block of Python's
	open    vm.Follower // what is open in Lua's
	texts   texts       // what is open of a text
}

// survey finds out whether lines are a transcript: some begin with prompts of new entries. The selection of one may begin behind its first
// prompt; where most others have none either, it is code in which someone left prompts.
func (t *transcript) survey(lines []string) {
	var inside texts
	said, prompts, first := 0, 0, false
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		said++
		n := 0
		if t.session || inside.closing == "" {
			n = t.isAsked(line)
		}
		if n > 0 {
			t.session, inside = true, texts{}
		} else if t.session {
			n = len(continued.FindString(line))
		}
		if n > 0 || said == 1 && typedAtShell.MatchString(line) {
			prompts++
			first = first || said == 1
		}
		if n > 0 || !t.session { // and no answer
			inside.take(line[n:])
		}
	}
	t.code = t.session && !t.surely && !first && 2*(prompts+1) <= said
}

// next is a line without its prompt; "" for an answer.
func (t *transcript) next(line string) string {
	t.left = false
	inside := t.texts.closing != ""
	switch n := t.isAsked(line); {
	case inside && !t.begun: // text
	case n > 0:
		line = line[n:]
		t.begun, t.pythons, t.open, t.texts = true, false, vm.Follower{}, texts{}
	case inside:
		line = line[len(continued.FindString(line)):]
	case t.session && continued.MatchString(line), wordAfterDots.MatchString(line) && !dotsOperator.MatchString(line):
		line = line[len(continued.FindString(line)):]
	case t.session && typedAtShell.MatchString(line), t.answers(line):
		t.left = true
		return ""
	}
	t.take(line)
	return line
}

// take takes a line that was typed.
func (t *transcript) take(line string) {
	inside := t.texts.closing != ""
	rest := t.texts.take(line)
	if strings.TrimSpace(line) == "" || inside && rest == "" {
		return
	}
	if t.pythons = !inside && (isPythonsBlock(line) || t.pythons && isIndented(line)); t.pythons {
		return
	}
	for rest != "" {
		kind, piece := vm.Lex(rest)
		t.open.Take(kind, piece, 0)
		rest = rest[len(piece):]
	}
}

// answers reports that a line without a prompt is no line of an entry.
func (t *transcript) answers(line string) bool {
	return t.begun && !t.code && strings.TrimSpace(line) != "" && !(t.pythons && isIndented(line)) && t.open.Waits() == (vm.Wait{})
}

// promptFinder tells how long the prompt of a new entry is that a line begins with: one of those that are known everywhere, or that of
// the place where packets go.
func (r *Reader[Chunk]) promptFinder() func(line string) int {
	own := ""
	if place := r.Place(); place != "" {
		own = place + "> "
	}
	return func(line string) int {
		if n := len(asked.FindString(line)); n > 0 {
			return n
		}
		if own != "" && strings.HasPrefix(line, own) {
			return len(own)
		}
		return 0
	}
}

func isIndented(line string) bool {
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
}
