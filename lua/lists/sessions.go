package lists

import (
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/traffic"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// talkMethods say who talked with whom.
var talkMethods = []Method{
	{"sessions", "list:sessions(f)", `a table of lists, by who sent to whom ("TCP 10.0.0.1:1 > 10.0.0.2:2"), or by what f gives of each packet`, (*Lists).sessionsOf},
	{"conversations", "list:conversations(f)", "who talked with whom, a row for each two hosts: packets and bytes (on the wire), those sent by src, and those sent back. f may give two others for each packet, and a label", (*Lists).conversationsOf},
}

// sessionsKind is the metatable's name of what sessions returns.
const sessionsKind = "table of sessions"

// sessionTableMethods are sessions:name(...). A session of that name hides a method.
var sessionTableMethods = []Method{
	{"show", "sessions:show()", "print how many packets and bytes each has", func(s *Lists, l *glua.LState) int {
		t := s.checkSessions(l, "show")
		return s.say(l, s.sessionsText(t))
	}},
	{"csv", "sessions:csv(...)", "the same as CSV; {header=, separator=, raw=}", func(s *Lists, l *glua.LState) int {
		l.Replace(1, s.sessionRows(s.checkSessions(l, "csv")))
		return s.csvOfList(l)
	}},
	{"json", "sessions:json{lines=}", "the same as JSON", func(s *Lists, l *glua.LState) int {
		l.Replace(1, s.sessionRows(s.checkSessions(l, "json")))
		return s.jsonOfList(l)
	}},
}

// sessionsType is the metatable of what sessions returns.
func (s *Lists) sessionsType() *glua.LTable {
	count := func(t *glua.LTable) (n int) {
		inOrder(t, func(_, _ glua.LValue) { n++ })
		return n
	}
	bound := s.bind(sessionTableMethods)
	return binding.Type(s.vm, sessionsKind, map[string]glua.LGFunction{
		"__index": func(l *glua.LState) int { return s.sessionsIndex(l, bound) },
		"__len": func(l *glua.LState) int {
			l.Push(glua.LNumber(count(l.CheckTable(1))))
			return 1
		},
		"__iter": walkPairs,
		"__call": refuseCall,
		"__tostring": func(l *glua.LState) int {
			return pushString(l, "<"+binding.Plural(count(l.CheckTable(1)), "session")+">")
		},
	})
}

// sessionsIndex is sessions:method(), and sessions["name"] of a session that is not there: nil, as code asks for what may be.
func (s *Lists) sessionsIndex(l *glua.LState, bound map[string]*glua.LFunction) int {
	const walked = `for name, list in sessions do walks it`
	named := true
	inOrder(l.CheckTable(1), func(name, _ glua.LValue) { named = named && name.Type() == glua.LTString })
	key, ok := l.Get(2).(glua.LString)
	switch {
	case ok && bound[string(key)] != nil:
		l.Push(bound[string(key)])
		return 1
	case !ok && named:
		l.RaiseError("%s: its sessions have names and no numbers, got %s; %s, sessions[name] is a list", sessionsKind, s.host.Describe(l.Get(2)), walked)
	case ok:
		s.host.Lacking(string(key), "; the "+sessionsKind+" has no session of that name; its methods are "+strings.Join(methodNames(sessionTableMethods), ", ")+", and each session is a list: "+walked)
	}
	l.Push(glua.LNil)
	return 1
}

func (s *Lists) checkSessions(l *glua.LState, what string) *glua.LTable {
	t, ok := l.Get(1).(*glua.LTable)
	if !ok || t.Metatable != s.types.sessions {
		l.RaiseError("%s: want what list:sessions() returned, got %s", what, vm.KindOf(l.Get(1)))
	}
	return t
}

// sessionsOf is list:sessions(f). The sessions are in the order in which they began.
func (s *Lists) sessionsOf(l *glua.LState) int {
	t, k := s.checkList(l, "sessions")
	f := functionIn(l, "sessions", s.arguments(l, "sessions", []option{{"session_extractor", ""}}), "session_extractor")
	all := l.NewTable()
	all.Metatable = s.types.sessions
	for i, v := range s.values(l, t) {
		p := s.elementPacket(l, "sessions", k, i, v)
		var name glua.LValue
		if f == nil {
			name = glua.LString(traffic.Session(s.host.Resolved(p)))
		} else if name = first(results(l, f, s.parts(l, "sessions", k, i, v)...)); name == glua.LNil {
			l.RaiseError("sessions: element %d: want a name for its session, got nothing", i)
		}
		list, ok := all.RawGet(name).(*glua.LTable)
		if !ok {
			list = s.newList(t.Metatable.(*glua.LTable), nil)
			all.RawSet(name, list)
		}
		list.Append(v)
	}
	l.Push(all)
	return 1
}

// sessionColumns are those of the table of sessions when it is shown and written.
var sessionColumns = []string{"session", "packets", "bytes", "start", "seconds"}

// sessionRows is a table of sessions as a listing.
func (s *Lists) sessionRows(t *glua.LTable) *glua.LTable {
	var origin time.Time
	var sums []traffic.Sum
	inOrder(t, func(_, v glua.LValue) {
		sum := s.sumOf(v)
		sums = append(sums, sum)
		origin = traffic.Earlier(origin, sum.First)
	})
	var rows []glua.LValue
	inOrder(t, func(name, _ glua.LValue) {
		sum := sums[len(rows)]
		start, seconds := spanOf(sum, origin)
		rows = append(rows, s.newRow(sessionColumns, name, glua.LNumber(sum.Packets), glua.LNumber(sum.Bytes), start, seconds))
	})
	return s.newListing(s.types.sessionRows, sessionColumns, rows)
}

// sumOf is what a list of packets, or of answers, amounts to; nothing for any other value.
func (s *Lists) sumOf(v glua.LValue) (sum traffic.Sum) {
	k := s.kindOf(v)
	if k == nil || k.packet == nil {
		return sum
	}
	list := v.(*glua.LTable)
	for i, n := 1, list.Len(); i <= n; i++ {
		if p := k.packet(list.RawGetInt(i)); p != nil {
			sum.Add(p)
		}
	}
	return sum
}

// spanOf is when packets began to pass, in seconds since origin, and how long they did; nil when that is not known.
func spanOf(sum traffic.Sum, origin time.Time) (start, seconds glua.LValue) {
	if sum.First.IsZero() {
		return glua.LNil, glua.LNil
	}
	return glua.LNumber(sum.First.Sub(origin).Seconds()), glua.LNumber(sum.Last.Sub(sum.First).Seconds())
}

func (s *Lists) sessionsText(t *glua.LTable) string {
	list := s.sessionRows(t)
	return s.kindOf(list).table(list)
}
