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
	// assigned are the variables that the entry sets so far: Value for those that hold a packet, a layer or a list.
	assigned map[string]Kind
	found    bool
	kept     string // an element of a list of Python's that stays Lua's
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
	f := &slips{known: known, assigned: map[string]Kind{}}
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
		f.unpacks(statement)
		for i, target := range statement.Lhs {
			if name, ok := target.(*ast.IdentExpr); ok {
				f.assigned[name.Value] = Other
				switch {
				case i >= len(statement.Rhs):
				case f.valued(statement.Rhs[i]):
					f.assigned[name.Value] = Value
				case f.texts(statement.Rhs[i]):
					f.assigned[name.Value] = Text
				}
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

// unpacks looks at x, y = z of an answer, or of the last value: Lua gives x all of it.
func (f *slips) unpacks(statement *ast.AssignStmt) {
	if len(statement.Lhs) != 2 || len(statement.Rhs) != 1 {
		return
	}
	switch value := statement.Rhs[0].(type) {
	case *ast.IdentExpr:
		f.slip(f.kind(value.Value) == Pair || value.Value == "_" && f.kind("_") == Answers)
	case *ast.AttrGetExpr:
		object, ok := value.Object.(*ast.IdentExpr)
		f.slip(ok && f.kind(object.Value) == Answers && numbered(value.Key))
	}
}

// numbered reports whether an index is a number as it stands.
func numbered(key ast.Expr) bool {
	_, number := key.(*ast.NumberExpr)
	return number || negative(key)
}

// negative reports whether an index counts from the end.
func negative(key ast.Expr) bool {
	minus, ok := key.(*ast.UnaryMinusOpExpr)
	if !ok {
		return false
	}
	_, number := minus.Expr.(*ast.NumberExpr)
	return number
}

func (f *slips) all(expressions []ast.Expr) {
	for _, e := range expressions {
		f.expression(e)
	}
}

func (f *slips) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		f.slip(oneOf(e.Value, "True", "False", "None") && f.kind(e.Value) == Unknown)
	case *ast.AttrGetExpr:
		f.index(e)
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
		f.slip(e.Operator == "==" && f.flags(e.Lhs) && numbered(e.Rhs) || chained(e))
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.StringConcatOpExpr:
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.ArithmeticOpExpr:
		f.slip(f.onText(e))
		f.all([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.UnaryMinusOpExpr:
		f.expression(e.Expr)
	case *ast.UnaryNotOpExpr:
		f.expression(e.Expr)
	case *ast.UnaryLenOpExpr:
		f.expression(e.Expr)
	case *ast.FunctionExpr:
		f.beyond = true
	}
}

func (f *slips) slip(found bool) { f.found = f.found || found }

// onText reports whether an operator that computes stands beside text that is no number.
func (f *slips) onText(e *ast.ArithmeticOpExpr) bool {
	switch e.Operator {
	case "+":
		return words(e.Lhs) || words(e.Rhs)
	case "*":
		return words(e.Lhs) || f.made(e.Lhs)
	case "%":
		if call, ok := e.Lhs.(*ast.FuncCallExpr); ok { // print "%d" % x
			name, ok := call.Func.(*ast.IdentExpr)
			return ok && name.Value == "print" && len(call.Args) == 1 && words(call.Args[0])
		}
		return words(e.Lhs)
	}
	return false
}

// made reports whether an expression makes a packet.
func (f *slips) made(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return f.kind(e.Value) == Packet || f.kind(e.Value) == Layer
	case *ast.FuncCallExpr:
		return e.Func != nil && f.layer(e.Func)
	}
	return false
}

// chained reports whether the truth about two values is compared with a third by its size.
func chained(e *ast.RelationalOpExpr) bool {
	left, ok := e.Lhs.(*ast.RelationalOpExpr)
	return ok && e.Operator != "==" && e.Operator != "~=" && left.Operator != ""
}

// words reports whether an expression is text that is no number.
func words(e ast.Expr) bool {
	text, ok := e.(*ast.StringExpr)
	if !ok {
		return false
	}
	_, err := strconv.ParseFloat(strings.TrimSpace(text.Value), 64)
	return err != nil && !strings.HasPrefix(strings.TrimSpace(strings.ToLower(text.Value)), "0x")
}

// flags reports whether an expression is the flags of a layer, which are text.
func (f *slips) flags(e ast.Expr) bool {
	field, ok := e.(*ast.AttrGetExpr)
	if !ok {
		return false
	}
	key, ok := field.Key.(*ast.StringExpr)
	layer, indexed := field.Object.(*ast.AttrGetExpr)
	if !ok || !indexed || key.Value != "flags" || !f.valued(layer.Object) {
		return false
	}
	name, ok := layer.Key.(*ast.IdentExpr)
	return ok && (name.Value == "TCP" || name.Value == "IP")
}

// index looks at x[0] and x[-1] of a list of packets or answers, which begins at 1 in Lua, and at what is asked of Python's
// modules and of scapy's settings.
func (f *slips) index(e *ast.AttrGetExpr) {
	zero, isNumber := e.Key.(*ast.NumberExpr)
	fromZero := isNumber && zero.Value == "0" || negative(e.Key)
	object, ok := e.Object.(*ast.IdentExpr)
	if !ok {
		call, ok := e.Object.(*ast.FuncCallExpr)
		f.slip(f.texts(e.Object) && f.number(e.Key) || ok && fromZero && f.valued(call))
		return
	}
	if key, ok := e.Key.(*ast.StringExpr); ok {
		_, module := modules()[object.Value]
		f.slip(module && f.kind(object.Value) == Unknown && key.Value != "")
		return
	}
	switch f.kind(object.Value) {
	case List, Answers, Pair, Values:
		f.slip(fromZero)
		if isNumber && !fromZero && f.kind(object.Value) == Values {
			f.kept = object.Value + "[" + zero.Value + "]"
		}
	case Text, Bytes:
		f.slip(f.number(e.Key))
	}
}

// number reports whether an index is certain to be a number.
func (f *slips) number(key ast.Expr) bool {
	name, ok := key.(*ast.IdentExpr)
	return numbered(key) || ok && f.kind(name.Value) == Number
}

// texts reports whether an expression is certain to be text, or bytes.
func (f *slips) texts(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.StringExpr, *ast.StringConcatOpExpr:
		return true
	case *ast.AttrGetExpr:
		key, ok := e.Key.(*ast.StringExpr)
		return ok && key.Value == "load" && f.valued(e.Object)
	case *ast.FuncCallExpr:
		name, ok := e.Func.(*ast.IdentExpr)
		return ok && oneOf(name.Value, "bytes", "raw", "unhex", "hex", "hexstr") && f.kind(name.Value) == Function
	}
	return false
}

