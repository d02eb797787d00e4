package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk is a disk of so many bytes. Without root there is none, and the test is skipped.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	switch err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); {
	case errors.Is(err, fs.ErrPermission):
		t.Skipf("no disk to fill: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskCostsNoOlderCapture(t *testing.T) {
	for _, name := range []string{"a.pcap", "a.pcapng"} {
		dir := smallDisk(t, 64<<10)
		path := filepath.Join(dir, name)
		before := older(t, path, 3)
		spawn(t, "-e", fmt.Sprintf(`wrpcap(%q, IP{id=range(1,1000)}/UDP{}/("x"):rep(1000))`, path)).
			wantEnd(exitScript, "", "no space left on device; "+path+" is as it was\n")
		wantFolder(t, dir, name)
		if !bytes.Equal(contents(t, path), before) {
			t.Error("the older capture was changed by wrpcap")
		}
	}
}

// TestASniffThatFillsTheDisk keeps what came, on the disk and in the script.
func TestASniffThatFillsTheDisk(t *testing.T) {
	dir := smallDisk(t, 16<<10)
	path := filepath.Join(dir, "a.pcap")
	before := older(t, path, 3)
	chunk := fmt.Sprintf(`for i = 1, 40 do send(IP{dst="192.168.11.2"}/ICMP{seq=i}/("x"):rep(1000)) end
		ps = sniff{count=40, timeout=20, write=%q} print(#ps > 5, #ps < 40, ps[1][ICMP].type) print(#ps)`, path)
	child := spawn(t, "--lab", "-e", chunk)
	if got := child.line(); got != "true\ttrue\t0" {
		t.Errorf("got %s, want some of the packets", got)
	}
	kept := child.line()
	child.wantEnd(exitOK, "", fmt.Sprintf("no space left on device; %s is as it was, and %s.part holds what came before (frames: %s)\n", path, path, kept))
	wantFolder(t, dir, "a.pcap", "a.pcap.part")
	if n := count(t, path+".part"); fmt.Sprint(n) != kept || !bytes.Equal(contents(t, path), before) {
		t.Errorf("%d frames in the part, want %s and the older capture as it was", n, kept)
	}
}
