//go:build linux || darwin

package main

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestWhoStopsReadingEndsTheCommand reads one line and leaves, as head does. The sniff's lines together are more than a pipe holds, so
// that it writes to nobody however late the reader leaves; with few of them all would be in the pipe by then, and nothing would tell it.
func TestWhoStopsReadingEndsTheCommand(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.pcap")
	for _, c := range []struct{ name, chunk string }{
		{"a loop", `while true do print("line") end`},
		{"errors that are kept", `while true do pcall(print, "line") end`},
		{"a sniff", fmt.Sprintf(`for i = 1, 200 do send(IP{dst="192.168.11.2"}/ICMP{seq=i}) end sniff{write=%q, prn=function() return "line\n" .. ("."):rep(4096) end}`, path)},
	} {
		child := spawn(t, "--lab", "-e", c.chunk)
		if got := child.line(); got != "line" {
			t.Errorf("%s: got %q", c.name, got)
		}
		child.unread()
		if err := child.cmd.Wait(); err == nil || child.cmd.ProcessState.ExitCode() != exitUnread || child.stderr.Len() > 0 {
			t.Errorf("%s: %v, %q; want exit code %d and no word", c.name, err, child.stderr.String(), exitUnread)
		}
	}
	wantFolder(t, dir, "a.pcap")
	if count(t, path) == 0 {
		t.Error("the capture lost what came")
	}
}
