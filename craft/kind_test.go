package craft

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
)

// TestEveryKindHasItsRow holds the constants against the table, so that one without a row, or with half of one, is named.
func TestEveryKindHasItsRow(t *testing.T) {
	constants := kindConstants(t)
	if len(constants) != len(kinds) {
		t.Fatalf("the constants are %v, the table has %d rows", constants, len(kinds))
	}
	seen := map[string]string{}
	for k, constant := range constants {
		row := &kinds[k]
		switch {
		case row.name == "":
			t.Errorf("%s has no name", constant)
		case seen[row.name] != "":
			t.Errorf("%s and %s are both a %s", seen[row.name], constant, row.name)
		case row.kindRules == nil:
			t.Errorf("%s has no rules", constant)
		case row.exact && row.bits == 0:
			t.Errorf("%s has one width only, and does not say which", constant)
		case row.numeric && (row.wide || row.bits == 0 || row.bits > 64):
			t.Errorf("%s is a number: want a width of at most 64 bits, got %d", constant, row.bits)
		case row.addr != nil && !row.exact:
			t.Errorf("%s is an address: want one width", constant)
		}
		seen[row.name] = constant
	}
}

// kindConstants are the names of the kinds, in order.
func kindConstants(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			if one := spec.(*ast.ValueSpec); one.Names[0].Name != "LastKind" {
				names = append(names, one.Names[0].Name)
			}
		}
	}
	return names
}

// TestFlagsAreReadAsTheyAreWritten tries every value of fields with odd names: unnamed bits, names that stand twice, letters
// that look like numbers or separators.
func TestFlagsAreReadAsTheyAreWritten(t *testing.T) {
	for _, f := range []Field{
		{Bits: 8, Flags: []string{7: "B"}},
		{Bits: 8, Flags: []string{"R", "R", "R", "A", "R", "R", "D", "R"}, Join: "+"},
		{Bits: 8, Flags: []string{"R", "R", "A"}},
		{Bits: 8},
		{Bits: 8, Join: "+"},
		{Bits: 8, Flags: []string{"0", "x", "1", "+", "f", ""}},
		{Bits: 8, Flags: []string{"0x1", "a+b", "a", "b", "+", "", "0x80"}, Join: "+"},
		{Bits: 8, Flags: []string{"ab", "a", "b", "", "c,d"}, Join: ", "},
	} {
		for v := range uint64(1 << f.Bits) {
			text := f.flagText(v)
			if again, err := f.parseFlags(text); err != nil || again != v {
				t.Errorf("%q joined by %q: %#x is written %q and read %#x, %v", f.Flags, f.Join, v, text, again, err)
			}
		}
	}
}
