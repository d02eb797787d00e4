package vm

import "github.com/yuin/gopher-lua/ast"

// Conditions with a constant on the left, as "while not nil or a do", are made simpler: gopher-lua 1.1.2's compiler jumps past the
// loop or never out of it.

// folded is an expression without the operators not, and, or whose left side is a constant.
func folded(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.UnaryNotOpExpr:
		e.Expr = folded(e.Expr)
		if truth, ok := constant(e.Expr); ok {
			return lined(boolean(!truth), e)
		}
	case *ast.LogicalOpExpr:
		e.Lhs = folded(e.Lhs)
		truth, ok := constant(e.Lhs)
		switch {
		case !ok:
		case truth == (e.Operator == "and"):
			return folded(single(e.Rhs))
		default:
			return e.Lhs
		}
	}
	return e
}

// constant says whether an expression that is a constant is true; ok is false for any other.
func constant(e ast.Expr) (truth, ok bool) {
	switch e.(type) {
	case *ast.NilExpr, *ast.FalseExpr:
		return false, true
	case *ast.TrueExpr, *ast.NumberExpr, *ast.StringExpr:
		return true, true
	}
	return false, false
}

func boolean(truth bool) ast.Expr {
	if truth {
		return &ast.TrueExpr{}
	}
	return &ast.FalseExpr{}
}

// lined gives an expression the line of the one in whose place it stands.
func lined(e, old ast.Expr) ast.Expr {
	e.SetLine(old.Line())
	e.SetLastLine(old.LastLine())
	return e
}
