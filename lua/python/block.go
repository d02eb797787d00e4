package python

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	// blockStart finds a line that begins a block of Python's.
	blockStart = regexp.MustCompile(`^\s*(for|while|if|elif|else|def|class|with|try|except)\b(.*?):(\s.*)?$`)
	// luaBlock finds what makes a line a block of Lua's.
	luaBlock = regexp.MustCompile(`\b(do|then|function)\b`)
	// quotedText finds the strings of a line.
	quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	// walked finds what a for walks: its first name.
	walked = regexp.MustCompile(`\bfor\s+[\w\s,]+\bin\s+([A-Za-z_]\w*)`)
	// mixedLoop takes a for of Lua's over what a constructor makes apart.
	mixedLoop = regexp.MustCompile(`^\s*for\s+(\w+)\s+in\s+([A-Z]\w*\([^\n]*?)\s+do\b`)
	// condition takes the condition out of a line without strings that begins a block.
	condition = regexp.MustCompile(`^\s*(if|while)\s+([^"'#:]+?)\s*:`)
)

// block is the hint for an entry that begins a block in Python's spelling, which Lua would take for the beginning of one of
// its own, and its line; 0 for any other entry.
func block(source string, known Known) (hint string, line int) {
	first, _, _ := strings.Cut(strings.TrimLeft(source, "\n"), "\n")
	m := blockStart.FindStringSubmatch(quotedText.ReplaceAllString(first, `""`))
	if m == nil || luaBlock.MatchString(first) {
		return "", 0
	}
	line = strings.Count(source[:strings.Index(source, first)], "\n") + 1
	return fmt.Sprintf("this is Python's %s; in Lua: %s", m[1], blockInLua(m[1], first, known)), line
}

// blockInLua is how Lua begins the block that a line of Python begins.
func blockInLua(word, line string, known Known) string {
	switch word {
	case "for":
		if m := walked.FindStringSubmatch(line); m != nil && (known(m[1]) == Packet || known(m[1]) == Layer) {
			return "for q in p:each() do ... end"
		}
		return "for _, x in ipairs(list) do ... end"
	case "while":
		return "while " + conditionInLua(word, line) + " do ... end"
	case "if":
		return "if " + conditionInLua(word, line) + " then ... end" + afterwards(hint(line))
	case "def":
		return "function f(x) ... end"
	}
	return "blocks end with end"
}

// afterwards is a second hint behind a first one.
func afterwards(hint string) string {
	if hint == "" {
		return ""
	}
	return "; " + hint
}

// conditionInLua is the condition of Python's if and while as Lua writes it; x where it cannot be translated.
func conditionInLua(word, line string) string {
	m := condition.FindStringSubmatch(line)
	if m == nil || m[1] != word {
		return "x"
	}
	if lua, ok := translated(m[2]); ok {
		return lua
	}
	if hint(m[2]) != "" {
		return "x"
	}
	return m[2]
}

// explained is the hint for what is neither Lua nor can be translated: how Lua walks the packets that a constructor in
// Python's spelling makes, or what hint finds.
func explained(source string) string {
	if m := mixedLoop.FindStringSubmatch(source); m != nil {
		if packet, ok := translated(m[2]); ok {
			if strings.Contains(quotedText.ReplaceAllString(packet, ""), "/") {
				packet = "(" + packet + ")"
			}
			return "in Lua: for " + m[1] + " in " + packet + ":each() do ... end"
		}
	}
	return hint(source)
}
