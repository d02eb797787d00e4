package vm

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// A Scope holds the local variables of chunks that follow one another, as the entries of a prompt do: what one declares at its
// top level, those behind it see, as if all were one chunk. A variable that is declared again is a new one; functions
// that know the old one keep it.
//
// The variables are fields of a table, which is a constant of each chunk: no script can reach it by another way.
type Scope struct {
	values   *glua.LTable
	places   map[string]string // where in values the variable of a name is
	captured map[string]bool   // the places that functions know
	made     int
}

// NewScope makes an empty Scope. It belongs to the Machine.
func (m *Machine) NewScope() *Scope {
	return &Scope{values: m.l.NewTable(), places: map[string]string{}, captured: map[string]bool{}}
}

// Value is a variable's value; ok is false when none has that name.
func (s *Scope) Value(name string) (v glua.LValue, ok bool) {
	place, ok := s.places[name]
	if !ok {
		return glua.LNil, false
	}
	return s.values.RawGetString(place), true
}

// Names are the variables' names.
func (s *Scope) Names() []string {
	var names []string
	for name := range s.places {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Declared are the variables that a chunk declares at its top level.
type Declared struct {
	scope *Scope
	names []declaration
	value bool // the chunk is an expression: its return is not the source's
}

type declaration struct{ name, place string }

// Keep keeps the variables of a chunk that has run: all of them, or of one that failed those that it has given a value.
func (d *Declared) Keep(failed bool) {
	for _, v := range d.names {
		switch {
		case v.name == "_":
			if !d.scope.captured[v.place] {
				d.scope.values.RawSetString(v.place, glua.LNil)
			}
		case !failed || d.scope.values.RawGetString(v.place) != glua.LNil:
			d.scope.places[v.name] = v.place
		}
	}
}

// Drop lets go of what the variables of a chunk hold: none of them is kept.
func (d *Declared) Drop() {
	for _, v := range d.names {
		d.scope.values.RawSetString(v.place, glua.LNil)
	}
}

// CompileIn is Compile for a chunk whose local variables at the top level belong to a Scope. Nothing that it declares is seen
// by another chunk before Declared.Keep. The variable _ is not kept: at a prompt it is the last value.
func (m *Machine) CompileIn(scope *Scope, name, source string) (*glua.LFunction, *Declared, error) {
	d := &Declared{scope: scope}
	fn, err := m.compile(name, source, d)
	return fn, d, err
}

// CompileValueIn is CompileIn for an expression, whose values the chunk returns.
func (m *Machine) CompileValueIn(scope *Scope, name, source string) (*glua.LFunction, *Declared, error) {
	d := &Declared{scope: scope, value: true}
	fn, err := m.compile(name, "return "+source, d)
	return fn, d, err
}

// returnedPlace is where a Scope notes that a chunk has come to a return of its own; no variable has such a place.
const returnedPlace = "return"

// Returned reports whether the chunk, since this was asked last, came to a return that stands at its top level or in a block there.
func (d *Declared) Returned() bool {
	returned := d.scope.values.RawGetString(returnedPlace) != glua.LNil
	d.scope.values.RawSetString(returnedPlace, glua.LNil)
	return returned
}

// place is where the variable is that a chunk knows by a name; "" when it is none of the Scope's.
func (d *Declared) place(name string) string {
	for _, v := range slices.Backward(d.names) {
		if v.name == name {
			return v.place
		}
	}
	return d.scope.places[name]
}

// declare makes a variable. One of that name that no function knows is not needed any more.
func (d *Declared) declare(name string) {
	place := d.place(name)
	if place == "" || d.scope.captured[place] {
		d.scope.made++
		place = fmt.Sprintf("%s %d", name, d.scope.made)
	}
	d.names = append(d.names, declaration{name, place})
}

// A scoping rewrites a chunk so that the variables of a Scope are read and written where they are.
type scoping struct {
	*Declared
	local []map[string]bool // the variables of the blocks around, the innermost last
	funcs int               // how many functions are around
}

// scopeName is the local variable that holds the table in a chunk, which no source can spell; and scopeText is what stands for the
// table where it gets its value, in a chunk of so many bytes: longer than any text it can spell.
const scopeName = "(scope)"

func scopeText(size int) string { return strings.Repeat("\x01", size+1) }

// scoped is a chunk whose variables at the top level are those of a Scope.
func (d *Declared) scoped(stmts []ast.Stmt, text string) []ast.Stmt {
	(&scoping{Declared: d}).chunk(stmts)
	table := &ast.LocalAssignStmt{Names: []string{scopeName}, Exprs: []ast.Expr{&ast.StringExpr{Value: text}}}
	return append([]ast.Stmt{table}, stmts...)
}

// chunk rewrites the statements of the top level.
func (s *scoping) chunk(stmts []ast.Stmt) {
	for i, stmt := range stmts {
		local, ok := stmt.(*ast.LocalAssignStmt)
		if !ok {
			stmts[i] = s.stmt(stmt)
			continue
		}
		named := len(local.Exprs) == 1 && isFunction(local.Exprs[0]) // knows itself
		if named {
			s.declareAll(local.Names)
		}
		s.exprs(local.Exprs)
		if !named {
			s.declareAll(local.Names)
		}
		stmts[i] = s.assigned(local)
	}
}

func (s *scoping) declareAll(names []string) {
	for _, name := range names {
		s.declare(name)
	}
}

func isFunction(e ast.Expr) bool {
	_, ok := e.(*ast.FunctionExpr)
	return ok
}

// assigned is the assignment that a declaration becomes.
func (s *scoping) assigned(local *ast.LocalAssignStmt) ast.Stmt {
	a := &ast.AssignStmt{Rhs: local.Exprs}
	if len(a.Rhs) == 0 {
		none := &ast.NilExpr{}
		none.SetLine(local.Line())
		a.Rhs = []ast.Expr{none}
	}
	for _, name := range local.Names {
		a.Lhs = append(a.Lhs, s.at(s.place(name), local))
	}
	a.SetLine(local.Line())
	a.SetLastLine(local.LastLine())
	return a
}

// at is a variable by its place.
func (s *scoping) at(place string, where ast.PositionHolder) ast.Expr {
	e := &ast.AttrGetExpr{Object: &ast.IdentExpr{Value: scopeName}, Key: &ast.StringExpr{Value: place}}
	for _, n := range []ast.Expr{e, e.Object, e.Key} {
		n.SetLine(where.Line())
		n.SetLastLine(where.LastLine())
	}
	return e
}

// block rewrites the statements of a block with variables of its own. until, if it is not nil, sees those of the block.
func (s *scoping) block(stmts []ast.Stmt, until *ast.Expr, names ...string) {
	s.local = append(s.local, map[string]bool{})
	s.hide(names...)
	for i, stmt := range stmts {
		stmts[i] = s.stmt(stmt)
	}
	if until != nil {
		s.expr(until)
	}
	s.local = s.local[:len(s.local)-1]
}

// hide declares variables of the innermost block.
func (s *scoping) hide(names ...string) {
	for _, name := range names {
		s.local[len(s.local)-1][name] = true
	}
}

// stmt rewrites a statement and returns what it becomes.
func (s *scoping) stmt(stmt ast.Stmt) ast.Stmt {
	switch n := stmt.(type) {
	case *ast.LocalAssignStmt:
		if len(n.Exprs) == 1 && isFunction(n.Exprs[0]) {
			s.hide(n.Names...)
		}
		s.exprs(n.Exprs)
		s.hide(n.Names...)
	case *ast.AssignStmt:
		s.exprs(n.Lhs)
		s.exprs(n.Rhs)
	case *ast.FuncCallStmt:
		s.expr(&n.Expr)
	case *ast.DoBlockStmt:
		s.block(n.Stmts, nil)
	case *ast.WhileStmt:
		s.expr(&n.Condition)
		s.block(n.Stmts, nil)
	case *ast.RepeatStmt:
		s.block(n.Stmts, &n.Condition)
	case *ast.IfStmt:
		s.branches(n)
	case *ast.NumberForStmt:
		s.expr(&n.Init)
		s.expr(&n.Limit)
		s.expr(&n.Step)
		s.block(n.Stmts, nil, n.Name)
	case *ast.GenericForStmt:
		s.exprs(n.Exprs)
		s.block(n.Stmts, nil, n.Names...)
	case *ast.FuncDefStmt:
		return s.function(n)
	case *ast.ReturnStmt:
		s.exprs(n.Exprs)
		if s.funcs == 0 && !s.value {
			return s.noted(n)
		}
	}
	return stmt
}

// noted is a return of the chunk's own, behind the note that it was come to.
func (s *scoping) noted(n *ast.ReturnStmt) ast.Stmt {
	note := &ast.AssignStmt{Lhs: []ast.Expr{s.at(returnedPlace, n)}, Rhs: []ast.Expr{&ast.TrueExpr{}}}
	block := &ast.DoBlockStmt{Stmts: []ast.Stmt{note, n}}
	for _, node := range []ast.PositionHolder{note, note.Rhs[0], block} {
		node.SetLine(n.Line())
		node.SetLastLine(n.LastLine())
	}
	return block
}

// branches rewrites an if. Its elseifs are ifs in its else, up to a thousand.
func (s *scoping) branches(n *ast.IfStmt) {
	for {
		s.expr(&n.Condition)
		s.block(n.Then, nil)
		if len(n.Else) != 1 {
			break
		}
		next, ok := n.Else[0].(*ast.IfStmt)
		if !ok {
			break
		}
		n = next
	}
	s.block(n.Else, nil)
}

// function rewrites the definition of a function, whose name may be a variable.
func (s *scoping) function(n *ast.FuncDefStmt) ast.Stmt {
	s.expr(&n.Name.Func)
	s.expr(&n.Name.Receiver)
	var parameters []string
	if n.Name.Receiver != nil {
		parameters = []string{"self"}
	}
	s.body(n.Func, parameters...)
	target, ok := n.Name.Func.(*ast.AttrGetExpr)
	if !ok {
		return n
	}
	a := &ast.AssignStmt{Lhs: []ast.Expr{target}, Rhs: []ast.Expr{n.Func}}
	a.SetLine(n.Line())
	a.SetLastLine(n.LastLine())
	return a
}

// body rewrites a function.
func (s *scoping) body(f *ast.FunctionExpr, parameters ...string) {
	s.funcs++
	s.block(f.Stmts, nil, append(parameters, f.ParList.Names...)...)
	s.funcs--
}

func (s *scoping) exprs(all []ast.Expr) {
	for i := range all {
		s.expr(&all[i])
	}
}

// expr rewrites an expression in its place.
func (s *scoping) expr(place *ast.Expr) {
	switch n := (*place).(type) {
	case *ast.IdentExpr:
		s.ident(place, n)
	case *ast.AttrGetExpr:
		s.expr(&n.Object)
		s.expr(&n.Key)
	case *ast.TableExpr:
		for _, f := range n.Fields {
			s.expr(&f.Key)
			s.expr(&f.Value)
		}
	case *ast.FuncCallExpr:
		s.expr(&n.Func)
		s.expr(&n.Receiver)
		s.exprs(n.Args)
	case *ast.LogicalOpExpr:
		s.both(&n.Lhs, &n.Rhs)
	case *ast.RelationalOpExpr:
		s.both(&n.Lhs, &n.Rhs)
	case *ast.StringConcatOpExpr:
		s.both(&n.Lhs, &n.Rhs)
	case *ast.ArithmeticOpExpr:
		s.both(&n.Lhs, &n.Rhs)
	case *ast.UnaryMinusOpExpr:
		s.expr(&n.Expr)
	case *ast.UnaryNotOpExpr:
		s.expr(&n.Expr)
	case *ast.UnaryLenOpExpr:
		s.expr(&n.Expr)
	case *ast.FunctionExpr:
		s.body(n)
	}
}

func (s *scoping) both(left, right *ast.Expr) {
	s.expr(left)
	s.expr(right)
}

// ident rewrites a name, if it is that of a variable of the Scope.
func (s *scoping) ident(e *ast.Expr, n *ast.IdentExpr) {
	for _, block := range s.local {
		if block[n.Value] {
			return
		}
	}
	place := s.place(n.Value)
	if place == "" {
		return
	}
	if s.funcs > 0 {
		s.scope.captured[place] = true
	}
	*e = s.at(place, n)
}
