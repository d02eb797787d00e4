package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// Experiment runs a script with its arguments in the global table args and returns the result that it returns, nil for
// an example that has none. A run that comes to no end returns an error and, as far as the taps had seen, a result that says
// so: without a verdict when the script failed (Result.Error); interrupted and inconclusive when ctx ended first, with
// ErrInterrupted, and when an interface went away, with an ErrUnsent.
func (s *State) Experiment(ctx context.Context, script scripts.Script, args scripts.Values) (*vantage.Result, error) {
	defer s.begin(script, args)()
	s.vm.SetGlobal(argsTable, s.args(args))
	c, err := s.loadScript(script.Name, script.Source)
	if err != nil {
		return s.failed(err)
	}
	values, err := s.call(ctx, c.fn, script.Name, nil)
	c.keep(err)
	if err != nil {
		return s.failed(err)
	}
	r, err := s.conclude(values)
	if err != nil {
		return s.failed(err)
	}
	return r, nil
}

// Arguments reads the words of a command line as a script's arguments. What the session itself knows (the lab its
// server) need not be given.
func (s *State) Arguments(script scripts.Script, words []string) (scripts.Values, error) {
	var supplied map[string]string
	if s.session != nil && s.session.Server.IsValid() {
		supplied = map[string]string{"dst": s.session.Server.Addr().String(), "dport": strconv.Itoa(int(s.session.Server.Port()))}
	}
	return script.Read(words, supplied, s.hostNamed)
}

// runExperiment is run("handshake", {dport=443}): a bundled experiment, or a file, in the session that is open.
func (s *State) runExperiment(l *glua.LState) int {
	name := l.CheckString(1)
	if isFile(name) {
		return s.runFile(l, name)
	}
	script, err := scripts.Find(name)
	if err != nil {
		near := didYouMean(name, experimentNames())
		if near == "" {
			near = `; a file is named with its path, as in run("./mine.lua")`
		}
		l.RaiseError("%s%s", err, near)
	}
	return s.runScript(l, script)
}

// runScript runs an experiment, prints its report and returns its result.
func (s *State) runScript(l *glua.LState, script scripts.Script) int {
	s.sessionFor(l)
	args, err := s.Arguments(script, s.argumentWords(l, 2, script))
	if err != nil {
		l.RaiseError("run: %s", err)
	}
	fn, err := s.load(script.Name, script.Source)
	if err != nil {
		s.failChunk(l, "run", err)
	}
	defer s.begin(script, args)()
	r, thrown := s.runBundled(l, fn, args)
	interrupted := s.vm.Context().Err() != nil
	switch {
	case interrupted && s.lastCapture() == nil:
		l.RaiseError("%s", ErrInterrupted)
	case interrupted:
		r, _ = s.failed(ErrInterrupted)
	case thrown != nil && (s.away == nil || s.lastCapture() == nil):
		s.vm.Rethrow(l, thrown)
	case thrown != nil:
		r, _ = s.failed(errors.New(vm.Text(thrown)))
	case r == nil:
		return 0
	}
	if err := s.report(r); err != nil {
		l.RaiseError("run: %s", err)
	}
	l.Push(s.value(r, s.types.result))
	return 1
}

// keepBuiltins copies the globals, and the tables of functions among them, before any script can change them.
func (s *State) keepBuiltins() {
	s.builtins = s.l.NewTable()
	s.l.G.Global.ForEach(func(name, v glua.LValue) {
		if t, ok := v.(*glua.LTable); ok && t != s.l.G.Global {
			own := s.l.NewTable()
			t.ForEach(own.RawSet)
			v = own
		}
		s.builtins.RawSet(name, v)
	})
	s.strictLibraries(s.builtins)
	s.builtins.Metatable = s.fallback(s.l.G.Global)
}

// ownGlobals are the globals of a bundled experiment that a script runs: what the State began with, whatever the script has put in its
// place, and otherwise the script's. The report says that the experiment found something.
func (s *State) ownGlobals() *glua.LTable {
	t := s.l.NewTable()
	t.RawSetString("_G", t)
	t.Metatable = s.fallback(s.builtins)
	return t
}

