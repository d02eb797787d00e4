package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	_ "github.com/moonwire/moonwire/craft/gopacket" // reads what has no table
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/entry"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// A Config is what a State is made of. The zero value has no port: packets can be crafted, not sent.
type Config struct {
	// Session is where packets go. The State does not close it.
	Session *sendrecv.Session
	// Open opens the session when a script first needs one and Session is nil. Whoever gave it closes the session. With
	// neither, packets can be crafted but not sent.
	Open func() (*sendrecv.Session, error)
	// Look is what the host tells of its ways out (sendrecv.Session.Env) while no session is open: packets that are looked at then
	// have the addresses that they would be sent with. It is called when a packet first needs one. nil, or an error, leaves
	// these addresses open. Whoever gave it closes what it returns.
	Look func() (*sendrecv.Session, error)
	// Stdout takes what scripts print; nil means os.Stdout.
	Stdout io.Writer
	// Standard are the streams that a script may take for captures, as "-"; nil refuses that, since they are a terminal's, a
	// prompt's, or a report's.
	Standard *Standard
	// Stderr takes notices (a missing right, a pace); nil means os.Stderr.
	Stderr io.Writer
	// Prompt says that entries are typed or piped one by one: Eval then tells on Stderr what came of the questions of an entry that
	// shows no value, as when the answer is assigned.
	Prompt bool
	// Progress shows a line on a terminal while a call takes long, in place of the one before; "" takes it away. nil shows
	// nothing. It is called from other goroutines, one at a time.
	Progress func(line string)
	// Report shows the result of an experiment that a script runs. nil writes the verdict and its evidence to Stdout, a line
	// each; for a page with a ladder, give report.Terminal.
	Report func(*vantage.Result) error
	// Lookup resolves the names of hosts ("ip4" or "ip6" says of which kind); nil means the session's Hosts, and the
	// system's resolver where a session has none or none is open yet.
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	// Folder is where scripts may load code from, with run, dofile, loadfile and require: that of the script, or the current one
	// (".") for a prompt. "" is nowhere.
	Folder string
	// NoAccess is what to say behind the error of a file that the system does not let this process open: the way out. ""
	// is nothing.
	NoAccess string
	// Memory bounds the memory in use, in bytes, while a script runs; 0 means 512 MiB. It is the memory of the
	// process: an interpreter's own share cannot be measured.
	Memory uint64
}

// Standard are standard input and output as captures.
type Standard struct {
	// In is read by rdpcap("-"); nil when it is used up, or a terminal.
	In io.Reader
	// Out is written to by wrpcap("-"): where Stdout goes in the end, but for what that one makes of text.
	Out io.Writer
}

// A State is one interpreter. Use it from one goroutine at a time; the caller closes it.
type State struct {
	vm      *vm.Machine
	l       *glua.LState // the machine's main thread
	config  Config
	session *sendrecv.Session // nil until one is open
	ahead   *sendrecv.Session // what the Config's Look gave
	unseen  error             // why it gave nothing

	random       *values.Random // where generators take their seeds from, and math.random its numbers
	seeded       bool           // a script chose where they begin
	table        *craft.Table   // the protocols in force: the built-in ones and those that scripts declared
	declarations int            // how many those were

	scope     *vm.Scope               // the local variables of the prompt's entries
	entries   *entry.Reader[compiled] // what is typed at the prompt
	made      map[string]made         // what its variables hold, where the value does not tell
	returned  bool                    // the step that ran last ended in a return of its own
	answered  bool                    // ReadNext has told that lines are left out
	keeps     bool                    // so do those of the script that Run or Experiment runs
	folder    folder                  // where code may be loaded from
	loading   int                     // how many files are loading each other
	modules   *glua.LTable            // what was required, by name
	builtins  *glua.LTable            // the globals as they were at first
	functions []function              // the functions that are globals, in the order of the families
	declared  map[*glua.LFunction]int // where they stand in functions
	types     types
	captures  []*capture        // under way
	ended     *capture          // the last one that was stopped
	cuts      []string          // the wires that are cut
	guards    []*hold           // under way
	paced     bool              // the pace was announced
	unguarded bool              // that there is no guard was announced
	looked    map[uint16]bool   // the ports that were guarded, and looked up among those of the host's services
	unsent    error             // why a call that sends gave up last
	silence   string            // why the last call that asked got no answer
	asked     *sendrecv.Session // the one that the last call asked through
	unheard   string            // what to say of the nil of the last sr1 that nobody answered
	silent    vm.Named          // the variable that got it
	relayed   bool              // by way of a function that returned it
	flags     []*craft.Field    // flagFields
	flagsOf   int               // and with how many declarations
	gap       gap               // the last nil that stands for what is not there
	tally     tally             // what came of the calls that asked in the entry that runs
	trial     *trial            // the experiment that runs; nil when none does
	away      error             // why an interface went away during the experiment that runs, or ran last; nil when none did
	scratch   []byte            // what build writes to
	stdout    *output           // what config.Stdout writes to
	stdin     bool              // standard input was read

	bound, boundLayer map[string]*glua.LFunction // the methods of packets, and those of layers besides

	lists      *lists.Lists
	streamList func(elements []glua.LValue) *glua.LTable // a list of streams
}

