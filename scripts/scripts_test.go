package scripts_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/moonwire/moonwire/scripts"
)

const sample = `--- one line
-- @question What is it,
--   really?
-- @usage moonwire run sample
-- @args dst:address the server
-- @args dport:port=80 its port
-- @args guard:switch=off keep the stack away
-- @args wait:number=1.5 seconds
-- @needs two taps
-- @verdicts routed packet-nat
-- @verdicts inconclusive
-- @output
-- first
--   second
--
-- third

return nil -- not part of the header
`

func TestHeadersAreRead(t *testing.T) {
	got, err := scripts.Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	want := scripts.Script{
		Name: "sample", Summary: "one line", Question: "What is it, really?", Usage: "moonwire run sample",
		Args: []scripts.Arg{
			{Name: "dst", Type: "address", Doc: "the server"},
			{Name: "dport", Type: "port", Default: "80", Doc: "its port"},
			{Name: "guard", Type: "switch", Default: "off", Doc: "keep the stack away"},
			{Name: "wait", Type: "number", Default: "1.5", Doc: "seconds"},
		},
		Needs: "two taps", Verdicts: []string{"routed", "packet-nat", "inconclusive"}, Output: "first\n  second\n\nthird\n",
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(scripts.Script{}, "Source")); diff != "" {
		t.Error(diff)
	}
}

