package python

// A role is what a word does that is not simply a name.
type role uint8

const (
	plain    role = iota // an ordinary name
	constant             // a value
	binary               // stands between two values
	negation             // not
	opening              // begins a statement: local, return
	foreign              // reserved in one of the languages, with no equal here
)

// roleOf is the role of a word in either language.
func roleOf(word string) role {
	switch word {
	case "True", "False", "None", "true", "false", "nil":
		return constant
	case "and", "or":
		return binary
	case "not":
		return negation
	case "local", "return":
		return opening
	case "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
		"for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "pass", "raise", "try", "while", "with",
		"yield", "do", "elseif", "end", "function", "goto", "repeat", "then", "until":
		return foreign
	}
	return plain
}

// luaConstant is Lua's spelling of a value with a name; other words stay as they are.
func luaConstant(word string) string {
	switch word {
	case "True":
		return "true"
	case "False":
		return "false"
	case "None":
		return "nil"
	}
	return word
}

// ownMethod is our name of a packet's method that scapy calls otherwise; "" for the others.
func ownMethod(name string) string {
	switch name {
	case "display":
		return "show"
	case "mysummary":
		return "summary"
	case "haslayer":
		return "has"
	case "getlayer":
		return "layer"
	}
	return ""
}

// augments reports whether an operator changes a variable by a value, as Lua's own can.
func augments(op string) bool {
	switch op {
	case "+=", "-=", "*=", "/=", "%=", "**=", "//=", "&=", "|=", "^=", "<<=", ">>=":
		return true
	}
	return false
}

// compares reports whether an operator is a comparison.
func compares(op string) bool {
	switch op {
	case "<", ">", "<=", ">=", "==", "!=", "~=":
		return true
	}
	return false
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isName reports whether s is a name in both languages.
func isName(s string) bool {
	if s == "" || isDigit(s[0]) || roleOf(s) != plain {
		return false
	}
	for i := range len(s) {
		if !isLetter(s[i]) && !isDigit(s[i]) {
			return false
		}
	}
	return true
}
