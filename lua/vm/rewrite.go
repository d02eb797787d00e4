package vm

import (
	"reflect"

	"github.com/yuin/gopher-lua/ast"
)

// rewrite replaces what gopher-lua compiles wrongly, or runs without bounds, by what means the same: what a generic for walks
// (hoist.go), the operator .. (concat.go), several assignments (assign.go), conditions (logic.go) and numbers (number.go). callee is the expression that a concatenation calls. The walk keeps a list
// rather than calling itself: a chunk may be one deep expression.
func rewrite(chunk []ast.Stmt, callee ast.Expr) {
	walk(reflect.ValueOf(chunk), func(place reflect.Value) {
		if place.CanSet() {
			replaceNode(place, callee)
		}
	})
}

// walk calls visit with every place of a statement or an expression, and then goes on with what stands there.
func walk(chunk reflect.Value, visit func(place reflect.Value)) {
	todo := []reflect.Value{chunk}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch v.Kind() {
		case reflect.Interface:
			visit(v)
			todo = append(todo, v.Elem())
		case reflect.Pointer:
			todo = append(todo, v.Elem())
		case reflect.Struct:
			for _, field := range v.Fields() {
				todo = append(todo, field)
			}
		case reflect.Slice:
			for i := range v.Len() {
				todo = append(todo, v.Index(i))
			}
		}
	}
}

// replaceNode puts what a statement or an expression becomes in its place.
func replaceNode(place reflect.Value, callee ast.Expr) {
	switch node := place.Interface().(type) {
	case *ast.NumberExpr:
		literal(node)
	case *ast.UnaryNotOpExpr, *ast.LogicalOpExpr:
		if simple := folded(node.(ast.Expr)); simple != node {
			place.Set(reflect.ValueOf(simple))
			replaceNode(place, callee)
		}
	case *ast.AssignStmt:
		place.Set(reflect.ValueOf(severally(node)))
	case *ast.GenericForStmt:
		if !isHoisted(node) {
			place.Set(reflect.ValueOf(hoisted(node)))
		}
	case *ast.StringConcatOpExpr:
		place.Set(reflect.ValueOf(concatCall(node, callee)))
	}
}