func TestBadHeadersAreNamed(t *testing.T) {
	for source, want := range map[string]string{
		"return 1":                                `x:1: want a header that begins with "--- summary"`,
		"--- s\n-- @arg x":                        "x:2: want @question, @usage, @args, @needs, @verdicts or @output, got @arg",
		"--- s\n-- @args dst the server":          "x:2: want name:type=default and a line of explanation, the type one of address, port, switch, count, number",
		"--- s\n--\n-- @args dst:host it":         "x:3: want name:type=default",
		"--- s\n-- @args":                         "x:2: @args: want name:type=default and a line of explanation, got nothing",
		"--- s\n-- @verdicts":                     "x:2: @verdicts: want the words that the script may end with, got nothing",
		"--- s\n-- @verdicts a b a":               "x:2: @verdicts: a is there twice",
		"--- s\n-- @args a:port\n-- @args a:text": "x:3: @args: a is there twice",
		"--- s\n-- @needs x\n-- @needs y":         "x:3: @needs stands in line 2 already",
		"--- s\n-- @args a:port=http":             `x:2: @args a: its default: want a port in 1..65535, got "http"`,
		"--- s\n-- @args a:port= it":              `x:2: @args a: its default: want a port in 1..65535, got ""`,
		"--- s\n-- @args a:text=\"x y it":         "x:2: @args a: the quote is not closed",
		"--- s\n-- @args a:text='x y it":          "x:2: @args a: the quote is not closed",
		"--- s\n-- @args a:text=\"x\"y it":        `x:2: @args a: want a blank behind the closing quote, got "x"y it`,
		"--- s\n-- @args a:text='x''y' it":        `x:2: @args a: want a blank behind the closing quote, got 'x''y' it`,
		"--- s\n-- @args a:number=1_000 it":       `x:2: @args a: its default: want a number of at least 0, got "1_000"`,
		"--- s\n-- @verdicts a \"two words\"":     `x:2: @verdicts: want words without quotes, and blanks or commas between them, got "two`,
		"--- s\n-- @verdicts 'a' b":               `x:2: @verdicts: want words without quotes`,
		"--- s\n-- @verdicts a; b":                `between them, got a;`,
		"--- s\n-- @verdicts a | b":               `between them, got |`,
		"--- s\n-- @verdicts a, b.":               `between them, got b.`,
		"#!/bin/x\n--- s\n-- @arg x":              "x:3: want @question",
		"\ufeff#!/bin/x\n--- s\n\n-- @needs x":    "x:4: @needs stands behind the header, which ends at line 3",
		"\ufeff--- s\n-- @arg x":                  "x:2: want @question",
		"--- s\n\n-- @args a:text":                "x:3: @args stands behind the header, which ends at line 2",
		"--- s\r\n\r\n--  @needs a\r\n":           "x:3: @needs stands behind the header, which ends at line 2",
		"--- s\n  -- @verdicts a b":               "x:2: @verdicts stands behind the header, which ends at line 2",
		"--- s\nx = 1\n\n-- @verdicts a b":        "x:4: @verdicts stands behind the header, which ends at line 2",
	} {
		t.Run(source, func(t *testing.T) {
			if _, err := scripts.Parse("x", source); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// TestTextArguments declares texts with defaults of all kinds, and reads words with blanks and equals signs.
func TestTextArguments(t *testing.T) {
	s, err := scripts.Parse("x", `--- s
-- @args must:text a=b is no default
-- @args plain:text=hello what is said
-- @args empty:text=
-- @args none:text="" nothing
-- @args single:text='it\'s "so"' with one quote
-- @args long:text="Are \"you\" \\ there?" a question`)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Read([]string{"must=", "plain=a = b"}, nil, nil)
	want := scripts.Values{"must": "", "plain": "a = b", "empty": "", "none": "", "single": `it's "so"`, "long": `Are "you" \ there?`}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if got, err = s.Read([]string{"two words", "b"}, nil, nil); err != nil || got["must"] != "two words" || got["plain"] != "b" {
		t.Errorf("by place: %v, %v", got, err)
	}
	for _, c := range []struct {
		words []string
		want  string
	}{
		{nil, "x: must must be given: must=... (a=b is no default)"},
		{[]string{"a=b"}, `x: no argument "a"; there are must, plain, empty, none, single, long; a text with an equals sign is given by name: must=a=b`},
	} {
		if _, err := s.Read(c.words, nil, nil); err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.words, err, c.want)
		}
	}
}

func TestArgumentsAreRead(t *testing.T) {
	s, err := scripts.Parse("sample", sample)
	if err != nil {
		t.Fatal(err)
	}
	server := netip.MustParseAddr("10.0.0.2")
	cases := []struct {
		name     string
		words    []string
		supplied map[string]string
		want     scripts.Values
		err      string
	}{
		{"by name", []string{"dst=10.0.0.2", "guard=on"}, nil, scripts.Values{"dst": server, "dport": 80, "guard": true, "wait": 1.5}, ""},
		{"by place", []string{"10.0.0.2", "443", "yes", "2"}, nil, scripts.Values{"dst": server, "dport": 443, "guard": true, "wait": 2.0}, ""},
		{"a switch in capitals", []string{"dst=10.0.0.2", "guard=ON"}, nil, scripts.Values{"dst": server, "dport": 80, "guard": true, "wait": 1.5}, ""},
		{"no switch", []string{"dst=10.0.0.2", "guard=OFFF"}, nil, nil, `sample: guard: want on or off, got "OFFF"`},
		{"a number as Go writes it", []string{"dst=10.0.0.2", "wait=1_000"}, nil, nil, `sample: wait: want a number of at least 0, got "1_000"`},
		{"a number in hex", []string{"dst=10.0.0.2", "wait=0x1p4"}, nil, nil, `sample: wait: want a number of at least 0, got "0x1p4"`},
		{"a number with an exponent", []string{"dst=10.0.0.2", "wait=1e3"}, nil, scripts.Values{"dst": server, "dport": 80, "guard": false, "wait": 1000.0}, ""},
		{"mixed", []string{"wait=3", "10.0.0.2"}, nil, scripts.Values{"dst": server, "dport": 80, "guard": false, "wait": 3.0}, ""},
		{"supplied by the place", nil, map[string]string{"dst": "10.0.0.2", "dport": "9"}, scripts.Values{"dst": server, "dport": 80, "guard": false, "wait": 1.5}, ""},
		{"missing", nil, nil, nil, "sample: dst must be given: dst=... (the server)"},
		{"empty", []string{"dst="}, nil, nil, `sample: dst: want an IPv4 address, got ""`},
		{"negative", []string{"dst=10.0.0.2", "wait=-1"}, nil, nil, `sample: wait: want a number of at least 0, got "-1"`},
		{"by place and by name", []string{"10.0.0.2", "dst=10.0.0.3"}, nil, nil, "sample: dst is given twice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := s.Read(c.words, c.supplied, nil)
			if c.err != "" {
				if err == nil || err.Error() != c.err {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if diff := cmp.Diff(c.want, got, cmpopts.EquateComparable(netip.Addr{})); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

// TestBundledScriptsAreTextbookPages holds that each bundled script says what it is and is short enough to read.
func TestBundledScriptsAreTextbookPages(t *testing.T) {
	all, err := scripts.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			if s.Summary == "" || s.Question == "" || s.Usage == "" || s.Needs == "" || s.Output == "" {
				t.Errorf("the header lacks a part: %+v", s)
			}
			code := 0
			for line := range strings.Lines(s.Source) {
				if trimmed := strings.TrimSpace(line); trimmed != "" && !strings.HasPrefix(trimmed, "--") {
					code++
				}
			}
			if code > 80 {
				t.Errorf("%d lines of code", code)
			}
		})
	}
}

// TestWhatStandsBeforeAHeader reads scripts behind a byte order mark and a line for the system.
func TestWhatStandsBeforeAHeader(t *testing.T) {
	for _, before := range []string{"\ufeff", "#!/usr/bin/env -S moonwire run\n", "\ufeff#!/usr/bin/env -S moonwire run\r\n"} {
		s, err := scripts.Parse("x", before+sample)
		if err != nil || s.Summary != "one line" || len(s.Args) != 4 || len(s.Verdicts) != 3 || s.Source != before+sample {
			t.Errorf("%q: %v, %+v", before, err, s)
		}
		if err := scripts.CheckPlain("x", before+"print(1)\n-- @args a"); !scripts.HasHeader(before+sample) || scripts.HasHeader(before+"print(1)") ||
			err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("x:%d: @args stands", 2+strings.Count(before, "\n"))) {
			t.Errorf("%q: %v", before, err)
		}
	}
}
