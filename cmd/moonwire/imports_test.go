package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/moonwire/moonwire/"

// house says which of our packages each may import: one way down, no sideways edges. A package that is not here has no
// place in the house yet.
var house = map[string][]string{
	"cmd/moonwire":   {"repl", "lua", "lua/spelling", "scripts", "scripts/report", "sendrecv", "sendrecv/lab", "sendrecv/pcap", "sendrecv/raw", "sendrecv/vantage", "craft", "craft/layers", "craft/values"},
	"repl":           {"lua", "lua/vm", "craft/values"},
	"lua":            {"lua/vm", "lua/python", "lua/declare", "lua/entry", "lua/spelling", "scripts", "sendrecv", "sendrecv/pcap", "sendrecv/vantage", "craft", "craft/layers", "craft/values", "craft/hexdump", "craft/reassembly", "craft/gopacket", "lua/binding", "lua/lists"},
	"lua/lists":      {"lua/binding", "lua/grid", "lua/spelling", "lua/vm", "sendrecv", "craft", "craft/layers", "craft/values", "craft/hexdump", "craft/traffic"},
	"lua/binding":    {"lua/spelling", "lua/vm", "craft/values"},
	"lua/grid":       {},
	"lua/vm":         {},
	"lua/python":     {},
	"lua/entry":      {"lua/spelling", "lua/vm", "lua/python"},
	"lua/spelling":   {},
	"lua/declare":    {"lua/binding", "lua/spelling", "lua/vm", "craft"},
	"scripts":        {},
	"scripts/report": {"sendrecv/vantage", "craft", "craft/layers", "craft/values"},

	"sendrecv":          {"craft", "craft/layers", "craft/values"},
	"sendrecv/lab":      {"sendrecv/internal/article", "sendrecv", "craft", "craft/layers", "craft/values"},
	"sendrecv/pcap":     {"sendrecv", "craft", "craft/layers"},
	"sendrecv/porttest": {"sendrecv", "craft", "craft/layers"},
	"sendrecv/raw":      {"sendrecv", "craft", "craft/layers", "craft/values"},
	"sendrecv/netlab":   {"sendrecv/raw", "sendrecv/internal/article", "sendrecv", "craft", "craft/layers", "craft/values"},
	"sendrecv/vantage":  {"sendrecv", "craft", "craft/layers"},

	"sendrecv/internal/article": {},

	"craft":            {"craft/values", "craft/internal/iana"},
	"craft/layers":     {"craft", "craft/values", "craft/internal/ber", "craft/internal/iana"},
	"craft/values":     {},
	"craft/reassembly": {"craft", "craft/layers", "craft/internal/iana"},
	"craft/traffic":    {"craft", "craft/layers"},
	"craft/hexdump":    {},
	"craft/gopacket":   {"craft", "craft/layers", "craft/internal/iana"},

	"craft/protocoltest": {"craft", "craft/layers", "craft/values", "craft/hexdump"}, // tests alone import it

	"craft/internal/ber":       {},
	"craft/internal/iana":      {},
	"craft/internal/crafttest": {"craft", "craft/layers", "craft/values", "craft/hexdump"}, // tests alone import it
}

// owners says which packages alone may import a module.
var owners = map[string][]string{
	"github.com/google/gopacket":       {"craft/gopacket"},
	"github.com/yuin/gopher-lua":       {"lua/vm", "lua", "lua/python", "lua/declare", "lua/lists", "lua/binding"},
	"github.com/yuin/gopher-lua/parse": {"lua/vm", "lua/python"},
	"github.com/yuin/gopher-lua/ast":   {"lua/vm", "lua/python"},
	"github.com/yuin/gopher-lua/pm":    {"lua/vm"},
	"gvisor.dev/gvisor":                {"sendrecv/lab"},
	"github.com/chzyer/readline":       {"repl"},
	"github.com/vishvananda":           {"sendrecv/raw", "sendrecv/netlab"},
	"github.com/spf13/pflag":           {"cmd/moonwire"},
	"kernel.org/pub/linux/libs":        {"sendrecv/raw"},
	"golang.org/x/term":                {"cmd/moonwire"},
}

// callers are the packages that may make system calls: live interfaces and namespaces, and captures for one call, flock(2),
// which the portable library has no name for.
var callers = []string{"sendrecv/raw", "sendrecv/netlab", "sendrecv/pcap"}

// namers import syscall for its constants and types alone: the command and the prompt signals, the prompt the owner of a file
// too, the lab the errors that a connection ends with.
var namers = []string{"cmd/moonwire", "repl", "sendrecv/lab"}

func TestImportsRunOneWay(t *testing.T) {
	for _, dir := range packages(t) {
		p, err := build.ImportDir(filepath.Join("../..", dir), 0)
		if err != nil {
			t.Fatal(err)
		}
		allowed, ok := house[dir]
		if !ok {
			t.Errorf("%s is not in the table of the house", dir)
			continue
		}
		for _, path := range p.Imports {
			if ours, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s must not import %s; it may import %v", dir, ours, allowed)
			}
			for owned, by := range owners {
				if (path == owned || strings.HasPrefix(path, owned+"/")) && !slices.Contains(by, dir) {
					t.Errorf("%s must not import %s: it belongs to %v", dir, path, by)
				}
			}
			if isSystem(path) && !slices.Contains(callers, dir) && !slices.Contains(namers, dir) {
				t.Errorf("%s must not import %s: only %v make system calls", dir, path, callers)
			}
		}
	}
}

// isSystem says whether a package reaches past the portable library.
func isSystem(path string) bool {
	return path == "syscall" || path == "unsafe" || path == "C" || strings.HasPrefix(path, "golang.org/x/sys/")
}

// TestEveryPackageHasOneDoc holds that each package says what it is, in one place.
func TestEveryPackageHasOneDoc(t *testing.T) {
	for _, dir := range packages(t) {
		p, err := build.ImportDir(filepath.Join("../..", dir), 0)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.Doc, "Package "+p.Name+" ") && p.Name != "main" {
			t.Errorf("%s: the package comment is %q, want one that begins with \"Package %s \"", dir, p.Doc, p.Name)
		}
	}
}

// packages lists the folders with Go code.
func packages(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			rel, err := filepath.Rel("../..", filepath.Dir(path))
			if err != nil {
				return err
			}
			if rel = filepath.ToSlash(rel); !slices.Contains(dirs, rel) {
				dirs = append(dirs, rel)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}
