package porttest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
)

// A Rig is one port under test with a hand on the other end of its wire. Each case gets a rig of its own; the suite
// closes the port, and the maker of the rig cleans up the rest with t.Cleanup.
type Rig struct {
	// Port is what is tested. It has just been opened.
	Port sendrecv.Port
	// Inject makes frames arrive at the port in order, as from the wire. They may still be under way when it returns.
	// On a finite port it is called before the first frame is received.
	Inject func(frames ...[]byte)
	// Sent returns the frames that have left through the port so far, in order. A frame counts as soon as Send has
	// returned.
	Sent func() [][]byte
	// Frame makes the i-th frame of a family: valid on this port, of interest to no other host on the wire, and unlike
	// every other. The same i gives the same bytes in a fresh slice. The suite uses i from 0 to 255.
	Frame func(i int) []byte
	// Finite says that the port ends after the frames that were injected (a capture file), so that io.EOF takes the
	// place of silence.
	Finite bool
}

// patience is how long, on the port's clock, a case waits for a frame that must come.
const patience = 10 * time.Second

// family is the number of frames a rig can make.
const family = 256

// frames makes the frames from lo up to, not including, hi.
func (r Rig) frames(lo, hi int) [][]byte {
	var fs [][]byte
	for i := lo; i < hi; i++ {
		fs = append(fs, r.Frame(i))
	}
	return fs
}

// number says which frame of the family data is, or -1 for a foreign frame.
func (r Rig) number(data []byte) int {
	for i := range family {
		if bytes.Equal(data, r.Frame(i)) {
			return i
		}
	}
	return -1
}

// numbers identifies the family's frames among those that left.
func (r Rig) numbers(frames [][]byte) []int {
	var ns []int
	for _, f := range frames {
		if n := r.number(f); n >= 0 {
			ns = append(ns, n)
		}
	}
	return ns
}

// listen opens a receiver that the end of the test closes.
func (r Rig) listen(t *testing.T) sendrecv.Receiver {
	t.Helper()
	rx, err := r.Port.Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatalf("Listen: %v", err)
	}
	t.Cleanup(func() { rx.Close() })
	return rx
}

// send puts frames on the wire, all of them.
func (r Rig) send(t *testing.T, frames ...[]byte) {
	t.Helper()
	if n, err := r.Port.Send(t.Context(), frames); n != len(frames) || err != nil {
		t.Fatalf("Send: got %d, %v, want %d and no error", n, err, len(frames))
	}
}

// take receives until it has want frames of the family, in batches of at most batch.
func (r Rig) take(t *testing.T, rx sendrecv.Receiver, want, batch int) []sendrecv.Frame {
	t.Helper()
	var got []sendrecv.Frame
	buf := make([]sendrecv.Frame, batch)
	for len(got) < want {
		n, err := rx.Receive(t.Context(), buf, patience)
		if n == 0 || err != nil {
			t.Fatalf("Receive after %d of %d frames: got %d, %v", len(got), want, n, err)
		}
		for _, f := range buf[:n] {
			if r.number(f.Data) >= 0 {
				got = append(got, f)
			}
		}
	}
	return got
}

// drain receives until silence (on the port's clock) or the end, and returns everything that came, foreign frames too.
func drain(t *testing.T, rx sendrecv.Receiver) []sendrecv.Frame {
	t.Helper()
	var got []sendrecv.Frame
	buf := make([]sendrecv.Frame, 16)
	for {
		n, err := rx.Receive(t.Context(), buf, 100*time.Millisecond)
		got = append(got, buf[:n]...)
		if errors.Is(err, io.EOF) || n == 0 && err == nil {
			return got
		}
		if err != nil {
			t.Fatalf("Receive: %v", err)
		}
	}
}

// ending receives until an error and returns it, together with the frames that came before.
func ending(rx sendrecv.Receiver) ([]sendrecv.Frame, error) {
	var got []sendrecv.Frame
	buf := make([]sendrecv.Frame, 16)
	for {
		n, err := rx.Receive(context.Background(), buf, patience)
		got = append(got, buf[:n]...)
		if err != nil || n == 0 {
			return got, err
		}
	}
}

// order lists the family's numbers of received frames.
func (r Rig) order(frames []sendrecv.Frame) []int {
	var data [][]byte
	for _, f := range frames {
		data = append(data, f.Data)
	}
	return r.numbers(data)
}

// upTo is 0, 1, ... n-1.
func upTo(n int) []int {
	var s []int
	for i := range n {
		s = append(s, i)
	}
	return s
}
