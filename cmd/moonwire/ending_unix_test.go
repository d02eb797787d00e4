//go:build linux || darwin

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// stubborn are scripts that go on after an error, in every way there is; each has said "ready" before.
var stubborn = []struct{ name, chunk string }{
	{"a loop", `while true do end`},
	{"protected calls", `while true do pcall(function() while true do end end) end`},
	{"protected calls that send", `while true do pcall(sr1, IP{dst="192.168.11.2"}/ICMP) end`},
	{"handlers", `while true do xpcall(function() error("x") end, function() while true do end end) end`},
	{"coroutines", `while true do pcall(coroutine.wrap(function() while true do end end)) end`},
	{"coroutines in coroutines", `local function f() return pcall(coroutine.wrap(f)) end while true do f() end`},
	{"replacements", `while true do pcall(string.gsub, ("x"):rep(1e6), "x", function() pcall(error) end) end`},
	{"patterns", `while true do pcall(string.find, ("a"):rep(1e4), ".-.-.-.-b") end`},
	{"sorting", `local t = {} for i = 1, 1e6 do t[i] = i * 7919 % 1000003 end while true do pcall(table.sort, t) end`},
	{"comparisons", `while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end`},
	{"indexes", `local t = setmetatable({}, {__index=function() while true do end end}) while true do pcall(function() return t.x end) end`},
	{"texts", `local t = setmetatable({}, {__tostring=function() while true do end end}) while true do pcall(print, t) end`},
	{"joined texts", `local t = setmetatable({}, {__concat=function() while true do end end}) while true do pcall(function() return t .. "x" end) end`},
	{"sleep", `while true do pcall(sleep, 1000) end`},
	{"packets that are looked at", `while true do pcall(sniff, {timeout=1, prn=function() while true do end end}) end`},
	{"sending without end", `while true do pcall(send, IP{dst="0.0.0.0/0"}/TCP{dport=range(0, 65535)}, {pps=0}) end`},
	{"sets", `for p in (IP{dst="0.0.0.0/0"}/TCP{dport=range(0, 65535)}):each() do end`},
	{"files", `while true do pcall(wrpcap, "never.pcap", IP{dst="10.0.0.0/8"}/TCP{dport=range(0, 65535)}) end`},
	{"experiments", `while true do pcall(run, "handshake") end`},
}

// endSignals are the signals that end the command: not SIGHUP, when the tests themselves were started so that it means nothing.
func endSignals() []syscall.Signal {
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// TestASignalEndsEveryScript sends the signals in turn. The bound is five seconds; the test is patient with a slow machine.
func TestASignalEndsEveryScript(t *testing.T) {
	signals := endSignals()
	for i, s := range stubborn {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			chunk := `print("ready") ` + s.chunk
			for _, words := range [][]string{{"-e", chunk}, {"run", script(t, chunk)}} {
				c := spawn(t, append([]string{"--lab"}, words...)...)
				c.cmd.Dir = t.TempDir()
				if got := c.line(); got != "ready" {
					t.Fatalf("got %q", got)
				}
				c.signal(signals[i%len(signals)])
				late := time.AfterFunc(15*time.Second, func() { _ = c.cmd.Process.Kill() })
				code, _, stderr := c.ends()
				late.Stop()
				if code != exitInterrupted || !strings.HasSuffix(stderr, "moonwire: interrupted\n") {
					t.Errorf("%s: exit %d, %q", words[0], code, stderr)
				}
			}
		})
	}
}

// TestOutputThatNobodyReads has a script in the middle of a print when the signal comes: nothing can end that but the process.
func TestOutputThatNobodyReads(t *testing.T) {
	t.Parallel()
	unread, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer unread.Close()
	cmd := exec.Command(os.Args[0], "--lab", "-e", `while true do pcall(print, ("x"):rep(1e5)) end`)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = out, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }() // it has ended
	out.Close()
	if _, err := unread.Read(make([]byte, 1)); err != nil { // it has begun to print
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	_ = cmd.Wait() // the exit code says it
	want := "moonwire: interrupted: what was running did not end within 5 s\n"
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || stderr.String() != want {
		t.Errorf("exit %d, %q; want %d, %q", code, stderr.String(), exitInterrupted, want)
	}
}

// TestAnInterruptedExperimentReports has an experiment that never ends of itself.
func TestAnInterruptedExperimentReports(t *testing.T) {
	const chunk = `--- an experiment that does not end
-- @question does it end?
-- @verdicts routed inconclusive
local cap = capture()
sr1(IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"})
print("ready")
while true do pcall(function() while true do end end) end
`
	for _, s := range endSignals() {
		t.Run(s.String(), func(t *testing.T) {
			c := spawn(t, "--lab", "run", script(t, chunk))
			c.line()
			c.signal(s)
			code, stdout, stderr := c.ends()
			if code != exitInterrupted || !strings.Contains(stdout, "the run was interrupted before its end") || !strings.Contains(stdout, "SYN ISN") {
				t.Errorf("exit %d, %s%s", code, stdout, stderr)
			}
		})
	}
}
