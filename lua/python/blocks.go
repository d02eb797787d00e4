package python

import (
	"slices"
	"strings"
)

// blocks makes rows of a text's lines, and blocks of rows by their indentation. Lines that nothing made a block of may be
// indented as they like: they were copied from somewhere.
type blocks struct {
	*notes
	lines []textLine
	at    int
}

// A textLine is one line, which goes on over several where brackets are open.
type textLine struct {
	indent  string
	width   int
	nodes   []node
	tail    []node
	newline string
	number  int
}

// split cuts a tree into its lines. The commas and semicolons at a line's end, left over from where it was copied, go.
func split(nodes []node) (lines []textLine) {
	for number := 1; ; {
		i := slices.IndexFunc(nodes, func(n node) bool { return n.kind == newline })
		run, l := nodes, textLine{number: number}
		if i >= 0 {
			run, l.newline = nodes[:i], nodes[i].lua
		}
		before, core, after := trim(run)
		for len(core) > 0 && (core[len(core)-1].is(",") || core[len(core)-1].is(";")) {
			_, core, _ = trim(core[:len(core)-1])
		}
		if len(core) == 0 {
			l.tail = before
		} else {
			l.indent, l.number, l.tail = spelled(before), core[0].line, after
		}
		l.nodes, l.width = core, len(strings.ReplaceAll(l.indent, "\t", "        "))
		lines = append(lines, l)
		if i < 0 {
			return lines
		}
		number, nodes = nodes[i].line+1, nodes[i+1:]
	}
}

// goesOn reports whether the text is one block in lines of its own that no empty line has ended: what is wrong with it is said when it
// is whole, so that none of its lines is taken for another entry.
func (b *blocks) goesOn() bool {
	from := slices.IndexFunc(b.lines, func(l textLine) bool { return len(l.nodes) > 0 })
	if from < 0 || len(b.lines[len(b.lines)-1].nodes) == 0 {
		return false
	}
	head := b.lines[from]
	if heads(head.nodes) != len(head.nodes)-1 {
		return false
	}
	for _, l := range b.lines[from+1:] {
		if len(l.nodes) > 0 && l.width <= head.width && !(l.width == head.width && continues(head.nodes[0].source, l.nodes[0].source)) {
			return false
		}
	}
	return true
}

// last reports whether the line at hand is the text's last one.
func (b *blocks) last() bool { return b.at >= len(b.lines)-1 }

// rows reads the rows of a block: those that are indented further than its head. A head of -1 is the text's.
func (b *blocks) rows(head int) (rows []*row) {
	for b.at < len(b.lines) && !b.beyond {
		l := b.lines[b.at]
		if len(l.nodes) > 0 && l.width <= head {
			break
		}
		if len(l.nodes) == 0 && head >= 0 && !b.deeper(head) {
			break
		}
		r := &row{indent: l.indent, tail: spelled(l.tail), newline: l.newline}
		rows = append(rows, r)
		switch {
		case len(l.nodes) == 0:
			b.at++
		case heads(l.nodes) >= 0:
			r.tail, r.newline = "", ""
			r.statements = []*statement{b.compound(l)}
		default:
			b.misplaced(l.nodes[0])
			b.statements(r, l.nodes)
			b.at++
		}
	}
	return rows
}

// deeper reports whether the next line that says something is indented further than a head.
func (b *blocks) deeper(head int) bool {
	for _, l := range b.lines[b.at:] {
		if len(l.nodes) > 0 {
			return l.width > head
		}
	}
	return false
}

// misplaced says what is wrong with a line that begins with a word of Python's blocks and begins none here.
func (b *blocks) misplaced(first node) {
	if first.kind == operator && first.source == "@" {
		b.because(first.line, "Lua has no decorators: f = decorate(f)")
	}
}

// heads is where in a line the colon stands that begins a block; -1 when the line begins none.
func heads(run []node) int {
	if run[0].kind != name {
		return -1
	}
	switch run[0].source {
	case "for", "while", "if", "elif", "else", "def", "class", "with", "try", "except", "finally", "async":
	default:
		return -1
	}
	for i, n := range run {
		switch {
		case n.word("do"), n.word("then"), n.word("function"): // Lua's blocks
			return -1
		case n.is(":") && (i == len(run)-1 || run[i+1].blank() || run[0].word("else")):
			return i
		}
	}
	return -1
}

