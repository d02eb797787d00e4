package sendrecv

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// SniffOptions tune Sniff. The zero value listens until ctx ends.
type SniffOptions struct {
	// Count ends the sniff after that many kept packets; 0 means no limit.
	Count int
	// Timeout ends the sniff after that time on the port's clock; 0 means no limit.
	Timeout time.Duration
	// Promiscuous asks for frames that are addressed to other hosts too; see ListenOptions.
	Promiscuous bool
	// Keep says whether a packet counts; nil means that all do.
	Keep func(*craft.Packet) bool
	// Protocols are the protocols that packets are read with; nil means the built-in ones.
	Protocols *craft.Table
	// Frame is called with each frame that is kept, before anything else is done with it; nil means not at all.
	Frame func(Frame) error
	// Each is called with each packet that is kept, in order. It may end the sniff by returning false.
	Each func(*craft.Packet) bool
}

// Heard marks an interface that this program listened to (the More of a craft.CaptureInterface).
type Heard struct{}

// Sniff reads what passes a port, both directions, until it has enough, the time is over, a finite port ends, or ctx
// ends (then it returns ctx's error: what came has been handed to Each), or until its interface is gone or stays down
// (IsAway). It returns what its receiver counted.
func Sniff(ctx context.Context, port Port, o SniffOptions) (Stats, error) {
	rx, err := port.Listen(ListenOptions{Promiscuous: o.Promiscuous})
	if err != nil {
		return Stats{}, err
	}
	defer func() { _ = rx.Close() }()
	err = sniff(ctx, port.Name(), port.Clock(), rx, o)
	return rx.Stats(), err
}

// sniff takes what the port named here gives, which its frames tell unless a file says better.
func sniff(ctx context.Context, here string, clock Clock, rx Receiver, o SniffOptions) error {
	info := &craft.CaptureInfo{Interface: &craft.CaptureInterface{Name: here, More: Heard{}}}
	deadline := clock.Now().Add(o.Timeout)
	var frames [64]Frame
	for kept := 0; ; {
		wait := time.Duration(-1)
		if o.Timeout > 0 {
			wait = max(deadline.Sub(clock.Now()), 0)
		}
		n, err := rx.Receive(ctx, frames[:], wait)
		for _, f := range frames[:n] {
			if o.Timeout > 0 && f.Time.After(deadline) {
				return nil
			}
			if f.Info == nil {
				f.Info = info
			}
			more, err := o.take(f, &kept)
			if err != nil || !more {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case o.Timeout > 0 && !clock.Now().Before(deadline):
			return nil // on a port that is never silent too
		}
	}
}

// take hands one frame on and reports whether more are wanted.
func (o SniffOptions) take(f Frame, kept *int) (more bool, err error) {
	p := f.Packet(o.Protocols)
	if o.Keep != nil && !o.Keep(p) {
		return true, nil
	}
	if o.Frame != nil {
		if err := o.Frame(f); err != nil {
			return false, err
		}
	}
	*kept++
	if o.Each != nil && !o.Each(p) {
		return false, nil
	}
	return o.Count == 0 || *kept < o.Count, nil
}
