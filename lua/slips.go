package lua

import (
	"slices"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/python"
)

// A slip finder looks through an entry that is Lua for what only Python means so: p.show() of a packet, b"..." where
// nothing is named b. It finds what is certain to fail as Lua, nothing else.
type slips struct {
	state *State
	// assigned are the variables that the entry sets so far; true for those that hold a value of ours.
	assigned map[string]bool
	found    bool
	// measured is set when the number of packets that one stands for is asked, as len(p) in Python would not.
	measured bool
	// beyond is set for entries with blocks, functions and other things that are Lua for sure.
	beyond bool
}

// mended is an entry that compiles as Lua without being meant so, in Lua's spelling.
func (s *State) mended(source string) (string, bool) {
	f := s.slips(source)
	if !f.found || f.beyond {
		return "", false
	}
	lua, ok := python.Mend(source)
	if ok && s.slips(lua).measured { // len(p) beside the slip
		return "", false
	}
	return lua, ok
}

// slips looks through an entry.
func (s *State) slips(source string) *slips {
	f := &slips{state: s, assigned: map[string]bool{}}
	chunk, err := parse.Parse(strings.NewReader("return "+source), "")
	if err != nil {
		chunk, err = parse.Parse(strings.NewReader(source), "")
	}
	if err != nil {
		return f
	}
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
				f.assigned[name.Value] = i < len(statement.Rhs) && f.ours(statement.Rhs[i])
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
		f.slip((e.Value == "True" || e.Value == "False") && f.unknown(e.Value))
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
		f.slip(ok && object.Value == "bytes" && key.Value == "fromhex" && f.function("bytes"))
		f.slip(python.Method(key.Value) != "" && f.ours(called.Object))
	}
}

// named looks at the call of a name.
func (f *slips) named(name string, args []ast.Expr) {
	if len(args) != 1 {
		return
	}
	_, text := args[0].(*ast.StringExpr)
	switch name {
	case "b", "B", "r", "R", "u", "U", "br", "rb", "Rb", "bR", "BR":
		f.slip(text && f.unknown(name))
	case "del", "mac2str", "hex_bytes":
		f.slip(f.unknown(name))
	case "raw":
		if !text && f.function(name) {
			f.slip(true)
			f.beyond = f.beyond || !f.ours(args[0]) // it may be text
		}
	}
}

// unknown reports whether nothing has a name.
func (f *slips) unknown(name string) bool {
	_, assigned := f.assigned[name]
	return !assigned && f.state.vm.Global(name) == glua.LNil
}

// function reports whether a name is that of a function of ours.
func (f *slips) function(name string) bool {
	fn, ok := f.state.vm.Global(name).(*glua.LFunction)
	_, assigned := f.assigned[name]
	_, ours := f.state.declared[fn]
	return ok && ours && !assigned
}

// ours reports whether an expression is a value of ours for certain: a packet, a layer, a list that a call gave.
func (f *slips) ours(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if ours, assigned := f.assigned[e.Value]; assigned {
			return ours
		}
		return f.state.ours(f.state.vm.Global(e.Value))
	case *ast.AttrGetExpr:
		return f.ours(e.Object)
	case *ast.FuncCallExpr:
		switch called := e.Func.(type) {
		case *ast.IdentExpr:
			return f.function(called.Value) && gives(called.Value) || f.layer(called)
		case *ast.AttrGetExpr:
			key, ok := called.Key.(*ast.StringExpr)
			return ok && key.Value == "copy" && f.ours(called.Object)
		}
		return e.Receiver != nil && e.Method == "copy" && f.ours(e.Receiver)
	case *ast.ArithmeticOpExpr:
		return e.Operator == "/" && (f.ours(e.Lhs) || f.layer(e.Lhs) || f.ours(e.Rhs) || f.layer(e.Rhs))
	}
	return false
}

// packet reports whether an expression is a packet for certain.
func (f *slips) packet(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		_, assigned := f.assigned[e.Value]
		return !assigned && isPacket(f.state.vm.Global(e.Value))
	case *ast.FuncCallExpr:
		return e.Func != nil && f.layer(e.Func)
	case *ast.ArithmeticOpExpr:
		return f.ours(e)
	}
	return false
}

// gives reports whether a function of ours returns packets or lists of them.
func gives(function string) bool {
	return slices.Contains([]string{"sr", "sr1", "sniff", "dissect", "rdpcap", "fragment", "defragment"}, function)
}

// layer reports whether an expression is the name of a protocol.
func (f *slips) layer(e ast.Expr) bool {
	name, ok := e.(*ast.IdentExpr)
	if !ok {
		return false
	}
	if _, assigned := f.assigned[name.Value]; assigned {
		return false
	}
	ud, ok := f.state.vm.Global(name.Value).(*glua.LUserData)
	if !ok {
		return false
	}
	_, ok = ud.Value.(*craft.Protocol)
	return ok
}

// ours reports whether a value is of a type of ours that has methods: a packet, a layer, a list of them.
func (s *State) ours(v glua.LValue) bool {
	switch v := v.(type) {
	case *glua.LUserData:
		_, layer := v.Value.(layerView)
		return layer || isPacket(v)
	case *glua.LTable:
		return v.Metatable == s.types.list || v.Metatable == s.types.exchange
	}
	return false
}

// isPacket reports whether a value is a packet.
func isPacket(v glua.LValue) bool {
	ud, ok := v.(*glua.LUserData)
	if !ok {
		return false
	}
	_, ok = ud.Value.(*craft.Packet)
	return ok
}
