package python

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Kind is what a name stands for where an entry is read.
type Kind uint8

const (
	// Unknown is a name that no variable has.
	Unknown Kind = iota
	// Other is any value that both languages treat alike, a function that the user wrote among them.
	Other
	// Function is one of the shell's own functions.
	Function
	// Layer is a protocol, whose name makes a layer when it is called.
	Layer
	// Packet is a packet, or a layer of one.
	Packet
	// List is a list of packets.
	List
	// Answers is a list of answers.
	Answers
	// Pair is one of them.
	Pair
	// Value is another value with methods: a capture, a connection, a stream.
	Value
	// Text is text.
	Text
	// Number is a number.
	Number
	// Table is a plain table, the user's or one of the shell's with functions in it.
	Table
	// Dict is a plain table that is no list and has no functions: it is empty, or its entries have other keys than 1, 2, 3.
	Dict
	// Bytes is text that was made as bytes.
	Bytes
	// Values is a plain list that was written in Python's brackets.
	Values
)

// Last is the last of the kinds.
const Last = Values

// Known says what a name stands for before an entry runs, or a field of a table: "x", "x.append". It must not run any of the
// user's code.
type Known func(name string) Kind

// A Reading is what an entry of a prompt was understood as. The zero Reading is for an entry to be left as it is: it is Lua,
// or it is not Python either.
type Reading struct {
	// Lua is the entry in Lua's spelling; empty when it needs none, or when there is none. It is meant to be compiled: not
	// every mistake has been noticed. A line of the entry is the same line of Lua.
	Lua string
	// Note is what to know about an entry that can be read in two ways; mostly empty.
	Note string
	// Hint is how Lua says what cannot be translated, as an error of one line; empty when nothing is to be said. There is no
	// Hint beside a Lua. Beside Open it is what the entry waits for.
	Hint string
	// Line is where in the entry the hint belongs, from 1; 0 when there is none.
	Line int
	// Open says that the entry is the beginning of something in Python: a bracket, a text or a block goes on. A block ends
	// with an empty line. With a Line an empty line came in the middle of a bracket: unless the entry is the beginning of
	// something in Lua, that is an error.
	Open bool
	// Block says that it is a block that goes on, which Lua's compiler may take for one of its own.
	Block bool
}

// A Whole is what an entry of several parts says of each of them. The zero Whole says nothing, as for a part that is by itself.
type Whole struct {
	// Python is set when all of it is Python, and one of its parts no Lua.
	Python bool
	// FromZero is set when its lists begin at 0 for certain.
	FromZero bool
}

// longest is how long a text is read that nobody has measured before, in bytes.
const longest = 64 << 10

// Survey is what an entry says of the parts that it was cut into.
func Survey(entry string, parts []string, known Known) Whole {
	if len(entry) > longest || !slices.ContainsFunc(parts, func(part string) bool { return parsed(part) == nil }) {
		return Whole{}
	}
	r := &notes{known: known}
	if translate(entry, r).Lua == "" || r.lua {
		return Whole{}
	}
	return Whole{Python: true, FromZero: r.counted}
}

// Read understands an entry, or a part of one, that may be Python as scapy's users write it. What is Lua already is read for the few slips
// that only Python means so, as p.show() of a packet, unless the whole is Python; anything else is translated, or explained.
func Read(source string, whole Whole, known Known) Reading {
	chunk := parsed(source)
	switch {
	case chunk == nil:
		return translate(source, &notes{known: known, counted: whole.FromZero})
	case whole.Python:
		if r := translate(source, &notes{known: known, counted: whole.FromZero}); r.Lua != "" {
			return r
		}
	}
	if found := lookThrough(chunk, known); !found.found || found.beyond {
		return Reading{Note: (&notes{kept: found.kept}).note()}
	}
	r := translate(source, &notes{known: known, slip: true, counted: whole.FromZero})
	if r.Open {
		return Reading{}
	}
	return r
}

