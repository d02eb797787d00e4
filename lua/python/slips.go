package python

import (
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	luaparse "github.com/yuin/gopher-lua/parse"
)

// slips is what an entry that is Lua has that only Python means so: p.show() of a packet, b"..." where nothing is named b.
// It finds what is certain to fail as Lua, nothing else.
type slips struct {
	known Known
	// assigned are the variables that the entry sets so far; true for those that hold a packet, a layer or a list.
	assigned map[string]bool
	found    bool
	// measured is set when the number of packets that one stands for is asked, as len(p) in Python would not.
	measured bool
	// beyond is set for entries with blocks, functions and other things that are certainly Lua.
	beyond bool
}

// parsed is source as Lua, as an expression or as statements; nil when it is neither.
func parsed(source string) []ast.Stmt {
	source = strings.TrimPrefix(source, "\ufeff")
	forms := []string{"return " + source, source}
	if strings.HasPrefix(source, "#") { // a comment in a first line, as scripts have
		forms[1] = "--" + source
	}
	for _, form := range forms {
		if chunk, err := luaparse.Parse(strings.NewReader(form), ""); err == nil {
			return chunk
		}
	}
	return nil
}

// lookThrough finds the slips of a chunk.
func lookThrough(chunk []ast.Stmt, known Known) *slips {
	f := &slips{known: known, assigned: map[string]bool{}}
	for _, statement := range chunk {
		f.statement(statement)
	}
	return f
}

func (f *slips) statement(statement ast.Stmt) {
	switch statement := statement.(type) {
	case *ast.AssignStmt:
		f.all(statement.Rhs)
		f.all(statement.Lhs)
		for i, target := range statement.Lhs {
			if name, ok := target.(*ast.IdentExpr); ok {
				f.assigned[name.Value] = i < len(statement.Rhs) && f.valued(statement.Rhs[i])
			}
		}
	case *ast.FuncCallStmt:
		f.expression(statement.Expr)
	case *ast.ReturnStmt:
		f.all(statement.Exprs)
	default:
		f.beyond = true
	}
}

func (f *slips) all(expressions []ast.Expr) {
	for _, e := range expressions {
		f.expression(e)
	}
}

func (f *slips) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		f.slip((e.Value == "True" || e.Value == "False") && f.kind(e.Value) == Unknown)
	case *ast.AttrGetExpr:
		f.all([]ast.Expr{e.Object, e.Key})
	case *ast.TableExpr:
		for _, field := range e.Fields {
			f.all([]ast.Expr{field.Key, field.Value})
		}
	case *ast.FuncCallExpr:
		f.call(e)
		f.all([]ast.Expr{e.Func, e.Receiver})
		f.all(e.Args)
	case *ast.LogicalOpExpr:
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.RelationalOpExpr:
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.StringConcatOpExpr:
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.ArithmeticOpExpr:
		f.slip(e.Operator == "*" && repeats(e))
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.UnaryMinusOpExpr:
		f.expression(e.Expr)
	case *ast.UnaryNotOpExpr:
		f.expression(e.Expr)
	case *ast.UnaryLenOpExpr:
		f.measured = f.measured || f.packet(e.Expr)
		f.expression(e.Expr)
	case *ast.FunctionExpr:
		f.beyond = true
	}
}

func (f *slips) slip(found bool) { f.found = f.found || found }

// repeats reports whether text is multiplied that is no number.
func repeats(e *ast.ArithmeticOpExpr) bool {
	text, ok := e.Lhs.(*ast.StringExpr)
	if !ok {
		return false
	}
	_, err := strconv.ParseFloat(strings.TrimSpace(text.Value), 64)
	return err != nil && !strings.HasPrefix(strings.TrimSpace(strings.ToLower(text.Value)), "0x")
}

// call looks at what a call calls.
func (f *slips) call(e *ast.FuncCallExpr) {
	switch called := e.Func.(type) {
	case *ast.IdentExpr:
		f.named(called.Value, e.Args)
	case *ast.AttrGetExpr:
		key, ok := called.Key.(*ast.StringExpr)
		if !ok {
			return
		}
		object, ok := called.Object.(*ast.IdentExpr)
		f.slip(ok && object.Value == "bytes" && key.Value == "fromhex" && f.kind("bytes") == Function)
		f.slip(ownMethod(key.Value) != "" && f.valued(called.Object))
	}
}

// named looks at the call of a name.
func (f *slips) named(name string, args []ast.Expr) {
	if len(args) != 1 {
		return
	}
	_, literal := args[0].(*ast.StringExpr)
	switch name {
	case "b", "B", "r", "R", "u", "U", "br", "rb", "Rb", "bR", "BR":
		f.slip(literal && f.kind(name) == Unknown)
	case "del", "mac2str", "hex_bytes":
		f.slip(f.kind(name) == Unknown)
	case "raw":
		if !literal && f.kind(name) == Function {
			f.slip(true)
			f.beyond = f.beyond || !f.valued(args[0]) // it may be text
		}
	}
}

// kind is what a name stands for when the entry begins; Other for a variable that the entry sets.
func (f *slips) kind(name string) Kind {
	if _, assigned := f.assigned[name]; assigned {
		return Other
	}
	return f.known(name)
}

// valued reports whether an expression is certain to be a packet, a layer or a list that a call gave.
func (f *slips) valued(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if valued, assigned := f.assigned[e.Value]; assigned {
			return valued
		}
		kind := f.known(e.Value)
		return kind == Packet || kind == Value
	case *ast.AttrGetExpr:
		return f.valued(e.Object)
	case *ast.FuncCallExpr:
		switch called := e.Func.(type) {
		case *ast.IdentExpr:
			return f.kind(called.Value) == Function && gives(called.Value) || f.layer(called)
		case *ast.AttrGetExpr:
			key, ok := called.Key.(*ast.StringExpr)
			return ok && key.Value == "copy" && f.valued(called.Object)
		}
		return e.Receiver != nil && e.Method == "copy" && f.valued(e.Receiver)
	case *ast.ArithmeticOpExpr:
		return e.Operator == "/" && (f.valued(e.Lhs) || f.layer(e.Lhs) || f.valued(e.Rhs) || f.layer(e.Rhs))
	}
	return false
}

// packet reports whether an expression is certain to be a packet.
func (f *slips) packet(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return f.kind(e.Value) == Packet
	case *ast.FuncCallExpr:
		return e.Func != nil && f.layer(e.Func)
	case *ast.ArithmeticOpExpr:
		return f.valued(e)
	}
	return false
}

// gives reports whether one of the shell's functions returns packets or lists of them.
func gives(function string) bool {
	return slices.Contains([]string{"sr", "sr1", "sniff", "dissect", "rdpcap", "fragment", "defragment"}, function)
}

// layer reports whether an expression is the name of a protocol.
func (f *slips) layer(e ast.Expr) bool {
	name, ok := e.(*ast.IdentExpr)
	return ok && f.kind(name.Value) == Layer
}
