package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The sizes of rooms: a package that outgrows them has two ideas in it, and so has a file.
const (
	mostLines     = 11_000 // of a package, without its tests
	mostFileLines = 500    // of a file, tests too
)

func TestRoomsStaySmall(t *testing.T) {
	for _, dir := range packages(t) {
		lines := 0
		for _, path := range goFiles(t, dir) {
			source, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			n := bytes.Count(source, []byte("\n"))
			if n > mostFileLines {
				t.Errorf("%s has %d lines; a file has at most %d", path, n, mostFileLines)
			}
			if !strings.HasSuffix(path, "_test.go") {
				lines += n
			}
		}
		if lines > mostLines {
			t.Errorf("%s has %d lines; a package has at most %d", dir, lines, mostLines)
		}
	}
}

// TestNothingIsBuiltBeforeItsFirstUse holds that no package of craft fills tables while a program starts: a variable is made
// of constants and functions, or by sync.OnceValue.
func TestNothingIsBuiltBeforeItsFirstUse(t *testing.T) {
	for _, dir := range packages(t) {
		if dir != "craft" && !strings.HasPrefix(dir, "craft/") {
			continue
		}
		for _, path := range goFiles(t, dir) {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range variables(f) {
				if what := builds(value); what != "" {
					t.Errorf("%s: %s is made with %s while the program starts: say sync.OnceValue", path, name, what)
				}
			}
		}
	}
}

// goFiles lists the Go files of a folder.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("../..", dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// variables are the package-level variables of a file with their values.
func variables(f *ast.File) map[string]ast.Expr {
	all := map[string]ast.Expr{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v, _ := s.(*ast.ValueSpec)
			for i, value := range v.Values {
				all[v.Names[i].Name] = value
			}
		}
	}
	return all
}

// allowed are the calls that a package-level variable may be made with: they keep what they are given for later.
var allowed = map[string]bool{"sync.OnceValue": true, "errors.New": true, "define": true, "defineAll": true, "craft.Install": true, "craft.InstallDecoder": true}

// builds is what makes a value while the program starts, a map or a call; "" when nothing does.
func builds(value ast.Expr) (what string) {
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.MapType:
			what = "a map"
		case *ast.CallExpr:
			name := ""
			switch fun := n.Fun.(type) {
			case *ast.Ident:
				name = fun.Name
			case *ast.SelectorExpr:
				if x, ok := fun.X.(*ast.Ident); ok {
					name = x.Name + "." + fun.Sel.Name
				}
			case *ast.ArrayType:
				name = "[]byte" // a conversion
			}
			if !allowed[name] && name != "byte" && name != "[]byte" {
				what = "a call of " + name
			}
		}
		return true
	})
	return what
}
