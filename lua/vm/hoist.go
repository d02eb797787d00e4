package vm

import (
	"reflect"

	"github.com/yuin/gopher-lua/ast"
)

// hoist moves what a generic for walks in front of the loop:
//
//	for q in (IP{}/TCP{}):each() do ... end
//
// becomes a block with local f, s, v = (IP{}/TCP{}):each() and a loop over f, s, v, which is what Lua says it means.
// gopher-lua 1.1.2's compiler puts a call on the left of an operator into the wrong register there, and would take the
// second operand twice. The walk keeps a list rather than calling itself: a chunk may be one deep expression.
func hoist(chunk []ast.Stmt) {
	todo := []reflect.Value{reflect.ValueOf(chunk)}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch v.Kind() {
		case reflect.Interface, reflect.Pointer:
			if !v.IsNil() {
				todo = append(todo, v.Elem())
			}
		case reflect.Struct:
			for _, field := range v.Fields() {
				todo = append(todo, field)
			}
		case reflect.Slice:
			for i := range v.Len() {
				if stmt, ok := v.Index(i).Interface().(*ast.GenericForStmt); ok && v.Index(i).CanSet() {
					v.Index(i).Set(reflect.ValueOf(hoisted(stmt)))
					todo = append(todo, reflect.ValueOf(stmt))
					continue
				}
				todo = append(todo, v.Index(i))
			}
		}
	}
}

// loopState are the names of what a loop walks, which no source can spell and the compiler does not use itself.
var loopState = [...]string{"(walk function)", "(walk state)", "(walk control)"}

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
