package main

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/scripts"
)

// A once is the value of a flag of which only one can count.
type once struct {
	text  *string
	times int // how often it was given
}

// String implements pflag.Value.
func (o *once) String() string { return *o.text }

// Set implements pflag.Value.
func (o *once) Set(text string) error {
	*o.text = text
	o.times++
	return nil
}

// Type implements pflag.Value: it is what pflag names a value that has no name in its flag's usage.
func (o *once) Type() string { return "string" }

// An asked is the value of a flag that is on or off, and whose second time would be taken for the first.
type asked struct {
	on    *bool
	times int // how often it was given
}

// String implements pflag.Value.
func (a *asked) String() string { return strconv.FormatBool(a.on != nil && *a.on) }

// Set implements pflag.Value.
func (a *asked) Set(text string) (err error) {
	*a.on, err = strconv.ParseBool(text)
	a.times++
	return err
}

// Type implements pflag.Value.
func (a *asked) Type() string { return "bool" }

// IsBoolFlag has pflag say nothing of a default.
func (a *asked) IsBoolFlag() bool { return true }

// parse reads the command line. The error is a fault that says how to write what was meant.
func (f *flags) parse(args []string) error {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if i > 0 && f.takesNext(args[i-1]) {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		switch {
		case len(name) > 1 && f.set.Lookup(name) != nil && strings.HasPrefix(arg, "-"): // one dash begins letters: -lab is -l -a -b
			return usage("%s: the name of a flag stands behind two dashes: -%s", arg, arg)
		case arg == "--lab" && i+1 < len(args) && slices.Contains(natNames(), args[i+1]):
			return usage("--lab takes its value behind an equals sign: a NAT of the lab is named as in --lab=%s", args[i+1])
		}
	}
	if err := f.set.Parse(args); err != nil {
		return f.misspelt(err)
	}
	var fault error
	f.set.Visit(func(flag *pflag.Flag) {
		if err := check(flag); err != nil && fault == nil {
			fault = err
		}
	})
	return fault
}

// takesNext reports whether an argument is a flag whose value is the next one.
func (f *flags) takesNext(arg string) bool {
	flag := f.set.Lookup(strings.TrimPrefix(arg, "--"))
	if arg == "-e" {
		flag = f.set.Lookup("eval")
	}
	return flag != nil && strings.HasPrefix(arg, "-") && flag.NoOptDefVal == ""
}

// check refuses a flag without its value, and one that is given again where only one counts. Lists are checked where they are read.
func check(flag *pflag.Flag) error {
	if a, ok := flag.Value.(*asked); ok && a.times > 1 {
		return usage("-%s is given %d times, and only one can count: run(\"./other.lua\") at the prompt runs another FILE", flag.Shorthand, a.times)
	}
	o, single := flag.Value.(*once)
	switch kind, _ := pflag.UnquoteUsage(flag); {
	case single && o.times > 1:
		return usage("--%s is given %d times, and only one can count", flag.Name, o.times)
	case single && *o.text == "" && flag.Name != "expect": // whose words the experiment knows
		return usage("--%s: want %s, got nothing", flag.Name, kind)
	}
	return nil
}

// misspelt is the fault of a flag that does not exist, or that has no value.
func (f *flags) misspelt(err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("%w", err)
	}
	var names []string
	f.set.VisitAll(func(flag *pflag.Flag) { names = append(names, flag.Name) })
	name := unknown.GetSpecifiedName()
	if group := unknown.GetSpecifiedShortnames(); group != "" {
		name, _, _ = strings.Cut(group, "=")
	}
	if near := spelling.Nearest(name, names); near != "" {
		return usage("%w; did you mean --%s?", err, near)
	}
	return usage("%w; moonwire --help lists the flags", err)
}

var commands = []string{"run", "compare", "list", "show", "version", "help"}

// unknown is the fault of words that begin with no command.
func (f *flags) unknown(words []string) error {
	word := words[0]
	_, missing := os.Stat(word)
	switch {
	case strings.ContainsAny(word, `/\`), strings.HasSuffix(word, ".lua"), missing == nil && strings.Contains(word, "."):
		if !strings.ContainsAny(word, `/\`) {
			word = "./" + word
		}
		return usage("a file is run by moonwire run %s", strings.Join(append([]string{word}, words[1:]...), " "))
	case slices.Contains(experiments(), word):
		return usage("an experiment is run by moonwire run %s", strings.Join(words, " "))
	}
	near := spelling.Nearest(word, slices.Concat(commands, experiments()))
	if len(words) > 1 && slices.Contains(experiments(), words[1]) {
		near = "run"
	}
	nat := spelling.Nearest(word, natNames())
	switch {
	case slices.Contains(commands, near):
		near = "; did you mean moonwire " + near + "?"
	case near != "":
		near = "; did you mean moonwire run " + near + "?"
	case nat != "" || slices.Contains(natNames(), word):
		near = "; a NAT of the lab is named as in --lab=" + nat
	}
	return usage("no command %q; there are run, list, show, version and help, compare for capture files, and -e 'LUA'%s", word, near)
}

// experiments are the names of the bundled scripts.
func experiments() []string {
	all, err := scripts.All()
	if err != nil {
		return nil // of which a test tells
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}
