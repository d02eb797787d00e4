package vm

import "github.com/yuin/gopher-lua/ast"

// What a generic for walks is moved in front of the loop:
//
//	for q in (IP{}/TCP{}):each() do ... end
//
// becomes a block with local f, s, v = (IP{}/TCP{}):each() and a loop over f, s, v, which is what Lua says it means.
// gopher-lua 1.1.2's compiler puts a call on the left of an operator into the wrong register there, and would take the
// second operand twice.

// loopState are the names of what a loop walks, which no source can spell and the compiler does not use itself.
var loopState = [...]string{"(walk function)", "(walk state)", "(walk control)"}

// isHoisted reports that a loop has been through hoisted.
func isHoisted(loop *ast.GenericForStmt) bool {
	walked, ok := loop.Exprs[0].(*ast.IdentExpr)
	return ok && walked.Value == loopState[0]
}

// hoisted is the block that a loop becomes.
func hoisted(loop *ast.GenericForStmt) *ast.DoBlockStmt {
	state := &ast.LocalAssignStmt{Names: loopState[:], Exprs: loop.Exprs}
	loop.Exprs = nil
	for _, name := range loopState {
		ident := &ast.IdentExpr{Value: name}
		ident.SetLine(loop.Line())
		ident.SetLastLine(loop.Line())
		loop.Exprs = append(loop.Exprs, ident)
	}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{state, loop}}
	for _, stmt := range []ast.Stmt{state, block} {
		stmt.SetLine(loop.Line())
		stmt.SetLastLine(loop.LastLine())
	}
	state.SetLastLine(loop.Line())
	return block
}
