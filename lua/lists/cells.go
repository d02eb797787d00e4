package lists

import (
	"slices"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/traffic"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/spelling"
)

// What each kind of list writes of its elements as CSV, by the names of columns, and as JSON.

// A cell reads a column of element i.
type cell func(i int, v glua.LValue) glua.LValue

// rowsOf reads the columns of an element, one after the other.
func rowsOf(names []string, column func(name string) cell) func(i int, v glua.LValue) []glua.LValue {
	read := make([]cell, len(names))
	for at, name := range names {
		read[at] = column(name)
	}
	row := make([]glua.LValue, len(names))
	return func(i int, v glua.LValue) []glua.LValue {
		for at := range read {
			row[at] = read[at](i, v)
		}
		return row
	}
}

// packetColumns are the usual columns of a packet, and captureColumns those besides that are no field of a layer either: what p has by
// these names.
var (
	packetColumns  = []string{"number", "time", "src", "dst", "length", "summary"}
	captureColumns = []string{"sec", "nsec", "wirelen", "iface", "comment"}
)

// packetCell is a column of a packet: one of packetColumns or captureColumns, or a field such as IP.src, IP:2.src.
func (s *Lists) packetCell(l *glua.LState, name string) func(i int, p *craft.Packet) glua.LValue {
	switch name {
	case "number":
		return func(i int, _ *craft.Packet) glua.LValue { return glua.LNumber(i) }
	case "time":
		return func(_ int, p *craft.Packet) glua.LValue {
			if p.Time.IsZero() {
				return glua.LNil
			}
			return Exactly(p.Time)
		}
	case "sec", "nsec", "wirelen", "iface", "comment":
		return func(_ int, p *craft.Packet) glua.LValue { return s.host.Captured(p, name) }
	case "src", "dst":
		at := slices.Index([]string{"src", "dst"}, name)
		return func(_ int, p *craft.Packet) glua.LValue {
			src, dst, _ := traffic.Hosts(s.host.Resolved(p))
			return hostCell([]string{src, dst}[at])
		}
	case "length":
		return func(_ int, p *craft.Packet) glua.LValue { return glua.LNumber(traffic.Length(p)) }
	case "summary":
		return func(_ int, p *craft.Packet) glua.LValue { return glua.LString(s.packetSummary(p)) }
	}
	return s.fieldCell(l, name)
}

// An instant is a time in a cell: a number of Lua's cannot hold all of its digits.
type instant time.Time

// Exactly is a time in a cell.
func Exactly(at time.Time) glua.LValue { return &glua.LUserData{Value: instant(at)} }

// String is the seconds since 1970 with as many digits as there are.
func (at instant) String() string {
	return strings.TrimSuffix(strings.TrimRight(values.Seconds(time.Time(at)), "0"), ".")
}

// hostCell is a host as a value; nil when it is not known.
func hostCell(host string) glua.LValue {
	if host == "" {
		return glua.LNil
	}
	return glua.LString(host)
}

// fieldCell is a column that holds a field, as it would leave here; nil where a packet has no such layer.
func (s *Lists) fieldCell(l *glua.LState, name string) func(i int, p *craft.Packet) glua.LValue {
	layer, field, dotted := strings.Cut(name, ".")
	protocol, number, numbered := strings.Cut(layer, ":")
	nth := 1
	if numbered {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			l.RaiseError("csv: %q: want the number of a layer behind the colon, as in IP:2.src", name)
		}
		nth = n
	}
	columns := slices.Concat(packetColumns, captureColumns)
	known := slices.Concat(columns, s.host.Table().Names())
	switch table := s.host.Table().Lookup(craft.Name(protocol)); {
	case !dotted:
		l.RaiseError("csv: no column %q; there are %s, and fields of layers: %q%s", name, strings.Join(columns, ", "), "IP.src", spelling.DidYouMean(name, known))
	case table == nil && !s.host.Table().Knows(craft.Name(protocol)):
		l.RaiseError("csv: %q: no layer is called %q%s", name, protocol, s.host.Suggestion(protocol, known))
	case table != nil && !table.Has(field):
		l.RaiseError("csv: %s has no field %q%s", protocol, field, spelling.DidYouMean(field, table.FieldNames()))
	}
	return func(_ int, p *craft.Packet) glua.LValue {
		found := s.host.Resolved(p).Nth(craft.Name(protocol), nth)
		if found == nil || !found.Has(field) {
			return glua.LNil
		}
		return s.host.Read(found, field)
	}
}

// exportPackets has a kind whose elements are packets write them.
func (s *Lists) exportPackets(k *kind) {
	k.columns = func(*glua.LTable) []string { return packetColumns }
	k.cells = func(l *glua.LState, t *glua.LTable, names []string) func(i int, v glua.LValue) []glua.LValue {
		return rowsOf(names, func(name string) cell {
			read := s.packetCell(l, name)
			return func(i int, v glua.LValue) glua.LValue { return read(i, s.elementPacket(l, "csv", k, i, v)) }
		})
	}
	k.json = func(l *glua.LState, t *glua.LTable, i int, v glua.LValue) []byte {
		return s.packetJSON(l, s.elementPacket(l, "json", k, i, v))
	}
}

// packetJSON is a packet as p:json() writes it.
func (s *Lists) packetJSON(l *glua.LState, p *craft.Packet) []byte {
	b, err := s.host.Resolved(p).MarshalJSON()
	if err != nil {
		l.RaiseError("%s", values.Said(err))
	}
	return b
}

// answerColumns are the usual columns of answers.
var answerColumns = []string{"number", "sent.summary", "answer.summary", "rtt"}

// exportAnswers has the lists of answers write them: the columns of packets behind sent. and answer., and rtt.
func (s *Lists) exportAnswers(k *kind) {
	k.columns = func(*glua.LTable) []string { return answerColumns }
	k.cells = func(l *glua.LState, t *glua.LTable, names []string) func(i int, v glua.LValue) []glua.LValue {
		return rowsOf(names, func(name string) cell { return s.answerCell(l, k, name) })
	}
	k.json = func(l *glua.LState, t *glua.LTable, i int, v glua.LValue) []byte {
		s.parts(l, "json", k, i, v)
		p := pairIn(v)
		b := append([]byte(`{"sent":`), s.packetJSON(l, p.Question)...)
		b = append(append(b, `,"answer":`...), s.packetJSON(l, p.Reply)...)
		return append(s.appendJSON(append(b, `,"rtt":`...), p.rtt, 0), '}')
	}
}

// answerCell is a column of answers.
func (s *Lists) answerCell(l *glua.LState, k *kind, name string) cell {
	side, rest, _ := strings.Cut(name, ".")
	var read func(i int, p *craft.Packet) glua.LValue
	switch {
	case name == "number", name == "rtt":
	case (side == "sent" || side == "answer") && rest != "":
		read = s.packetCell(l, rest)
	default:
		l.RaiseError("csv: no column %q of answers; there are number, rtt, and what stands behind sent. and answer., as in %q, %q", name, "sent.IP.dst", "answer.summary")
	}
	return func(i int, v glua.LValue) glua.LValue {
		s.parts(l, "csv", k, i, v)
		switch p := pairIn(v); side {
		case "sent":
			return read(i, p.Question)
		case "answer":
			return read(i, p.Reply)
		case "rtt":
			return p.rtt
		}
		return glua.LNumber(i)
	}
}
