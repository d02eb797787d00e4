// Package python rewrites scapy's Python as moonwire's Lua, so that what stands in an article or in a colleague's notes can be
// pasted at the prompt: a line, or a whole session with its blocks. Its one door is Read; Script is for whole scripts, which are
// not translated.
//
// It knows Python's grammar, as far as people write it at a prompt, and of the shell only what differs in name: which of
// Python's functions and methods Lua spells otherwise. What a name stands for, Known says; what an expression gives is followed
// from there (types.go), because Lua has to know: text is joined by another sign than numbers are added, 0 is true, lists begin at 1.
// What has no equal ends in an error that says how Lua writes it. Nothing is guessed: a text that could mean either stays Lua.
//
// A text that is not Lua goes from tokens (lexer.go) to a tree of brackets (tree.go), blocks (blocks.go), statements
// (statement.go) and expressions (parse.go), and is then written, one line as one line, with the blanks that it had
// (put.go, compound.go for statements, write.go and what it calls for expressions). A text that is Lua is searched for slips, by
// gopher-lua's syntax tree (slips.go), and only what cannot be meant as Lua is rewritten.
package python
