package python

import "strings"

// nodes that stand in a statement's place besides those that were read.
var (
	blank  = node{kind: space, source: " ", lua: " "}
	equals = node{kind: operator, source: "=", lua: "="}
	none   = node{kind: name, source: "None", lua: "nil"}
)

// edit is what a statement means that Lua spells as an assignment: del x, and x += 1. Others stay as they are.
func (w *writer) edit(nodes []node) []node {
	if nodes[0].kind == name && nodes[0].source == "del" {
		return w.deletion(nodes[1:])
	}
	for i, n := range nodes {
		if n.kind == operator && augments(n.source) {
			return w.augmented(nodes[:i], n, nodes[i+1:])
		}
	}
	return nodes
}

// deletion is x = nil for del x, and a, b = nil for del a, b.
func (w *writer) deletion(rest []node) []node {
	_, core, _ := trim(rest)
	targets := cut(core)
	if g := sole(core); g.opens("(") {
		targets, _ = g.elements()
	}
	var out []node
	for i, target := range targets {
		_, target, _ = trim(target)
		if !deletable(target) {
			w.refuse()
			return nil
		}
		if i > 0 {
			out = append(out, node{kind: operator, source: ",", lua: ","}, blank)
		}
		out = append(out, target...)
	}
	return append(out, blank, equals, blank, none)
}

// cut splits a run at its commas.
func cut(run []node) (parts [][]node) {
	from := 0
	for i, n := range run {
		if n.is(",") {
			parts = append(parts, run[from:i])
			from = i + 1
		}
	}
	return append(parts, run[from:])
}

// deletable reports whether nil is what a deleted target becomes: a variable, a field, or what a name or a string is the
// key of. The elements of a list move up in Python.
func deletable(target []node) bool {
	if !place(target) {
		return false
	}
	last := target[len(target)-1]
	if last.kind != group {
		return true
	}
	key := sole(last.items[0])
	return key.kind == text || layer(key)
}

// layer reports whether a node is a name as layers have them: TCP, Ether.
func layer(n node) bool {
	return n.kind == name && n.source[0] >= 'A' && n.source[0] <= 'Z' && roleOf(n.source) == plain
}

// place reports whether a run can be assigned to, and read twice: a name with its fields and indexes, no calls.
func place(run []node) bool {
	if len(run) == 0 || run[0].kind != name || !isName(run[0].source) || !primary(run) {
		return false
	}
	for _, n := range run {
		if n.kind == group && (n.source != "[" || !n.closed || calls(n)) {
			return false
		}
	}
	return true
}

// calls reports whether there is a call, or anything like it, in a group.
func calls(n node) bool {
	for _, item := range n.items {
		for _, k := range item {
			if k.kind == group && (k.source == "(" || calls(k)) {
				return true
			}
		}
	}
	return false
}

// augmented is x = x + y for x += y.
func (w *writer) augmented(target []node, op node, rest []node) []node {
	before, target, _ := trim(target)
	_, value, after := trim(rest)
	if !place(target) || len(value) == 0 || value[0].opens("[") || len(cut(value)) > 1 {
		w.refuse()
		return nil
	}
	sign := strings.TrimSuffix(op.source, "=")
	if len(value) > 1 && !primary(value) && (sign != "+" || value[0].kind != text) { // text is joined: x .. "a" .. b
		last := value[len(value)-1]
		open := (last.kind == group || last.kind == lambda) && !last.closed
		value = []node{{kind: group, source: "(", closed: !open, items: [][]node{value}}}
	}
	out := append(append(append([]node{}, before...), target...), blank, equals, blank)
	out = append(append(out, target...), blank, node{kind: operator, source: sign, lua: luaOperator(sign)}, blank)
	return append(append(out, value...), after...)
}
