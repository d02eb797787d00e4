package vm

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// Compile compiles a chunk of Lua. name stands in front of line numbers in errors. The error is a *SyntaxError for what is
// not Lua, otherwise it says which bound the chunk exceeds (measure.go). Bytecode is refused: it can break the interpreter.
func (m *Machine) Compile(name, source string) (*glua.LFunction, error) {
	return m.compile(name, source, nil)
}

// compile is Compile, and CompileIn when d is not nil.
func (m *Machine) compile(name, source string, d *Declared) (*glua.LFunction, error) {
	source = strings.TrimPrefix(source, "\ufeff")
	switch {
	case strings.HasPrefix(source, "\x1bLua"):
		return nil, fmt.Errorf("%s:1: want Lua source, got bytecode", name)
	case strings.HasPrefix(source, "#"): // a script may begin with "#!", as Lua's own do
		source = "--" + source
	}
	if err := tooLarge(name, source); err != nil {
		return nil, err
	}
	plain, err := escapes(name, source)
	if err != nil {
		return nil, err
	}
	chunk, err := parse.Parse(strings.NewReader(plain), name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	variables := scopeText(len(source))
	if d != nil {
		chunk = d.scoped(chunk, variables)
	}
	own := calleesOf(len(source))
	rewrite(chunk, own)
	proto, err := glua.Compile(chunk, name)
	if err != nil {
		return nil, compileError(name, err)
	}
	link(proto, own.concat.Value, m.concatenation)
	link(proto, own.walk.Value, m.walker)
	placeLocals(proto, true, localsOf(chunk))
	if d != nil {
		link(proto, variables, d.scope.values)
	}
	if err := repair(proto); err != nil {
		return nil, err
	}
	return m.l.NewFunctionFromProto(proto), nil
}

// An instruction is 6 bits of what to do and its operands: A in 8 bits, C in 9, and B in 9; or, for a jump, the distance
// in 18, counted from their middle.
const (
	opShift    = 26
	jumpOrigin = 1<<17 - 1
)

func jump(distance int) uint32 { return uint32(glua.OP_JMP)<<opShift | uint32(distance+jumpOrigin) }

// repair corrects what gopher-lua 1.1.2's compiler gets wrong. The jump back of a generic for whose body begins with break is
// a wild one, since the compiler takes a distance for a label; the registers of such a loop are not counted when the
// frame is sized; and a table constructor of more than 511 batches of 50 values loses the rest, which is an error here.
func repair(proto *glua.FunctionProto) error {
	for pc := 0; pc < len(proto.Code); pc++ {
		inst := proto.Code[pc]
		switch int(inst >> opShift) {
		case glua.OP_CLOSURE:
			pc += int(proto.FunctionPrototypes[inst&0x3ffff].NumUpvalues) // what follows says where upvalues are
		case glua.OP_TFORLOOP:
			a, c := int(inst>>18&0xff), int(inst>>9&0x1ff)
			need := a + 3 + max(c, 3) // the loop's state, then the call of the iterator or its results
			proto.NumUsedRegisters = uint8(min(max(int(proto.NumUsedRegisters), need+1), 255))
			proto.Code[pc+1] = jump(bodyOf(proto.Code, pc) - (pc + 2))
		case glua.OP_SETLIST:
			if inst>>9&0x1ff == 0 {
				return fmt.Errorf("%s:%d: a table constructor has too many values: want at most 25550, fill the table in a loop", proto.SourceName, proto.DbgSourcePositions[pc])
			}
		}
	}
	for _, sub := range proto.FunctionPrototypes {
		if err := repair(sub); err != nil {
			return err
		}
	}
	return nil
}

// bodyOf is where the body of the generic for that ends at pc begins: behind the jump that enters the loop, the first
// that goes to its end.
func bodyOf(code []uint32, end int) int {
	for pc, inst := range code[:end] {
		if int(inst>>opShift) == glua.OP_JMP && pc+1+int(inst&0x3ffff)-jumpOrigin == end {
			return pc + 1
		}
	}
	return end // an empty body: there is nothing to jump over
}
