package lua

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// refusal is the error of a chunk; "" when it ran.
func refusal(s *State, chunk string) string {
	if _, err := s.Run(context.Background(), "test", chunk); err != nil {
		return err.Error()
	}
	return ""
}

// TestEveryFunctionRefusesWhatItsUsageDoesNotShow calls every function with one argument more than its usage has.
func TestEveryFunctionRefusesWhatItsUsageDoesNotShow(t *testing.T) {
	s := New(Config{})
	t.Cleanup(s.Close)
	for _, f := range s.functions {
		most := binding.Places(f.usage, f.name)
		if most == binding.AnyNumber {
			if !strings.HasSuffix(f.usage, "...)") {
				t.Errorf("%s: its usage does not show what it takes: %s", f.name, f.usage)
			}
			continue
		}
		chunk := fmt.Sprintf("%s(%s)", f.name, strings.Join(slices.Repeat([]string{"1"}, most+1), ", "))
		if got, want := refusal(s, chunk), fmt.Sprintf("test:1: %s: want ", f.name); !strings.HasPrefix(got, want) || !strings.HasSuffix(got, f.usage) {
			t.Errorf("%s: got %q, want %q and the usage", chunk, got, want)
		}
	}
}

// TestEveryMethodRefusesWhatItsUsageDoesNotShow does the same with the methods of every kind of value.
func TestEveryMethodRefusesWhatItsUsageDoesNotShow(t *testing.T) {
	s := New(Config{})
	t.Cleanup(s.Close)
	list := func(t *glua.LTable) []method { return ofLists(s.lists.Methods(t)) }
	for kind, methods := range map[string][]method{
		"packet": packetMethods, "layer": layerMethods, "set": setMethods, "random value": randomMethods,
		"stream": streamFields, "capture": captureMethods, "connection": connectionMethods,
		"list": list(s.packetList(nil)), "answers": list(s.lists.Answers(&sendrecv.Outcome{})), "streams": list(s.streamList(nil)),
	} {
		for name, fn := range s.bind(methods) {
			at := slices.IndexFunc(methods, func(m method) bool { return m.name == name })
			most := binding.Places(methods[at].usage, name)
			if most == binding.AnyNumber {
				if !strings.HasSuffix(methods[at].usage, "...)") {
					t.Errorf("%s of a %s: its usage does not show what it takes: %s", name, kind, methods[at].usage)
				}
				continue
			}
			s.vm.SetGlobal("f", fn)
			chunk := fmt.Sprintf("f({}, %s)", strings.Join(slices.Repeat([]string{"1"}, most+1), ", "))
			if got, want := refusal(s, chunk), fmt.Sprintf("test:1: %s: want ", name); !strings.HasPrefix(got, want) || !strings.Contains(got, methods[at].usage) {
				t.Errorf("%s of a %s: got %q, want %q and the usage", chunk, kind, got, want)
			}
		}
	}
}

// TestEveryTableOfOptionsRefusesUnknownNames calls every function that takes options with one that it does not have, and with a value that
// has no name.
func TestEveryTableOfOptionsRefusesUnknownNames(t *testing.T) {
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := New(Config{Session: l.Session()})
	t.Cleanup(s.Close)
	before := map[string]string{ // what stands in front of the options
		"sr1": "IP/ICMP", "sr": "IP/ICMP", "send": "IP/ICMP", "hexdump": "IP", "linehexdump": "IP", "hexstr": "IP", "hexdiff": "IP, TCP", "judge.path": "capture()",
		"judge.keepalive": "capture()", "fragment": "IP", "fragment6": "IPv6", "overlap_frag": "IP, UDP", "streams": "function() end", "ls": "TCP", "rdpcap": `"f.pcap"`, "wrpcap": `"f.pcap", IP`,
	}
	for _, f := range s.functions {
		if len(f.options) == 0 {
			continue
		}
		chunk := f.name + "("
		if before[f.name] != "" {
			chunk += before[f.name] + ", "
		}
		if got := refusal(s, chunk+"{nosuch=1})"); !strings.Contains(got, `no option "nosuch"; there are `+f.options[0].name) {
			t.Errorf("%s with an unknown option: got %q", f.name, got)
		}
		if got := refusal(s, chunk+"{7})"); !strings.Contains(got, "options have names, as in {"+f.options[0].name+"=...}, got a value without one (7)") {
			t.Errorf("%s with an option without a name: got %q", f.name, got)
		}
	}
	for _, chunk := range []string{`IP:show`, `(IP/TCP):show`, `(IP/TCP):show2`, `(IP/TCP):each`} {
		if chunk = strings.Replace(chunk, "IP:", "IP{}:", 1); !strings.Contains(refusal(s, chunk+"{nosuch=1}"), `no option "nosuch"`) {
			t.Errorf("%s with an unknown option: got %q", chunk, refusal(s, chunk+"{nosuch=1}"))
		}
	}
}

// TestArgumentsThatNobodyWroteAreNoSurplus holds Lua's idioms: trailing nil, and what a call in the last place returns besides its
// first value.
func TestArgumentsThatNobodyWroteAreNoSurplus(t *testing.T) {
	s := New(Config{})
	t.Cleanup(s.Close)
	for _, chunk := range []string{
		`hex("x", nil)`, `u32(1, nil, nil)`, `unhex(("4:5"):gsub(":", ""))`, `local function two() return "45", "x" end unhex(two())`,
		`local function pass(...) return hex(...) end pass("x")`, `u32(unpack{1, 2})`, `IP{}:copy(nil)`, `pcall(hex, "x")`,
		`("xyz"):gsub(".", hex)`, `table.sort({3, 1}, function(a, b) return u32(a) < u32(b) end)`, `RandNum(1, 2, nil)`, `IP({}, nil)`,
	} {
		if got := refusal(s, chunk); got != "" {
			t.Errorf("%s: got %q", chunk, got)
		}
	}
	for chunk, want := range map[string]string{
		`hex("x", 1)`:                                             "hex: want at most 1 argument, got 2 (number): hex(p)",
		`return hex("x", {dump=true})`:                            "hex: want at most 1 argument, got 2 (table): hex(p)",
		`now(nil, 1)`:                                             "now: want no argument, got 2",
		`unhex("45", ("a"):gsub("a", ""))`:                        "unhex: want at most 1 argument, got 2",
		`local ok, why = pcall(hex, "x", 1) error(why, 0)`:        "test:1: hex: want at most 1 argument, got 2",
		`local ok, why = pcall(IP().copy, IP(), 5) error(why, 0)`: "copy: want no argument, got 1 (number): p:copy()",
		`local f = coroutine.wrap(hex) f("x", 1)`:                 "hex: want at most 1 argument, got 2",
		`IP({ttl=3}, {id=4})`:                                     "IP: want one table of fields, as IP{...}, got 2 arguments",
		`IP("E", 3)`:                                              "IP: want one table of fields, as IP{...}, got 2 arguments",
		`RandNum(1, 2, 3)`:                                        "RandNum: want at most 2 arguments, got 3",
		`RandByte{size=2}`:                                        "RandByte: want no argument, got 1 (table): RandByte()",
		`RandNum{min=1, maxx=2}`:                                  `RandNum: no parameter "maxx"; there are min, max; did you mean max?`,
		`freeport(1)`:                                             "freeport: want no argument, got 1 (number): freeport()",
	} {
		if got := refusal(s, chunk); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", chunk, got, want)
		}
	}
}
