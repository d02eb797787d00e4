package vm

import (
	"fmt"
	"strings"
)

// A Wait is what a chunk that ends too early waits for. The zero Wait is for one that ends where a statement may end.
type Wait struct {
	// What is to come: `"end" of "for" in line 1`.
	What string
	// Text reports that the chunk ends inside a string or a comment of several lines, whose empty lines count.
	Text bool
	// Block reports that it ends inside a block or brackets, where empty lines are usual.
	Block bool
}

// Awaits tells what a chunk waits for at its end. It is a small part of the work of Compile, for those who ask after every line.
func Awaits(source string) Wait {
	var f Follower
	for line := 1; source != ""; {
		kind, piece := Lex(source)
		if wait := f.text(kind, piece, line); wait.Text {
			return wait
		}
		f.Take(kind, piece, line)
		source, line = source[len(piece):], line+strings.Count(piece, "\n")
	}
	return f.Waits()
}

// A Follower follows a chunk piece by piece, as Lex cuts them, and knows what is open. The zero Follower is at the beginning.
type Follower struct {
	open    []opener
	last    token
	crossed bool // something was closed that nothing had opened: the parser says so
}

// An opener began a block or a bracket.
type opener struct {
	word string
	line int
	want string // what comes next of it
}

// after is what the words of a block want behind them, and closers what closes what.
var after = map[string]string{
	"for": "do", "while": "do", "if": "then", "function": "end", "do": "end", "then": "end", "repeat": "until", "(": ")", "[": "]", "{": "}",
}

// Take takes the next piece, which begins in that line.
func (f *Follower) Take(kind Kind, piece string, line int) {
	if kind == Space || kind == Comment {
		return
	}
	f.last = token{kind, piece, line}
	if kind != Keyword && kind != Symbol {
		return
	}
	top := len(f.open) - 1
	switch piece {
	case "do", "then": // of a for, a while or an if
		if top >= 0 && f.open[top].want == piece {
			f.open[top].want = "end"
			return
		}
		f.crossed = f.crossed || piece == "then"
	case "elseif":
		if top >= 0 {
			f.open[top].want = "then"
		}
		return
	case "end", "until", ")", "]", "}":
		if top < 0 || f.open[top].want != piece {
			f.crossed = true
			return
		}
		f.open = f.open[:top]
		return
	}
	if want := after[piece]; want != "" && len(f.open) <= maxNesting {
		f.open = append(f.open, opener{piece, line, want})
	}
}

// Waits is what is to come.
func (f *Follower) Waits() Wait {
	switch top := len(f.open) - 1; {
	case f.crossed, top >= maxNesting: // the parser or the measure says so
	case top >= 0:
		o := f.open[top]
		return Wait{What: fmt.Sprintf("%q of %q in line %d", o.want, o.word, o.line), Block: true}
	case !f.last.ends():
		return Wait{What: fmt.Sprintf("what follows %q", f.last.text)}
	}
	return Wait{}
}

// text is a piece that is not closed, if it is one of those that go on in the next line.
func (f *Follower) text(kind Kind, piece string, line int) Wait {
	closing, what := "", "text"
	switch kind {
	case Long:
		closing = ClosingBracket(piece)
	case Comment:
		closing, what = ClosingBracket(piece[2:]), "comment"
	}
	if closing == "" || len(piece) >= 2*len(closing) && strings.HasSuffix(piece, closing) {
		return Wait{}
	}
	return Wait{What: fmt.Sprintf("%q of the %s that begins in line %d", closing, what, line), Text: true}
}

// ends reports whether a statement can end with a token.
func (t token) ends() bool {
	switch t.kind {
	case Keyword:
		return !strings.Contains(" and or not local in until goto ", " "+t.text+" ")
	case Symbol:
		return t.text == "" || strings.Contains(" ) ] } ; ... :: ", " "+t.text+" ")
	}
	return true
}

// begins reports whether a statement, or an expression by itself, can begin with a token behind a value: what cannot goes on
// with that.
func (t token) begins() bool {
	switch t.kind {
	case Keyword:
		return t.text != "and" && t.text != "or"
	case Symbol:
		return strings.Contains(" ( # ; :: ... ", " "+t.text+" ")
	}
	return true
}

// Begun reports whether anything was taken.
func (f *Follower) Begun() bool { return f.last.text != "" }

// EndsValue reports whether what was taken last ends a value.
func (f *Follower) EndsValue() bool {
	switch f.last.kind {
	case Keyword:
		return strings.Contains(" end true false nil ", " "+f.last.text+" ")
	case Symbol:
		return strings.Contains(" ) ] } ", " "+f.last.text+" ")
	}
	return f.Begun()
}

// MayCut reports whether a chunk may be cut in front of a piece that begins a line: what was taken is whole, and the piece does
// not go on with it.
func (f *Follower) MayCut(kind Kind, piece string) bool {
	next := token{kind: kind, text: piece}
	if piece == "{" { // the argument of a call, or a table by itself
		return len(f.open) == 0 && f.last.kind != Name && f.last.text != ")" && f.last.text != "]"
	}
	return len(f.open) == 0 && f.last.ends() && next.begins()
}
