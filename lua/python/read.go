package python

import (
	"regexp"
	"strings"
)

// A Kind is what a name stands for where an entry is read.
type Kind uint8

const (
	// Unknown is a name that no variable has.
	Unknown Kind = iota
	// Other is any value that both languages treat alike: a number, a string, a table, a function that the user wrote.
	Other
	// Function is one of the shell's own functions.
	Function
	// Layer is a protocol, whose name makes a layer when it is called.
	Layer
	// Packet is a packet.
	Packet
	// Value is another value with methods: a layer of a packet, a list of packets or of answers.
	Value
)

// Known says what a name stands for before an entry runs. It must not run any of the user's code.
type Known func(name string) Kind

// A Reading is what an entry of a prompt was understood as. The zero Reading is for an entry to be left as it is: it is Lua,
// or it is not Python either.
type Reading struct {
	// Lua is the entry in Lua's spelling; empty when it needs none, or when there is none. It is meant to be compiled: not
	// every mistake has been noticed.
	Lua string
	// Hint is how Lua says what cannot be translated, as an error of one line; empty when nothing is to be said. There is no
	// Hint beside a Lua.
	Hint string
	// Line is where in the entry the hint belongs, from 1: such an entry begins a block of Python's, whatever else it may
	// look like. 0 is wherever the compiler stops.
	Line int
}

// Read understands an entry that may be Python as scapy's users write it. What is Lua already is read for the few slips that
// only Python means so, as p.show() of a packet; anything else is translated, or explained.
func Read(source string, known Known) Reading {
	if chunk := parsed(source); chunk != nil {
		return slipped(source, lookThrough(chunk, known), known)
	}
	if hint, line := block(source, known); line > 0 {
		return Reading{Hint: hint, Line: line}
	}
	lua, ok := translated(source)
	switch {
	case !ok:
		return Reading{Hint: explained(source)}
	case lookThrough(parsed(lua), known).measured:
		return Reading{Hint: "the bytes of a packet are counted by #bytes(p): #p counts the packets that it stands for"}
	}
	return Reading{Lua: lua}
}

// slipped reads an entry that is Lua.
func slipped(source string, found *slips, known Known) Reading {
	if !found.found || found.beyond {
		return Reading{}
	}
	lua, ok := corrected(source)
	if !ok || lookThrough(parsed(lua), known).measured { // len(p) beside the slip
		return Reading{}
	}
	return Reading{Lua: lua}
}

// Script is the line of a whole script, from 1, that shows it to be Python; 0 when none does.
func Script(source string) (line int) {
	at := imports.FindStringIndex(source)
	if at == nil {
		return 0
	}
	return 1 + strings.Count(source[:at[0]], "\n")
}

// imports finds what scripts in Python begin with, and Lua cannot compile.
var imports = regexp.MustCompile(`(?m)^(from[ \t]+[\w.]+[ \t]+import|import[ \t]+[\w.]+)\b`)
