//go:build linux || darwin

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// older makes a capture of that many frames and returns its bytes.
func older(t *testing.T, path string, frames int) []byte {
	t.Helper()
	w, err := pcap.Create(path, layers.IP)
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		if err := w.Write(sendrecv.Frame{Time: time.Unix(int64(i), 0), Link: layers.IP, Data: []byte("\x45older")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return contents(t, path)
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// count is how many whole frames a capture has.
func count(t *testing.T, path string) int {
	t.Helper()
	r, err := pcap.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for _, err := range r.Frames() {
		if err != nil {
			t.Logf("%d frames: %v", n, err)
			return n
		}
		n++
	}
	return n
}

// wantFolder holds what a folder has in it.
func wantFolder(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("%s holds %v, want %v", dir, got, names)
	}
}

// sniffing is a chunk that captures to a file without end; it prints a line once one frame is in it.
func sniffing(path string) string {
	return fmt.Sprintf(`send(IP{dst="192.168.11.2"}/ICMP{}) ps = sniff{write=%q, prn=function(p) print(p[ICMP]:name("type")) end} print(#ps)`, path)
}

// long writes so many packets that there is time to do something meanwhile.
func long(path string) string {
	return fmt.Sprintf(`wrpcap(%q, IP{id=range(1,65535)}/UDP{dport=range(1,5)}/("xyz1234"):rep(100)) print("whole")`, path)
}

// begun waits until a file is there.
func begun(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(time.Millisecond) {
		if info, err := os.Stat(path); err == nil && info.Size() > 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is not there", path)
		}
	}
}

func TestAScriptWritesCapturesAlone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"cron", ".bashrc", "authorized_keys", "a.pcap.sh", "a.pcap\n"} {
		path := filepath.Join(dir, name)
		says := fmt.Sprintf("-e:1: %q: want a name ", path)
		spawn(t, "-e", fmt.Sprintf("wrpcap(%q, IP{})", path)).wantEnd(exitScript, "", says)
		spawn(t, "--lab", "-e", fmt.Sprintf("sniff{count=1, write=%q}", path)).wantEnd(exitScript, "", says)
	}
	wantFolder(t, dir)
}

// TestAnInterruptedWrpcapCostsNothing interrupts and kills it in the middle, over an older capture.
func TestAnInterruptedWrpcapCostsNothing(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal syscall.Signal
		code   int
		says   string
		left   []string
	}{
		{"Ctrl-C", syscall.SIGINT, exitInterrupted, "interrupted", []string{"a.pcap.gz"}},
		{"asked to end", syscall.SIGTERM, exitInterrupted, "interrupted", []string{"a.pcap.gz"}},
		{"killed", syscall.SIGKILL, -1, "", []string{"a.pcap.gz", "a.pcap.gz.part"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.pcap.gz")
			before := older(t, path, 3)
			child := spawn(t, "-e", long(path))
			begun(t, path+".part")
			child.signal(c.signal)
			child.wantEnd(c.code, "", c.says)
			wantFolder(t, dir, c.left...)
			if !bytes.Equal(contents(t, path), before) {
				t.Error("the older capture was changed")
			}
			spawn(t, "-e", fmt.Sprintf("wrpcap(%q, IP{}) print(#rdpcap(%q))", path, path)).wantEnd(exitOK, "1\n", "")
			wantFolder(t, dir, "a.pcap.gz")
		})
	}
}

func TestAnInterruptedSniffIsACapture(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.pcap")
	older(t, path, 3)
	child := spawn(t, "--lab", "-e", sniffing(path))
	child.line()
	child.signal(syscall.SIGINT)
	child.wantEnd(exitInterrupted, "1\n", "interrupted")
	wantFolder(t, dir, "a.pcap")
	if n := count(t, path); n != 1 {
		t.Errorf("%d frames, want 1", n)
	}
}

// TestAKilledSniffLosesNothing finds its frames in the part, which the next run takes over.
func TestAKilledSniffLosesNothing(t *testing.T) {
	for _, name := range []string{"a.pcap", "a.pcapng.gz"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		before := older(t, path, 3)
		child := spawn(t, "--lab", "-e", sniffing(path))
		child.line()
		child.signal(syscall.SIGKILL)
		child.wantEnd(-1, "", "")
		if n := count(t, path+".part"); n != 1 || !bytes.Equal(contents(t, path), before) {
			t.Errorf("%s: %d frames in the part, want 1 and the older one as it was", name, n)
		}
		spawn(t, "-e", fmt.Sprintf("wrpcap(%q, IP{})", path)).wantEnd(exitOK, "", "")
		wantFolder(t, dir, name)
	}
}