// compound reads a statement with blocks: its first part, and those that go on from there.
func (b *blocks) compound(l textLine) *statement {
	s := &statement{word: l.nodes[0].source, line: l.number}
	for {
		p := b.part(l)
		s.parts = append(s.parts, p)
		if b.beyond || b.at >= len(b.lines) {
			return s
		}
		at := b.at // blank lines before an else belong to the block before it
		for at < len(b.lines)-1 && len(b.lines[at].nodes) == 0 {
			at++
		}
		next := b.lines[at]
		if len(next.nodes) == 0 || next.width != l.width || !continues(s.word, next.nodes[0].source) || heads(next.nodes) < 0 {
			return s
		}
		for ; b.at < at; b.at++ {
			p.rows = append(p.rows, &row{tail: spelled(b.lines[b.at].tail), newline: b.lines[b.at].newline})
		}
		l = next
	}
}

// continues reports whether a block that begins with one word goes on with a part that begins with another.
func continues(first, word string) bool {
	switch word {
	case "elif":
		return first == "if"
	case "else":
		return first == "if" || first == "for" || first == "while" || first == "try"
	case "except", "finally":
		return first == "try"
	}
	return false
}

// part reads the head at hand and its block.
func (b *blocks) part(l textLine) *part {
	colon := heads(l.nodes)
	p := &part{word: l.nodes[0].source, line: l.number, indent: l.indent}
	c := &cursor{notes: b.notes, nodes: l.nodes[1:colon]}
	p.head(c)
	if !c.end() {
		b.refuse()
	}
	_, rest, _ := trim(l.nodes[colon+1:])
	if len(rest) > 0 {
		p.inline = true
		r := &row{indent: " ", tail: spelled(l.tail), newline: l.newline}
		p.rows = []*row{r}
		b.statements(r, rest)
		b.at++
		return p
	}
	p.tail = spelled(l.tail) + l.newline
	b.at++
	if !b.deeper(l.width) {
		b.headAlone(p, l)
		return p
	}
	p.rows = b.rows(l.width)
	return p
}

// headAlone is a head without its block: more lines are to come, or an empty one said that none will.
func (b *blocks) headAlone(p *part, l textLine) {
	b.bodiless, b.ended, b.at = l.number, b.at < len(b.lines), len(b.lines)
	p.rows = []*row{{statements: []*statement{{word: "pass"}}}}
}

// head reads what stands between a block's word and its colon.
func (p *part) head(c *cursor) {
	switch p.word {
	case "if", "elif", "while":
		p.kids = []*expr{c.expression()}
	case "for":
		for _, t := range c.targets() {
			p.names = append(p.names, t.at.source)
		}
		if !c.next().word("in") {
			c.refuse()
			return
		}
		c.take()
		p.kids = []*expr{c.list()}
	case "def":
		p.parameters(c)
	case "except":
		p.caught(c)
	case "class":
		c.because(p.line, `a protocol is declared with protocol{name="Knock", fields={{"times", bits=8}}, over={UDP, dport=7000}}`)
	case "with":
		c.because(p.line, `Lua has no with: files are read by rdpcap("f.pcap") and written by wrpcap("f.pcap", packets)`)
	case "async":
		c.because(p.line, "Lua has no async: calls wait, and take a timeout")
	}
}

// parameters reads f(x, y=1).
func (p *part) parameters(c *cursor) {
	n := c.next()
	if n.kind != name || !isName(n.source) {
		c.refuse()
		return
	}
	c.take()
	call := &expr{form: callForm, at: c.next()}
	if !call.at.opens("(") {
		c.refuse()
		return
	}
	p.names = []string{n.source}
	c.gap()
	c.arguments(call)
	for _, it := range call.items {
		switch {
		case it.named():
			p.names, p.kids = append(p.names, it.name.source), append(p.kids, it.value)
		case it.value != nil && it.value.form == nameForm:
			p.names, p.kids = append(p.names, it.value.at.source), append(p.kids, nil)
		default:
			c.refuse()
		}
	}
}

// caught reads an except: the errors that it is for, which Lua does not tell apart, and their name.
func (p *part) caught(c *cursor) {
	if !c.end() {
		c.list()
	}
	if c.next().word("as") {
		c.take()
		if n := c.next(); n.kind == name {
			c.take()
			p.names = []string{n.source}
		}
	}
}
