package vm

import (
	"fmt"

	"github.com/yuin/gopher-lua/ast"
)

// An assignment of several values becomes one for each, behind what Lua says comes before them all:
//
//	a, t.x = b, a
//
// becomes a block with local o, v, w = t, b, a and then o.x = w and a = v. gopher-lua 1.1.2's compiler computes a value right into
// the local variable that it is for, before it looks at the next one, so that a, b = b, a gives both what b was; and it stores
// what it computed for one into another when only some of them stand in registers.

// maxAssigned is how many variables are assigned this way: each may take three registers of 250. What assigns more is left alone.
const maxAssigned = 50

// severally is the block that an assignment becomes; the assignment itself when it is of one value that needs none.
func severally(stmt *ast.AssignStmt) ast.Stmt {
	if len(stmt.Lhs) == 1 && len(stmt.Rhs) == 1 && !isMiscompiled(stmt.Lhs[0], stmt.Rhs[0]) || len(stmt.Lhs) > maxAssigned || len(stmt.Rhs) > maxAssigned {
		return stmt
	}
	a := &assignment{line: stmt.Line()}
	var targets []ast.Expr
	for _, target := range stmt.Lhs {
		if field, ok := target.(*ast.AttrGetExpr); ok {
			at := &ast.AttrGetExpr{Object: a.hold(field.Object), Key: a.hold(field.Key)}
			at.SetLine(field.Line())
			at.SetLastLine(field.LastLine())
			target = at
		}
		targets = append(targets, target)
	}
	a.declare(a.names, a.exprs)
	first := len(a.names)
	var values []string
	for i := range max(len(stmt.Lhs), len(stmt.Rhs)) {
		values = append(values, held(first+i))
	}
	a.declare(values, stmt.Rhs)
	for i := len(targets) - 1; i >= 0; i-- { // Lua 5.1 begins with the last one
		a.add(&ast.AssignStmt{Lhs: []ast.Expr{targets[i]}, Rhs: []ast.Expr{a.ident(values[i])}})
	}
	block := &ast.DoBlockStmt{Stmts: a.stmts}
	block.SetLine(stmt.Line())
	block.SetLastLine(stmt.LastLine())
	return block
}

// isMiscompiled reports that an assignment of one value goes wrong: after c = t.x and 5 a local c is what it was, unless t.x is
// true; and of s = (f(s)) and s = s .. "x", which is a call, the function is put into the register of s, if that is the last parameter,
// before s is read.
func isMiscompiled(target, value ast.Expr) bool {
	if _, variable := target.(*ast.IdentExpr); !variable {
		return false
	}
	switch value.(type) {
	case *ast.LogicalOpExpr, *ast.FuncCallExpr, *ast.StringConcatOpExpr:
		return true
	}
	return false
}

// An assignment is the block that one becomes, while it is written.
type assignment struct {
	line  int
	names []string   // variables for what stands in front of the =
	exprs []ast.Expr // and what they hold
	stmts []ast.Stmt
}

// held is the name of variable i, which no source can spell.
func held(i int) string { return fmt.Sprintf("(assigned %d)", i) }

// hold has a variable hold what an expression gives. A constant needs none.
func (a *assignment) hold(e ast.Expr) ast.Expr {
	switch e.(type) {
	case *ast.StringExpr, *ast.NumberExpr:
		return e
	}
	name := held(len(a.names))
	a.names, a.exprs = append(a.names, name), append(a.exprs, single(e))
	return a.ident(name)
}

func (a *assignment) ident(name string) ast.Expr {
	e := &ast.IdentExpr{Value: name}
	e.SetLine(a.line)
	e.SetLastLine(a.line)
	return e
}

// declare adds local variables, if there are any.
func (a *assignment) declare(names []string, exprs []ast.Expr) {
	if len(names) > 0 {
		a.add(&ast.LocalAssignStmt{Names: names, Exprs: exprs})
	}
}

func (a *assignment) add(stmt ast.Stmt) {
	stmt.SetLine(a.line)
	stmt.SetLastLine(a.line)
	a.stmts = append(a.stmts, stmt)
}
