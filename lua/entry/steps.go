package entry

import (
	"regexp"
	"strings"

	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// maxSteps is into how many steps an entry is cut: each is compiled by itself, behind as many ends of lines as stand before it. A
// longer one is a chunk as it is.
const maxSteps = 1000

// cutIntoSteps cuts an entry into statements and expressions where lines end. One that has labels stays whole: they are seen in one chunk
// only.
func (r *Reader[Chunk]) cutIntoSteps(source string) []string {
	if hasLabels(source) {
		return []string{source}
	}
	var steps []string
	line := 0
	for rest := source; rest != ""; {
		if n := len(emptyLines.FindString(rest)); n > 0 {
			line += strings.Count(rest[:n], "\n")
			rest = rest[n:]
			continue
		}
		block := blockOf(rest)
		n := block
		if n == 0 {
			n = r.statementOf(rest)
		}
		step := strings.Repeat("\n", line) + rest[:n]
		line += strings.Count(rest[:n], "\n")
		if rest = rest[n:]; !says(step) {
			continue
		}
		if rest != "" {
			step = strings.TrimRight(step, "\n")
			if block > 0 { // what follows has ended it
				step += "\n"
			}
		}
		if steps = append(steps, step); len(steps) > maxSteps {
			return []string{source}
		}
	}
	if len(steps) == 0 {
		steps = []string{source}
	}
	return steps
}

// emptyLines finds the lines at the beginning of a text that say nothing.
var emptyLines = regexp.MustCompile(`^(?:[ \t\r]*\n)+`)

// says reports that a text is not only space and comments.
func says(text string) bool {
	for text != "" {
		kind, piece := vm.Lex(text)
		if kind != vm.Space && kind != vm.Comment {
			return true
		}
		text = text[len(piece):]
	}
	return false
}

func hasLabels(source string) bool {
	for source != "" {
		kind, piece := vm.Lex(source)
		if kind == vm.Keyword && piece == "goto" || kind == vm.Symbol && piece == "::" {
			return true
		}
		source = source[len(piece):]
	}
	return false
}

// statementOf is how many bytes the first statements of a text take: as many as share lines, or go on in the next one.
func statementOf(text string) int {
	var f vm.Follower
	fresh := true // at the beginning of a line
	for at := 0; at < len(text); {
		kind, piece := vm.Lex(text[at:])
		if piece == "#" && (f.EndsValue() && !fresh || isRemark(text[at:])) {
			piece = pythonsRemark.FindString(text[at:])
			kind = vm.Comment
		}
		switch {
		case kind == vm.Space:
			fresh = fresh || strings.Contains(piece, "\n")
		case kind == vm.Comment:
		case fresh && at > 0 && f.Begun() && f.MayCut(kind, piece):
			return strings.LastIndexByte(text[:at], '\n') + 1
		default:
			f.Take(kind, piece, 0)
			fresh = false
		}
		at += len(piece)
	}
	return len(text)
}

// statementOf is how many bytes the first statements of a text take. Python's may go on where Lua's end.
func (r *Reader[Chunk]) statementOf(text string) int {
	n := statementOf(text)
	for n < min(len(text), longEntry) && goesOn.MatchString(text[:n]) && python.Read(text[:n], python.Whole{}, r.Known).Open {
		n += statementOf(text[n:])
	}
	return n
}

// pythonsRemark is a comment as Python writes it.
var pythonsRemark = regexp.MustCompile(`^#[^\n]*`)

// goesOn finds what may go on in Python though nothing is open in Lua: the head of a block, a text in three quotes, a line that ends in a
// backslash.
var goesOn = regexp.MustCompile(`:\s*(?:#.*)?$|\\$|"""|'''`)

// isRemark tells Python's comment from Lua's length: what follows is a blank, or another sign, as nobody writes a length.
func isRemark(text string) bool {
	return len(text) == 1 || strings.IndexByte(" \t\r\n#!-=", text[1]) >= 0
}

// beginsBlock is a line that begins a block of Python's: its colon has a blank behind it, or the end of the line, and that of Lua's methods
// has not.
var beginsBlock = regexp.MustCompile(`^[ \t]*(?:for|while|if|def|class|with|try|elif|else|except|finally)\b[^\n]*?:(?:[ \t][^\n]*)?$`)

// branches are the words that go on with a block at the same depth.
var branches = regexp.MustCompile(`^[ \t]*(?:elif|else|except|finally)\b`)

// luaBlock finds what makes a line a block of Lua's.
var luaBlock = regexp.MustCompile(`\b(?:do|then|function)\b`)

// quotedText finds the strings of a line.
var quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)

func isPythonsBlock(line string) bool {
	return beginsBlock.MatchString(line) && !luaBlock.MatchString(quotedText.ReplaceAllString(line, ""))
}

// blockOf is how many bytes a block of Python's takes that a text begins with; 0 when it begins with none. Indented and empty
// lines belong to it.
func blockOf(text string) int {
	first, _, _ := strings.Cut(text, "\n")
	if !isPythonsBlock(strings.TrimRight(first, "\r")) {
		return 0
	}
	at, depth := min(len(first)+1, len(text)), depthOf(text)
	for at < len(text) {
		line, _, _ := strings.Cut(text[at:], "\n")
		if strings.TrimSpace(line) != "" && depthOf(line) <= depth && !(depthOf(line) == depth && branches.MatchString(line)) {
			break
		}
		at = min(at+len(line)+1, len(text))
	}
	return at
}

// depthOf is how far a line is indented.
func depthOf(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
