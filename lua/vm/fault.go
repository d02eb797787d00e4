package vm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// A Fault is an operation on a value of a kind that does not have it, such as the call of nil.
type Fault struct {
	// Doing is what was attempted, in Lua's words: "index", "call", "perform arithmetic on", "concatenate", "get length of", "compare";
	// or "walk" for the call of a for, and by ipairs and pairs; or "pass", to any other function that does not take it; or "assert"; or "count",
	// up to it or from it.
	Doing string
	// Value is what it was attempted on.
	Value glua.LValue
	// Key is what a value was indexed with; nil for any other operation.
	Key glua.LValue
	// Operator is the sign of an arithmetic operation: "/".
	Operator string
	// Name is what the source calls the value.
	Name Named
	// Origin is where it comes from.
	Origin Origin
}

// String is the fault in the words of Lua 5.1: attempt to index local 'x' (a nil value).
func (f Fault) String() string {
	doing := f.Doing
	if doing == "walk" {
		doing = "call"
	}
	kind := KindOf(f.Value) + " value"
	if f.Name.Scope == "" {
		if key, ok := f.Key.(glua.LString); ok {
			return fmt.Sprintf("attempt to %s a %s (key '%s')", doing, kind, shortName(string(key)))
		}
		return fmt.Sprintf("attempt to %s a %s", doing, kind)
	}
	return fmt.Sprintf("attempt to %s %s '%s' (a %s)", doing, f.Name.Scope, shortName(f.Name.Text), kind)
}

// maxName is how many bytes of a name an error repeats.
const maxName = 64

func shortName(name string) string {
	if len(name) > maxName {
		return name[:maxName] + "..."
	}
	return name
}

// The words of gopher-lua, which name no variable, and what they mean.
var (
	unindexed   = "attempt to index a non-table object("
	uncallable  = "attempt to call a non-function object"
	uncompared  = regexp.MustCompile(`attempt to compare \w+ with \w+$`)
	calculated  = "cannot perform "
	looped      = "too many recursions in "
	badArgument = regexp.MustCompile(`bad argument #(\d+)(: | to \S+)(?: \(([\w ]+) expected, got \w+\))?`)
)

// reword puts Lua's words, with the name of what is wrong, in place of gopher-lua's on the top of the stack of a thread that is about
// to end with an error. What a script raised itself stays as it is.
func (m *Machine) reword(l *glua.LState) {
	before := m.rethrown
	if m.rethrown = nil; before != nil && before == l.Get(-1) {
		return
	}
	text, ok := l.Get(-1).(glua.LString)
	if !ok {
		m.noteThrown(l, l.Get(-1))
		return
	}
	var better string
	if f, inLua := frameAt(l, 0); inLua {
		better = m.rewordLua(l, f, string(text))
	} else {
		better = m.rewordGo(l, string(text))
	}
	if better == "" {
		better = string(text)
	}
	if better = m.placed(l, better); better != string(text) {
		l.Replace(-1, glua.LString(better))
	}
}

// placed is an error that has its place: a function of Go that pcall or a coroutine calls directly raises it in a frame of this package's,
// and it is the script's line with the pcall that whoever reads it looks for. What error raises there has none, as in Lua.
func (m *Machine) placed(l *glua.LState, text string) string {
	for level := range 2 {
		f, inLua := frameAt(l, level)
		if !inLua || !m.own[f.fn.Proto] {
			continue
		}
		what, ok := strings.CutPrefix(text, fmt.Sprintf("%s:%d: ", f.fn.Proto.SourceName, f.line))
		if ok && level == 1 && running(l) == m.thrower {
			return what
		}
		if ok {
			return m.place(l) + what
		}
	}
	return text
}

// place is script:line: of the innermost code of a script's that runs on a thread, or on the one that called it.
func (m *Machine) place(l *glua.LState) string {
	for ; l != nil; l = m.callers[l] {
		for level := 0; ; level++ {
			if _, ok := l.GetStack(level); !ok {
				break
			}
			if f, inLua := frameAt(l, level); inLua && !m.own[f.fn.Proto] {
				return fmt.Sprintf("%s:%d: ", f.fn.Proto.SourceName, f.line)
			}
		}
	}
	return ""
}

// Rethrow raises what a call threw that Protect made, as it is: it has its words and its place.
func (m *Machine) Rethrow(l *glua.LState, thrown glua.LValue) {
	m.rethrown = thrown
	l.Error(thrown, 0)
}

// noteThrown keeps where a value that is no text was thrown first: it has no room for that itself.
func (m *Machine) noteThrown(l *glua.LState, v glua.LValue) {
	if v == glua.LNil || v != m.thrown {
		m.thrown, m.thrownAt = v, strings.TrimPrefix(l.Where(1), "[G]:")
	}
}

