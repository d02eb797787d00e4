package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/raw"
)

// Exit codes. A grader reads them.
const (
	exitOK           = 0
	exitOther        = 1 // another verdict than the expected one
	exitUsage        = 2
	exitCannotRun    = 3
	exitInconclusive = 4
	exitScript       = 5
	exitInterrupted  = 130
	exitUnread       = 141 // as shells say of the signal for a pipe that nobody reads
)

// streams are what the command is given of its process: the three standard streams, and its rights.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
	// limit gives up the rights of the process for good, but for those to be kept. nil gives up nothing: a test runs the
	// command in a process of its own.
	limit func(keep raw.Rights) error
	// standard is what of these a script may take for captures; nil is neither.
	standard *lua.Standard
}

// A fault is why the command ends without its work done: an exit code and one line.
type fault struct {
	code int
	err  error
}

func (f *fault) Error() string {
	if f.err == nil {
		return ""
	}
	return f.err.Error()
}

// Unwrap is why.
func (f *fault) Unwrap() error { return f.err }

// usage is a fault of the command line.
func usage(format string, args ...any) *fault { return &fault{exitUsage, fmt.Errorf(format, args...)} }

// flags are the options of every subcommand.
type flags struct {
	chunks []string // -e, in order
	prompt bool     // -i
	lab    string   // --lab[=NAT]; "" is no lab
	iface  string   // --iface
	taps   []string // --tap NAME=WHERE, as given
	allow  []string // --allow NET, as given
	json   bool
	expect string
	help   bool
	about  bool // --version

	object object // of --json

	set *pflag.FlagSet
}

func newFlags() *flags {
	f := &flags{set: pflag.NewFlagSet("moonwire", pflag.ContinueOnError)}
	f.set.SetOutput(io.Discard) // run prints what is wrong, once
	f.set.Usage = func() {}
	f.set.StringArrayVarP(&f.chunks, "eval", "e", nil, "run a chunk of `LUA` and end; may be repeated")
	f.set.VarP(&asked{on: &f.prompt}, "interactive", "i", "open the prompt behind every -e and then a FILE, with their variables, wherever they stand")
	f.set.Lookup("interactive").NoOptDefVal = "true"
	f.set.Var(&once{text: &f.lab}, "lab", "use the built-in network, behind one of its `NAT`s: "+strings.Join(natNames(), ", "))
	f.set.Lookup("lab").NoOptDefVal = lab.NATs()[0].Name
	f.set.Var(&once{text: &f.iface}, "iface", "send from a live interface, `IF` or netns:NAME/IF, instead of the one that the routing table chooses")
	f.set.StringArrayVar(&f.taps, "tap", nil, "watch one more place, `NAME=WHERE`, as in host=eth1 or host=netns:nat/eth0; may be repeated")
	f.set.StringSliceVar(&f.allow, "allow", nil, "send nothing to destinations outside `NET`, a network or an address; may be repeated, or a list with commas")
	f.set.BoolVar(&f.json, "json", false, "print the result of an experiment as one JSON object")
	f.set.Var(&once{text: &f.expect}, "expect", "exit with 1 unless this is the `VERDICT`")
	f.set.BoolVarP(&f.help, "help", "h", false, "print this")
	f.set.BoolVar(&f.about, "version", false, "print the version")
	return f
}

func natNames() []string {
	var names []string
	for _, n := range lab.NATs() {
		names = append(names, n.Name)
	}
	return names
}

// run is the command: it reads the words, does the work, and returns the exit code. An error is one line on s.err.
func run(ctx context.Context, args []string, s streams) (code int) {
	f := newFlags()
	if err := f.parse(args); err != nil {
		f.owed(args, err, s.out)
		return conclude(s, err)
	}
	if f.opensPrompt() && isTerminal(s.in) {
		// At a prompt an interrupt ends what runs, not the prompt: there signals are the prompt's to handle.
		return conclude(s, guarded(func() error { return dispatch(ctx, f, s) }))
	}
	return conclude(s, untilUnread(ctx, s, func(ctx context.Context, s streams) error {
		err := attended(ctx, func(ctx context.Context) error { return dispatch(ctx, f, s) })
		f.owed(args, err, s.out)
		return err
	}))
}

