package python

// deepest is how many brackets and lambdas may stand inside each other.
const deepest = 200

// A parser makes a tree of tokens: groups of brackets, cut at their commas.
type parser struct {
	*notes
	lexer lexer
	tok   node // the one to be read next
}

// parse reads a whole text.
func parse(source string, r *notes) []node {
	p := &parser{notes: r, lexer: lexer{notes: r, rest: source}}
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
	closing := p.tok.kind == bracket && opener(p.tok.source) != ""
	switch {
	case p.beyond || p.tok.kind == end:
		return true
	case e == chunk:
		if closing {
			p.refuse()
		}
		return closing
	case e == line && (p.tok.kind == newline || p.tok.is(";")):
		return true
	}
	return closing || p.tok.is(",")
}

// nodes reads a run.
func (p *parser) nodes(e extent, depth int) (run []node) {
	if depth > deepest {
		p.refuse()
	}
	for !p.ends(e) {
		switch {
		case p.tok.kind == bracket:
			run = append(run, p.group(depth))
		case p.tok.kind == name && p.tok.source == "lambda":
			run = append(run, p.lambda(e, depth)...)
		default:
			if e == element {
				p.inside()
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
	g := node{kind: group, source: p.tok.source}
	for {
		p.advance()
		g.items = append(g.items, p.nodes(element, depth+1))
		if !p.tok.is(",") {
			break
		}
	}
	if p.tok.kind == end {
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
	var parameters []node
	for p.advance(); !p.tok.is(":"); p.advance() {
		switch {
		case p.tok.kind == space, p.tok.is(","), p.tok.kind == name && isName(p.tok.source):
			parameters = append(parameters, p.tok)
		default:
			p.refuse()
			return nil
		}
	}
	p.advance()
	if e == chunk {
		e = line
	}
	before, body, after := trim(p.nodes(e, depth+1))
	_, parameters, _ = trim(parameters)
	fn := node{kind: lambda, closed: e == line || p.tok.kind != end, items: [][]node{parameters, before, body}}
	if len(body) == 0 && fn.closed {
		p.refuse()
	}
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

// blank reports whether a node says nothing: a space, a line end or a comment.
func (n node) blank() bool { return n.kind == space || n.kind == newline || n.kind == comment }

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

// elements are a group's items without an empty last one, and the blanks that were found there.
func (n node) elements() (items [][]node, rest []node) {
	last := len(n.items) - 1
	if _, core, _ := trim(n.items[last]); len(core) == 0 {
		return n.items[:last], n.items[last]
	}
	return n.items, nil
}

// sole is the only node of a run that says something; of kind end when there are several or none.
func sole(run []node) node {
	if _, core, _ := trim(run); len(core) == 1 {
		return core[0]
	}
	return node{}
}

// tuple reports whether a run is nothing but a tuple: a pair of parentheses with a comma in it, or with nothing.
func tuple(run []node) bool {
	n := sole(run)
	if !n.opens("(") {
		return false
	}
	items, _ := n.elements()
	return len(n.items) > 1 || len(items) == 0
}
