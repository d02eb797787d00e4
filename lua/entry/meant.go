package entry

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/lua/vm"
)

// maxMeant is the longest source in which it is looked for what was meant, in bytes: it is compiled for every proposal.
const maxMeant = 64 << 10

// A proposal is Lua in place of a stretch of source that is none.
type proposal struct {
	from, to int
	lua      string
	said     string // what to say of it
	whole    bool   // the chunk must be whole with it
}

// A fault is source that is no Lua, cut into what says something, and the piece that the parser stopped at.
type fault struct {
	source string
	pieces []piece
	near   int // the index of that piece; behind the last one at the end of the chunk
	at     int // its place in source
}

// A piece is a piece of source, and its place in it.
type piece struct {
	kind vm.Kind
	text string
	at   int
}

func (p piece) end() int { return p.at + len(p.text) }

// Meant is what to say behind a syntax error of source: how Lua writes what other languages write in its place, or the word that was
// mistyped. Whatever it proposes has been compiled, and got further. It is "" when nothing is near.
func (r *Reader[Chunk]) Meant(source string, e *vm.SyntaxError) string {
	if len(source) > maxMeant || e.Waits != (vm.Wait{}) || e.Line > 0 && e.Column == 0 {
		return ""
	}
	f := faultIn(source, e)
	if f.joinsNumbers() {
		return f.numbersJoined()
	}
	near := slices.Concat(f.loops(), f.operators(), f.words(f.near-2, f.near, false), f.missing(), f.uncalled())
	far := f.words(f.near-maxBack, f.near-3, true)
	for _, p := range append(near, far[:min(len(far), maxFar)]...) {
		if r.helps(f, p) {
			return p.said
		}
	}
	return f.others()
}

const (
	maxBack = 100 // how many pieces before the one where the parser stopped a mistyped word is looked for
	maxFar  = 10  // how many of those that are near to a keyword are tried
)

// faultIn cuts source into its pieces.
func faultIn(source string, e *vm.SyntaxError) fault {
	f := fault{source: source, at: offset(source, e)}
	for at := 0; at < len(source); {
		kind, text := vm.Lex(source[at:])
		if kind != vm.Space && kind != vm.Comment {
			f.pieces = append(f.pieces, piece{kind, text, at})
		}
		at += len(text)
	}
	f.near = len(f.pieces)
	if i := slices.IndexFunc(f.pieces, func(p piece) bool { return p.end() > f.at }); i >= 0 {
		f.near = i
	}
	return f
}

// offset is where in source an error is.
func offset(source string, e *vm.SyntaxError) int {
	if e.Line == 0 {
		return len(source)
	}
	at := 0
	for range e.Line - 1 {
		at += strings.IndexByte(source[at:], '\n') + 1
	}
	return min(at+max(e.Column-1, 0), len(source))
}

// helps reports whether a chunk gets further with a proposal.
func (r *Reader[Chunk]) helps(f fault, p proposal) bool {
	source := f.source[:p.from] + p.lua + f.source[p.to:]
	_, err := r.compile("", source)
	if err == nil || Waits(err) != (vm.Wait{}) {
		return true
	}
	var syntax *vm.SyntaxError
	if p.whole || f.near == len(f.pieces) || !errors.As(err, &syntax) {
		return false
	}
	moved := len(p.lua) - (p.to - p.from)
	return syntax.Line == 0 || offset(source, syntax)-moved > max(f.at, p.to)
}

// is reports whether the pieces from i on are these, without a blank between them.
func (f fault) is(i int, texts ...string) bool {
	if i < 0 || i+len(texts) > len(f.pieces) {
		return false
	}
	for n, text := range texts {
		p := f.pieces[i+n]
		if p.text != text || n > 0 && f.pieces[i+n-1].end() != p.at {
			return false
		}
	}
	return true
}

// replace proposes Lua in place of the pieces from i to last.
func (f fault) replace(i, last int, lua, said string) proposal {
	return proposal{from: f.pieces[i].at, to: f.pieces[last].end(), lua: lua, said: "; " + said}
}

// elsewhere are operators of other languages, as the lexer cuts them, and Lua's.
var elsewhere = []struct {
	texts []string
	lua   string
}{
	{[]string{"!", "=="}, "~="}, {[]string{"!", "="}, "~="}, {[]string{"<", ">"}, "~="}, {[]string{"==", "="}, "=="},
	{[]string{"&", "&"}, "and"}, {[]string{"|", "|"}, "or"}, {[]string{"!"}, "not"},
}

// operators proposes Lua's in place of those of other languages, where the parser stopped.
func (f fault) operators() (all []proposal) {
	for i := max(f.near-1, 0); i < min(f.near+2, len(f.pieces)); i++ {
		for _, o := range elsewhere {
			if theirs := strings.Join(o.texts, ""); f.is(i, o.texts...) {
				lua := o.lua
				if o.lua[0] >= 'a' {
					lua = " " + lua + " "
				}
				all = append(all, f.replace(i, i+len(o.texts)-1, lua, "Lua writes "+o.lua+" for "+theirs))
			}
		}
	}
	for i := max(f.near-1, 0); i <= f.near; i++ {
		all = append(all, f.assigning(i)...)
	}
	if f.is(f.near, "=") && f.inCondition() {
		all = append(all, f.replace(f.near, f.near, "==", "== compares"))
	}
	return all
}

