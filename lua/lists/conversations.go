package lists

import (
	"slices"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/traffic"
	"github.com/moonwire/moonwire/lua/vm"
)

// conversationColumns are those of what conversations returns. src is who spoke first: sent is what it sent, back what came.
var conversationColumns = []string{"src", "dst", "packets", "bytes", "sent", "sent_bytes", "back", "back_bytes", "start", "seconds"}

// conversationsOf is list:conversations(f). They are in the order in which they began.
func (s *Lists) conversationsOf(l *glua.LState) int {
	t, k := s.checkList(l, "conversations")
	f := functionIn(l, "conversations", s.arguments(l, "conversations", []option{{"getsrcdst", ""}}), "getsrcdst")
	var all traffic.Conversations[glua.LValue]
	for i, v := range s.values(l, t) {
		p := s.elementPacket(l, "conversations", k, i, v)
		var ends []glua.LValue
		switch src, dst, ok := traffic.Hosts(s.host.Resolved(p)); {
		case f != nil:
			ends = unpacked(results(l, f, s.parts(l, "conversations", k, i, v)...))
			if len(ends) == 1 && ends[0] != glua.LNil {
				l.RaiseError("conversations: element %d: want two values, source and destination, got one", i)
			}
			if first(ends) == glua.LNil || ends[1] == glua.LNil { // it is of no two hosts
				continue
			}
		case ok:
			ends = []glua.LValue{hostCell(src), hostCell(dst)}
		default:
			continue
		}
		c := all.Add(ends[0], ends[1], p)
		if len(ends) > 2 && ends[2] != glua.LNil {
			c.Label(vm.Text(ends[2]))
		}
	}
	l.Push(s.conversationRows(all.All))
	return 1
}

// conversationRows is what conversations returns.
func (s *Lists) conversationRows(all []*traffic.Conversation[glua.LValue]) *glua.LTable {
	columns := conversationColumns
	var origin time.Time
	for _, c := range all {
		origin = traffic.Earlier(origin, c.Sent.With(c.Back).First)
		if len(c.Labels) > 0 && len(columns) == len(conversationColumns) {
			columns = append(slices.Clone(columns), "label")
		}
	}
	var rows []glua.LValue
	for _, c := range all {
		both := c.Sent.With(c.Back)
		start, seconds := spanOf(both, origin)
		cells := []glua.LValue{c.Src, c.Dst}
		for _, sum := range []traffic.Sum{both, c.Sent, c.Back} {
			cells = append(cells, glua.LNumber(sum.Packets), glua.LNumber(sum.Bytes))
		}
		rows = append(rows, s.newRow(columns, append(cells, start, seconds, glua.LString(strings.Join(c.Labels, ", ")))...))
	}
	return s.newListing(s.types.conversations, columns, rows)
}
