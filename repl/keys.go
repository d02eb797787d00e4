package repl

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keys as readline knows them.
const (
	keyLineStart = "\x01"
	keyLeft      = "\x02"
	keyInterrupt = "\x03"
	keyDelete    = "\x04" // and the end of the input, on an empty line
	keyLineEnd   = "\x05"
	keyRight     = "\x06"
	keyDown      = "\x0e"
	keyUp        = "\x10"
	keyWordLeft  = "\x1bb"
	keyWordRight = "\x1bf"
	keyWordCut   = "\x1bd"
	keyWordBack  = "\x1b\x7f"
	keyPaste     = "\U0010fffd" // nobody types it: the last character for private use
)

// plainKeys are the control characters that readline takes for keys. It would insert any other, stop the parent process
// at Ctrl-Z, and end for good at a NUL.
const plainKeys = "\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x10\x12\x13\x14\x15\x17\x19\x7f"

// maxSequence is the longest escape sequence that is waited for.
const maxSequence = 32

// A key is what a keyboard sends at once. Its text is what readline is given: one rune, or escape and one more; nothing
// when the key means nothing here.
type key struct {
	text string
	// forward tells the key that deletes from Ctrl-D, which also ends the input.
	forward bool
	// pasted is what was pasted, when text is keyPaste.
	pasted string
}

// nextKey cuts the first key off what a keyboard sent. n is 0 when more must be read to tell.
func nextKey(b []byte) (k key, n int) {
	switch {
	case len(b) == 0:
		return key{}, 0
	case bytes.HasPrefix(b, []byte(pasteBegins)):
		return pasteKey(b)
	case b[0] == 0x1b:
		return escapeKey(b)
	case b[0] == '\t' && len(b) > 1: // nobody types so fast: it is pasted
		return key{text: " "}, 1
	case b[0] < 0x20 || b[0] == 0x7f:
		return controlKey(b[0]), 1
	case !utf8.FullRune(b):
		return key{}, 0
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError || unicode.IsControl(r) || string(r) == keyPaste {
		return key{}, n
	}
	return key{text: string(r)}, n
}

// What is pasted stands between these, when the terminal has been asked to say so (bracketed paste).
const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// pasteKey cuts off what was pasted. Ctrl-C in it is a person's who waits for its end: terminals paste no control characters.
func pasteKey(b []byte) (k key, n int) {
	text, _, whole := bytes.Cut(b[len(pasteBegins):], []byte(pasteEnds))
	if n := bytes.IndexByte(text, keyInterrupt[0]); n >= 0 {
		return key{text: keyInterrupt}, len(pasteBegins) + n + 1
	}
	if !whole {
		return key{}, 0
	}
	return key{text: keyPaste, pasted: plainText(text)}, len(pasteBegins) + len(text) + len(pasteEnds)
}

// plainText is what was pasted as lines of text, without what would command a terminal.
func plainText(pasted []byte) string {
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(pasted))
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' || string(r) == keyPaste {
			return -1
		}
		return r
	}, text)
}

func controlKey(c byte) key {
	if strings.IndexByte(plainKeys, c) < 0 {
		return key{}
	}
	return key{text: string(rune(c))}
}

// escapeKey cuts off a key that begins with escape.
func escapeKey(b []byte) (k key, n int) {
	if len(b) < 2 {
		return key{}, 0
	}
	switch b[1] {
	case '[':
		return controlSequence(b)
	case 'O': // SS3: an application's arrows
		if len(b) < 3 {
			return key{}, 0
		}
		return cursorKey(string(b[2]), ""), 3
	case 'b', 'f', 'd':
		return key{text: string(b[:2])}, 2
	case 0x7f, 0x08:
		return key{text: keyWordBack}, 2
	}
	return key{}, 1 // what follows is a key of its own
}

// controlSequence cuts off ESC [ parameters final (CSI, ECMA-48 section 5.4).
func controlSequence(b []byte) (k key, n int) {
	end := bytes.IndexFunc(b[2:], func(r rune) bool { return r < 0x20 || r > 0x3f })
	switch {
	case end < 0 && len(b) < maxSequence:
		return key{}, 0
	case end < 0:
		return key{}, len(b)
	}
	final := b[2+end]
	switch {
	case final < 0x20 || final > 0x7e: // broken off: what broke it may be Ctrl-C
		return key{}, 2 + end
	case final == '[' && end == 0: // a function key of the Linux console: ESC [ [ A
		if len(b) < 4 {
			return key{}, 0
		}
		return key{}, 4
	}
	return cursorKey(string(final), string(b[2:2+end])), 3 + end
}

// cursorKey is the key that a terminal names by a sequence's last letter and parameters. A second parameter says that a
// modifier is held.
func cursorKey(final, parameters string) key {
	number, _, held := strings.Cut(parameters, ";")
	switch {
	case final == "~" && number == "3" && held, final == "C" && held, final == "D" && held:
		return key{text: map[string]string{"~": keyWordCut, "C": keyWordRight, "D": keyWordLeft}[final]}
	case final == "~" && number == "3":
		return key{text: keyDelete, forward: true}
	case final == "~":
		return key{text: map[string]string{"1": keyLineStart, "7": keyLineStart, "4": keyLineEnd, "8": keyLineEnd}[number]}
	}
	return key{text: map[string]string{
		"A": keyUp, "B": keyDown, "C": keyRight, "D": keyLeft, "H": keyLineStart, "F": keyLineEnd,
	}[final]}
}
