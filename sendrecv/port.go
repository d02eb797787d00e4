package sendrecv

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// A Frame is one frame as it passed a port.
type Frame struct {
	// Time is when it passed, on the port's clock (the kernel's stamp where there is one); zero when a capture does not say.
	Time time.Time
	// Link is the protocol Data begins with: layers.Ether, or layers.IP or layers.IPv6 on links without a header of their own,
	// whose ports say layers.IP. Frames of a capture file whose link type has no
	// protocol here have the type's number: "LINKTYPE_147".
	Link craft.Name
	// Data holds the captured bytes. The receiver of a Frame owns them.
	Data []byte
	// Length is the frame's length on the wire in bytes when the capture cut it short; 0 means len(Data).
	Length int
	// Out marks a frame that left through this port (this program's or the host's own). An exchange never takes
	// one for an answer.
	Out bool
	// Info is what a capture file says of the frame besides, but for Length, which stands above; nil is nothing. It is never
	// changed.
	Info *craft.CaptureInfo
}

// Packet is the frame as a packet, read with the given protocols.
func (f Frame) Packet(protocols *craft.Table) *craft.Packet {
	p := protocols.Dissect(f.Data, f.Link)
	p.Time, p.Info = f.Time, f.Info
	if f.Length > len(f.Data) {
		p.SetCut(f.Length - len(f.Data))
	}
	return p
}

// A Port is where frames enter and leave: an open live interface, an end of a lab's link, a capture file. All ports
// obey the same contract, which package porttest checks. Methods are safe for concurrent use.
type Port interface {
	// Name is what the user calls the port: "lab:guest", "eth0", "trace.pcap".
	Name() string
	// Link is the protocol every frame sent and received here begins with.
	Link() craft.Name
	// Clock is the clock that stamps this port's frames.
	Clock() Clock
	// Send puts frames on the wire in order and returns how many left. It stops at the first error and when ctx
	// ends. The port does not keep or change the slices.
	Send(ctx context.Context, frames [][]byte) (int, error)
	// Listen opens a receiver that holds every frame that passes from this call on. Each receiver sees all of
	// them, as o asks; the caller closes it.
	Listen(o ListenOptions) (Receiver, error)
	// Close ends the port and its receivers. It is safe to call twice; every other method then fails with
	// net.ErrClosed.
	Close() error
}

// ListenOptions say what a receiver is given. The zero value is what the host itself would be given.
type ListenOptions struct {
	// Promiscuous asks a live interface for the frames that are addressed to other hosts too. Ports that see every
	// frame anyway (the lab's links, capture files) take no notice.
	Promiscuous bool
}

// A Receiver is one reader of what passes a port, both directions. One goroutine reads it at a time.
type Receiver interface {
	// Receive fills frames with what has passed, oldest first, and returns how many. With nothing there it waits
	// on the port's clock up to wait (negative: without limit) and returns 0 and no error when nothing came:
	// silence is data. It returns ctx's error when ctx ends, io.EOF after the last frame of a finite port,
	// net.ErrClosed once the receiver or its port is closed, and an error that wraps ErrAway when its interface is
	// gone, or stays down. Frames that passed before are handed out first.
	Receive(ctx context.Context, frames []Frame, wait time.Duration) (int, error)
	// Stats counts what this receiver was given and what it lost.
	Stats() Stats
	// Close ends the receiver. It is safe to call twice.
	Close() error
}

// Stats counts frames at a receiver. Nothing is lost without Dropped saying so.
type Stats struct {
	// Received counts the frames that were queued for the receiver.
	Received uint64
	// Dropped counts the frames that passed while the receiver's queue was full.
	Dropped uint64
	// Away says that the interface was down or gone at some moment since the receiver was opened: what would have
	// passed then nobody has seen.
	Away bool
}

// ErrFrame is wrapped by the errors of a port that does not take a frame as it is, because it is too long for the link: others it
// takes.
var ErrFrame = errors.New("the port does not take this frame")

// ErrAway is wrapped by errors of a port whose interface was set down or removed.
var ErrAway = errors.New("the interface went away")

// IsAway reports whether a call ended because its port went away in the middle: its interface was set down or removed, or
// somebody closed it. What the call had until then stands.
func IsAway(err error) bool { return errors.Is(err, ErrAway) || errors.Is(err, net.ErrClosed) }