// call looks at what a call calls.
func (f *slips) call(e *ast.FuncCallExpr) {
	if word, ok := e.Receiver.(*ast.IdentExpr); ok { // try: f()
		f.slip(oneOf(word.Value, "try", "finally", "except", "lambda") && f.kind(word.Value) == Unknown)
	}
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
		f.slip(isName(key.Value) && f.valued(called.Object))
		f.slip(ok && f.absent(object.Value, key.Value))
		_, text := called.Object.(*ast.StringExpr)
		f.slip(text && (key.Value == "format" || key.Value == "join"))
	}
}

// absent reports whether a name is a method that Python's lists, dicts and texts have, and a variable of ours has not.
func (f *slips) absent(object, key string) bool {
	switch f.kind(object) {
	case Table, Dict, Values:
		return oneOf(key, "append", "items", "keys", "values", "get", "pop", "sort", "extend", "insert", "index", "update") && f.known(object+"."+key) == Unknown
	case Text:
		return oneOf(key, "upper", "lower", "strip", "lstrip", "rstrip", "split", "startswith", "endswith", "encode", "decode", "replace", "join", "isdigit", "find", "hex", "format")
	}
	return false
}

// named looks at the call of a name.
func (f *slips) named(name string, args []ast.Expr) {
	literal := false
	if len(args) == 1 {
		_, literal = args[0].(*ast.StringExpr)
	}
	switch name {
	case "b", "B", "r", "R", "u", "U", "br", "rb", "Rb", "bR", "BR", "f", "F", "fr", "rf":
		switch f.kind(name) {
		case Other, Function, Layer: // it may be called
		default:
			f.slip(literal)
		}
	case "raw":
		if len(args) == 1 && !literal && f.kind(name) == Function {
			f.slip(true)
			f.beyond = f.beyond || !f.valued(args[0]) // it may be text
		}
	case "exit", "quit":
	default:
		f.slip(oneOf(name, pythons...) && f.kind(name) == Unknown)
	}
}

// pythons are functions of Python's and of scapy's that Lua has not.
var pythons = []string{"del", "mac2str", "hex_bytes", "bytes_hex", "hexlify", "unhexlify", "len", "str", "int", "float", "repr", "ord", "chr", "abs", "min", "max", "sum", "round",
	"sorted", "list", "tuple", "set", "dict", "reversed", "map", "filter", "any", "all", "enumerate", "zip", "isinstance", "getattr", "hasattr", "dir",
	"input", "raw_input", "open", "srp", "srp1", "sendp", "PcapReader", "RawPcapReader", "RawVal", "PacketList", "load_module", "load_contrib", "load_layer",
	"wrpcapng", "explore", "AsyncSniffer", "bytearray", "xrange", "unicode",
	"bin", "oct", "pow", "Counter", "defaultdict", "OrderedDict", "deque", "frozenset", "ascii", "vars", "iter", "long", "PcapNgReader", "PcapWriter", "PcapNgWriter", "RawPcapWriter", "bytes_encode", "plain_str"}

// kind is what a name stands for when the entry begins; Other for a variable that the entry sets.
func (f *slips) kind(name string) Kind {
	switch kind, assigned := f.assigned[name]; {
	case kind == Text:
		return Text
	case assigned:
		return Other
	}
	return f.known(name)
}

// valued reports whether an expression is certain to be a packet, a layer or a list that a call gave.
func (f *slips) valued(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if kind, assigned := f.assigned[e.Value]; assigned {
			return kind == Value
		}
		switch f.known(e.Value) {
		case Packet, List, Answers, Pair, Value:
			return true
		}
		return false
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

// gives reports whether one of the shell's functions returns packets or lists of them.
func gives(function string) bool {
	return slices.Contains([]string{"sr", "sr1", "sniff", "dissect", "rdpcap", "fragment", "defragment"}, function)
}

// layer reports whether an expression is the name of a protocol.
func (f *slips) layer(e ast.Expr) bool {
	name, ok := e.(*ast.IdentExpr)
	return ok && f.kind(name.Value) == Layer
}