// assigning proposes what Lua writes for x += 1, x++, ++x and x--, whose operator is the piece i, or begins behind it.
func (f fault) assigning(i int) []proposal {
	target, begin := f.target(i - 1)
	switch {
	case f.is(i, "+", "+") && i+2 < len(f.pieces) && f.pieces[i+2].kind == vm.Name && (target == "" || f.startsLine(i)):
		name := f.pieces[i+2].text
		lua := name + " = " + name + " + 1"
		return []proposal{f.replace(i, i+2, lua, "Lua writes "+lua)}
	case target == "":
		return nil
	case f.is(i, "+", "+"):
		lua := target + " = " + target + " + 1"
		return []proposal{f.replace(begin, i+1, lua, "Lua writes "+lua)}
	case strings.HasPrefix(f.source[f.pieces[i-1].end():], "--"):
		lua := target + " = " + target + " - 1"
		return []proposal{f.replace(begin, i-1, lua, "Lua writes "+lua+": -- begins a comment")}
	}
	for _, operator := range []string{"+", "-", "*", "/", "%", "^", ".."} {
		if f.is(i, operator, "=") {
			lua := target + " = " + target + " " + operator
			return []proposal{f.replace(begin, i+1, lua, "Lua writes "+lua+" "+f.value(i+2))}
		}
	}
	return nil
}

// startsLine reports whether a piece is the first of its line.
func (f fault) startsLine(i int) bool {
	return i == 0 || strings.Contains(f.source[f.pieces[i-1].end():f.pieces[i].at], "\n")
}

// target is the variable or the field that ends with a piece, and the piece it begins with; "" for none.
func (f fault) target(last int) (text string, begin int) {
	if last < 0 || last >= len(f.pieces) {
		return "", 0
	}
	for i := last; i >= 0; i-- {
		switch p := f.pieces[i]; {
		case p.text == "]":
			for i > 0 && f.pieces[i].text != "[" {
				i--
			}
		case p.kind != vm.Name:
			return "", 0
		case i > 0 && f.pieces[i-1].text == ".":
			i--
		default:
			return f.source[p.at:f.pieces[last].end()], i
		}
	}
	return "", 0
}

// value is the operand that begins with a piece, if it is one of one piece that ends a line or a statement.
func (f fault) value(i int) string {
	if i == len(f.pieces)-1 || i < len(f.pieces) && f.startsLine(i+1) {
		return f.pieces[i].text
	}
	return "..."
}

// inCondition reports whether the parser stopped between an if, elseif, while or until and what ends its condition.
func (f fault) inCondition() bool {
	for _, p := range slices.Backward(f.pieces[:f.near]) {
		if p.kind == vm.Keyword && !slices.Contains([]string{"and", "or", "not", "nil", "true", "false"}, p.text) {
			return slices.Contains([]string{"if", "elseif", "while", "until"}, p.text)
		}
	}
	return false
}

// missing proposes the do or the then that a block waits for in place of what stands there.
func (f fault) missing() []proposal {
	if f.near == len(f.pieces) {
		return nil
	}
	next := f.pieces[f.near]
	wait := vm.Awaits(f.source[:next.at])
	for _, word := range []string{"do", "then"} {
		if strings.HasPrefix(wait.What, fmt.Sprintf("%q of", word)) {
			return []proposal{{from: next.at, to: next.at, lua: word + " ", said: "; before it " + wait.What + " is missing"}}
		}
	}
	return nil
}

// uncalled proposes the call of a method in front of what stands there. At the end of a chunk the compiler says so itself. At the end of a chunk, the compiler says so itself.
func (f fault) uncalled() []proposal {
	owner, begin := f.target(f.near - 3)
	if owner == "" || f.near == len(f.pieces) || f.pieces[f.near-2].text != ":" || f.pieces[f.near-1].kind != vm.Name {
		return nil
	}
	method := f.source[f.pieces[begin].at:f.pieces[f.near-1].end()]
	return []proposal{{from: f.pieces[f.near-1].end(), to: f.pieces[f.near-1].end(), lua: "()", said: fmt.Sprintf("; %s is a method: call it, %s()", method, method)}}
}

// others says what Lua has in place of what no other word can stand for.
func (f fault) others() string {
	if f.near == len(f.pieces) {
		return ""
	}
	switch before := max(f.near-1, 0); {
	case f.is(f.near, "?"):
		return "; Lua writes c and a or b for c ? a : b"
	case f.is(f.near, "/", "/") || f.is(before, "/", "/"), f.is(f.near, "/", "*") || f.is(before, "/", "*"):
		return "; a comment begins with --"
	case f.is(f.near, "(") && f.pieces[before].text == "for":
		return "; Lua writes for i = 1, 3 do ... end"
	case f.is(f.near, "{"):
		return blockOfBraces(vm.Awaits(f.source[:f.at]).What)
	case f.is(f.near, "&"):
		return "; bits are combined with bit.band(a, b)"
	case f.is(f.near, "|"):
		return "; bits are combined with bit.bor(a, b)"
	case f.is(before, "<", "<"):
		return "; bits are shifted with bit.lshift(a, n)"
	case f.is(before, ">", ">"):
		return "; bits are shifted with bit.rshift(a, n)"
	}
	return ""
}

// blockOfBraces says how a block is written that was begun with a brace, by what waited then.
func blockOfBraces(waits string) string {
	for word, form := range map[string]string{`"do" of`: "do ... end", `"then" of`: "then ... end", `"end" of "function"`: "function f(x) ... end"} {
		if strings.HasPrefix(waits, word) {
			return "; braces are for tables: Lua writes " + form
		}
	}
	return ""
}
