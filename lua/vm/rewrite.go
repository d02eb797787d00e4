package vm

import (
	"reflect"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// callees are the functions of ours that a chunk calls after it was rewritten. They are constants of the chunk, so that no
// script can put others in their place: texts are compiled that the source cannot hold, and link puts a function where each was.
type callees struct{ concat, walk *ast.StringExpr }

// calleesOf are the texts for a chunk of so many bytes. They are longer than any text the chunk can spell.
func calleesOf(size int) callees {
	return callees{
		concat: &ast.StringExpr{Value: strings.Repeat("\x00", size+1)},
		walk:   &ast.StringExpr{Value: strings.Repeat("\x00", size+2)},
	}
}

// link puts a value in the place of a text.
func link(proto *glua.FunctionProto, text string, value glua.LValue) {
	for i, v := range proto.Constants {
		if v == glua.LString(text) {
			proto.Constants[i] = value
		}
	}
	for _, sub := range proto.FunctionPrototypes {
		link(sub, text, value)
	}
}

// rewrite replaces what gopher-lua compiles wrongly, or runs without bounds, by what means the same: what a generic for walks
// (hoist.go), the operator .. (concat.go), several assignments (assign.go), conditions (logic.go) and numbers (number.go).
func rewrite(chunk []ast.Stmt, own callees) {
	eachNode(reflect.ValueOf(chunk), func(place reflect.Value) {
		if place.CanSet() {
			replaceNode(place, own)
		}
	})
}

// eachNode calls visit with every place of a statement or an expression, and then goes on with what stands there. It keeps a list
// rather than calling itself: a chunk may be one deep expression.
func eachNode(chunk reflect.Value, visit func(place reflect.Value)) {
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
func replaceNode(place reflect.Value, own callees) {
	switch node := place.Interface().(type) {
	case *ast.NumberExpr:
		literal(node)
	case *ast.UnaryNotOpExpr, *ast.LogicalOpExpr:
		if simple := folded(node.(ast.Expr)); simple != node {
			place.Set(reflect.ValueOf(simple))
			replaceNode(place, own)
		}
	case *ast.AssignStmt:
		place.Set(reflect.ValueOf(severally(node)))
	case *ast.GenericForStmt:
		if !isHoisted(node) {
			place.Set(reflect.ValueOf(hoisted(node, own.walk)))
		}
	case *ast.StringConcatOpExpr:
		place.Set(reflect.ValueOf(concatCall(node, own.concat)))
	}
}