// New makes an interpreter with all globals.
func New(c Config) *State {
	if c.Stdout == nil {
		c.Stdout = os.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = os.Stderr
	}
	stdout := &output{out: c.Stdout, err: c.Stderr}
	c.Stdout = stdout
	s := &State{config: c, session: c.Session, table: craft.NewTable(), declared: map[*glua.LFunction]int{}, looked: map[uint16]bool{}, stdout: stdout}
	s.vm = vm.New(vm.Options{Memory: c.Memory, Hint: s.hint, Unknown: s.unknown})
	s.l, s.scope = s.vm.Lua(), s.vm.NewScope()
	s.l.SetGlobal("print", s.l.NewFunction(s.print))
	s.seedByClock()
	s.ownRandom()
	s.openTypes()
	for _, family := range [][]function{
		s.exchangeFunctions(), s.packetFunctions(), s.listFunctions(), s.hexFunctions(), s.setFunctions(), s.randomFunctions(), s.declareFunctions(), s.asn1Functions(),
		s.tapFunctions(), s.verdictFunctions(), s.connectionFunctions(), s.fileFunctions(), s.fragmentFunctions(), s.streamFunctions(), s.bitFunctions(),
		s.moduleFunctions(), s.helpFunctions(),
	} {
		s.declare(family)
	}
	if s.session != nil && s.session.Path != nil {
		s.openPath(s.session.Path)
	}
	s.SetFolder(c.Folder)
	s.openModules()
	s.strictLibraries(s.l.G.Global)
	s.vm.IndexText(s.flagIn, s.flagSet)
	s.keepBuiltins()
	s.openEntries()
	s.vm.Strict("_", "__", "arg", "args", "path") // the prompt, a plain script, an experiment and a path whose wires can be cut have one of these each
	return s
}

// Close releases what scripts left behind: captures, guards and the interpreter. It is safe to call twice.
func (s *State) Close() {
	for _, c := range s.captures {
		c.close()
	}
	for _, h := range slices.Clone(s.guards) {
		s.release(h)
	}
	s.captures, s.guards = nil, nil
	s.vm.Close()
}

// Run runs a chunk of Lua. name stands in front of line numbers in errors. It returns what the chunk returned, as
// text ready to print: nil when it returned nothing.
func (s *State) Run(ctx context.Context, name, source string) ([]string, error) {
	c, err := s.loadScript(name, source)
	if err != nil {
		return nil, err
	}
	var printed []string
	_, err = s.call(ctx, c.fn, name, func(values []glua.LValue) {
		for _, v := range values {
			printed = append(printed, s.vm.Describe(v))
		}
	})
	c.keep(err)
	if err != nil {
		return nil, err
	}
	return printed, nil
}

// KeepLocals has the local variables at the top level of the script that is run next live on for Eval: a person goes on where it ends.
func (s *State) KeepLocals() { s.keeps = true }

// loadScript compiles a script. Its local variables live on after KeepLocals.
func (s *State) loadScript(name, source string) (compiled, error) {
	if s.keeps {
		s.keeps = false
		c, err := s.compileStep(name, source, false)
		return c, s.orPython(name, source, s.syntax(name, source, err))
	}
	fn, err := s.load(name, source)
	return compiled{fn: fn}, err
}