// conclude prints why the command ends without its work done, if it does, and returns the exit code.
func conclude(s streams, err error) int {
	var f *fault
	switch {
	case err == nil:
		return exitOK
	case !errors.As(err, &f):
		f = &fault{exitCannotRun, err}
	}
	if f.err != nil {
		sayWithin(f.err, func() {
			// When standard error cannot be written, only the exit code is left.
			_, _ = fmt.Fprintf(s.err, "moonwire: %s\n", lineOf(f))
		})
	}
	return f.code
}

// lineOf is what is said of an error that ends the command.
func lineOf(err error) string {
	text := err.Error()
	var own *lua.Error
	if !errors.As(err, &own) { // its words are the script's
		text = strings.TrimPrefix(values.Said(err), "moonwire: ")
	}
	var f *fault
	if !errors.As(err, &f) || f.code != exitScript { // a script's errors may have lines
		text = values.OneLine(text)
	}
	return values.Visible(text)
}

const help = `moonwire crafts packets, sends them, and shows who really answered.

  moonwire                          a prompt: on a live interface, or in the built-in network (--lab)
  moonwire run NAME [key=value ..]  run a bundled experiment, a FILE, or - for standard input
  moonwire -e 'LUA'                 run a chunk of Lua, or several, one -e after the other
  moonwire -i FILE [value ..]       run a FILE, then a prompt with its variables
  moonwire compare TAP=FILE ..      judge a path from capture files: guest=G.pcapng host=H.pcapng
  moonwire help compare             how to make such files, and what it says of them
  moonwire list                     the bundled experiments
  moonwire show NAME                what an experiment asks, takes and prints, and its source
  moonwire version

`

const exits = `
Without --lab, packets leave through live interfaces, which needs Linux and the right to open raw sockets.
With --allow, no frame leaves for elsewhere, ARP included; only the next hop to an allowed destination is asked for, even if
it is not in NET itself. Multicast and broadcast must be named, and so must the name servers that may be asked.

Exit status: 0 done, or the expected verdict; 1 another verdict, or fail; 2 usage; 3 cannot run here; 4 inconclusive;
5 script error; 130 interrupted, 5 s after the first signal at the latest; 141 nobody reads the output any more.
`

// dispatch does what the words say.
func dispatch(ctx context.Context, f *flags, s streams) error {
	words := f.set.Args()
	if err := f.limitAtStart(words, s); err != nil {
		return err
	}
	if f.help {
		return f.helpOn(words, s)
	}
	if f.about {
		return version(words, s)
	}
	if f.opensPrompt() {
		return prompt(ctx, f, words, s)
	}
	if f.set.Changed("eval") {
		if len(words) > 0 {
			return usage("-e: got a word behind its chunk: %q; a chunk is one word, so quote it, and one more has a -e of its own", words[0])
		}
		return evaluate(ctx, f, s)
	}
	rest := words[1:]
	if err := f.ignored(words[0]); err != nil {
		return err
	}
	switch words[0] {
	case "run":
		return runScript(ctx, f, rest, s)
	case "compare":
		return compare(ctx, f, rest, s)
	case "list":
		return list(rest, s)
	case "show":
		return show(ctx, rest, s)
	case "version":
		return version(rest, s)
	case "help":
		if len(rest) > 1 {
			return usage("help: want one command, got %q too", rest[1])
		}
		return f.helpOn(rest, s)
	}
	return f.unknown(words)
}

// opensPrompt reports whether the command ends in a prompt.
func (f *flags) opensPrompt() bool {
	return !f.help && !f.about && (f.prompt || len(f.set.Args()) == 0 && !f.set.Changed("eval"))
}

// ignored refuses the flags that a command would take no notice of. compare says more of them itself.
func (f *flags) ignored(command string) (err error) {
	if !slices.Contains([]string{"list", "show", "version", "help"}, command) {
		return nil
	}
	f.set.Visit(func(flag *pflag.Flag) {
		if err == nil {
			err = usage("%s: --%s has no meaning here", command, flag.Name)
		}
	})
	return err
}

// helpOn is the help on the command that words begin with, if it has a page of its own, or on all.
func (f *flags) helpOn(words []string, s streams) error {
	all := help + "Flags, anywhere on the line:\n" + f.set.FlagUsages() + exits
	if len(words) == 0 {
		return write(s.out, all)
	}
	switch words[0] {
	case "compare":
		return write(s.out, compareHelp)
	case "run", "list", "show", "version", "help":
		return write(s.out, all)
	}
	return usage("help: no command %q; moonwire help lists them, moonwire show NAME tells of an experiment, and help() at the prompt of Lua", words[0])
}

// write puts text on a stream.
func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}
