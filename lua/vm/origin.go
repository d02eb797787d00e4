package vm

import (
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// A Named is what the source calls a value.
type Named struct {
	// Scope is "local", "global", "upvalue", "field" or "method"; "" for a value that has no name.
	Scope string
	// Text is the name itself.
	Text string
}

// An Origin is where a value comes from, as far as the code of its function tells.
type Origin struct {
	// Call is the function that returned it: "sr1", or "layer" of p:layer(IP); "" when no call did.
	Call string
	// Indexed says that it was looked up in another value.
	Indexed bool
	// Index is what it was looked up with: the global ICMP of p[ICMP]; a field for a constant, as in p.name and p["ICMP"].
	Index Named
}

// Assigned is the variable or the field that gets the first result of the call that runs, of a function of Go, as the source calls it there;
// the zero Named when there is none. Functions around it that return it are left: through reports that there were some.
func (m *Machine) Assigned(l *glua.LState) (name Named, through bool) {
	for level := 1; level < maxMoves; level++ {
		f, ok := frameAt(l, level)
		if !ok || m.own[f.fn.Proto] {
			break
		}
		inst, returned := f.fn.Proto.Code[f.pc], true
		if opcode(inst) == glua.OP_CALL {
			name, returned = f.taker(operandA(inst), f.pc+1)
		} else if opcode(inst) != glua.OP_TAILCALL {
			break
		}
		if !returned {
			return name, level > 1
		}
	}
	return Named{}, false
}

// taker is what gets the value in a register from the instruction at pc on, or whether the function returns it.
func (f frame) taker(reg, pc int) (name Named, returned bool) {
	code := f.fn.Proto.Code
	for ; pc < len(code); pc++ {
		if name := f.local(reg, pc); name != "" {
			return Named{"local", name}, false
		}
		inst := code[pc]
		a, b := operandA(inst), operandB(inst)
		switch op := opcode(inst); {
		case (op == glua.OP_MOVE || op == glua.OP_MOVEN) && b == reg:
			reg = a
			continue
		case op == glua.OP_SETGLOBAL && a == reg:
			return Named{"global", f.constant(operandBx(inst)).String()}, false
		case op == glua.OP_SETUPVAL && a == reg && b < len(f.fn.Proto.DbgUpvalues):
			return Named{"upvalue", f.fn.Proto.DbgUpvalues[b]}, false
		case (op == glua.OP_SETTABLE || op == glua.OP_SETTABLEKS) && operandC(inst) == reg:
			key, ok := f.key(b, pc).(glua.LString)
			if ok && f.holdsScope(a, pc) {
				return Named{"local", scopedName(key)}, false
			}
			if ok {
				return Named{"field", string(key)}, false
			}
		case op == glua.OP_RETURN && a == reg:
			return Named{}, true
		}
		break
	}
	return Named{}, false
}

// scopedName is the name of a variable of a Scope by its place, as Declared.declare writes it.
func scopedName(place glua.LString) string {
	return string(place[:strings.LastIndexByte(string(place), ' ')])
}

// constantAt marks an operand that is a constant, not a register.
const constantAt = 1 << 8

// register reads a value on the stack of a frame. l must be the thread of the frame; level is as for frameAt.
func register(l *glua.LState, level, reg int) glua.LValue {
	dbg, ok := l.GetStack(level)
	if !ok {
		return glua.LNil
	}
	_, v := l.GetLocal(dbg, reg+1)
	if v == nil {
		return glua.LNil
	}
	return v
}

// constant is a constant of the function.
func (f frame) constant(i int) glua.LValue {
	if i < 0 || i >= len(f.fn.Proto.Constants) {
		return glua.LNil
	}
	return f.fn.Proto.Constants[i]
}

// locals are the names of the local variables, and of those of the functions around that this one uses.
func (f frame) locals() []string {
	var names []string
	for reg := range int(f.fn.Proto.NumUsedRegisters) {
		if name := f.local(reg, f.pc); name != "" {
			names = append(names, name)
		}
	}
	for _, name := range f.fn.Proto.DbgUpvalues {
		if !strings.HasPrefix(name, "(") {
			names = append(names, name)
		}
	}
	return names
}

// setter is the instruction that last filled a register before pc; -1 when the call did. It follows the code from the beginning,
// past what is jumped over forwards, as Lua 5.1 does for its own errors.
func (f frame) setter(reg, pc int) int {
	code, last := f.fn.Proto.Code, -1
	for at := 0; at < pc; at++ {
		inst := code[at]
		a := operandA(inst)
		switch opcode(inst) {
		case glua.OP_JMP:
			if to := at + 1 + operandBx(inst) - jumpOrigin; to > at && to <= pc {
				at = to - 1
			}
		case glua.OP_CLOSURE:
			if a == reg {
				last = at
			}
			at += int(f.fn.Proto.FunctionPrototypes[operandBx(inst)].NumUpvalues) // what follows says where upvalues are
		case glua.OP_LOADNIL:
			if a <= reg && reg <= operandB(inst) {
				last = at
			}
		case glua.OP_CALL, glua.OP_TAILCALL, glua.OP_VARARG:
			if reg >= a {
				last = at
			}
		case glua.OP_TFORLOOP:
			if reg >= a+2 {
				last = at
			}
		case glua.OP_SELF:
			if reg == a || reg == a+1 {
				last = at
			}
		case glua.OP_SETGLOBAL, glua.OP_SETUPVAL, glua.OP_SETTABLE, glua.OP_SETTABLEKS, glua.OP_EQ, glua.OP_LT, glua.OP_LE, glua.OP_TEST,
			glua.OP_RETURN, glua.OP_SETLIST, glua.OP_CLOSE, glua.OP_NOP: // these fill none
		default:
			if a == reg {
				last = at
			}
		}
	}
	return last
}

// maxMoves is how often a value is followed from one register into another.
const maxMoves = 20

// name is what the source calls the value in a register at an instruction.
func (f frame) name(reg, pc int) Named {
	for range maxMoves {
		if name := f.local(reg, pc); name != "" {
			return Named{"local", name}
		}
		at := f.setter(reg, pc)
		if at < 0 {
			break
		}
		inst := f.fn.Proto.Code[at]
		if opcode(inst) == glua.OP_CALL && f.variable(reg, pc) == loopState[0] {
			reg, pc = operandA(inst)+1, at // the first argument of walk (hoist.go)
			continue
		}
		switch opcode(inst) {
		case glua.OP_MOVE, glua.OP_MOVEN:
			reg, pc = operandB(inst), at
			continue
		case glua.OP_GETGLOBAL:
			return Named{"global", f.constant(operandBx(inst)).String()}
		case glua.OP_GETUPVAL:
			if b := operandB(inst); b < len(f.fn.Proto.DbgUpvalues) && !strings.HasPrefix(f.fn.Proto.DbgUpvalues[b], "(") {
				return Named{"upvalue", f.fn.Proto.DbgUpvalues[b]}
			}
		case glua.OP_GETTABLE, glua.OP_GETTABLEKS:
			key, ok := f.key(operandC(inst), at).(glua.LString)
			if ok && f.holdsScope(operandB(inst), at) {
				return Named{"local", scopedName(key)}
			}
			if ok {
				return Named{"field", string(key)}
			}
		case glua.OP_SELF:
			if key, ok := f.key(operandC(inst), at).(glua.LString); ok && operandA(inst) == reg {
				return Named{"method", string(key)}
			}
		}
		break
	}
	return Named{}
}

// holdsScope reports whether a register holds the table of a Scope, whose fields are local variables.
func (f frame) holdsScope(reg, pc int) bool {
	if f.variable(reg, pc) == scopeName {
		return true
	}
	at := f.setter(reg, pc)
	if at >= 0 && opcode(f.fn.Proto.Code[at]) == glua.OP_MOVE {
		return f.variable(operandB(f.fn.Proto.Code[at]), at) == scopeName
	}
	if at < 0 || opcode(f.fn.Proto.Code[at]) != glua.OP_GETUPVAL {
		return false
	}
	b := operandB(f.fn.Proto.Code[at])
	return b < len(f.fn.Proto.DbgUpvalues) && f.fn.Proto.DbgUpvalues[b] == scopeName
}

// key is a constant operand; nil for one in a register.
func (f frame) key(operand, pc int) glua.LValue {
	if operand >= constantAt {
		return f.constant(operand - constantAt)
	}
	if at := f.setter(operand, pc); at >= 0 && opcode(f.fn.Proto.Code[at]) == glua.OP_LOADK && f.local(operand, pc) == "" {
		return f.constant(operandBx(f.fn.Proto.Code[at]))
	}
	return nil
}

// origin is where the value in a register comes from, through the local variables that it was assigned to in this function.
func (f frame) origin(reg, pc int) Origin {
	for range maxMoves {
		at := f.setter(reg, pc)
		if at < 0 {
			break
		}
		inst := f.fn.Proto.Code[at]
		switch opcode(inst) {
		case glua.OP_MOVE, glua.OP_MOVEN:
			reg, pc = operandB(inst), at
			continue
		case glua.OP_CALL:
			if f.variable(reg, pc) == loopState[0] {
				reg, pc = operandA(inst)+1, at
				continue
			}
			return Origin{Call: f.name(operandA(inst), at).Text}
		case glua.OP_GETTABLE, glua.OP_GETTABLEKS:
			if f.holdsScope(operandB(inst), at) {
				return Origin{}
			}
			if key, ok := f.key(operandC(inst), at).(glua.LString); ok {
				return Origin{Indexed: true, Index: Named{"field", string(key)}}
			}
			if c := operandC(inst); c < constantAt {
				return Origin{Indexed: true, Index: f.name(c, at)}
			}
			return Origin{Indexed: true}
		}
		break
	}
	return Origin{}
}
