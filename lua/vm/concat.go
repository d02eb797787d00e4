package vm

import (
	"slices"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// concatWidth is how many operands one call takes: each needs a register.
const concatWidth = 100

// A chain of .. is compiled into a call: a .. b .. c becomes concat(a, b, c). gopher-lua makes the whole string in one
// instruction, of up to 250 strings of 64 MiB, before it looks at anything.

// concatCall is the call that a chain becomes. A long one becomes a call of calls, each with a part of it.
func concatCall(chain *ast.StringConcatOpExpr, callee ast.Expr) ast.Expr {
	operands, rest := []ast.Expr{chain.Lhs}, chain.Rhs
	for next, ok := rest.(*ast.StringConcatOpExpr); ok; next, ok = rest.(*ast.StringConcatOpExpr) {
		operands, rest = append(operands, next.Lhs), next.Rhs
	}
	operands = append(operands, rest)
	for len(operands) > concatWidth {
		var parts []ast.Expr
		for part := range slices.Chunk(operands, concatWidth) {
			parts = append(parts, concatOf(chain, callee, slices.Clone(part)))
		}
		operands = parts
	}
	return concatOf(chain, callee, operands)
}

// concatOf is the call for some operands of a chain. The results are adjusted: the operator gives one value, and return a .. b
// is no tail call, whose errors have no line.
func concatOf(chain *ast.StringConcatOpExpr, callee ast.Expr, operands []ast.Expr) ast.Expr {
	last := len(operands) - 1
	operands[last] = single(operands[last])
	call := &ast.FuncCallExpr{Func: callee, Args: operands, AdjustRet: true}
	call.SetLine(chain.Line())
	call.SetLastLine(chain.LastLine())
	return call
}

// single is an expression that gives one value: as the last argument of a call, a call or ... would give all it has.
func single(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
	return e
}

// concat is the operator: strings and numbers are put together, anything else goes to its __concat, from the right.
func (m *Machine) concat(l *glua.LState) int {
	n := l.GetTop()
	for n > 1 {
		first := n
		for first > 1 && glua.LVCanConvToString(l.Get(first)) && glua.LVCanConvToString(l.Get(first-1)) {
			first--
		}
		if first == n {
			first--
			l.Replace(first, m.concatMeta(l, first, n))
		} else {
			l.Replace(first, m.joined(l, first, n))
		}
		n = first
	}
	l.SetTop(1)
	return 1
}

// joined is arguments first to last as one string.
func (m *Machine) joined(l *glua.LState, first, last int) glua.LString {
	size := 0
	for i := first; i <= last; i++ {
		if s, ok := l.Get(i).(glua.LString); ok {
			size += len(s)
		}
	}
	m.Room(l, "..", size)
	b := make([]byte, 0, size+16)
	for i := first; i <= last; i++ {
		b = append(b, Text(l.Get(i))...)
	}
	return glua.LString(b)
}

// concatMeta is what __concat of one of two arguments makes of them.
func (m *Machine) concatMeta(l *glua.LState, first, second int) glua.LValue {
	a, b := l.Get(first), l.Get(second)
	fn := l.GetMetaField(a, "__concat")
	if fn == glua.LNil {
		fn = l.GetMetaField(b, "__concat")
	}
	if fn.Type() != glua.LTFunction {
		if glua.LVCanConvToString(a) {
			m.concatenated(l, second, b)
		}
		m.concatenated(l, first, a)
	}
	l.Push(fn)
	l.Push(a)
	l.Push(b)
	l.Call(2, 1)
	v := l.Get(-1)
	l.Pop(1)
	return v
}