// load compiles a chunk.
func (s *State) load(name, source string) (*glua.LFunction, error) {
	fn, err := s.vm.Compile(name, source)
	return fn, s.orPython(name, source, s.syntax(name, source, err))
}

// orPython says of a script that is no Lua that it is Python, if it is.
func (s *State) orPython(name, source string, err error) error {
	if err == nil || !isSyntax(err) {
		return err
	}
	line, said := python.Script(source, s.known)
	switch {
	case line == 0:
		return err
	case said != "":
		said = "; " + said
	}
	return &Error{Script: name, Line: line, What: "this is Python, and scripts are Lua: paste its lines at the prompt, which shows how Lua writes them, and keep those" + said}
}

// syntax is the error of a chunk that does not compile as scripts have them.
func (s *State) syntax(name, source string, err error) error {
	var syntax *vm.SyntaxError
	var refusal *entry.Refusal
	switch {
	case errors.As(err, &refusal):
		return &Error{Script: name, Line: refusal.Line, What: refusal.What}
	case !errors.As(err, &syntax):
		return err
	}
	what := syntax.What
	if address.MatchString(syntax.Near) && !entry.JoinsNumbers(source, syntax) {
		what += ": an address is written in quotes"
	} else {
		what += s.entries.Meant(source, syntax)
	}
	return &Error{Script: name, Line: syntax.Line, Column: syntax.Column, What: what, cause: syntax}
}

// address is what the parser trips over in an address without quotes: 10.0.0.1 is the number 10.0 and this.
var address = regexp.MustCompile(`^\.\d+(\.\d+)*$`)

// isSyntax reports whether err is of a chunk that is not Lua.
func isSyntax(err error) bool {
	var syntax *vm.SyntaxError
	return errors.As(err, &syntax)
}

// call runs a function under ctx and the memory bound and returns its results; read, if it is not nil, is given them
// while the bounds still hold. A run that was interrupted returns ErrInterrupted, together with the results if it came
// to its end.
func (s *State) call(ctx context.Context, fn *glua.LFunction, name string, read func([]glua.LValue)) ([]glua.LValue, error) {
	values, err := s.vm.Run(ctx, fn, read)
	var thrown *vm.Thrown
	switch {
	case errors.As(err, &thrown):
		return nil, s.runError(thrown.Text)
	case errors.Is(err, vm.ErrMemory):
		return nil, &Error{Script: name, What: err.Error(), cause: err}
	}
	return values, err
}

// print writes to the State's own output. A list that is printed alone is shown as the prompt shows it; among other values, and
// for tostring, it is one line. tostring of a table of Lua's own is its address, which scripts may take for a key.
func (s *State) print(l *glua.LState) int {
	if l.GetTop() == 1 {
		if text, ok := s.lists.Shown(l.Get(1)); ok {
			return s.say(l, text)
		}
	}
	parts, size := make([]string, l.GetTop()), 0
	for i := range parts {
		parts[i] = s.printed(l, l.Get(i+1))
		size += len(parts[i])
		s.vm.Room(l, "print", size)
	}
	if _, err := fmt.Fprintln(s.config.Stdout, strings.Join(parts, "\t")); err != nil {
		l.RaiseError("print: %s", err)
	}
	return 0
}

// printed is a value as print writes it: as tostring has it, but for a table of Lua's own, which is shown as at the prompt and not by
// its address.
func (s *State) printed(l *glua.LState, v glua.LValue) string {
	if t, ok := v.(*glua.LTable); ok && s.lists.IsPlain(t) {
		return s.tableText(t)
	}
	return vm.ToString(l, v)
}

// notice writes what is not the output of the script, for the user to see.
func (s *State) notice(format string, args ...any) {
	for i, a := range args {
		if err, ok := a.(error); ok {
			args[i] = values.Said(err)
		}
	}
	// A notice that cannot be written has nowhere else to go.
	_, _ = fmt.Fprintln(s.config.Stderr, values.Visible(fmt.Sprintf(format, args...)))
}
