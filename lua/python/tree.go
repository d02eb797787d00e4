package python

// deepest is how many brackets and lambdas may stand inside each other.
const deepest = 200

// A parser makes a tree of tokens: groups of brackets, cut at their commas.
type parser struct {
	*notes
	lexer lexer
	tok   node // the one to be read next
}

// tree reads a whole text.
func tree(source string, r *notes) []node {
	p := &parser{notes: r, lexer: lexer{notes: r, rest: source, line: 1}}
	p.advance()
	return p.nodes(chunk, 0)
}

func (p *parser) advance() { p.tok = p.lexer.next() }

// An extent says where a run of nodes ends.
type extent uint8

const (
	chunk   extent = iota // with the text
	element               // with a comma or a closing bracket
	line                  // with a comma, a semicolon or the line: a lambda outside brackets
)

// ends reports whether the next token is no longer part of a run.
func (p *parser) ends(e extent) bool {
	closes := p.tok.kind == bracket && opener(p.tok.source) != ""
	switch {
	case p.beyond || p.tok.kind == end:
		return true
	case e == chunk:
		if closes {
			p.refuse()
		}
		return closes
	case e == line && (p.tok.kind == newline || p.tok.is(";")):
		return true
	}
	return closes || p.tok.is(",")
}

// nodes reads a run. The variables of a for in brackets have commas between them.
func (p *parser) nodes(e extent, depth int) (run []node) {
	if depth > deepest {
		p.refuse()
	}
	variables := false
	for !p.ends(e) || variables && p.tok.is(",") {
		switch {
		case p.tok.kind == bracket:
			run = append(run, p.group(depth))
		case p.tok.word("lambda"):
			run = append(run, p.lambda(e, depth)...)
		default:
			if e == element {
				p.inside()
				variables = p.tok.word("for") || variables && !p.tok.word("in")
			}
			run = append(run, p.tok)
			p.advance()
		}
	}
	return run
}

// inside looks at a token between brackets: lines do not end there. f(#x is a length in Lua rather than an unfinished call.
func (p *parser) inside() {
	switch t := p.tok; {
	case t.kind == newline:
		p.tok.kind = space
	case t.kind == comment && p.lexer.rest == "" && len(t.source) > 1 && isLetter(t.source[1]):
		p.refuse()
	}
}

// group reads from an opening bracket to its closing one, or to the end of the text.
func (p *parser) group(depth int) node {
	g := node{kind: group, source: p.tok.source, line: p.tok.line}
	for {
		p.advance()
		g.items = append(g.items, p.nodes(element, depth+1))
		if !p.tok.is(",") {
			break
		}
	}
	if p.tok.kind == end {
		if !p.open {
			p.unclosed = g
		}
		p.open = true
		return g
	}
	if opener(p.tok.source) != g.source {
		p.refuse()
	}
	g.closed = true
	p.advance()
	return g
}

// lambda reads a lambda and the blanks behind it, which are not part of its body.
func (p *parser) lambda(e extent, depth int) []node {
	fn := node{kind: lambda, line: p.tok.line}
	var parameters []node
	for p.advance(); !p.tok.is(":"); {
		switch {
		case p.tok.kind == bracket && p.tok.source == "(" && sole(parameters).kind == end: // Python 2's lambda (s, r):
			for _, item := range p.group(depth).items {
				parameters = append(append(parameters, item...), node{kind: operator, source: ",", lua: ","})
			}
			parameters = parameters[:len(parameters)-1]
			continue
		case p.tok.kind == space, p.tok.is(","), p.tok.kind == name && isName(p.tok.source):
			parameters = append(parameters, p.tok)
		case p.tok.is("="), p.tok.is("*"), p.tok.is("**"):
			p.because(fn.line, "a function that takes more than names: function f(x, y) y = y or 1 ... end, function f(...) ... end")
			return nil
		default:
			p.refuse()
			return nil
		}
		p.advance()
	}
	p.advance()
	if e == chunk {
		e = line
	}
	before, body, after := trim(p.nodes(e, depth+1))
	_, parameters, _ = trim(parameters)
	fn.closed, fn.items = e == line || p.tok.kind != end, [][]node{parameters, before, body}
	if len(body) == 0 && fn.closed {
		p.refuse()
	}
	p.open = p.open || len(body) == 0
	return append([]node{fn}, after...)
}

// opener is the bracket that a closing one belongs to; "" for the others.
func opener(closing string) string {
	switch closing {
	case ")":
		return "("
	case "]":
		return "["
	case "}":
		return "{"
	}
	return ""
}

// closing is the bracket that closes an opening one.
func closing(opening string) string {
	return map[string]string{"(": ")", "[": "]", "{": "}"}[opening]
}

// trim splits a run into the blanks before it, what it says and the blanks after it.
func trim(run []node) (before, core, after []node) {
	i, j := 0, len(run)
	for i < j && run[i].blank() {
		i++
	}
	for j > i && run[j-1].blank() {
		j--
	}
	return run[:i], run[i:j], run[j:]
}

// sole is the only node of a run that says something; of kind end when there are several or none.
func sole(run []node) node {
	if _, core, _ := trim(run); len(core) == 1 {
		return core[0]
	}
	return node{}
}
