// Package scripts holds the bundled experiments and examples: Lua files with a header that tells what each asks, takes and answers.
package scripts

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.lua
var files embed.FS

// A Script is one experiment with what its header says.
type Script struct {
	// Name is what `moonwire run` calls it: the file's name without .lua.
	Name string
	// Summary is one line.
	Summary string
	// Question is what the experiment finds out.
	Question string
	// Usage is a command line.
	Usage string
	// Args are the arguments, in the order positional values fill them.
	Args []Arg
	// Needs says what must be there to run it.
	Needs string
	// Verdicts are the words it can end with, the judge's and its own; none for an example, which shows something.
	Verdicts []string
	// Output is a sample of what it prints.
	Output string
	// Source is the whole file.
	Source string
}

// Example reports whether the script may end without a result, since its header lists no verdicts: it shows something, or it
// checks something, which passes or fails.
func (s Script) Example() bool { return len(s.Verdicts) == 0 }

// Words are the verdicts that the script may end with: those of its header, and pass and fail where it lists none.
func (s Script) Words() []string {
	if s.Example() {
		return []string{"pass", "fail"}
	}
	return s.Verdicts
}

// An Arg is one argument of a script.
type Arg struct {
	// Name is the word before the equals sign.
	Name string
	// Type is "address", "port", "switch" (on or off), "count" (a whole number), "number" or "text" (any text).
	Type string
	// Default is the value when none is given. "" means that it must be given, unless the place the script runs at
	// supplies it, as the lab does for the server, or Empty is set.
	Default string
	// Empty says that the default is the empty text.
	Empty bool
	// Doc is one line.
	Doc string
}

// All lists the bundled scripts by name. A header that cannot be read is an error of the build, which a test finds.
func All() ([]Script, error) {
	names, err := fs.Glob(files, "*.lua")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []Script
	for _, name := range names {
		source, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(path.Base(name), ".lua"), string(source))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Find is the bundled script of that name; the error lists those there are.
func Find(name string) (Script, error) {
	all, err := All()
	if err != nil {
		return Script{}, err
	}
	var names []string
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Script{}, fmt.Errorf("no script %q; there are %s", name, strings.Join(names, ", "))
}
