package python

import (
	"regexp"
	"strconv"
	"strings"
)

// lengthOf is how many bytes a text without escapes has.
func lengthOf(body string) string { return strconv.Itoa(len(body)) }

// percent finds the directives of Python's formatting by %.
var percent = regexp.MustCompile(`%(\(\w+\))?[-+ #0]*(\*|\d+)?(\.(\*|\d+))?[hlL]?(.)?`)

// formatted writes "%s %d" % (x, n).
func (w *writer) formatted(e *expr) lua {
	text := w.expr(e.kids[0])
	if len(e.kids[0].texts) == 1 {
		text.text = percent.ReplaceAllStringFunc(text.text, func(directive string) string {
			m := percent.FindStringSubmatch(directive)
			switch conversion := m[5]; {
			case directive == "%%":
			case m[1] != "" || m[2] == "*" || m[4] == "*" || !strings.Contains("diouxXeEfFgGcsra", conversion) || conversion == "":
				w.because(e.at.line, `text is formatted with ("%s %d"):format(x, n)`)
			case strings.Contains("ra", conversion):
				return directive[:len(directive)-1] + "s"
			case conversion == "u":
				return directive[:len(directive)-1] + "d"
			case conversion == "F":
				return directive[:len(directive)-1] + "f"
			}
			return directive
		})
	}
	args := ""
	if v := e.kids[1]; v.form == tupleForm {
		args = w.separated(v.items)
	} else {
		args = w.expr(v.bare()).text
	}
	return call(text.at(prefixLevel)+":format("+args+")", str)
}

// formatCall writes "{} {}".format(x, y).
func (w *writer) formatCall(e, base *expr) lua {
	if len(base.texts) != 1 {
		w.because(e.at.line, `text is formatted with ("%s %d"):format(x, n)`)
		return lua{}
	}
	next := 0
	return w.pieces(base.at, func(field string) *expr {
		root, rest := field, ""
		if i := strings.IndexAny(field, ".["); i >= 0 {
			root, rest = field[:i], field[i:]
		}
		at := next
		if root == "" {
			next++
		} else if n, err := strconv.Atoi(root); err == nil {
			at = n
		} else {
			for _, it := range e.items {
				if it.named() && it.name.source == root && rest == "" {
					return it.value
				}
			}
			return nil
		}
		if at >= len(e.items) || e.items[at].named() {
			return nil
		}
		v := e.items[at].value
		if rest == "" {
			return v
		}
		if rest[0] == '.' && isName(rest[1:]) {
			return &expr{form: fieldForm, at: node{kind: name, source: rest[1:], lua: rest[1:], line: e.at.line}, kids: []*expr{v}, gaps: []string{"", ""}}
		}
		return nil
	})
}

// formatString writes f"{x} {n:5d}".
func (w *writer) formatString(t node) lua {
	return w.pieces(t, func(field string) *expr {
		sub := &notes{known: w.known}
		c := &cursor{notes: sub, nodes: tree(field, sub)}
		v := c.whole()
		if sub.beyond || sub.open {
			return nil
		}
		return v
	})
}

// pieces writes a text with fields in braces; read says which expression a field names.
func (w *writer) pieces(t node, read func(field string) *expr) lua {
	quote := t.lua[:1]
	format, args, fields := "", []string{}, 0
	for rest := t.body; rest != "" && !w.beyond; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			i = len(rest)
		}
		format += strings.ReplaceAll(w.literal(rest[:i], t), "%", "%%")
		if rest = rest[i:]; rest == "" {
			break
		}
		if strings.HasPrefix(rest, "{{") || strings.HasPrefix(rest, "}}") {
			format += rest[:1]
			rest = rest[2:]
			continue
		}
		field, after, ok := braced(rest)
		if !ok {
			w.because(t.line, `text with values in it: ("%s %d"):format(x, n)`)
			break
		}
		rest = after
		directive, arg := w.directive(t, field, read)
		format += directive
		args = append(args, arg)
		fields++
	}
	if fields == 0 {
		return value(quote+strings.ReplaceAll(format, "%%", "%")+quote, str)
	}
	return call("("+quote+format+quote+"):format("+strings.Join(args, ", ")+")", str)
}

// literal is a part of a string's body in Lua's spelling, without quotes.
func (w *writer) literal(part string, t node) string {
	s := &literal{notes: w.notes, quote: t.lua[0], raw: strings.Contains(t.prefix, "r")}
	for part != "" {
		n := s.take(part, true)
		if n == 0 {
			w.refuse()
			return ""
		}
		part = part[n:]
	}
	return s.lua.String()
}

// braced takes a field in braces from the beginning of a text.
func braced(text string) (field, rest string, ok bool) {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			depth--
		}
		if depth == 0 {
			return text[1:i], text[i+1:], i > 0 && text[i] == '}'
		}
	}
	return "", "", false
}

// conversion takes a field apart: what is written, !r, =, and how.
var conversion = regexp.MustCompile(`^(.*?)\s*(=?)(![rsa])?(:([^:]*))?$`)

// directive is how Lua writes a field, and the value.
func (w *writer) directive(t node, field string, read func(string) *expr) (directive, arg string) {
	m := conversion.FindStringSubmatch(field)
	if m == nil {
		w.refuse()
		return "", ""
	}
	v := read(m[1])
	if v == nil || m[2] != "" {
		w.because(t.line, `text with values in it: ("%s %d"):format(x, n)`)
		return "", ""
	}
	l := w.expr(v)
	directive, ok := spelledOut(m[5], l.is == numeric)
	if !ok {
		w.because(t.line, `how a value is written: ("%-10s %5d %.2f %x"):format(name, n, x, n)`)
	}
	return directive, l.text
}

// specification takes Python's way to say how a value is written apart: fill and alignment, sign, zeros, width, precision, type.
var specification = regexp.MustCompile(`^(?: ?([<>]))?([+ ]?)(#?)(0?)(\d*)(?:\.(\d+))?([cdeEfFgGosxX]?)$`)

// spelledOut is the directive of string.format for one of Python's.
func spelledOut(spec string, numeric bool) (directive string, ok bool) {
	m := specification.FindStringSubmatch(spec)
	if m == nil {
		return "", false
	}
	align, sign, alternate, zero, width, precision, kind := m[1], m[2], m[3], m[4], m[5], m[6], m[7]
	if kind == "" && (zero != "" || sign != "") {
		kind = "d"
	}
	directive = "%"
	if align == "<" || align == "" && width != "" && (kind == "s" || kind == "" && !numeric) {
		directive += "-"
	}
	directive += sign + alternate + zero + width
	switch {
	case precision != "" && kind == "":
		kind = "g"
		if !numeric {
			kind = "s"
		}
		fallthrough
	case precision != "":
		directive += "." + precision
	case kind == "":
		kind = "s"
	case kind == "F":
		kind = "f"
	}
	return directive + kind, true
}
