package entry

import (
	"slices"

	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

// keywordOf is Lua's word for one that other languages have, and for the shortest ones when they are mistyped.
var keywordOf = map[string]string{
	"elif": "elseif", "elsif": "elseif", "elsf": "elseif", "elseIf": "elseif", "var": "local", "let": "local", "const": "local", "int": "local", "my": "local",
	"func": "function", "fn": "function", "fun": "function", "def": "function", "endif": "end", "endfor": "end", "endwhile": "end", "fi": "end",
	"done": "end", "foreach": "for", "od": "do", "ro": "or", "ni": "in",
}

// meantKeyword is the keyword that a word stands for, or is near to; "" for none.
func meantKeyword(word string) string {
	if meant, ok := keywordOf[word]; ok {
		return meant
	}
	return spelling.Nearest(word, vm.Keywords())
}

// short is a word that so many others are near to that nothing else may be wrong with the chunk, in bytes.
const short = 4

// words proposes keywords in place of names that are near to one, from the last piece to the first.
func (f fault) words(first, last int, whole bool) (all []proposal) {
	for i := min(last, len(f.pieces)-1); i >= max(first, 0); i-- {
		p := f.pieces[i]
		if p.kind != vm.Name || i > 0 && slices.Contains([]string{".", ":"}, f.pieces[i-1].text) {
			continue
		}
		meant := meantKeyword(p.text)
		if meant == "" {
			continue
		}
		said := "did you mean " + meant + "?"
		if i != f.near {
			said = p.text + ": " + said
		}
		r := f.replace(i, i, meant, said)
		r.whole = whole || len(p.text) <= short
		all = append(all, r)
	}
	return all
}
