package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// moonwire runs the command in this process.
func moonwire(ctx context.Context, stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(ctx, args, streams{in: strings.NewReader(stdin), out: &out, err: &err})
	return code, out.String(), err.String()
}

// TestMistakesEndInOneLineAndTheRightExitCode is what a newcomer types wrong.
func TestMistakesEndInOneLineAndTheRightExitCode(t *testing.T) {
	dir := t.TempDir()
	file := func(name, source string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := file("plain.lua", "x = 1\nsr1(IP{dst='192.168.11.2'}/TCP{dprt=80})")
	header := file("header.lua", "--- no result\n-- @verdicts routed\nreturn 1")
	listed := file("listed.lua", "--- other verdict\n-- @verdicts routed\nreturn judge.path(capture(), {dst='192.168.11.2', dport=1})")
	badHeader := file("bad.lua", "--- bad\n-- @args dst the server\nreturn 1")
	stdin := strings.Repeat("-", 5<<20)
	cases := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"unknown command", []string{"rnu", "handshake"}, exitUsage, `no command "rnu"; there are run, list, show, version and help`},
		{"unknown flag", []string{"--labb"}, exitUsage, "unknown flag: --labb"},
		{"run without a name", []string{"run", "--lab"}, exitUsage, "run: want the name of an experiment"},
		{"unknown script", []string{"run", "handshak", "--lab"}, exitUsage, `no script "handshak"; there are handshake, keepalive`},
		{"missing file", []string{"run", "./nothere.lua", "--lab"}, exitUsage, "nothere.lua: no such file"},
		{"a script that never ends", []string{"run", "-", "--lab"}, exitUsage, "standard input: want a script of at most 4194304 bytes"},
		{"a directory", []string{"run", dir, "--lab"}, exitUsage, dir},
		{"unknown NAT", []string{"run", "handshake", "--lab=vmnet"}, exitUsage, `--lab`},
		{"unknown argument", []string{"run", "handshake", "--lab", "prot=80"}, exitUsage, `handshake: no argument "prot"; there are dst, dport, guard, complete`},
		{"argument out of range", []string{"run", "handshake", "--lab", "dport=70000"}, exitUsage, `handshake: dport: want a port in 1..65535, got "70000"`},
		{"argument of another type", []string{"run", "handshake", "--lab", "guard=maybe"}, exitUsage, `handshake: guard: want on or off, got "maybe"`},
		{"argument twice", []string{"run", "handshake", "--lab", "dport=1", "dport=2"}, exitUsage, "handshake: dport is given twice"},
		{"too many values", []string{"run", "handshake", "--lab", "1.2.3.4", "80", "on", "on", "5"}, exitUsage, "handshake: want at most 4 values"},
		{"a host that is not there", []string{"run", "handshake", "--lab", "dst=nosuch"}, exitUsage, `handshake: dst: no address for the host "nosuch"`},
		{"no destination", []string{"run", "handshake"}, exitUsage, "handshake: dst must be given: dst=... (the server's address (the lab knows its own)); or add --lab"},
		{"nowhere to run", []string{"run", "handshake", "dst=192.168.11.2", "--iface", "nosuch0"}, exitCannotRun, ""},
		{"two places", []string{"--lab", "--iface", "lo", "-e", "x = 1"}, exitUsage, "--lab has its own interfaces and taps: leave out --iface and --tap"},
		{"a tap without a place", []string{"run", "handshake", "--tap", "host"}, exitUsage, `--tap: want NAME=WHERE, as in host=eth1 or host=netns:nat/eth0, got "host"`},
		{"a tap twice", []string{"run", "handshake", "--tap", "host=lo", "--tap", "host=lo"}, exitUsage, "--tap: host is given twice"},
		{"expecting no verdict", []string{"run", "handshake", "--lab", "--expect", "proxied"}, exitUsage, `--expect: "proxied" is no verdict of handshake; there are handshake-on-syn-proxy, packet-nat`},
		{"expecting another experiment's verdict", []string{"run", "handshake", "--lab", "--expect", "forwarded"}, exitUsage, `"forwarded" is no verdict of handshake`},
		{"expecting of a plain script", []string{"run", plain, "--lab", "--expect", "routed"}, exitUsage, "has no header (--- summary) and so no verdict"},
		{"an error in a plain script", []string{"run", plain, "--lab"}, exitScript, `plain.lua:2: TCP has no field "dprt"; it has sport, dport`},
		{"an experiment without a result", []string{"run", header, "--lab"}, exitScript, "header.lua: want the result of judge.path or judge.keepalive, got a number"},
		{"a verdict that the header does not list", []string{"run", listed, "--lab"}, exitScript, "listed.lua: ended with inconclusive, which its header does not list (@verdicts routed)"},
		{"a NAT without the equals sign", []string{"run", "handshake", "--lab", "masquerade"}, exitUsage, "a NAT of the lab is named as in --lab=masquerade"},
		{"a header that cannot be read", []string{"run", badHeader, "--lab"}, exitScript, `bad.lua:2: want name:type=default`},
		{"show nothing", []string{"show"}, exitUsage, "show: want the name of one experiment"},
		{"show an unknown script", []string{"show", "x"}, exitUsage, `show: no script "x"`},
		{"a chunk in pieces", []string{"-e", "print", "1"}, exitUsage, `-e: got a word behind its chunk: "1"`},
		{"unknown layer", []string{"-e", "print(TPC{dport=80})"}, exitScript, "-e:1: TPC: no layer, function or variable has that name; did you mean TCP?"},
		{"unknown field", []string{"-e", "IP{tttl=3}"}, exitScript, `-e:1: IP has no field "tttl"; it has version, ihl, tos`},
		{"value out of range", []string{"-e", "\nIP{ttl=256}"}, exitScript, "-e:2: IP.ttl: want number in 0..255, got 256"},
		{"value of another type", []string{"-e", "IP{ttl={}}"}, exitScript, "-e:1: IP.ttl: want a list of values, got an empty or named table"},
		{"value without a name", []string{"-e", "IP{'10.0.0.1'}"}, exitScript, "-e:1: IP: want field=value, got a value without a name (10.0.0.1)"},
		{"a number for a packet", []string{"--lab", "-e", "sr1(3)"}, exitScript, "-e:1: bad argument #1: want a packet, got number"},
		{"missing dst", []string{"--lab", "-e", "sr1(IP{}/TCP{})"}, exitScript, `-e:1: IP.dst: want a destination, got none: say IP{dst="..."}`},
		{"an endless number", []string{"--lab", "-e", "sr1(IP{dst='192.168.11.2'}, {retry=math.huge})"}, exitScript, "-e:1: retry: want a whole number in 0..2147483647, got "},
		{"not a number", []string{"--lab", "-e", "sleep(0/0)"}, exitScript, "-e:1: sleep: want seconds, a number of at least 0, got nan"},
		{"no packet at all", []string{"--lab", "-e", "send(dissect(''))"}, exitScript, "-e:1: a packet without layers cannot be sent"},
		{"a packet that is too long", []string{"--lab", "-e", "sr1(IP{dst='192.168.11.2'}/('x'):rep(70000))"}, exitScript, "/ Raw): IP.len: want at most"},
		{"a wire that is not there", []string{"--lab", "-e", "path.cut('x')"}, exitScript, "-e:1: wire: want one of guest, uplink, server, got"},
		{"a NAT that is not there", []string{"--lab=x", "-e", "print(1)"}, exitUsage, "moonwire: --lab: NAT: want one of vmnat"},
		{"a script's own words", []string{"-e", "error('pcap: mine', 0)"}, exitScript, "moonwire: pcap: mine\n"},
		{"a number for a layer", []string{"-e", "local p = IP/TCP print(p[1])"}, exitScript, "-e:1: layers are found by name, not by number: p[TCP]"},
		{"unknown option", []string{"--lab", "-e", "sr1(IP{dst='192.168.11.2'}, {timout=1})"}, exitScript, `-e:1: no option "timout"; there are timeout, retry`},
		{"option of another type", []string{"--lab", "-e", "sr1(IP{dst='192.168.11.2'}, {timeout='1'})"}, exitScript, "-e:1: timeout: want a number of at least 0, got 1"},
		{"nothing to send with", []string{"--iface", "nosuch0", "-e", "sr1(IP{dst='192.168.11.2'}/TCP{})"}, exitCannotRun, ""},
		{"a layer that is not there", []string{"-e", "local p = IP/UDP print(p[TCP].dport)"}, exitScript, "-e:1: attempt to index a nil value (key 'dport'); the packet has no TCP: its layers are IP, UDP"},
		{"a field that two layers have", []string{"-e", "print((IP/TCP).flags)"}, exitScript, `-e:1: "flags" is a field of both IP and TCP: say p[IP].flags or p[TCP].flags`},
		{"syntax error", []string{"-e", "x = = 1"}, exitScript, "-e:1: syntax error near '='"},
		{"half a chunk", []string{"-e", "if x then"}, exitScript, "-e: syntax error: the chunk ends in the middle of a statement"},
		{"an empty error", []string{"-e", "error()"}, exitScript, "-e:1: nil"},
		{"the file system", []string{"-e", "io.open('/etc/passwd')"}, exitScript, "-e:1: io: no layer, function or variable has that name; here: scripts read and write captures"},
		{"loading code", []string{"-e", "loadstring('x')()"}, exitScript, "-e:1: loadstring: no layer, function or variable has that name; here: scripts cannot load code"},
		{"a huge string", []string{"-e", "('x'):rep(1e12)"}, exitScript, "-e:1: string.rep: want at most"},
		{"no route", []string{"--lab", "-e", "dial{dst='', dport=1}"}, exitScript, `-e:1: dial: dst: want an address or the name of a host, got ""`},
		{"a missing capture", []string{"-e", "rdpcap('/nothere.pcap')"}, exitScript, "/nothere.pcap"},
		{"overwriting another file", []string{"-e", "wrpcap('" + plain + "', IP/TCP)"}, exitScript, "plain.lua"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := moonwire(context.Background(), stdin, c.args...)
			if code != c.code || !strings.Contains(stderr, c.want) {
				t.Errorf("exit %d, %q; want exit %d, %q", code, stderr, c.code, c.want)
			}
			if strings.Count(stderr, "\n") != 1 || stdout != "" {
				t.Errorf("want one line on standard error and nothing else, got %q and %q", stderr, stdout)
			}
			if strings.Contains(stderr, "goroutine") || strings.Contains(stderr, "failed to") {
				t.Errorf("that is for Go programmers: %q", stderr)
			}
		})
	}
}

