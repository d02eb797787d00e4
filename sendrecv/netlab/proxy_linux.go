package netlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// tap is the guest's interface when slirp4netns makes it.
const tap = "tap0"

// startProxy runs slirp4netns between the guest and the NAT's uplink until Close, and waits until it is ready. An empty
// program is none to run.
func (n *Net) startProxy(ctx context.Context, program string) error {
	if program == "" {
		return nil
	}
	readyHere, readyThere, err := os.Pipe()
	if err != nil {
		return err
	}
	defer readyHere.Close()
	defer readyThere.Close()
	// When this process is killed, the pipe is closed and slirp4netns ends.
	exitThere, exitHere, err := os.Pipe()
	if err != nil {
		return err
	}
	defer exitThere.Close()

	var said bytes.Buffer
	cmd := exec.Command(program, "--configure", "--mtu=1500", "--ready-fd=3", "--exit-fd=4",
		"--netns-type=path", filepath.Join("/run/netns", n.namespace("guest")), tap)
	cmd.Stderr = &said
	cmd.ExtraFiles = []*os.File{readyThere, exitThere}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the terminal's Ctrl-C is not for it
	// Its sockets are those of the thread's namespace; it joins the guest's only to make the tap.
	if err := n.hosts["nat"].do(cmd.Start); err != nil {
		_ = exitHere.Close() // err says more
		return fmt.Errorf("slirp4netns: %w", err)
	}
	stop := sync.OnceFunc(func() {
		_ = cmd.Process.Kill() // or it has ended itself
		_ = cmd.Wait()         // killed: not a failure
		_ = exitHere.Close()   // a pipe that nothing is written to
	})
	n.undo = append(n.undo, func() error { stop(); return nil })
	_ = readyThere.Close() // so that its end is seen as an end of file

	err = ready(ctx, readyHere)
	if err != nil && ctx.Err() == nil {
		stop()
		return fmt.Errorf("slirp4netns: %w%s", err, firstLine(said.String()))
	}
	return err
}

// ready waits for the byte that slirp4netns writes when the guest's interface is configured.
func ready(ctx context.Context, pipe *os.File) error {
	defer context.AfterFunc(ctx, func() {
		_ = pipe.SetReadDeadline(time.Unix(1, 0)) // a pipe has deadlines
	})()
	_, err := pipe.Read(make([]byte, 1))
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return errors.New("ended before it was ready")
}