// Made is what an entry puts into its variables that their values do not tell: Bytes, Values, and a Dict by numbers.
func Made(source string, known Known) map[string]Kind {
	if len(source) > longest || !strings.Contains(source, "=") {
		return nil
	}
	r := &notes{known: known, made: map[string]Kind{}}
	translate(source, r)
	return r.made
}

// translate writes a whole text as Lua, one line as one line. Spacing and whatever both languages spell alike stay as they are.
func translate(source string, r *notes) Reading {
	nodes := tree(source, r)
	r.counted = r.counted || countsFromZero(nodes)
	b := &blocks{notes: r, lines: split(nodes)}
	rows := b.rows(-1)
	w := &writer{notes: r, single: single(rows)}
	w.scope = &scope{names: map[string]typ{}, function: true, functions: map[string][]string{}}
	head := b.unended(rows)
	text := ""
	switch {
	case head > 0 && r.bodiless == 0:
		return Reading{Open: true, Block: true, Hint: restOfBlock}
	case r.beyond:
	case r.open && r.bodiless == 0:
		return r.more(source)
	default:
		text = w.rows(rows, "", true)
	}
	switch {
	case r.beyond && r.reason == "":
		return mixed(source, r)
	case r.beyond && b.goesOn():
		return Reading{Open: true, Block: true, Hint: restOfBlock + ": " + r.reason}
	case r.beyond:
		return Reading{Hint: r.reason, Line: r.at}
	case head > 0:
		return r.headAlone(rows, text, head)
	case (r.lua || r.slip) && r.twofold, text == source:
		return Reading{}
	}
	return Reading{Lua: text, Note: r.note()}
}

// more is the reading of a text that ends in the middle of a bracket or a string. An empty line shows that a bracket was
// forgotten; whether it is one of Lua's the compiler knows.
func (r *notes) more(source string) Reading {
	last := source[strings.LastIndex(source, "\n")+1:]
	switch {
	case r.unclosed.kind != group:
		return Reading{Open: true, Hint: "the rest of the line, or of a text"}
	case strings.TrimSpace(last) != "":
		return Reading{Open: true, Hint: fmt.Sprintf("%q of %q in line %d, or an empty line", closing(r.unclosed.source), r.unclosed.source, r.unclosed.line)}
	}
	return Reading{Open: true, Line: r.unclosed.line, Hint: "the bracket " + r.unclosed.source + " of line " + strconv.Itoa(r.unclosed.line) + " is never closed"}
}

// headAlone is the reading of a text that ends in a block's head. How Lua writes it is told at once, of the outermost one.
func (r *notes) headAlone(rows []*row, text string, head int) Reading {
	if !r.ended && rows[len(rows)-1].compound().line != r.bodiless {
		return Reading{Open: true, Block: true, Hint: restOfBlock}
	}
	lines := strings.Split(text, "\n")
	line := strings.TrimSpace(lines[min(r.bodiless, len(lines))-1])
	word, _, _ := strings.Cut(line, " ")
	switch word {
	case "function":
		word = "def"
	case "local":
		word = "try"
	case "elseif":
		word = "elif"
	}
	hint := "this is Python's " + word + "; in Lua: " + body.ReplaceAllString(line, "") + " ... end"
	if r.ended {
		return Reading{Hint: hint, Line: r.bodiless}
	}
	return Reading{Open: true, Block: true, Hint: "its lines, and an empty line behind them: " + hint}
}

// restOfBlock is what a block waits for that has lines already.
const restOfBlock = "an empty line, or more of the block"

// body finds the end of a block whose head is all there is.
var body = regexp.MustCompile(`( end\)?)+$`)

// note says how an index was understood that means one element in Lua and another in Python.
func (r *notes) note() string {
	if r.kept == "" {
		return ""
	}
	return "lists begin at 1 here: " + r.kept + " is Lua's; Python's is one further"
}

