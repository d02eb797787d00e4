package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/term"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/scripts"
)

// isTerminal reports whether a stream is a person's.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// list is moonwire list.
func list(words []string, s streams) error {
	if len(words) > 0 {
		return usage("list: want no words, got %q", words[0])
	}
	all, err := scripts.All()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, script := range all {
		fmt.Fprintf(&b, "%-12s %s\n", script.Name, script.Summary)
	}
	return write(s.out, values.Visible(b.String()))
}

// show is moonwire show NAME.
func show(ctx context.Context, words []string, s streams) error {
	if len(words) != 1 {
		return usage("show: want the name of one experiment; moonwire list shows them")
	}
	t, err := find(ctx, "show", words[0], s)
	if err != nil {
		return err
	}
	script, err := scripts.Parse(t.name, t.source)
	if err != nil {
		return usage("show: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\n\nusage     %s\nneeds     %s\n", values.OneLine(script.Name), script.Summary, script.Question, script.Usage, script.Needs)
	for i, a := range script.Args {
		head := "arguments"
		if i > 0 {
			head = ""
		}
		def := ""
		switch {
		case a.Default != "":
			def = " (" + a.Default + ")"
		case a.Empty:
			def = ` ("")`
		}
		doc := a.Doc
		if doc == "" {
			doc = "(the header does not say what it is)"
		}
		fmt.Fprintf(&b, "%-9s %s=%s%s: %s\n", head, a.Name, a.Type, def, doc)
	}
	if !script.Example() {
		fmt.Fprintf(&b, "verdicts  %s\n", strings.Join(script.Verdicts, ", "))
	}
	if script.Output != "" {
		fmt.Fprintf(&b, "\nprints, for example:\n\n%s", indent(script.Output))
	}
	fmt.Fprintf(&b, "\nsource:\n\n%s", indent(script.Source))
	return write(s.out, values.Visible(strings.ReplaceAll(b.String(), "\r\n", "\n")))
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			b.WriteString("\n")
			continue
		}
		b.WriteString("    " + line)
	}
	return b.String()
}

// version is moonwire version.
func version(words []string, s streams) error {
	if len(words) > 0 {
		return usage("version: want no words, got %q", words[0])
	}
	v := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	return write(s.out, fmt.Sprintf("moonwire %s %s %s/%s\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH))
}
