package vm

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// openPatterns replaces the functions that take a pattern. gopher-lua's matcher cannot be interrupted and recurses once for
// each letter that is repeated; its gsub copies the whole text for every replacement, and gsub and gmatch find all matches
// before the first is used.
func (m *Machine) openPatterns(lib *glua.LTable) {
	for name, fn := range map[string]glua.LGFunction{"find": find, "match": matchText, "gsub": m.gsub, "gmatch": gmatch, "gfind": gmatch} {
		lib.RawSetString(name, m.l.NewFunction(fn))
	}
}

// searching is a matcher of the pattern that is argument 2, on the text that is argument 1, for a function that l runs.
func searching(l *glua.LState) *matcher {
	m := newMatcher(l, l.CheckString(1), l.CheckString(2))
	m.tick = ticker(l)
	return m
}

func newMatcher(l *glua.LState, text, pattern string) *matcher {
	p, err := parsePattern(pattern)
	if err != nil {
		l.RaiseError("%s", err)
	}
	return &matcher{pattern: p, text: text}
}

// ticker counts the steps of a function that l runs, and ends it when the run is over: the interpreter looks at its context
// between instructions only.
func ticker(l *glua.LState) func(steps int) {
	done, ctx := 0, l.Context()
	return func(steps int) {
		if done += steps; done < stepsBetweenTicks {
			return
		}
		done = 0
		if ctx != nil && ctx.Err() != nil {
			l.RaiseError("%s", ctx.Err())
		}
	}
}

// place is where argument n says that a search begins, counted from 0; at the end when it says behind the text.
func place(l *glua.LState, n, size int) int {
	from := l.OptInt(n, 1)
	if from < 0 {
		from += size + 1
	}
	return min(max(from, 1)-1, size)
}

// find is Lua's string.find.
func find(l *glua.LState) int {
	text, pattern := l.CheckString(1), l.CheckString(2)
	from := place(l, 3, len(text))
	if glua.LVAsBool(l.Get(4)) || !strings.ContainsAny(pattern, "^$*+?.([%-") {
		return findPlain(l, text, pattern, from)
	}
	found := searching(l).find(from)
	if found == nil {
		l.Push(glua.LNil)
		return 1
	}
	begin, end := found.span(0)
	l.Push(glua.LNumber(begin + 1))
	l.Push(glua.LNumber(end))
	return 2 + pushCaptures(l, text, found, false)
}

// findPlain is find for a text that is no pattern.
func findPlain(l *glua.LState, text, sought string, from int) int {
	at := strings.Index(text[from:], sought)
	if at < 0 {
		l.Push(glua.LNil)
		return 1
	}
	l.Push(glua.LNumber(from + at + 1))
	l.Push(glua.LNumber(from + at + len(sought)))
	return 2
}

// matchText is Lua's string.match.
func matchText(l *glua.LState) int {
	text := l.CheckString(1)
	if found := searching(l).find(place(l, 3, len(text))); found != nil {
		return pushCaptures(l, text, found, true)
	}
	l.Push(glua.LNil)
	return 1
}

// behind is where the search for the next match begins: an empty match is passed over.
func behind(found *match) int {
	begin, end := found.span(0)
	return max(begin+1, end)
}

// gmatch is Lua's. Unlike the library's own it returns one function, which can be called without a for.
func gmatch(l *glua.LState) int {
	m := newMatcher(l, l.CheckString(1), l.CheckString(2))
	from := 0
	l.Push(l.NewFunction(func(l *glua.LState) int {
		if from > len(m.text) {
			return 0
		}
		m.tick = ticker(l) // whoever calls may be another thread, in another run
		found := m.find(from)
		if found == nil {
			from = len(m.text) + 1
			return 0
		}
		if from = behind(found); m.anchored {
			from = len(m.text) + 1
		}
		return pushCaptures(l, m.text, found, true)
	}))
	return 1
}

// gsub is Lua's.
func (m *Machine) gsub(l *glua.LState) int {
	l.CheckTypes(3, glua.LTString, glua.LTNumber, glua.LTTable, glua.LTFunction)
	s, out := searching(l), m.building(l, "string.gsub")
	limit, n, from, next := l.OptInt(4, -1), 0, 0, 0
	for n != limit && next <= len(s.text) {
		found := s.find(next)
		if found == nil {
			break
		}
		begin, end := found.span(0)
		out.add(s.text[from:begin])
		replace(l, out, s.text, found)
		n, from, next = n+1, end, behind(found)
		if s.anchored {
			break
		}
	}
	out.add(s.text[from:])
	l.Push(out.text())
	l.Push(glua.LNumber(n))
	return 2
}

// replace adds what stands in a match's place by argument 3.
func replace(l *glua.LState, out *builder, text string, found *match) {
	var v glua.LValue
	switch with := l.Get(3).(type) {
	case *glua.LTable:
		v = l.GetTable(with, captured(l, text, found, 1))
	case *glua.LFunction:
		l.Push(with)
		l.Call(pushCaptures(l, text, found, true), 1)
		v = l.Get(-1)
		l.Pop(1)
	default:
		expand(l, out, Text(with), text, found)
		return
	}
	switch {
	case glua.LVIsFalse(v):
		begin, end := found.span(0)
		out.add(text[begin:end])
	case glua.LVCanConvToString(v):
		out.add(Text(v))
	default:
		l.RaiseError("invalid replacement value (a %s)", KindOf(v))
	}
}

// expand adds a text in which %1 is the first capture, %0 the match, and % before anything else is that.
func expand(l *glua.LState, out *builder, with, text string, found *match) {
	for {
		at := strings.IndexByte(with, '%')
		if at < 0 || at+1 == len(with) {
			out.add(with)
			return
		}
		out.add(with[:at])
		if c := with[at+1]; c >= '0' && c <= '9' {
			out.add(Text(captured(l, text, found, int(c-'0'))))
		} else {
			out.add(with[at+1 : at+2])
		}
		with = with[at+2:]
	}
}

// captured is capture n of a match: a text, or the number of a place. 0 is the match, and so is 1 without captures.
func captured(l *glua.LState, text string, found *match, n int) glua.LValue {
	if n > found.n {
		if n > 1 {
			l.RaiseError("invalid capture index")
		}
		n = 0
	}
	begin, end := found.span(n)
	if end < 0 {
		return glua.LNumber(begin + 1)
	}
	return glua.LString(text[begin:end])
}

// pushCaptures pushes the captures of a match, or when there are none and whole is wanted the match, and returns how many
// it pushed.
func pushCaptures(l *glua.LState, text string, found *match, whole bool) int {
	n := found.n
	if n == 0 && whole {
		n = 1
	}
	for i := 1; i <= n; i++ {
		l.Push(captured(l, text, found, i))
	}
	return n
}
