package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// fileFunctions read and write capture files.
func (s *State) fileFunctions() []function {
	return []function{
		{"rdpcap", `rdpcap("file", count)`, "the packets of a capture file as a list (all of them)", nil, s.rdpcap},
		{"pcap", `for p in pcap("file") do`, "walk the packets of a capture file, one at a time", nil, s.pcap},
		{"wrpcap", `wrpcap("file", packets)`, "write a packet or a list to a capture file: .pcap, .pcapng or .cap, or .gz behind one", nil, s.wrpcap},
	}
}

// open is a capture file to read. A pipe may be silent for ever, before its first byte too: an interrupt leaves the opening
// to itself, and what comes of it is closed.
func (s *State) open(l *glua.LState) *pcap.Reader {
	type opened struct {
		r   *pcap.Reader
		err error
	}
	path, done := l.CheckString(1), make(chan opened, 1)
	go func() {
		r, err := pcap.Open(path)
		done <- opened{r, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			s.failFile(l, o.err)
		}
		return o.r
	case <-s.vm.Context().Done():
		go func() {
			if o := <-done; o.err == nil {
				_ = o.r.Close() // not read
			}
		}()
		l.RaiseError("%s", ErrInterrupted)
		return nil
	}
}

// next is the next packet of a file; nil at its end. A file that breaks off, or is damaged after its first frame, ends there,
// with a notice.
func (s *State) next(l *glua.LState, r *pcap.Reader) *craft.Packet {
	stop := context.AfterFunc(s.vm.Context(), func() { _ = r.Close() }) // ends a read that waits
	f, err := r.Next()
	stop()
	switch {
	case errors.Is(err, io.EOF), err != nil && s.vm.Context().Err() != nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, pcap.ErrDamaged):
		s.notice("%s; what was read before is good", err)
		return nil
	case err != nil:
		s.fail(l, err)
	}
	p := s.table.Dissect(f.Data, f.Link)
	p.Time = f.Time
	return p
}

// rdpcap is rdpcap(file, count): the packets of a file as a list.
func (s *State) rdpcap(l *glua.LState) int {
	limit := l.OptInt(2, -1)
	defer s.vm.Wait(l)()
	r := s.open(l)
	defer func() { _ = r.Close() }() // only read
	count, over := s.counting("rdpcap", 0)
	defer over()
	var packets []*craft.Packet
	for len(packets) != limit && s.vm.Context().Err() == nil {
		p := s.next(l, r)
		if p == nil {
			break
		}
		packets = append(packets, p)
		count()
		if s.full() {
			s.announceFull(plural(len(packets), "packet") + " of " + l.CheckString(1))
			break
		}
	}
	l.Push(s.packetList(packets))
	return 1
}

// pcap is for p in pcap(file) do ... end: one packet at a time.
func (s *State) pcap(l *glua.LState) int {
	r := s.open(l)
	done := false
	l.Push(l.NewFunction(func(l *glua.LState) int {
		l.Push(glua.LNil)
		if done {
			return 1
		}
		p := s.next(l, r)
		if p == nil {
			done = true
			_ = r.Close() // only read
			s.check(l)
			return 1
		}
		l.Push(s.packetValue(p))
		return 1
	}))
	return 1
}

// create is a capture file to write.
func (s *State) create(l *glua.LState, path string, link craft.Name) *pcap.Writer {
	w, err := pcap.Create(path, link)
	if err != nil {
		s.failFile(l, err)
	}
	return w
}

// failFile raises the error of a file that cannot be opened.
func (s *State) failFile(l *glua.LState, err error) {
	if errors.Is(err, os.ErrPermission) && s.config.NoAccess != "" {
		err = fmt.Errorf("%w: %s", err, s.config.NoAccess)
	}
	s.fail(l, err)
}

// wrpcap is wrpcap(file, packets): a packet or a list of them. A set is written element by element. Everything is built
// once before the file is touched: what cannot be built must not cost an older capture. Nor does anything else that ends it
// early: the older one is replaced at the end.
func (s *State) wrpcap(l *glua.LState) int {
	path := l.CheckString(1)
	if l.GetTop() > 2 {
		l.RaiseError("wrpcap: want a file and packets, got %d arguments", l.GetTop())
	}
	l.Remove(1)
	q := s.questions(l)
	first := pcap.LinkOf(q.At(0))
	for i := uint64(0); i < q.Len() && s.vm.Context().Err() == nil; i++ {
		p := q.At(i)
		if link := pcap.LinkOf(p); link != first {
			l.RaiseError("wrpcap: packet %d begins with %s, the first with %s: a file has one link type", i+1, link, first)
		}
		s.build(l, p)
	}
	s.check(l)
	w := s.create(l, path, first)
	defer func() { _ = w.Discard() }() // what did not come to its end
	if err := s.write(l, w, q, first); err != nil {
		s.fail(l, err)
	}
	s.check(l)
	if err := w.Commit(); err != nil {
		s.fail(l, err)
	}
	return 0
}

// batch is how many bytes of packets are written at once.
const batch = 256 << 10

// write writes packets until they end or the context does.
func (s *State) write(l *glua.LState, w *pcap.Writer, q *sendrecv.Sequence, link craft.Name) error {
	var frames []sendrecv.Frame
	size := 0
	for i := uint64(0); i < q.Len() && s.vm.Context().Err() == nil; i++ {
		p := q.At(i)
		f := sendrecv.Frame{Time: p.Time, Link: link, Data: slices.Clone(s.build(l, p))}
		if f.Time.IsZero() {
			f.Time = s.clock().Now()
		}
		frames = append(frames, f)
		if size += len(f.Data) + 64; size < batch {
			continue
		}
		if err := w.Write(frames...); err != nil {
			return err
		}
		frames, size = frames[:0], 0
	}
	return w.Write(frames...)
}
