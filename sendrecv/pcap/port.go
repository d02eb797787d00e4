package pcap

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// maxQueue is how many sent frames a receiver holds until they are read.
const maxQueue = 4096

// A Port is a capture file in place of a wire: its frames are what comes in, and what is sent goes to another file. It
// is finite: a receiver that has read the file to its end returns io.EOF. Each receiver reads the file from its first
// frame on.
type Port struct {
	in    string
	link  craft.Name
	out   *Writer // nil: nothing can be sent
	clock sendrecv.SystemClock

	mu        sync.Mutex
	closed    bool
	receivers map[*receiver]struct{}
}

// OpenPort opens the capture file in as a port. Frames that are sent go to out, which is made as Create makes it; with
// an empty out Send fails with errors.ErrUnsupported. The caller closes the port.
func OpenPort(in, out string) (*Port, error) {
	r, err := Open(in)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p := &Port{in: in, link: r.Link(), receivers: map[*receiver]struct{}{}}
	if out == "" {
		return p, nil
	}
	if same(in, out) || same(in, partOf(out)) { // the latter makes way for what is written
		return nil, fmt.Errorf("pcap: %s: want another file for what is sent", out)
	}
	p.out, err = Create(out, p.link)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func same(a, b string) bool {
	ia, errA := os.Stat(a)
	ib, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(ia, ib)
}

// Name is the name of the file that is read, without its folder.
func (p *Port) Name() string { return filepath.Base(p.in) }

// Link is the link of the file that is read.
func (p *Port) Link() craft.Name { return p.link }

// Clock is the wall clock: it stamps what is sent. Frames of the file keep the stamps they have.
func (p *Port) Clock() sendrecv.Clock { return p.clock }

// Send writes frames to the output file; see sendrecv.Port.
func (p *Port) Send(ctx context.Context, frames [][]byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return 0, p.errClosed()
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case p.out == nil:
		return 0, fmt.Errorf("pcap: %s: no file for what is sent: %w", p.Name(), errors.ErrUnsupported)
	}
	for i, data := range frames {
		f := sendrecv.Frame{Time: p.clock.Now(), Link: p.link, Data: data, Out: true}
		if err := p.out.Write(f); err != nil {
			return i, err
		}
		for r := range p.receivers {
			r.put(f)
		}
	}
	return len(frames), nil
}

// Listen opens a receiver at the file's first frame; see sendrecv.Port.
func (p *Port) Listen(sendrecv.ListenOptions) (sendrecv.Receiver, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, p.errClosed()
	}
	file, err := Open(p.in)
	if err != nil {
		return nil, err
	}
	r := &receiver{port: p, file: file}
	p.receivers[r] = struct{}{}
	return r, nil
}

// Close ends the port and its receivers and closes the files. It is safe to call twice.
func (p *Port) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for r := range p.receivers {
		_ = r.end() // nothing is written through it
	}
	clear(p.receivers)
	if p.out == nil {
		return nil
	}
	return p.out.Close()
}

func (p *Port) errClosed() error {
	return fmt.Errorf("pcap: %s: %w", p.Name(), net.ErrClosed)
}

// receiver reads the file, and what is sent while it does so.
type receiver struct {
	port *Port

	mu     sync.Mutex
	file   *Reader
	sent   []sendrecv.Frame
	stats  sendrecv.Stats
	closed bool
}

// put queues a frame that was sent.
func (r *receiver) put(f sendrecv.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sent) == maxQueue {
		r.stats.Dropped++
		return
	}
	f.Data = bytes.Clone(f.Data)
	r.sent = append(r.sent, f)
	r.stats.Received++
}

// Receive hands out what was sent, which has passed already, and then what the file holds. It never waits.
func (r *receiver) Receive(ctx context.Context, frames []sendrecv.Frame, _ time.Duration) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := copy(frames, r.sent)
	r.sent = r.sent[n:]
	switch {
	case n > 0:
		return n, nil
	case r.closed:
		return 0, r.port.errClosed()
	case ctx.Err() != nil:
		return 0, ctx.Err()
	}
	return r.read(frames)
}

// read fills frames from the file. An error waits until the frames before it are handed out.
func (r *receiver) read(frames []sendrecv.Frame) (int, error) {
	for n := range frames {
		f, err := r.file.Next()
		if err != nil && n > 0 {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		frames[n] = f
		r.stats.Received++
	}
	return len(frames), nil
}

// Stats counts the frames of the file that were read so far, and those that were sent.
func (r *receiver) Stats() sendrecv.Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Close ends the receiver and closes its file.
func (r *receiver) Close() error {
	r.port.mu.Lock()
	delete(r.port.receivers, r)
	r.port.mu.Unlock()
	return r.end()
}

func (r *receiver) end() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.file.Close()
}
