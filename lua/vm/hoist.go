package vm

import (
	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// What a generic for walks is moved in front of the loop:
//
//	for q in (IP{}/TCP{}):each() do ... end
//
// becomes a block with local f, s, v = walk((IP{}/TCP{}):each()) and a loop over f, s, v, which is what Lua says it means, but
// for walk: it asks a value that is no function for its iterator (__iter). gopher-lua 1.1.2's compiler puts a call on the left
// of an operator into the wrong register there, and would take the second operand twice.

// loopState are the names of what a loop walks, which no source can spell and the compiler does not use itself.
var loopState = [...]string{"(walk function)", "(walk state)", "(walk control)"}

// isHoisted reports that a loop has been through hoisted.
func isHoisted(loop *ast.GenericForStmt) bool {
	walked, ok := loop.Exprs[0].(*ast.IdentExpr)
	return ok && walked.Value == loopState[0]
}

// hoisted is the block that a loop becomes; walker is the expression that calls walk.
func hoisted(loop *ast.GenericForStmt, walker ast.Expr) *ast.DoBlockStmt {
	call := &ast.FuncCallExpr{Func: walker, Args: loop.Exprs}
	state := &ast.LocalAssignStmt{Names: loopState[:], Exprs: []ast.Expr{call}}
	loop.Exprs = nil
	for _, name := range loopState {
		ident := &ast.IdentExpr{Value: name}
		ident.SetLine(loop.Line())
		ident.SetLastLine(loop.Line())
		loop.Exprs = append(loop.Exprs, ident)
	}
	call.SetLine(loop.Line())
	call.SetLastLine(loop.Line())
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{state, loop}}
	for _, stmt := range []ast.Stmt{state, block} {
		stmt.SetLine(loop.Line())
		stmt.SetLastLine(loop.LastLine())
	}
	state.SetLastLine(loop.Line())
	return block
}

// walk is what a loop calls with what it walks: a value that is no function and has __iter is replaced by what that returns, a
// function, a state and a first value, as pairs does. A table without says how it is walked; anything else stays what it is.
func walk(l *glua.LState) int {
	if l.Get(1).Type() == glua.LTFunction {
		return l.GetTop()
	}
	iter := l.GetMetaField(l.Get(1), "__iter")
	if iter == glua.LNil {
		if l.Get(1).Type() == glua.LTTable && l.GetMetaField(l.Get(1), "__call") == glua.LNil {
			l.RaiseError("a list is walked with ipairs: for _, x in ipairs(list) do")
		}
		return l.GetTop()
	}
	l.Push(iter)
	l.Push(l.Get(1))
	l.Call(1, 3)
	return 3
}
