package lua

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// fileFunctions read and write capture files.
func (s *State) fileFunctions() []function {
	return []function{
		{"rdpcap", `rdpcap("file", count)`, `the packets of a capture file as a list (all of them)

pcap, pcapng and snoop are read, plain or compressed with gzip, zstd or lz4, whatever the file is called; "-" is standard input. A
file that is cut off or damaged gives what is good of it, and a notice. Beside its bytes a packet has p.time, p.sec, p.nsec, p.wirelen,
p.comment and p.iface.`, rdpcapOptions, s.rdpcap},
		{"pcap", `for p in pcap("file") do`, `walk the packets of a capture file, one at a time

It reads what rdpcap does, in constant memory.`, nil, s.pcap},
		{"wrpcap", `wrpcap("file", packets, {options})`, `write packets to a capture file: a packet, a list, what pcap("file") returns, or a list of these

The name says how: .pcap (.cap), which holds one link type, or .pcapng, which holds several, comments and names of interfaces; .gz, .zst or
.lz4 behind it compresses. Nothing but captures is written or replaced, and an older one only when the new one is whole. {} is a
capture without packets. What the packets' own files said beside them goes along: lengths on the wire, comments, interfaces, names
of hosts, secrets to decrypt with, statistics; a notice tells what the file cannot hold. "-" is standard output, where nothing else may be printed
before: what is printed after it goes to standard error.`, wrpcapOptions, s.wrpcap},
	}
}

var rdpcapOptions = []option{
	{"count", "how many packets at most (all)"},
}

// open is a capture file to read. A pipe may be silent for ever, before its first byte too: an interrupt leaves the opening
// to itself, and what comes of it is closed.
func (s *State) open(l *glua.LState, path string) *pcap.Reader {
	type opened struct {
		r   *pcap.Reader
		err error
	}
	done := make(chan opened, 1)
	from := func() (*pcap.Reader, error) { return pcap.Open(path) }
	if path == standard {
		in := s.standardInput(l)
		from = func() (*pcap.Reader, error) { return pcap.NewNamedReader(in, "standard input") }
	}
	go func() {
		r, err := from()
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

// nextFrame is the next frame of a file; ok is false at its end. A file that breaks off, or is damaged after its first frame, ends
// there, with a notice.
func (s *State) nextFrame(l *glua.LState, r *pcap.Reader) (f sendrecv.Frame, ok bool) {
	stop := context.AfterFunc(s.vm.Context(), func() { _ = r.Close() }) // ends a read that waits
	f, err := r.Next()
	stop()
	switch {
	case errors.Is(err, io.EOF), err != nil && s.vm.Context().Err() != nil:
		return f, false
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, pcap.ErrDamaged), errors.Is(err, pcap.ErrJoined):
		s.notice("%s; what was read before is good", err)
		return f, false
	case err != nil:
		s.fail(l, err)
	}
	return f, true
}

// limit is how many packets a call takes: argument n, a number or a table with count; -1 is all.
func (s *State) limit(l *glua.LState, n int) int {
	v := l.Get(n)
	if _, ok := v.(*glua.LTable); ok {
		v = s.named(l, n, rdpcapOptions).RawGetString("count")
	}
	if v == glua.LNil || v == glua.LNumber(-1) { // as in scapy
		return -1
	}
	t := l.NewTable()
	t.RawSetString("count", v)
	return binding.Whole(l, t, "count", binding.MaxCount)
}

// rdpcap is rdpcap(file, count): the packets of a file as a list.
func (s *State) rdpcap(l *glua.LState) int {
	path, limit := l.CheckString(1), s.limit(l, 2)
	defer s.vm.Wait(l)()
	r := s.open(l, path)
	defer func() { _ = r.Close() }() // only read
	count, over := s.counting("rdpcap", 0)
	defer over()
	var packets []*craft.Packet
	for len(packets) != limit && s.vm.Context().Err() == nil {
		f, ok := s.nextFrame(l, r)
		if !ok {
			break
		}
		packets = append(packets, f.Packet(s.table))
		count()
		if s.full() {
			s.announceFull(binding.Plural(len(packets), "packet") + " of " + path)
			break
		}
	}
	l.Push(s.packetList(packets))
	return 1
}

// A walk is a capture file that is being read: what pcap(file) returns has one.
type walk struct {
	r     *pcap.Reader
	first *sendrecv.Frame // read ahead
	done  bool
}

// next is the next frame of a walk; ok is false at its end, and from then on.
func (s *State) walkOn(l *glua.LState, w *walk) (f sendrecv.Frame, ok bool) {
	switch {
	case w.first != nil:
		f, w.first = *w.first, nil
		return f, true
	case w.done:
		return f, false
	}
	if f, ok = s.nextFrame(l, w.r); !ok {
		w.done = true
		_ = w.r.Close() // only read
		s.check(l)
	}
	return f, ok
}

// pcap is for p in pcap(file) do ... end: one packet at a time.
func (s *State) pcap(l *glua.LState) int {
	w := &walk{r: s.open(l, l.CheckString(1))}
	l.Push(l.NewClosure(func(l *glua.LState) int {
		f, ok := s.walkOn(l, w)
		if !ok {
			l.Push(glua.LNil)
			return 1
		}
		l.Push(s.packetValue(f.Packet(s.table)))
		return 1
	}, s.value(w, nil)))
	return 1
}

// walkOf is the walk that a function goes on with; nil for another function.
func walkOf(fn *glua.LFunction) *walk {
	if len(fn.Upvalues) != 1 {
		return nil
	}
	ud, ok := fn.Upvalues[0].Value().(*glua.LUserData)
	if !ok {
		return nil
	}
	w, _ := ud.Value.(*walk)
	return w
}

// failFile raises the error of a file that cannot be opened.
func (s *State) failFile(l *glua.LState, err error) {
	if errors.Is(err, os.ErrPermission) && s.config.NoAccess != "" {
		err = fmt.Errorf("%w: %s", err, s.config.NoAccess)
	}
	s.fail(l, err)
}
