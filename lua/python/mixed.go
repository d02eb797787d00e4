package python

import (
	"regexp"
	"strings"
)

// mixedLoop takes a for of Lua's over what a constructor makes apart.
var mixedLoop = regexp.MustCompile(`^\s*for\s+(\w+)\s+in\s+([A-Z]\w*\([^\n]*?)\s+do\b`)

// quotedText finds the strings of a line.
var quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// mixed is the reading of a text that is neither language: how Lua walks the packets that a constructor in Python's spelling
// makes.
func mixed(source string, r *notes) Reading {
	m := mixedLoop.FindStringSubmatch(source)
	if m == nil {
		return Reading{}
	}
	packet := translate(m[2], &notes{known: r.known}).Lua
	switch {
	case packet == "":
		return Reading{}
	case strings.Contains(quotedText.ReplaceAllString(packet, ""), "/"):
		packet = "(" + packet + ")"
	}
	return Reading{Hint: "in Lua: for " + m[1] + " in " + packet + ":each() do ... end", Line: 1}
}
