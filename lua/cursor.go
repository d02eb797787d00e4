package lua

import (
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// A cursor is where an entry that is being written ends.
type cursor struct {
	start   int       // where the word begins that is being written
	quoted  bool      // in a string, which began with quote
	quote   string    // " or '
	comment bool      // in a comment
	object  string    // what stands before the dot or colon of the word: "p[TCP]"; empty without one
	colon   bool      // it is a colon
	open    []bracket // the brackets that are open, outermost first
	key     string    // the key of the table item that is being written: "flags" in {flags=
	value   bool      // behind the = of that item

	argument string // the last string that was closed: "handshake" in run("handshake", {
}

// A bracket is one that is open, and the name in front of it: "IP" in IP{.
type bracket struct {
	char byte
	name string
}

// inTable says that the innermost open bracket is a table's.
func (c cursor) inTable() bool { return len(c.open) > 0 && c.open[len(c.open)-1].char == '{' }

// indexes says that the innermost open bracket is one behind a value.
func (c cursor) indexes() bool {
	return len(c.open) > 0 && c.open[len(c.open)-1].char == '[' && c.opener() != ""
}

// opener is the name in front of the innermost open bracket.
func (c cursor) opener() string {
	if len(c.open) == 0 {
		return ""
	}
	return c.open[len(c.open)-1].name
}

// call is the function whose arguments are being written: the one in front of the innermost bracket, or of the one
// around it when that is a table without a name. A string argument without brackets counts: run "hand.
func (c cursor) call() string {
	for i := len(c.open) - 1; i >= 0 && i >= len(c.open)-2; i-- {
		if c.open[i].name != "" {
			return c.open[i].name
		}
		if c.open[i].char != '{' {
			return ""
		}
	}
	return ""
}

// scan reads an entry to its end, as far as completion needs to understand it.
func scan(entry string) cursor {
	var c cursor
	i := 0
	for i < len(entry) {
		switch ch := entry[i]; {
		case strings.HasPrefix(entry[i:], "--"):
			end := strings.IndexByte(entry[i:], '\n')
			if end < 0 {
				return cursor{start: len(entry), comment: true}
			}
			i += end
			continue
		case ch == '"' || ch == '\'':
			end := closing(entry, i)
			if end < 0 {
				return c.inString(entry, i)
			}
			c.argument, i = entry[i+1:end], end
		case ch == '(' || ch == '{' || ch == '[':
			c.open = append(c.open, bracket{ch, nameBefore(entry[:i])})
			c.key, c.value = "", false
		case ch == ')' || ch == '}' || ch == ']':
			if len(c.open) > 0 {
				c.open = c.open[:len(c.open)-1]
			}
			c.key, c.value = "", true
		case ch == ',' || ch == ';':
			c.key, c.value = "", false
		case ch == '=' && c.inTable() && !c.value:
			c.key, c.value = nameBefore(entry[:i]), true
		}
		i++
	}
	c.start = len(entry) - len(wordAt(entry))
	if before := entry[:c.start]; strings.HasSuffix(before, ".") || strings.HasSuffix(before, ":") {
		c.colon = strings.HasSuffix(before, ":")
		c.object = objectBefore(before[:len(before)-1])
	}
	return c
}

// inString is a cursor in a string that began at quote.
func (c cursor) inString(entry string, quote int) cursor {
	c.quoted, c.quote, c.start = true, entry[quote:quote+1], quote+1
	if name := nameBefore(strings.TrimRight(entry[:quote], " ")); name != "" && !c.value {
		c.open = append(c.open, bracket{'"', name})
	}
	return c
}

// closing is where a string that begins at i ends; -1 when it does not.
func closing(entry string, i int) int {
	for j := i + 1; j < len(entry); j++ {
		switch entry[j] {
		case '\\':
			j++
		case entry[i]:
			return j
		}
	}
	return -1
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// wordAt is the identifier that text ends with.
func wordAt(text string) string {
	i := len(text)
	for i > 0 && isWord(text[i-1]) {
		i--
	}
	return text[i:]
}

// nameBefore is the name that text ends with, dots and all, spaces aside: "judge.path".
func nameBefore(text string) string {
	text = strings.TrimRight(text, " \t\n")
	i := len(text)
	for i > 0 && (isWord(text[i-1]) || text[i-1] == '.') {
		i--
	}
	return text[i:]
}

// objectBefore is the value that text ends with, in the forms that can be looked at without running anything: a name
// followed by [TCP], [1] and .name.
func objectBefore(text string) string {
	i := len(text)
	for i > 0 {
		switch ch := text[i-1]; {
		case isWord(ch) || ch == '.':
			i--
			continue
		case ch == ']':
			if open := strings.LastIndexByte(text[:i], '['); open > 0 {
				i = open
				continue
			}
		}
		break
	}
	return text[i:]
}

// evaluate looks up what objectBefore found; nil when there is no such value.
func (s *State) evaluate(object string) glua.LValue {
	name := object
	if end := strings.IndexAny(object, ".["); end >= 0 {
		name = object[:end]
	}
	v, rest := s.variable(name), object[len(name):]
	for rest != "" && v != glua.LNil {
		var key string
		if rest[0] == '[' {
			key, rest, _ = strings.Cut(rest[1:], "]")
		} else {
			key, rest = rest[1:], ""
			if end := strings.IndexAny(key, ".["); end >= 0 {
				key, rest = key[:end], key[end:]
			}
		}
		v = member(v, strings.Trim(key, `"'`))
	}
	return v
}

// member is one step of evaluate.
func member(v glua.LValue, key string) glua.LValue {
	switch v := v.(type) {
	case *glua.LTable:
		if n, err := strconv.Atoi(key); err == nil {
			return v.RawGetInt(n)
		}
		return v.RawGetString(key)
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Packet); ok {
			if layer := p.Layer(craft.Name(key)); layer != nil {
				return &glua.LUserData{Value: layerView{layer}}
			}
		}
	}
	return glua.LNil
}
