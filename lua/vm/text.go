package vm

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"
)

// Text is a plain value as Lua writes it: whole numbers without an exponent up to 1e15, others with the digits they need,
// since a time of day has microseconds. It runs no __tostring.
func Text(v glua.LValue) string {
	n, ok := v.(glua.LNumber)
	switch {
	case !ok:
		return v.String()
	case math.Trunc(float64(n)) == float64(n) && math.Abs(float64(n)) < 1e15:
		return strconv.FormatInt(int64(n), 10)
	case math.IsInf(float64(n), 0), math.IsNaN(float64(n)):
		return strings.ToLower(strings.TrimPrefix(fmt.Sprint(float64(n)), "+")) // as C writes them
	}
	if size := math.Abs(float64(n)); size >= 1e-4 && size < 1e15 {
		return strconv.FormatFloat(float64(n), 'f', -1, 64)
	}
	return strconv.FormatFloat(float64(n), 'g', -1, 64)
}

// ToString is a value as tostring and print write it: Text, or what its __tostring returns. An error of __tostring is
// raised on l, the thread that runs.
func ToString(l *glua.LState, v glua.LValue) string {
	if n, ok := v.(glua.LNumber); ok {
		return Text(n)
	}
	return l.ToStringMeta(v).String()
}

// Describe is ToString for messages: it never raises. A value whose __tostring fails is named by its kind.
func (m *Machine) Describe(v glua.LValue) string {
	switch v.Type() {
	case glua.LTString, glua.LTNumber, glua.LTBool, glua.LTNil:
		return Text(v)
	}
	results, thrown := m.Protect(m.l, m.tostring, v)
	if thrown != nil || len(results) == 0 {
		return fmt.Sprintf("<a %s whose __tostring fails>", KindOf(v))
	}
	return results[0].String()
}

// KindOf names the kind of a value: the name in its metatable's __metatable ("packet"), otherwise its Lua type ("number").
func KindOf(v glua.LValue) string {
	if ud, ok := v.(*glua.LUserData); ok {
		if mt, ok := ud.Metatable.(*glua.LTable); ok {
			return mt.RawGetString("__metatable").String()
		}
	}
	if t, ok := v.(*glua.LTable); ok && t.Metatable != glua.LNil {
		if name, ok := t.Metatable.(*glua.LTable).RawGetString("__metatable").(glua.LString); ok {
			return string(name)
		}
	}
	return v.Type().String()
}