// rewordLua is what an instruction of Lua raised; "" when that needs no other words.
func (m *Machine) rewordLua(l *glua.LState, f frame, text string) string {
	where := fmt.Sprintf("%s:%d: ", f.fn.Proto.SourceName, f.line)
	what, ok := strings.CutPrefix(text, where)
	if !ok {
		return ""
	}
	inst := f.fn.Proto.Code[f.pc]
	a, b, c := operandA(inst), operandB(inst), operandC(inst)
	at := func(reg int) Fault { return m.blame(f, reg, f.value(l, reg)) }
	var fault Fault
	switch op := opcode(inst); {
	case strings.HasPrefix(what, unindexed):
		object, key := b, c
		if op == glua.OP_SETTABLE || op == glua.OP_SETTABLEKS {
			object, key = a, b
		}
		fault = at(object)
		fault.Doing, fault.Key = "index", f.value(l, key)
		if kind, _, _ := strings.Cut(strings.TrimPrefix(what, unindexed), ")"); KindOf(fault.Value) != kind && fault.Value.Type() == glua.LTTable {
			return fmt.Sprintf("%sattempt to index a %s value, which is the __index of a table", where, kind)
		}
	case what == uncallable:
		fault = at(a)
		if fault.Doing = "call"; op == glua.OP_TFORLOOP {
			fault.Doing = "walk"
		}
	case strings.HasPrefix(what, looped):
		return where + "loop in " + strings.TrimPrefix(what, looped)
	case what == "__unm undefined":
		fault = at(b)
		fault.Doing, fault.Operator = "perform arithmetic on", "-"
	case what == "__len undefined":
		fault = at(b)
		fault.Doing = "get length of"
	case strings.HasPrefix(what, calculated):
		fault = m.arithmetic(f, f.value(l, b), f.value(l, c))
	case uncompared.MatchString(what) && (op == glua.OP_LT || op == glua.OP_LE):
		return where + m.comparison(f, f.value(l, b), f.value(l, c))
	case strings.HasPrefix(what, "for statement "):
		n := slices.Index([]string{"init", "limit", "step"}, strings.Fields(what)[2])
		fault = at(a + max(n, 0))
		fault.Doing = "count"
		return where + fmt.Sprintf("'for' %s must be a number", []string{"initial value", "limit", "step"}[max(n, 0)]) + m.hint(fault)
	default:
		return ""
	}
	return where + m.told(fault)
}

// value is what an operand has: a register or a constant.
func (f frame) value(l *glua.LState, operand int) glua.LValue {
	if operand >= constantAt {
		return f.constant(operand - constantAt)
	}
	return register(l, 0, operand)
}

// blame begins a fault of the value in an operand.
func (m *Machine) blame(f frame, operand int, v glua.LValue) Fault {
	fault := Fault{Value: v}
	if operand < constantAt && !m.own[f.fn.Proto] {
		fault.Name, fault.Origin = f.name(operand, f.pc), f.origin(operand, f.pc)
	}
	return fault
}

// signs are the operators by their instructions.
var signs = map[int]string{glua.OP_ADD: "+", glua.OP_SUB: "-", glua.OP_MUL: "*", glua.OP_DIV: "/", glua.OP_MOD: "%", glua.OP_POW: "^", glua.OP_UNM: "-"}

// arithmetic is the fault of an operation on two values: of the second if the first is a number.
func (m *Machine) arithmetic(f frame, x, y glua.LValue) Fault {
	inst := f.fn.Proto.Code[f.pc]
	at, v := operandB(inst), x
	if _, number := operand(x); number {
		at, v = operandC(inst), y
	}
	fault := m.blame(f, at, v)
	fault.Doing, fault.Operator = "perform arithmetic on", signs[opcode(inst)]
	return fault
}

// comparison is what Lua says of two values that have no order, and which of them is nil.
func (m *Machine) comparison(f frame, x, y glua.LValue) string {
	text := notCompared(x, y)
	inst := f.fn.Proto.Code[f.pc]
	for i, v := range []glua.LValue{x, y} {
		operand := []int{operandB(inst), operandC(inst)}[i]
		if v != glua.LNil {
			continue
		}
		fault := m.blame(f, operand, v)
		fault.Doing = "compare"
		if fault.Name.Scope != "" {
			text += fmt.Sprintf(" (%s '%s' is nil)", fault.Name.Scope, shortName(fault.Name.Text))
		}
		return text + m.hint(fault)
	}
	return text
}

// notCompared is what Lua says of two values that have no order.
func notCompared(x, y glua.LValue) string {
	a, b := KindOf(x), KindOf(y)
	if a == b {
		return fmt.Sprintf("attempt to compare two %s values", a)
	}
	return fmt.Sprintf("attempt to compare %s with %s", a, b)
}

// told is a fault with what whoever runs the machine knows of it.
func (m *Machine) told(f Fault) string { return f.String() + m.hint(f) }

func (m *Machine) hint(f Fault) string {
	if m.options.Hint == nil {
		return ""
	}
	return m.options.Hint(f)
}

