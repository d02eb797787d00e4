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
	// Verdicts are the words it can end with; none for an example, which shows something and judges nothing.
	Verdicts []string
	// Output is a sample of what it prints.
	Output string
	// Source is the whole file.
	Source string
}

// Example reports whether the script only shows something: it ends without a result.
func (s Script) Example() bool { return len(s.Verdicts) == 0 }

// An Arg is one argument of a script.
type Arg struct {
	// Name is the word before the equals sign.
	Name string
	// Type is "address", "port", "switch" (on or off), "count" (a whole number) or "number".
	Type string
	// Default is the value when none is given. "" means that it must be given, unless the place the script runs at
	// supplies it, as the lab does for the server.
	Default string
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

// HasHeader reports whether a file begins as an experiment does rather than being a plain chunk.
func HasHeader(source string) bool { return strings.HasPrefix(source, "---") }

// Parse reads a script's header: a first line "--- summary", then comment lines, of which those with a word after an
// @ begin a part that goes on until the next one. The header ends at the first line that is no comment.
func Parse(name, source string) (Script, error) {
	s := Script{Name: name, Source: source}
	if !HasHeader(source) {
		return s, fmt.Errorf("scripts: %s:1: want a header that begins with \"--- summary\"", name)
	}
	lines := strings.Split(source, "\n")
	s.Summary = strings.TrimSpace(strings.TrimPrefix(lines[0], "---"))
	part := ""
	for i, line := range lines[1:] {
		text, ok := strings.CutPrefix(line, "--")
		if !ok {
			break
		}
		if word, rest, ok := strings.Cut(strings.TrimSpace(text), " "); strings.HasPrefix(word, "@") {
			part, text = word, rest
			if !ok {
				continue
			}
		}
		if err := s.add(part, text); err != nil {
			return s, fmt.Errorf("scripts: %s:%d: %w", name, i+2, err)
		}
	}
	return s, nil
}

// add takes one line of a part of the header.
func (s *Script) add(part, text string) error {
	trimmed := strings.TrimSpace(text)
	switch part {
	case "@question":
		s.Question = join(s.Question, trimmed)
	case "@usage":
		s.Usage = join(s.Usage, trimmed)
	case "@needs":
		s.Needs = join(s.Needs, trimmed)
	case "@verdicts":
		s.Verdicts = append(s.Verdicts, strings.Fields(trimmed)...)
	case "@args":
		a, err := parseArg(trimmed)
		if err != nil {
			return err
		}
		s.Args = append(s.Args, a)
	case "@output":
		s.Output += strings.TrimPrefix(text, " ") + "\n"
	case "":
	default:
		return fmt.Errorf("want @question, @usage, @args, @needs, @verdicts or @output, got %s", part)
	}
	return nil
}

func join(a, b string) string { return strings.TrimSpace(a + " " + b) }

// parseArg reads "dport:port=57212 the server's port".
func parseArg(line string) (Arg, error) {
	word, doc, _ := strings.Cut(line, " ")
	decl, def, _ := strings.Cut(word, "=")
	name, kind, ok := strings.Cut(decl, ":")
	if !ok || name == "" || !slices.Contains(argTypes, kind) {
		return Arg{}, fmt.Errorf("want name:type=default and a line of explanation, the type one of %s; got %q", strings.Join(argTypes, ", "), line)
	}
	return Arg{Name: name, Type: kind, Default: def, Doc: strings.TrimSpace(doc)}, nil
}

var argTypes = []string{"address", "port", "switch", "count", "number"}