func TestTwoProcessesDoNotWriteOneFile(t *testing.T) {
	dir := t.TempDir()
	path, other := filepath.Join(dir, "a.pcap"), filepath.Join(dir, "b.pcap")
	older(t, path, 3)
	if err := errors.Join(os.Link(path, other), os.Symlink(dir, filepath.Join(dir, "linked"))); err != nil {
		t.Fatal(err)
	}
	first := spawn(t, "--lab", "-e", sniffing(path))
	first.line()
	for _, name := range []string{path, other, filepath.Join(dir, "linked", "a.pcap")} {
		says := "-e:1: " + name + ": is being written already, here or by another program"
		spawn(t, "-e", fmt.Sprintf("wrpcap(%q, IP{})", name)).wantEnd(exitScript, "", says)
	}
	first.signal(syscall.SIGINT)
	first.wantEnd(exitInterrupted, "1\n", "interrupted")
	wantFolder(t, dir, "a.pcap", "b.pcap", "linked")
	if a, b := count(t, path), count(t, other); a != 1 || b != 3 {
		t.Errorf("%d and %d frames, want 1, and 3 under the older one's other name", a, b)
	}
}

// TestWhatIsNoCaptureIsNotRead reads what a script must not learn of, take from, or wait for.
func TestWhatIsNoCaptureIsNotRead(t *testing.T) {
	dir := t.TempDir()
	secret, pipe := filepath.Join(dir, "shadow"), filepath.Join(dir, "pipe")
	if err := errors.Join(os.WriteFile(secret, []byte("root:$y$j9T$"), 0o600), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		secret:      "not a capture file: want pcap, pcapng or snoop, plain or compressed with gzip, zstd or lz4\n",
		dir:         "not a capture file: want a regular file or a pipe, got a directory\n",
		"/dev/zero": "not a capture file: want a regular file or a pipe, got a device\n",
		"/dev/tty":  "not a capture file: want a regular file or a pipe, got a device\n",
	} {
		for _, chunk := range []string{"rdpcap(%q)", "for p in pcap(%q) do end"} {
			spawn(t, "-e", fmt.Sprintf(chunk, path)).wantEnd(exitScript, "", "moonwire: -e:1: "+path+": "+want)
		}
	}
	waits := spawn(t, "-e", fmt.Sprintf("print('waits') rdpcap(%q)", pipe))
	waits.line()
	waits.signal(syscall.SIGINT)
	waits.wantEnd(exitInterrupted, "", "interrupted")
}

func TestADamagedCaptureIsReadAsFarAsItIsGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pcap")
	whole := append(older(t, path, 228), bytes.Repeat([]byte{0xee}, 99)...)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	spawn(t, "-e", fmt.Sprintf("print(#rdpcap(%q))", path)).wantEnd(exitOK, "228\n", path+": damaged after frame 228: frame: want at most 262144 bytes, got 4008636142; what was read before is good\n")
	spawn(t, "-e", fmt.Sprintf("print(#rdpcap(%q, 228))", path)).wantEnd(exitOK, "228\n", "")
}

// TestTheHistoryFollowsNoLink starts the prompt where somebody has put a link in the history's place.
func TestTheHistoryFollowsNoLink(t *testing.T) {
	home, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	link := filepath.Join(home, "moonwire", "history")
	if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o644), os.Mkdir(filepath.Dir(link), 0o700), os.Symlink(victim, link)); err != nil {
		t.Fatal(err)
	}
	s := atTerminal(t, home, 200, "--lab")
	s.sees("history: " + link + ": want a regular file, got a symbolic link; entries are not kept")
	s.sees("lab:vmnat> ")
	s.types("20 + 22\r")
	s.sees("\n42 ")
	s.types("\x04")
	info, err := os.Stat(victim)
	if err != nil || info.Mode().Perm() != 0o644 || string(contents(t, victim)) != "precious" {
		t.Errorf("the other file: %v, %v, %q", info, err, contents(t, victim))
	}
}

// TestScriptsComeFromAnyFile runs what is no regular file.
func TestScriptsComeFromAnyFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	child := spawn(t, "run", pipe)
	if err := os.WriteFile(pipe, []byte("print(6 * 7)"), 0); err != nil { // once it reads
		t.Fatal(err)
	}
	child.wantEnd(exitOK, "42\n", "")
	spawn(t, "run", "/dev/null").wantEnd(exitOK, "", "")
	spawn(t, "run", "/dev/zero").wantEnd(exitUsage, "", "want a script of at most 4194304 bytes")
	spawn(t, "run", filepath.Dir(pipe)).wantEnd(exitUsage, "", "is a directory")
}

// TestAScriptThatNobodyWritesIsNotWaitedFor interrupts the opening of a pipe, which waits for a writer.
func TestAScriptThatNobodyWritesIsNotWaitedFor(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	found := make(chan error, 1)
	go func() {
		_, err := find(ctx, "run", pipe, streams{})
		found <- err
	}()
	select {
	case err := <-found:
		var f *fault
		if !errors.As(err, &f) || f.code != exitInterrupted {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits for a writer")
	}
	if writer, err := os.OpenFile(pipe, os.O_RDWR|syscall.O_NONBLOCK, 0); err == nil { // what still waits goes on
		_ = writer.Close()
	}
}
