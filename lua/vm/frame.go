package vm

import (
	"reflect"

	glua "github.com/yuin/gopher-lua"
)

// A frame is a call of a Lua function as errors need to see it: which instruction it is at, and so what was written there.
type frame struct {
	fn   *glua.LFunction
	pc   int // of the instruction that runs
	line int // of the source
}

// frameAt is the call that is so many levels out on a thread: 0 is the one that runs, 1 the one that called it. ok is false for a
// function of Go, and outside of any call. gopher-lua shows the place of the instruction to nobody, so that it is looked for
// inside.
func frameAt(l *glua.LState, level int) (f frame, ok bool) {
	dbg, ok := l.GetStack(level)
	if !ok {
		return f, false
	}
	v, err := l.GetInfo("fl", dbg, glua.LNil)
	fn, isFunction := v.(*glua.LFunction)
	if err != nil || !isFunction || fn.IsG {
		return f, false
	}
	pc := reflect.ValueOf(dbg).Elem().FieldByName("frame").Elem().FieldByName("Pc").Int()
	return frame{fn: fn, pc: int(pc) - 1, line: dbg.CurrentLine}, pc > 0
}

// The operands of an instruction (compile.go says where they are).
func operandA(inst uint32) int  { return int(inst >> 18 & 0xff) }
func operandB(inst uint32) int  { return int(inst & 0x1ff) }
func operandC(inst uint32) int  { return int(inst >> 9 & 0x1ff) }
func operandBx(inst uint32) int { return int(inst & 0x3ffff) }
func opcode(inst uint32) int    { return int(inst >> opShift) }

// Written is how many arguments stand in the source of the call that runs, a function of Go. Those that another call, or ..., in
// the last place gave beyond its first are not counted: nobody wrote them.
func (m *Machine) Written(l *glua.LState) int {
	f, ok := frameAt(l, 1)
	if !ok || m.own[f.fn.Proto] {
		return l.GetTop()
	}
	code := f.fn.Proto.Code
	call := code[f.pc]
	if op := opcode(call); op != glua.OP_CALL && op != glua.OP_TAILCALL || operandB(call) != 0 || f.pc == 0 {
		return l.GetTop()
	}
	return operandA(code[f.pc-1]) - operandA(call) // the instruction before filled the register of the last one, and those behind it
}
