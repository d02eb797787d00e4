// Package python rewrites lines in scapy's Python as moonwire's Lua, so that what stands in an article or in a colleague's
// notes can be pasted at the prompt. Its one door is Read; Script is for whole scripts, which are not translated.
//
// It reads what such lines are made of: constructors and calls with keyword arguments, lists, tuples, dicts, lambdas,
// literals and assignments. Blocks (for, if, def), comprehensions, slices and format strings are beyond it: for these it says
// what to write in Lua. It knows no protocol and no function but those whose meaning differs between the two languages:
// range, len, bytes, raw and a few methods. Whether a name is a packet, Known says.
//
// A text that is not Lua goes through three steps: lexer, tree of brackets, writer. A text that is Lua is searched for slips,
// by gopher-lua's syntax tree, and only what cannot be meant as Lua is rewritten.
package python
