package vm

import (
	"fmt"
	"reflect"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua 1.1.2 keeps the names of local variables, and where each begins, but it writes where one ends into the entry of another, and
// not which register it has. Both follow from the blocks of the source, which are walked here in the compiler's order.

// A localPlace is where a local variable is: its register, and the last line of its block.
type localPlace struct{ reg, last int }

// lineBits is how many bits of a place hold its line: with the 8 of a register they fit an int of 32 bits.
const lineBits = 23

// wholeFunction is the last line of a block that ends with its function, or behind all lines that a place can hold.
const wholeFunction = 1<<lineBits - 1

// packed is a place in the field of gopher-lua's that it has no right value for; noPlace stands for one that is not known.
func (p localPlace) packed() int { return p.reg<<lineBits | p.last }

const noPlace = -1

func unpacked(packed int) (p localPlace, ok bool) {
	return localPlace{reg: packed >> lineBits, last: packed & wholeFunction}, packed != noPlace
}

// A localNames collects the local variables of one function.
type localNames struct {
	names  []string
	places []localPlace
	top    int // the next free register
}

func (s *localNames) add(name string, last int) {
	s.names, s.places = append(s.names, name), append(s.places, localPlace{s.top, min(last, wholeFunction)})
	s.top++
}

// block walks statements; their variables end with them.
func (s *localNames) block(stmts []ast.Stmt, last int) {
	top := s.top
	s.stmts(stmts, last)
	s.top = top
}

func (s *localNames) stmts(stmts []ast.Stmt, last int) {
	for _, stmt := range stmts {
		switch stmt := stmt.(type) {
		case *ast.LocalAssignStmt:
			for _, name := range stmt.Names {
				s.add(name, last)
			}
		case *ast.DoBlockStmt:
			s.block(stmt.Stmts, stmt.LastLine())
		case *ast.WhileStmt:
			s.block(stmt.Stmts, stmt.LastLine())
		case *ast.RepeatStmt:
			s.block(stmt.Stmts, stmt.LastLine())
		case *ast.IfStmt:
			s.block(stmt.Then, stmt.LastLine())
			s.block(stmt.Else, stmt.LastLine())
		case *ast.NumberForStmt:
			s.loop(stmt.Stmts, stmt.LastLine(), "(for index)", "(for limit)", "(for step)", stmt.Name)
		case *ast.GenericForStmt:
			s.loop(stmt.Stmts, stmt.LastLine(), append([]string{"(for generator)", "(for state)", "(for control)"}, stmt.Names...)...)
		}
	}
}

// loop is the body of a for with its variables.
func (s *localNames) loop(stmts []ast.Stmt, last int, names ...string) {
	top := s.top
	for _, name := range names {
		s.add(name, last)
	}
	s.stmts(stmts, last)
	s.top = top
}

// localsKey tells functions of a chunk apart, as far as their local variables do.
func localsKey(first, last int, names []string) string {
	return fmt.Sprint(first, last, strings.Join(names, ","))
}

// localsOf are the local variables of every function of a chunk, by localsKey.
func localsOf(chunk []ast.Stmt) map[string][]localPlace {
	all := map[string][]localPlace{}
	keep := func(first, last int, s *localNames) { all[localsKey(first, last, s.names)] = s.places }
	main := &localNames{}
	main.stmts(chunk, wholeFunction)
	keep(0, 0, main)
	eachNode(reflect.ValueOf(chunk), func(at reflect.Value) {
		var fn *ast.FunctionExpr
		switch node := at.Interface().(type) {
		case *ast.FunctionExpr:
			fn = node
		case *ast.FuncDefStmt:
			fn = node.Func
		default:
			return
		}
		for _, self := range []bool{false, true} { // the function of a method has one more, and does not tell
			s := &localNames{}
			if self {
				s.add("self", wholeFunction)
			}
			for _, name := range fn.ParList.Names {
				s.add(name, wholeFunction)
			}
			if fn.ParList.HasVargs {
				s.add("arg", wholeFunction)
			}
			s.stmts(fn.Stmts, wholeFunction)
			keep(fn.Line(), fn.LastLine(), s)
		}
	})
	return all
}

// placeLocals writes the places of local variables into a function and those in it.
func placeLocals(proto *glua.FunctionProto, main bool, known map[string][]localPlace) {
	names := make([]string, len(proto.DbgLocals))
	for i, local := range proto.DbgLocals {
		names[i] = local.Name
	}
	first, last := proto.LineDefined, proto.LastLineDefined
	if main {
		first, last = 0, 0
	}
	places := known[localsKey(first, last, names)]
	for i, local := range proto.DbgLocals {
		local.EndPc = noPlace
		if len(places) == len(names) {
			local.EndPc = places[i].packed()
		}
	}
	for _, sub := range proto.FunctionPrototypes {
		placeLocals(sub, false, known)
	}
}

// local is the local variable in a register at an instruction; "" for none. Those that the compiler makes, or this package, have names
// which no source can spell.
func (f frame) local(reg, pc int) string {
	name := f.variable(reg, pc)
	if strings.HasPrefix(name, "(") {
		return ""
	}
	return name
}

// variable is the local variable in a register at an instruction, of whatever name; "" for none. Once its block may have ended, on a line with what comes
// behind it, only what was put there before tells that it has not.
func (f frame) variable(reg, pc int) string {
	var found *glua.DbgLocalInfo
	var at localPlace
	for _, local := range f.fn.Proto.DbgLocals {
		p, ok := unpacked(local.EndPc)
		switch {
		case !ok || local.StartPc > pc:
		case p.reg == reg:
			found, at = local, p
		case p.reg < reg && at.last != wholeFunction: // its block has ended
			found = nil
		}
	}
	if found == nil {
		return ""
	}
	if line := f.fn.Proto.DbgSourcePositions[pc]; at.last != wholeFunction && line >= at.last && f.setter(reg, pc) >= found.StartPc {
		return ""
	}
	return found.Name
}