func TestRunawayScriptsAreInterrupted(t *testing.T) {
	for name, chunk := range map[string]string{
		"a loop":             "while true do end",
		"a protected loop":   "while true do pcall(function() while true do end end) end",
		"a sleep":            "sleep(1e9)",
		"a question":         "sr1(IP{dst='192.168.11.3'}/TCP{}, {timeout=1e9})",
		"a backtracking one": "local s = ('a'):rep(150) s:find('.-.-.-b')",
		"a connection":       "dial{dst='192.168.11.3', dport=80, timeout=1e9}",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			timer := time.AfterFunc(50*time.Millisecond, cancel)
			defer timer.Stop()
			code, _, stderr := moonwire(ctx, "", "--lab", "-e", chunk)
			if code != exitInterrupted || stderr != "moonwire: interrupted\n" {
				t.Errorf("exit %d, %q", code, stderr)
			}
		})
	}
}

func TestAScriptThatEatsMemoryIsStopped(t *testing.T) {
	code, _, stderr := moonwire(context.Background(), "", "-e", "local t = {} for i = 1, 1e9 do t[i] = {i} end")
	if code != exitScript || stderr != "moonwire: -e: the script uses too much memory\n" {
		t.Errorf("exit %d, %q", code, stderr)
	}
}

func TestPipedLinesPrintTheirValuesAndNoPrompt(t *testing.T) {
	code, stdout, stderr := moonwire(context.Background(), "1 + 1\nx = 5\nfor i = 1, 2 do\nprint(i)\nend\nx\nIP{dst='10.0.0.1'}/TCP{dport=80}\nnil\n", "--lab")
	if code != exitOK || stderr != "" {
		t.Errorf("exit %d, %q", code, stderr)
	}
	want := "2\n1\n2\n5\n<IP  proto=tcp dst=10.0.0.1 |<TCP  dport=80 |>>\nnil\n"
	if stdout != want {
		t.Errorf("got %q, want %q", stdout, want)
	}
}

