package craft_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	_ "github.com/moonwire/moonwire/craft/layers" // whose names are looked for
)

// engineFiles parses the package's own files.
func engineFiles(t *testing.T) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = f
	}
	return files
}

// TestTheEngineNamesNoProtocol holds that a protocol of another package has equal rank: whatever the engine does for one, it
// does because the protocol's Spec says so. It cannot import craft/layers; it must not spell a protocol's name either.
func TestTheEngineNamesNoProtocol(t *testing.T) {
	kinds := map[string]bool{"IPv4": true, "IPv6Address": true} // kinds of fields, not protocols
	for path, f := range engineFiles(t) {
		ast.Inspect(f, func(n ast.Node) bool {
			var name string
			switch n := n.(type) {
			case *ast.BasicLit:
				if name, _ = strconv.Unquote(n.Value); n.Kind != token.STRING {
					return true
				}
			case *ast.Ident:
				name = n.Name
			default:
				return true
			}
			own := name == string(craft.Raw) || name == string(craft.Padding)
			if craft.Lookup(craft.Name(name)) != nil && !own && !kinds[name] {
				t.Errorf("%s names the protocol %s", path, name)
			}
			return true
		})
	}
}

// TestTheMapNamesEveryFile holds the map in doc.go against the folder.
func TestTheMapNamesEveryFile(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(doc), "package craft\n")
	listed := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r == '_') }) {
		listed[word+".go"] = true
	}
	for path := range engineFiles(t) {
		if path != "doc.go" && !listed[path] {
			t.Errorf("%s is not on the map in doc.go", path)
		}
	}
}
