package lua

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// Experiment runs a script with its arguments in the global table args and returns the result that it returns. When
// ctx ends first, the error is ErrInterrupted and the result, if anything was captured, holds what the taps had seen.
func (s *State) Experiment(ctx context.Context, script scripts.Script, args scripts.Values) (*vantage.Result, error) {
	s.l.SetGlobal("args", s.args(args))
	fn, err := s.load(script.Name, script.Source)
	if err != nil {
		return nil, err
	}
	values, _, err := s.call(ctx, fn, script.Name, script.Source)
	if errors.Is(err, ErrInterrupted) {
		return s.interrupted(script.Name, args), err
	}
	if err != nil {
		return nil, err
	}
	if len(values) > 0 {
		if ud, ok := values[0].(*glua.LUserData); ok {
			if r, ok := ud.Value.(*vantage.Result); ok {
				r.Experiment = script.Name
				return r, nil
			}
		}
	}
	if len(values) > 0 {
		return nil, fmt.Errorf("%s: want the result of judge.path or judge.keepalive, got a %s", script.Name, kindOf(values[0]))
	}
	return nil, fmt.Errorf("%s: the script ended without a result: return what judge.path or judge.keepalive gives", script.Name)
}

// args are the values as Lua's.
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
		}
	}
	return t
}

// interrupted is what the taps had seen of the server when the run was stopped; nil when nothing was captured.
func (s *State) interrupted(name string, args scripts.Values) *vantage.Result {
	if len(s.captures) == 0 {
		return nil
	}
	s.drain()
	r := s.result(s.captures[len(s.captures)-1], s.server(args))
	r.Experiment, r.Interrupted = name, true
	r.Verdict = vantage.Inconclusive
	r.Evidence = []vantage.Evidence{{Says: "the run was interrupted before its end", Frames: []vantage.FrameRef{}}}
	return r
}

// server is the destination that the arguments name, or the one that the session knows.
func (s *State) server(args scripts.Values) netip.AddrPort {
	dst, ok := args["dst"].(netip.Addr)
	if !ok {
		return netip.AddrPortFrom(s.config.Session.Server.Addr(), 0)
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
	s.l.SetGlobal("arg", t)
}
