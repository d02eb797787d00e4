// Package lua is moonwire's script language: Lua 5.1 with packets.
//
// A State is one interpreter with its globals. The layers' constructors (IP, TCP, ...) and everything packets can do come
// from craft's protocol tables by one generic binding; the other globals are families of functions, one file each:
// sending and receiving, capture files, taps and the judge, connections. The interpreter below is package vm, and package
// python reads what was pasted from an article.
//
// Scripts are sandboxed: no os, no io, no loading of code. They can be interrupted at any time through the context of
// Run, and their memory is bounded.
package lua