// Arithmetic raises the fault of an operator that a function of Go carries out as a metamethod, on the values in arguments 1 and 2.
// wrong is which of them it does not take, 1 or 2.
func (m *Machine) Arithmetic(l *glua.LState, wrong int) {
	fault := Fault{Doing: "perform arithmetic on", Value: l.Get(wrong)}
	if f, ok := frameAt(l, 1); ok {
		inst := f.fn.Proto.Code[f.pc]
		if sign, ok := signs[opcode(inst)]; ok {
			at := operandB(inst)
			if wrong == 2 {
				at = operandC(inst)
			}
			fault = m.blame(f, at, l.Get(wrong))
			fault.Doing, fault.Operator = "perform arithmetic on", sign
		}
	}
	l.RaiseError("%s", m.told(fault))
}

// concatenated raises the fault of .. on argument n of the call that it was compiled into.
func (m *Machine) concatenated(l *glua.LState, n int, v glua.LValue) {
	fault := Fault{Value: v}
	if f, ok := frameAt(l, 1); ok && !m.own[f.fn.Proto] {
		fault = m.blame(f, operandA(f.fn.Proto.Code[f.pc])+n, v)
	}
	fault.Doing = "concatenate"
	l.RaiseError("%s", m.told(fault))
}

// rewordGo is what a function of Go raised; "" when that needs no other words.
func (m *Machine) rewordGo(l *glua.LState, text string) string {
	fn := running(l)
	if fn == nil || m.raisers[fn] && l.GetTop() > 1 || len(text) > maxReworded {
		return ""
	}
	if at := strings.LastIndex(text, uncallable); at >= 0 && at+len(uncallable) == len(text) {
		return text[:at] + "attempt to call a value that is no function"
	}
	at := badArgument.FindStringSubmatchIndex(text)
	if at == nil {
		return ""
	}
	words := badArgument.FindStringSubmatch(text)
	if words[2] != ": " {
		text = text[:at[0]] + m.badArgument(l, fn, words) + text[at[1]:]
	} else if usage := m.names[fn].usage; usage != "" {
		text += ": " + usage
	}
	return text + m.argumentHint(l, fn, words)
}

// unmet is what there is to say of the value that assert was given.
func (m *Machine) unmet(l *glua.LState) string {
	f, ok := frameAt(l, 1)
	if !ok {
		return ""
	}
	fault := m.blame(f, operandA(f.fn.Proto.Code[f.pc])+1, l.Get(1))
	fault.Doing = "assert"
	return m.hint(fault)
}

// argumentHint is what there is to say of a bad argument besides.
func (m *Machine) argumentHint(l *glua.LState, fn *glua.LFunction, words []string) string {
	f, inLua := frameAt(l, 1)
	n, _ := strconv.Atoi(words[1])
	if !inLua || n == 0 || n >= l.GetTop() { // the error is on top
		return ""
	}
	fault := Fault{Value: l.Get(n)}
	if op := opcode(f.fn.Proto.Code[f.pc]); op == glua.OP_CALL || op == glua.OP_TAILCALL {
		fault = m.blame(f, operandA(f.fn.Proto.Code[f.pc])+n, l.Get(n))
	}
	if fault.Doing = "pass"; m.names[fn].name == "ipairs" || m.names[fn].name == "pairs" {
		fault.Doing = "walk"
	}
	return m.hint(fault)
}

// maxReworded is how long a text may be, in bytes, that is looked through for gopher-lua's words.
const maxReworded = 10_000

// running is the function of Go that runs on a thread; nil for none.
func running(l *glua.LState) *glua.LFunction {
	dbg, ok := l.GetStack(0)
	if !ok {
		return nil
	}
	v, err := l.GetInfo("f", dbg, glua.LNil)
	fn, isFunction := v.(*glua.LFunction)
	if err != nil || !isFunction || !fn.IsG {
		return nil
	}
	return fn
}

// badArgument names the function, and kinds as KindOf does. The value of a method is no argument of it.
func (m *Machine) badArgument(l *glua.LState, fn *glua.LFunction, words []string) string {
	n, _ := strconv.Atoi(words[1]) // digits, which the pattern found
	got := "no value"
	if n < l.GetTop() { // the error is on top
		got = KindOf(l.Get(n))
	}
	name := m.names[fn].name
	if f, ok := frameAt(l, 1); ok && !m.own[f.fn.Proto] {
		inst := f.fn.Proto.Code[f.pc]
		if op := opcode(inst); op == glua.OP_CALL || op == glua.OP_TAILCALL {
			called := f.name(operandA(inst), f.pc)
			if called.Scope == "method" {
				n--
			}
			if name == "" || called.Scope == "method" {
				name = called.Text
			}
		}
	}
	if name == "" {
		name = "?"
	}
	text := fmt.Sprintf("bad argument #%d to '%s'", n, shortName(name))
	if n == 0 {
		text = fmt.Sprintf("calling '%s' on bad self", shortName(name))
	}
	if words[3] != "" {
		text += fmt.Sprintf(" (%s expected, got %s)", words[3], got)
	}
	return text
}

// A called is how a function of Go is called, for errors about its arguments.
type called struct{ name, usage string }

// SetName gives a function of Go the name that errors about its arguments have for it, and a usage to show with them; "" for none.
func (m *Machine) SetName(fn *glua.LFunction, name, usage string) { m.names[fn] = called{name, usage} }
