package entry

import (
	"fmt"
	"strings"

	"github.com/moonwire/moonwire/lua/vm"
)

// How loops over numbers are written elsewhere, and in Lua.

// forAt is the piece of the for whose head the parser stopped in; -1 for none.
func (f fault) forAt() int {
	for i := min(f.near, len(f.pieces)-1); i >= 0; i-- {
		switch p := f.pieces[i]; {
		case p.kind != vm.Keyword || p.text == "in" || i == f.near:
		case p.text == "for":
			return i
		default:
			return -1
		}
	}
	return -1
}

// loops proposes in for the equals sign of a for that walks one value, as in for i = range(1, 3) do, or has several names, and a first number for one that has
// the last one only.
func (f fault) loops() []proposal {
	begin := f.forAt()
	value := begin + 3
	if begin >= 0 && f.is(f.near, "=") && f.near > begin+2 {
		names := f.source[f.pieces[begin].at:f.pieces[f.near-1].end()]
		return []proposal{f.replace(f.near, f.near, "in", "Lua writes "+names[:min(len(names), maxShown)]+" in ... do")}
	}
	if begin < 0 || !f.is(f.near, "do") || value >= f.near || f.pieces[begin+1].kind != vm.Name || f.pieces[begin+2].text != "=" {
		return nil
	}
	name, text := f.pieces[begin+1].text, f.source[f.pieces[value].at:f.pieces[f.near-1].end()]
	if len(text) > maxShown {
		text = "..."
	}
	if p := f.pieces[value]; p.text == "#" || value == f.near-1 && p.kind == vm.Number {
		return []proposal{f.replace(value, value, "1, "+p.text, fmt.Sprintf("Lua writes for %s = 1, %s do", name, text))}
	}
	return []proposal{f.replace(begin+2, begin+2, "in", fmt.Sprintf("Lua writes for %s in %s do", name, text))}
}

// maxShown is the longest expression that is repeated, in bytes.
const maxShown = 60

// JoinsNumbers reports whether the parser stopped in two numbers with .. between them, as in 1..3.
func JoinsNumbers(source string, e *vm.SyntaxError) bool {
	return len(source) <= maxMeant && faultIn(source, e).joinsNumbers()
}

func (f fault) joinsNumbers() bool {
	if f.near == len(f.pieces) || f.pieces[f.near].kind != vm.Number {
		return false
	}
	first, last, _ := strings.Cut(f.pieces[f.near].text, "..")
	return first != "" && last != "" && !strings.Contains(first, ".")
}

// numbersJoined says what is written in place of 1..3.
func (f fault) numbersJoined() string {
	first, last, _ := strings.Cut(f.pieces[f.near].text, "..")
	last = strings.TrimPrefix(last, ".") // 1...3
	if i := f.forAt(); i >= 0 && i+3 == f.near && f.pieces[i+1].kind == vm.Name && len(first)+len(last) <= maxShown {
		return fmt.Sprintf("; Lua writes for %s = %s, %s do", f.pieces[i+1].text, first, last)
	}
	return "; .. joins texts, with a blank before it: 1 ..3; numbers from 1 to 3 are range(1, 3)"
}
