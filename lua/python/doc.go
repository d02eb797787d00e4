// Package python rewrites lines in scapy's Python as moonwire's Lua, so that what stands in an article or in a colleague's
// notes can be pasted at the prompt.
//
// It reads what such lines are made of: constructors and calls with keyword arguments, lists, tuples, dicts, lambdas,
// literals and assignments. Blocks (for, if, def), comprehensions, slices and format strings are beyond it. It knows no
// protocol and no function but those whose meaning differs between the two languages: range, len, bytes, raw and a few
// methods. Hint tells what to write where there is no equal. It works in three steps: lexer, tree of brackets, writer.
package python