// fallback is a metatable that looks in another table.
func (s *State) fallback(other *glua.LTable) *glua.LTable {
	mt := s.l.NewTable()
	mt.RawSetString("__index", other)
	return mt
}

// runBundled calls an experiment with its arguments in the global args. What it captured is judged when it ends, so its
// captures end too, and so do its guards; the last capture stays for a run that was interrupted.
func (s *State) runBundled(l *glua.LState, fn *glua.LFunction, args scripts.Values) (r *vantage.Result, thrown glua.LValue) {
	captures, guards := len(s.captures), len(s.guards)
	fn.Env = s.ownGlobals()
	fn.Env.RawSetString(argsTable, s.args(args))
	results, thrown := s.vm.Protect(l, fn)
	for len(s.captures) > captures {
		s.stopCapture(s.captures[len(s.captures)-1])
	}
	for len(s.guards) > guards {
		s.release(s.guards[len(s.guards)-1])
	}
	if thrown == nil {
		var err error
		if r, err = s.conclude(results); err != nil {
			thrown = glua.LString("run: " + err.Error())
		}
	}
	return r, thrown
}

// report shows a result: as the Config says, otherwise the verdict and, each on a line, what it rests on.
func (s *State) report(r *vantage.Result) error {
	if s.config.Report != nil {
		return s.config.Report(r)
	}
	text := fmt.Sprintf("Verdict: %s\n", r.Verdict)
	for _, e := range r.Evidence {
		text += "  " + e.Says + "\n"
	}
	_, err := io.WriteString(s.config.Stdout, text)
	return err
}

// args are the values of the experiment's arguments as Lua's. Reading one that its header does not have is an error.
func (s *State) args(values scripts.Values) *glua.LTable {
	t := s.l.NewTable()
	for name, v := range values {
		switch v := v.(type) {
		case netip.Addr:
			t.RawSetString(name, glua.LString(v.String()))
		case int:
			t.RawSetString(name, glua.LNumber(v))
		case float64:
			t.RawSetString(name, glua.LNumber(v))
		case bool:
			t.RawSetString(name, glua.LBool(v))
		case string:
			t.RawSetString(name, glua.LString(v))
		}
	}
	declared := make([]string, len(s.trial.script.Args))
	for i, a := range s.trial.script.Args {
		declared[i] = a.Name
	}
	s.vm.StrictTable(argsTable, t, declared...)
	return t
}

// failed is the result of the trial that ended with an error, as far as its taps had seen, and that error.
func (s *State) failed(err error) (*vantage.Result, error) {
	r := s.witnessed()
	r.Experiment, r.Args, r.Error = s.trial.script.Name, s.trial.args, err.Error()
	why := "the run was interrupted before its end"
	if !errors.Is(err, ErrInterrupted) {
		if s.away == nil {
			r.Evidence = append(r.Evidence, s.checksMade()...)
			return r, err
		}
		// The script is not to blame, whatever it made of the silence.
		why = "an interface went away before the end of the run: " + s.away.Error()
		var e *Error
		if errors.As(err, &e) {
			e.cause = ErrUnsent
		}
	}
	r.Interrupted, r.Verdict = true, vantage.Inconclusive
	r.Evidence = append([]vantage.Evidence{{Says: why, Frames: []vantage.FrameRef{}}}, s.checksMade()...)
	return r, err
}

// server is the destination that the arguments name, or the one that the session knows.
func (s *State) server(args scripts.Values) netip.AddrPort {
	dst, ok := args["dst"].(netip.Addr)
	if !ok && s.session == nil {
		return netip.AddrPort{}
	}
	if !ok {
		return netip.AddrPortFrom(s.session.Server.Addr(), 0)
	}
	dport, _ := args["dport"].(int)
	return netip.AddrPortFrom(dst, uint16(dport))
}

// SetArg gives a plain script its words in the global table arg, as Lua's own interpreter does: the script's name is
// arg[0].
func (s *State) SetArg(name string, words []string) {
	t := s.l.NewTable()
	t.RawSetInt(0, glua.LString(name))
	for i, w := range words {
		t.RawSetInt(i+1, glua.LString(w))
	}
	s.vm.SetGlobal("arg", t)
}
