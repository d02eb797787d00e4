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
// stay where they are. answers is how many lines those were.
func (r *Reader[Chunk]) WithoutPrompts(source string) (_ string, answers int) {
	text := strings.TrimLeft(source, "\n") // of piped lines thousands stand before it
	above := source[:len(source)-len(text)]
	lines := strings.Split(text, "\n")
	isAsked := r.promptFinder()
	session := false
	for _, line := range lines {
		session = session || isAsked(line) > 0
	}
	var t transcript
	for i, line := range lines {
		switch n := isAsked(line); {
		case n > 0:
			lines[i], t = line[n:], transcript{begun: true}
		case session && continued.MatchString(line), wordAfterDots.MatchString(line) && !dotsOperator.MatchString(line):
			lines[i] = line[len(continued.FindString(line)):]
		case session && typedAtShell.MatchString(line), t.answers(line):
			lines[i] = ""
			answers++
			continue
		}
		t.take(lines[i])
	}
	return above + strings.Join(lines, "\n"), answers
}

// A transcript follows what was typed behind the prompts.
type transcript struct {
	begun   bool        // there was a prompt
	pythons bool        // the last line belongs to a block of Python's
	open    vm.Follower // what is open in Lua's
}

// take takes a line that was typed.
func (t *transcript) take(line string) {
	if strings.TrimSpace(line) == "" {
		return
	}
	if t.pythons = isPythonsBlock(line) || t.pythons && isIndented(line); t.pythons {
		return
	}
	for line != "" {
		kind, piece := vm.Lex(line)
		t.open.Take(kind, piece, 0)
		line = line[len(piece):]
	}
}

// answers reports that a line without a prompt is no line of an entry.
func (t *transcript) answers(line string) bool {
	return t.begun && strings.TrimSpace(line) != "" && !(t.pythons && isIndented(line)) && t.open.Waits() == (vm.Wait{})
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
