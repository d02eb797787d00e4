package lua

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/reassembly"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
)

// streamFunctions read what TCP connections carried.
func (s *State) streamFunctions() []function {
	return []function{
		{"streams", "streams(packets, {options})", "what each side of each TCP connection sent, in order: of a list a list; of an iterator, as pcap gives, an iterator that gives streams as they end", streamOptions, s.streams},
	}
}

var streamOptions = []option{
	{"part", "bytes after which a stream comes in parts (8388608); 1: as soon as they can be read"},
	{"early", "bytes held behind missing ones until these are a gap (1048576)"},
	{"midway", "pieces awaited of a stream whose SYN was not seen (16)"},
	{"bytes", "bytes held of all streams (67108864)"},
	{"connections", "connections followed at a time (65536)"},
}

// streamFields are st.name and st:pieces().
var streamFields = []method{
	{"data", "st.data", "the bytes that came, in order", nil},
	{"src", "st.src", "who sent them", nil},
	{"sport", "st.sport", "from which port", nil},
	{"dst", "st.dst", "to whom", nil},
	{"dport", "st.dport", "to which port", nil},
	{"ended", "st.ended", `why it ends: "FIN", "RST", "open", "reused", "limit", or "part" when more comes`, nil},
	{"gaps", "st.gaps", "bytes that are missing: a list of {offset=, length=}", nil},
	{"conflicts", "st.conflicts", "bytes that came again and differed: a list of {offset=, kept=, other=}", nil},
	{"offset", "st.offset", "where data begins in the stream: 0 unless it comes in parts", nil},
	{"began", "st.began", "whether the SYN, with which the stream begins, was seen", nil},
	{"connection", "st.connection", "the connection's number; both sides have the same", nil},
	{"packets", "st.packets", "how many packets this side sent", nil},
	{"unplaced", "st.unplaced", "how many bytes came too late to be put anywhere", nil},
	{"first", "st.first", "when the first packet passed, in seconds since 1970; nil when that is not known", nil},
	{"last", "st.last", "when the last one did", nil},
	{"pieces", "st:pieces()", "data cut at the gaps: a list of {offset=, data=}", (*State).streamPieces},
}

// A stream is one as scripts see it: its bytes are a string.
type stream struct {
	*reassembly.Stream // without Data
	data               string
	text               string
}

// streamValue wraps a stream for Lua.
func (s *State) streamValue(st *reassembly.Stream) *glua.LUserData {
	v := &stream{Stream: st, data: string(st.Data), text: st.String()}
	st.Data = nil // one copy is enough
	return s.value(v, s.types.stream)
}

// streams is streams(packets, {options}).
func (s *State) streams(l *glua.LState) int {
	if iterator, ok := l.Get(1).(*glua.LFunction); ok {
		l.Push(s.streamsOf(l, iterator, s.streamLimits(l)))
		return 1
	}
	if l.GetTop() > 1 {
		l.RaiseError("streams: want options behind an iterator only, as in streams(pcap(file), {part=1}): a list is followed whole")
	}
	d := s.defragmenter(true)
	var bad missing
	all := reassembly.Follow(func(yield func(*craft.Packet) bool) {
		for p := range s.packets(l, 1) {
			w, broken := d.Add(p)
			bad.add(broken)
			if w != nil && !yield(w) {
				return
			}
		}
	})
	bad.add(d.Flush())
	s.tellMissing(bad)
	list := make([]glua.LValue, len(all))
	for i, st := range all {
		list[i] = s.streamValue(st)
	}
	l.Push(s.streamList(list))
	return 1
}

// missing counts the packets that could not be put together of fragments.
type missing struct {
	n     int
	first string // why the first one could not
}

func (m *missing) add(broken []reassembly.Incomplete) {
	if m.n == 0 && len(broken) > 0 {
		m.first = broken[0].Why
	}
	m.n += len(broken)
}

// tellMissing says what the streams lack for want of fragments.
func (s *State) tellMissing(m missing) {
	if m.n > 0 {
		s.notice("%s could not be put together of fragments: %s", binding.Plural(m.n, "packet"), m.first)
	}
}

func (s *State) streamLimits(l *glua.LState) reassembly.StreamLimits {
	if l.GetTop() < 2 {
		return reassembly.StreamLimits{}
	}
	t := s.named(l, 2, streamOptions)
	return reassembly.StreamLimits{
		Part: binding.Whole(l, t, "part", binding.MaxCount), Early: binding.Whole(l, t, "early", binding.MaxCount), Bytes: binding.Whole(l, t, "bytes", binding.MaxCount),
		Connections: binding.Whole(l, t, "connections", binding.MaxCount), Midway: binding.Whole(l, t, "midway", binding.MaxCount),
	}
}

// streamsOf is an iterator of the streams in what another iterator gives.
func (s *State) streamsOf(l *glua.LState, iterator *glua.LFunction, limits reassembly.StreamLimits) *glua.LFunction {
	d, follow, done := s.defragmenter(false), reassembly.NewStreams(limits), false
	var ready []*reassembly.Stream
	var bad missing
	return l.NewFunction(func(l *glua.LState) int {
		for len(ready) == 0 && !done {
			p := s.pull(l, iterator)
			if p == nil {
				done = true
				ready = follow.Flush()
				bad.add(d.Flush())
				s.tellMissing(bad)
				break
			}
			w, broken := d.Add(p)
			bad.add(broken)
			if w != nil {
				ready = follow.Add(w)
			}
		}
		if len(ready) == 0 {
			l.Push(glua.LNil)
			return 1
		}
		l.Push(s.streamValue(ready[0]))
		ready = ready[1:]
		return 1
	})
}

