// Package vm is gopher-lua with its faults repaired and its work bounded. It is what package lua runs scripts on, and it
// knows nothing of packets: use it wherever Lua 5.1 from a stranger must end, and end with an error that names its line.
//
// A Machine is one interpreter. Compile makes a function of source, Run calls it under a context and a memory bound, Protect
// calls a function from Go as pcall does. CompileIn is Compile for chunks that share the local variables of their top level; Lex and
// Awaits are for whoever shows source or asks for more of it. Functions that wait, for the network or a file, mark themselves with Wait and end
// when Context ends, so that a script keeps what an interrupted call had found. Functions that make much in one go ask Room
// first; those that keep what comes in ask Full, and return what they have when it is time. Strict has reading a global that nobody
// assigned be an error (globals.go), and Written tells a function how many arguments stand in its call.
//
// # Faults of gopher-lua 1.1.2 that are repaired here
//
// gopher-lua is kept unmodified because it is Lua 5.1, pure Go and interruptible.
//
//   - The jump back of a generic for whose body begins with break goes anywhere: the compiler takes a distance for a label.
//     The jump is written anew (compile.go).
//   - The registers of a generic for are not counted when its frame is sized, so that a call may write over them. The count
//     is raised (compile.go).
//   - A table constructor with more than 25,550 values silently loses the rest. It is an error (compile.go).
//   - Bytecode can break the interpreter. It is refused (compile.go).
//   - The parser and the compiler call themselves for each level and each operator, and look through all constants and names
//     for each one: 60,000 nested ifs end the process, 200,000 constants take minutes. Source is measured before it is
//     parsed (measure.go, token.go).
//   - In "for x in (a / b):m() do" both operands become b, since the call on the left is compiled into a register of the
//     loop. What a loop walks is assigned to local variables in front of it (hoist.go), which is also where a value that is no
//     function gives its iterator: the result of __iter, as in Luau. Lua 5.1 itself knows no such event.
//   - a, b = b, a gives two local variables the same value, prev, cur, cur.next = cur, cur.next, prev loses a list, and after c = t.x
//     and 5 a local c is what it was where t.x is nil. Assignments are taken apart (assign.go).
//   - "while not nil or a do" ends at once, and other conditions that begin with a constant never do. Constants are computed
//     beforehand (logic.go).
//   - "\x41" is read as x41, as in Lua 5.1; every later Lua, and everyone who writes bytes, means A. The escape is rewritten
//     as \065, and so is "\u{41}". What stands for no byte or character, "\300" too, is an error (escapes.go).
//   - After a caught error, closures in the frames that go on no longer share variables with them: the error closes the
//     variables of every frame of its thread. Each protected call gets its own thread, whose frames all end; the thread is
//     used again, so that this costs less than half a microsecond (protected.go).
//   - A panic of Go, or the error of a coroutine.wrap, detaches nothing: closures of the frames that end go on to read a
//     stack that is used for something else. Both are raised anew on the thread that ends (protected.go, coroutine.go).
//   - A coroutine ends with the context under which it was made, which may be that of an earlier run, and one that
//     coroutine.wrap made can be resumed in the middle of the instruction that failed. It takes the context of the thread
//     that resumes it, and is dead after an error (coroutine.go).
//   - A yield below a metamethod, an iterator or a function of Go is taken for a return, and one in a tail call of a coroutine's first
//     frame, or one that is resumed with fewer values than it is assigned to, ends in a fault of Go. The first is refused, in
//     Lua's words, the others do what Lua does. Coroutines stay in the list of a context until that ends; they no longer do
//     (coroutine.go).
//   - A coroutine may resume its own resumer, recursing until the Go stack overflows, which ends the process. resume refuses
//     (coroutine.go).
//   - Coroutines and protected calls nest until the Go stack is full, which ends the process. Their depth is bounded
//     (protected.go).
//   - The context is looked at between instructions only, and library functions run for minutes or make gigabytes in one
//     instruction. Those whose size is known before are refused (sandbox.go); the others are our own, and count their steps
//     or bytes (the items below).
//   - The matcher of patterns cannot be stopped, calls itself for each letter that is repeated until the Go stack is full, and
//     knows no frontier, %f[set]. Ours ticks, and calls itself only where an item can match in several ways (pattern.go,
//     match.go).
//   - Numbers are read as Go reads them: 010 and "010" are eight, tonumber("1e3") is nil, 0xffffffffffffffff is not a number, and
//     neither is 1e400, which is infinite (number.go).
//   - string.byte of a text alone gives all its bytes, string.char drops the bits that a byte has no room for, string.rep its separator, table.remove takes
//     the last value for one that is not there (strings.go, sandbox.go).
//   - string.gsub copies the whole text for every replacement, and gsub and gmatch find all matches before the first is
//     used. They find one at a time; what gmatch returns can be called without a for, and a limit of 0 replaces nothing
//     (patterns.go).
//   - string.format hands everything to Go's Sprintf: no error for a wrong argument, %!u(int64=3) for %u, widths without
//     bounds. It is Lua's, with Lua's errors (format.go).
//   - The operator .. makes one text of up to 250 in one instruction, whatever their size. A chain is compiled into a call
//     (concat.go, rewrite.go).
//   - table.concat puts all values on the stack, which has no room for a million, and table.sort cannot be stopped. Both are
//     our own (sandbox.go, sort.go).
//   - string.lower and string.upper take bytes for UTF-8 and write others for those that are none. Ours change letters of
//     ASCII alone (sandbox.go).
//   - setmetatable gives a metatable to all texts, or all numbers, when it is given one. It wants a table (sandbox.go).
//   - t[6e7] = 1 makes sixty million places in one instruction. From 2^24 on a value has none of its own, and # does
//     not count it; that is a variable of gopher-lua's, which is set for the whole process (memory.go).
//   - Memory is not bounded. It is measured while a script runs, and before much is made of it (memory.go).
//   - Its own errors name no variable: "attempt to index a non-table object(nil)". They get Lua's words, with what the source calls the
//     value, on their way out (fault.go, origin.go). Which local variable a register holds follows from the blocks of the source, since
//     gopher-lua writes the end of one into the entry of another (scope.go).
//   - error wants a value, assert takes none that is no text, and of a value that is none nobody learns where it was thrown. All three are
//     as in Lua, and a Thrown has the place (sandbox.go, fault.go).
//   - When the context ends the script ends at once, and an interrupted call cannot even be assigned to a variable. It gets a
//     moment to hand over what it has (interrupt.go).
//   - A time of day is written with an exponent, 1.764508800123456e+09, and what is infinite as Go does. Numbers below 1e15 are
//     written without an exponent, and inf and nan as C does (text.go).
package vm