// single reports whether rows are one expression.
func single(rows []*row) bool {
	n := 0
	for _, r := range rows {
		for _, s := range r.statements {
			if s.word != "" || s.parts != nil {
				return false
			}
			n++
		}
	}
	return n == 1
}

// unended is the line of the head of the block in lines of its own that the text ends in; 0 when an empty line ended it. It
// goes on until then.
func (b *blocks) unended(rows []*row) (head int) {
	last := len(rows) - 1
	if last < 0 || b.beyond {
		return 0
	}
	s := rows[last].compound()
	if s == nil || s.parts[len(s.parts)-1].inline {
		return 0
	}
	for p := s.parts[len(s.parts)-1]; ; { // a blank line within belongs to the innermost block
		inner := p.rows[len(p.rows)-1]
		if len(inner.statements) == 0 {
			return 0
		}
		next := inner.compound()
		if next == nil || next.parts[len(next.parts)-1].inline {
			break
		}
		p = next.parts[len(next.parts)-1]
	}
	return s.parts[len(s.parts)-1].line
}

// countsFromZero reports whether a text has an index that only a list that begins at 0 has, or is a program of Python's.
func countsFromZero(nodes []node) bool {
	for i, n := range nodes {
		switch {
		case n.kind == name && oneOf(n.source, "for", "def", "import", "while", "elif", "range", "enumerate"):
			return true
		case n.kind == text && strings.Contains(n.prefix, "f") && zeroInText.MatchString(n.body):
			return true
		case n.opens("[") && i > 0 && indexed(nodes[i-1]) && len(n.items) == 1 && fromZero(n.items[0]):
			return true
		}
		for _, item := range n.items {
			if countsFromZero(item) {
				return true
			}
		}
	}
	return false
}

// zeroInText finds such an index in a format string.
var zeroInText = regexp.MustCompile(`\{[^{}]*\[(?:0|-\d+|-?\d*:-?\d*)\]`)

// indexed reports whether a bracket behind a node is an index.
func indexed(before node) bool {
	return before.kind == name && roleOf(before.source) == plain || before.kind == group || before.kind == text
}

// fromZero reports whether an index is 0, is counted from the end, or is a slice.
func fromZero(run []node) bool {
	_, core, _ := trim(run)
	if len(core) > 0 && (core[0].is("-") || len(core) == 1 && core[0].kind == number && core[0].source == "0") {
		return true
	}
	for i, n := range core {
		if n.is(":") && !(i > 0 && i+2 < len(core) && core[i+1].kind == name && core[i+2].opens("(")) {
			return true
		}
	}
	return false
}

// Script is the line of a whole script, from 1, that shows it to be Python, and what to say of it: a line in Lua's spelling, or what
// has none. The line is 0 when the script is no Python.
func Script(source string, known Known) (line int, said string) {
	if at := imports.FindStringIndex(source); at != nil {
		line = 1 + strings.Count(source[:at[0]], "\n")
	}
	if len(source) > longest {
		return line, ""
	}
	r := &notes{known: known}
	reading := translate(source+"\n", r)
	if line == 0 && (reading.Lua == "" || r.lua) {
		return 0, ""
	}
	if reading.Lua == "" {
		return line, reading.Hint
	}
	ours := strings.Split(reading.Lua, "\n")
	for i, theirs := range strings.Split(source, "\n") {
		if i < len(ours) && ours[i] != theirs && strings.TrimSpace(ours[i]) != "" && !strings.HasPrefix(strings.TrimSpace(ours[i]), "--") {
			if line == 0 {
				line = i + 1
			}
			return line, "line " + strconv.Itoa(i+1) + " in Lua: " + strings.TrimSpace(ours[i])
		}
	}
	return line, ""
}

// imports finds what scripts in Python begin with, and Lua cannot compile.
var imports = regexp.MustCompile(`(?m)^(from[ \t]+[\w.]+[ \t]+import|import[ \t]+[\w.]+)\b`)
