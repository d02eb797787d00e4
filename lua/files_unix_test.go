//go:build linux || darwin

package lua_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/moonwire/moonwire/lua"
)

// TestAnInterruptedOpeningLeavesNothingOpen interrupts rdpcap of a pipe that has sent no header yet, and then sends one: who
// goes on to write must be told that nobody reads.
func TestAnInterruptedOpeningLeavesNothingOpen(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.pcap")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	s := newShell(t, nil)
	go func() {
		_, err := s.Run(ctx, "test", `rdpcap("`+pipe+`")`)
		ended <- err
	}()
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits for the one who reads
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	cancel()
	if err := <-ended; !errors.Is(err, lua.ErrInterrupted) {
		t.Fatalf("got %v, want %v", err, lua.ErrInterrupted)
	}
	header := append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0}, make([]byte, 12)...)
	header = append(header, 1, 0, 0, 0)
	if err := w.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	for err = nil; err == nil; { // as much as the pipe holds
		_, err = w.Write(header)
	}
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("writing on: %v, want %v", err, syscall.EPIPE)
	}
}