// streamIndex is st.name.
func (s *State) streamIndex() glua.LGFunction {
	bound := s.bind(streamFields)
	return func(l *glua.LState) int {
		st, name := of[*stream](l, 1, "stream"), l.CheckString(2)
		if fn, ok := bound[name]; ok {
			l.Push(fn)
			return 1
		}
		v := s.streamField(l, st, name)
		if v == nil {
			known := methodNames(streamFields)
			l.RaiseError("stream: no field %q; there are %s%s", name, strings.Join(known, ", "), didYouMean(name, known))
		}
		l.Push(v)
		return 1
	}
}

// streamField reads a field; Go's nil when there is none of that name.
func (s *State) streamField(l *glua.LState, st *stream, name string) glua.LValue {
	switch name {
	case "data":
		return glua.LString(st.data)
	case "src":
		return glua.LString(st.Src.Addr().String())
	case "sport":
		return glua.LNumber(st.Src.Port())
	case "dst":
		return glua.LString(st.Dst.Addr().String())
	case "dport":
		return glua.LNumber(st.Dst.Port())
	case "ended":
		return glua.LString(st.End)
	case "offset":
		return glua.LNumber(st.Offset)
	case "began":
		return glua.LBool(st.Began)
	case "connection":
		return glua.LNumber(st.Connection)
	case "packets":
		return glua.LNumber(st.Packets)
	case "unplaced":
		return glua.LNumber(st.Unplaced)
	}
	return s.streamReport(l, st, name)
}

// streamReport is the rest of streamField.
func (s *State) streamReport(l *glua.LState, st *stream, name string) glua.LValue {
	switch name {
	case "first", "last":
		t := st.First
		if name == "last" {
			t = st.Last
		}
		if t.IsZero() {
			return glua.LNil
		}
		return binding.Since1970(t)
	case "gaps":
		t := s.lists.Written(l.NewTable())
		for _, g := range st.Gaps {
			t.Append(s.row("offset", glua.LNumber(g.Offset), "length", glua.LNumber(g.Length)))
		}
		return t
	case "conflicts":
		t := s.lists.Written(l.NewTable())
		for _, c := range st.Conflicts {
			t.Append(s.row("offset", glua.LNumber(c.Offset), "kept", glua.LString(c.Kept), "other", glua.LString(c.Other)))
		}
		return t
	}
	return nil
}

// row is a table of names and values.
func (s *State) row(pairs ...any) *glua.LTable {
	t := s.lists.Written(&glua.LTable{})
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		v, _ := pairs[i+1].(glua.LValue)
		t.RawSetString(name, v)
	}
	return t
}

// streamPieces is st:pieces(): the data between the gaps.
func (s *State) streamPieces(l *glua.LState) int {
	st := of[*stream](l, 1, "stream")
	whole := *st.Stream
	whole.Data = []byte(st.data)
	t := s.lists.Written(l.NewTable())
	offsets, pieces := whole.Split()
	for i, data := range pieces {
		t.Append(s.row("offset", glua.LNumber(offsets[i]), "data", glua.LString(data)))
	}
	l.Push(t)
	return 1
}

// streamColumns are the usual columns of streams; bytes counts those of data.
var streamColumns = []string{"connection", "src", "sport", "dst", "dport", "packets", "bytes", "ended"}

// streamRecord is what lists of streams hold.
func (s *State) streamRecord() lists.Record {
	known := append([]string{"bytes"}, methodNames(slices.DeleteFunc(slices.Clone(streamFields), func(m method) bool { return m.call != nil }))...)
	read := func(l *glua.LState, v glua.LValue, name string) glua.LValue {
		st := streamIn(v)
		switch {
		case name == "bytes":
			return glua.LNumber(len(st.data))
		case name == "first" && !st.First.IsZero():
			return lists.Exactly(st.First)
		case name == "last" && !st.Last.IsZero():
			return lists.Exactly(st.Last)
		}
		return s.streamField(l, st, name)
	}
	return lists.Record{
		List: "list of streams", Element: "stream", One: "a stream", Fields: known, Columns: streamColumns, JSON: append(slices.Clone(streamColumns), "data"),
		Is:    func(v glua.LValue) bool { return streamIn(v) != nil },
		Time:  func(v glua.LValue) time.Time { return streamIn(v).First },
		Line:  func(v glua.LValue) string { return streamIn(v).text },
		Field: read,
		Encoded: func(l *glua.LState, v glua.LValue, name string) glua.LValue {
			if name == "data" { // as bytes are in the JSON of packets
				return glua.LString(hex.EncodeToString([]byte(streamIn(v).data)))
			}
			return read(l, v, name)
		},
	}
}

// streamIn is an element of a list of streams; nil for what a script put there.
func streamIn(v glua.LValue) *stream {
	if ud, ok := v.(*glua.LUserData); ok {
		st, _ := ud.Value.(*stream)
		return st
	}
	return nil
}

func streamText(l *glua.LState) int { return pushString(l, of[*stream](l, 1, "stream").text) }