func TestPipedMistakesDoNotEndTheRest(t *testing.T) {
	code, stdout, stderr := moonwire(context.Background(), "TPC{}\n2\nif x then\n", "--lab")
	if code != exitScript || stdout != "2\n" || strings.Count(stderr, "\n") != 2 {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}

func TestListShowVersionAndHelp(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"list"}, []string{"handshake    ", "keepalive    "}},
		{[]string{"show", "handshake"}, []string{"Verdict: handshake-on-syn-proxy", "dport=port (57212)", "sr1(IP{dst=args.dst}"}},
		{[]string{"version"}, []string{"moonwire ", "go1."}},
		{[]string{"--help"}, []string{"--lab", "vmnat, masquerade, none", "Exit status"}},
		{[]string{"help"}, []string{"moonwire run NAME"}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			code, stdout, stderr := moonwire(context.Background(), "", c.args...)
			if code != exitOK || stderr != "" {
				t.Errorf("exit %d, %q", code, stderr)
			}
			for _, want := range c.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("%q is not in\n%s", want, stdout)
				}
			}
		})
	}
}

func TestPlainScriptsRunFromFilesAndStandardInput(t *testing.T) {
	code, stdout, stderr := moonwire(context.Background(), "print(arg[0], arg[1], rawget(_G, 'session') or 'none')", "run", "-", "one")
	if code != exitOK || stdout != "stdin\tone\tnone\n" || stderr != "" {
		t.Errorf("exit %d, %q, %q", code, stdout, stderr)
	}
}
