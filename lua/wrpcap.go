package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

var wrpcapOptions = []option{
	{"append", "true goes on with the capture that is there (false)"},
	{"linktype", `the link type of all packets, whatever they begin with: Ether, "RAW", "DLT_USB_LINUX", 147`},
	{"snaplen", "how many bytes of each packet are kept; its length on the wire stays (all)"},
	{"comment", "a text about the file, or a list of them, in place of those of the packets' files: .pcapng only"},
	{"format", `"pcap" or "pcapng" for "-" ("pcap"); a file's name says it`},
}

// wrpcap is wrpcap(file, packets, {options}). The file is beside the older one until all packets are in it: what cannot be built, or
// ends it early, costs nothing.
func (s *State) wrpcap(l *glua.LState) int {
	path, packets := l.CheckString(1), l.Get(2)
	if l.GetTop() < 2 {
		l.RaiseError("wrpcap: want a file and packets; {} writes a capture without any")
	}
	o, format := s.captureOptions(l, 3)
	defer s.vm.Wait(l)()
	var ahead outlook
	s.lookAhead(l, packets, 0, &ahead)
	o.Longest, o.Empty = ahead.longest, func() craft.Name { return ahead.link }
	w := s.create(l, path, format, o)
	defer func() { _ = w.Discard() }() // what did not come to its end
	b := batch{w: w}
	g := gathering{s: s, l: l, name: "wrpcap", take: func(f sendrecv.Frame, _ *craft.Packet) bool { return b.add(f) }}
	g.each(packets)
	if b.flush(); b.err != nil {
		s.fail(l, b.err)
	}
	s.check(l)
	if err := w.Commit(); err != nil {
		s.fail(l, err)
	}
	s.announceLost(path, w)
	if w.Frames() == 0 && o.LinkType == "" && ahead.link == "" && !o.Append && !isEmptyTable(packets) {
		s.notice("%s has no packets, and Ethernet as its link type: linktype= says another", path)
	}
	return 0
}

// captureOptions reads the options of wrpcap in argument n, and the format that is asked for.
func (s *State) captureOptions(l *glua.LState, n int) (o pcap.Options, format string) {
	if l.Get(n) == glua.LNil {
		return o, ""
	}
	t := s.named(l, n, wrpcapOptions)
	o.Append = binding.Bool(l, t, "append", false)
	o.SnapLen = binding.Whole(l, t, "snaplen", binding.MaxCount)
	if t.RawGetString("snaplen") == glua.LNumber(0) {
		l.RaiseError("snaplen: want at least 1 byte of each packet, got 0")
	}
	o.LinkType = s.linkType(l, t.RawGetString("linktype"))
	switch c := t.RawGetString("comment").(type) {
	case *glua.LNilType:
	case glua.LString:
		o.Comments = []string{checkComment(l, string(c))}
	default:
		o.Comments = checkComments(l, c)
	}
	format = binding.Text(l, t, "format")
	if format != "" && format != "pcap" && format != "pcapng" {
		l.RaiseError("format: want \"pcap\" or \"pcapng\", got %q", format)
	}
	return o, format
}

// linkType is the link type that a value names: a protocol, a name of the registry, or a number.
func (s *State) linkType(l *glua.LState, v glua.LValue) craft.Name {
	text := ""
	switch v := v.(type) {
	case *glua.LNilType:
		return ""
	case glua.LString, glua.LNumber:
		text = v.String()
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Protocol); ok {
			text = string(p.Name())
		}
	}
	if text == "" {
		l.RaiseError("linktype: want a protocol, a name or a number, got %s", vm.KindOf(v))
	}
	name, err := pcap.LinkNamed(text)
	if err != nil {
		l.RaiseError("linktype: %s", err)
	}
	return name
}

// isEmptyTable reports whether a value is {}, which asks for a capture without packets.
func isEmptyTable(v glua.LValue) bool {
	t, ok := v.(*glua.LTable)
	return ok && t.Metatable == glua.LNil && !hasKeys(t)
}

// An outlook is what the header of a capture must say before its packets are there.
type outlook struct {
	// longest is how long frames may become: as long as those that the capture may hold that they come from, and as they are.
	longest int
	// link is the link type of the first file among them, should they have no frames; "" is not known.
	link craft.Name
}

// lookAhead adds what can be told of a value's packets before they are written.
func (s *State) lookAhead(l *glua.LState, v glua.LValue, depth int, o *outlook) {
	longest := pcap.SnapLen(nil)
	if p, ok := packetOf(v); ok {
		o.longest = max(o.longest, pcap.SnapLen(p.Info), size(p))
		return
	}
	switch v := v.(type) {
	case *glua.LFunction:
		w := walkOf(v)
		if w == nil {
			break
		}
		if f, ok := s.walkOn(l, w); ok { // before it, the file has described its interfaces
			w.first = &f
		}
		if longest = w.r.SnapLen(); o.link == "" {
			o.link = w.r.LinkType()
		}
	case *glua.LTable:
		longest = 0
		for i, n := 1, v.Len(); i <= n; i++ {
			if i%1024 == 0 {
				s.check(l)
			}
			if depth < maxGathered { // deeper ones are refused when it comes to them
				s.lookAhead(l, v.RawGetInt(i), depth+1, o)
			}
		}
	}
	o.longest = max(o.longest, longest)
}

// create is a capture to write: a file, or standard output.
func (s *State) create(l *glua.LState, path, format string, o pcap.Options) *pcap.Writer {
	if path == standard {
		return s.standardOutput(l, format, o)
	}
	if format != "" {
		l.RaiseError("format: the name of the file says it: want a name that ends in .%s", format)
	}
	w, err := pcap.CreateWith(path, o)
	if err != nil {
		err = fmt.Errorf("%w%s", err, lists.IntoFile(path))
		s.failFile(l, err)
	}
	return w
}

// announceLost tells what a capture does not hold of the packets that were written to it, and what it holds and others may not read.
func (s *State) announceLost(path string, w *pcap.Writer) {
	if path == standard {
		path = "standard output"
	}
	if lost := w.Lost(); len(lost) > 0 {
		s.notice("%s does not hold %s", path, strings.Join(lost, "; "))
	}
	if odd := w.Odd(); len(odd) > 0 {
		s.notice("%s holds %s", path, strings.Join(odd, "; "))
	}
}

// batchSize is how many bytes of packets are written at once.
const batchSize = 256 << 10

// A batch gathers frames that are written at once.
type batch struct {
	w      *pcap.Writer
	frames []sendrecv.Frame
	size   int
	err    error
}

// add adds a frame, and reports whether more can be.
func (b *batch) add(f sendrecv.Frame) bool {
	const head = 64
	b.frames = append(b.frames, f)
	if b.size += len(f.Data) + head; b.size >= batchSize {
		b.flush()
	}
	return b.err == nil
}

// flush writes what was gathered.
func (b *batch) flush() {
	if b.err == nil {
		b.err = b.w.Write(b.frames...)
	}
	b.frames, b.size = b.frames[:0], 0
}
