package lists

import (
	"iter"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// Lists are tables of Lua's, so that #list, list[i], ipairs and table.insert work; their metatable says of which kind they are. What
// scripts put into them besides their elements is shown as it is, and refused by what needs an element.

// A kind is what lists of one kind have in common.
type kind struct {
	name    string   // of a list, as errors and help call it: "list of answers"
	element string   // one of its elements: "answer"
	one     string   // the same with its article: "an answer"
	methods []Method // list:name(...)
	counts  bool     // its heading counts protocols
	several bool     // an element is several values for functions and loops
	gives   string   // what functions and loops get of it, for help

	// parts are what loops and the functions of scripts get of an element: the packet, or question, answer and RTT. None for what
	// is no element.
	parts func(v glua.LValue) []glua.LValue
	// packet is what an element is counted, dated and dumped by; nil for kinds without, and for what is no element.
	packet func(v glua.LValue) *craft.Packet
	// time is when an element passed, zero when that is not known; nil for kinds of which it is not known.
	time func(v glua.LValue) time.Time
	// line is an element in a summary.
	line func(v glua.LValue) string
	// table is the list as the prompt shows it.
	table func(t *glua.LTable) string

	// columns are the usual ones of its CSV, cells reads those that are named of an element, and json is an element as JSON.
	columns func(t *glua.LTable) []string
	cells   func(l *glua.LState, t *glua.LTable, names []string) func(i int, v glua.LValue) []glua.LValue
	json    func(l *glua.LState, t *glua.LTable, i int, v glua.LValue) []byte
}

// newListType makes the metatable of a kind of list. events are further ones, or others in place of the usual.
func (s *Lists) newListType(k *kind, events map[string]glua.LGFunction) *glua.LTable {
	bound := s.bind(k.methods)
	all := map[string]glua.LGFunction{
		"__index":    func(l *glua.LState) int { return s.listIndex(l, k, bound) },
		"__newindex": func(l *glua.LState) int { return s.listSet(l, k) },
		"__iter":     func(l *glua.LState) int { return s.walkList(l, k) },
		"__add":      s.joinLists,
		"__concat":   refuseConcat,
		"__call":     refuseCall,
		"__tostring": func(l *glua.LState) int { return pushString(l, "<"+heading(l.CheckTable(1), k, true)+">") },
	}
	for event, fn := range events {
		all[event] = fn
	}
	mt := binding.Type(s.vm, k.name, all)
	s.kinds[mt] = k
	return mt
}

// newList is a list of a kind; mt is its metatable.
func (s *Lists) newList(mt *glua.LTable, values []glua.LValue) *glua.LTable {
	t := s.l.CreateTable(len(values), 0)
	for _, v := range values {
		t.Append(v)
	}
	t.Metatable = mt
	return t
}

// kindOf is the kind of a list; nil for any other value.
func (s *Lists) kindOf(v glua.LValue) *kind {
	t, ok := v.(*glua.LTable)
	if !ok {
		return nil
	}
	mt, _ := t.Metatable.(*glua.LTable)
	return s.kinds[mt]
}

// checkList is argument 1, the list whose method what is called.
func (s *Lists) checkList(l *glua.LState, what string) (*glua.LTable, *kind) {
	k := s.kindOf(l.Get(1))
	if k == nil {
		l.RaiseError("%s: want a list, got %s; PacketList{p, q} makes one of a table of packets", what, vm.KindOf(l.Get(1)))
	}
	return l.CheckTable(1), k
}

// listIndex is list:method, list[TCP], and what lies beyond the ends.
func (s *Lists) listIndex(l *glua.LState, k *kind, bound map[string]*glua.LFunction) int {
	switch key := l.Get(2).(type) {
	case glua.LNumber:
		switch {
		case key == 0:
			l.RaiseError("%s: lists begin at 1", k.name)
		case key < 0:
			l.RaiseError("%s: lists begin at 1: the last one is list[#list], the last three list:tail(3)", k.name)
		}
		s.host.Ended(k.name, int(key), l.CheckTable(1).Len())
		l.Push(glua.LNil)
		return 1
	case glua.LString:
		if fn, ok := bound[string(key)]; ok {
			l.Push(fn)
			return 1
		}
		if k.packet == nil || !s.host.Table().Knows(craft.Name(key)) {
			l.RaiseError("%s: no method %q; there are %s%s", k.name, string(key), strings.Join(methodNames(k.methods), ", "), s.listHint(string(key), k))
		}
	}
	if k.packet == nil {
		l.RaiseError("%s: want the number of an element or the name of a method, got %s", k.name, vm.KindOf(l.Get(2)))
	}
	return s.withLayer(l, k)
}

// listHint says what stands here for what scapy's lists have, or which method may be meant; "" for neither.
func (s *Lists) listHint(name string, k *kind) string {
	if instead, ok := scapysListNames[name]; ok {
		return "; here: " + instead
	}
	return s.host.Suggestion(name, methodNames(k.methods))
}

// scapysListNames are what scapy's lists have, Python's own included, and what stands in its place.
var scapysListNames = map[string]string{
	"append":      "table.insert(list, p), or list[#list+1] = p",
	"extend":      "list + other is a longer list",
	"insert":      "table.insert(list, i, p)",
	"pop":         "table.remove(list)",
	"remove":      "table.remove(list, i), or list:filter(f)",
	"clear":       "PacketList{} is an empty list",
	"copy":        "list:sub(1) is another list of the same packets",
	"count":       "#list counts, #list:filter(f) those that f is true of",
	"index":       "for i, p in ipairs(list) do",
	"reverse":     "list:sort{key=f, reverse=true}",
	"len":         "#list",
	"each":        "for p in list do",
	"res":         "the list itself: for p in list do",
	"stats":       "tostring(list) counts TCP, UDP, ICMP and others",
	"listname":    "lists have no name",
	"haslayer":    "#list[TCP] > 0",
	"has":         "#list[TCP] > 0",
	"layer":       "list:getlayer(TCP)",
	"afterglow":   "nothing is drawn here: list:conversations(), list:make_table(f)",
	"canvas_dump": "nothing is drawn here: list:hexdump(), or wrpcap(\"file.pcap\", list) for Wireshark",
	"pdfdump":     "nothing is drawn here: list:hexdump(), or wrpcap(\"file.pcap\", list) for Wireshark",
	"psdump":      "nothing is drawn here: list:hexdump(), or wrpcap(\"file.pcap\", list) for Wireshark",
	"svgdump":     "nothing is drawn here: list:hexdump(), or wrpcap(\"file.pcap\", list) for Wireshark",
	"convert_to":  "nothing is converted: dissect(bytes(p), IP) reads a packet anew",
	"write":       "wrpcap(\"file.pcap\", list)",
	"map":         "list:series(f), or a loop: for p in list do",
	"query":       "a.sent of an element",
	"answer":      "a.answer of an element: list[1].answer",
	"sent":        "a.sent of an element: list[1].sent",
}

// refuseCall is __call of lists: it says what to write instead of list(...).
func refuseCall(l *glua.LState) int {
	l.RaiseError("a list is not called: list[1] is an element, list[TCP] those that have a layer, for p in list do walks it; methods have a name: list:summary()")
	return 0
}

func refuseConcat(l *glua.LState) int {
	l.RaiseError("lists are put together with +, and their text is tostring(list); .. joins strings, got %s and %s", vm.KindOf(l.Get(1)), vm.KindOf(l.Get(2)))
	return 0
}

// walkList is for p in list do: each loop has a place of its own. What is put into the list meanwhile is walked too.
func (s *Lists) walkList(l *glua.LState, k *kind) int {
	t, i := l.CheckTable(1), 0
	l.Push(l.NewFunction(func(l *glua.LState) int {
		i++
		v := t.RawGetInt(i)
		if v == glua.LNil {
			refuseHole(l, "for", t, i)
			l.Push(glua.LNil)
			return 1
		}
		parts := s.parts(l, "for", k, i, v)
		for _, part := range parts {
			l.Push(part)
		}
		return len(parts)
	}))
	return 1
}

// parts are what a script's function gets of element i, for a method; what is no element is an error.
func (s *Lists) parts(l *glua.LState, what string, k *kind, i int, v glua.LValue) []glua.LValue {
	parts := k.parts(v)
	if parts == nil {
		l.RaiseError("%s: element %d: want %s, got %s", what, i, k.one, vm.KindOf(v))
	}
	return parts
}

// elementPacket is the packet of element i; what has none is an error.
func (s *Lists) elementPacket(l *glua.LState, what string, k *kind, i int, v glua.LValue) *craft.Packet {
	p := k.packet(v)
	if p == nil {
		l.RaiseError("%s: element %d: want %s, got %s", what, i, k.one, vm.KindOf(v))
	}
	return p
}

// values are what a list holds and its places, as many as it has now. An interrupt ends the script between two of them; a hole is an
// error.
func (s *Lists) values(l *glua.LState, t *glua.LTable) iter.Seq2[int, glua.LValue] {
	return func(yield func(int, glua.LValue) bool) {
		for i, n := 1, t.Len(); i <= n; i++ {
			s.vm.Check(l)
			v := t.RawGetInt(i)
			if v == glua.LNil { // also when a function of the script's took some out
				refuseHole(l, s.kindOf(t).name, t, i)
				return
			}
			if !yield(i, v) {
				return
			}
		}
	}
}

// arguments are those of a method behind its list, by the names that known has: values in that order, and behind or instead of
// them a table that names some.
func (s *Lists) arguments(l *glua.LState, what string, known []option) *glua.LTable {
	given, n := l.NewTable(), l.GetTop()
	if t, ok := l.Get(n).(*glua.LTable); ok && n > 1 && t.Metatable == glua.LNil && t.Len() == 0 {
		named(l, n, known).ForEach(func(k, v glua.LValue) { given.RawSet(k, v) })
		n--
	}
	for i := 2; i <= n; i++ { // no more than known has: the usage does not show them
		name := known[i-2].name
		if given.RawGetString(name) != glua.LNil {
			l.RaiseError("%s: %s is given twice", what, name)
		}
		given.RawSetString(name, l.Get(i))
	}
	return given
}

// functionIn is a function among the arguments; nil when it is not given.
func functionIn(l *glua.LState, what string, t *glua.LTable, name string) *glua.LFunction {
	v := t.RawGetString(name)
	if v == glua.LNil {
		return nil
	}
	fn, ok := v.(*glua.LFunction)
	if !ok {
		l.RaiseError("%s: %s: want a function, got %s", what, name, vm.KindOf(v))
	}
	return fn
}

// wantFunction is functionIn for what must be given; usage shows how.
func wantFunction(l *glua.LState, what string, t *glua.LTable, name, usage string) *glua.LFunction {
	fn := functionIn(l, what, t, name)
	if fn == nil {
		l.RaiseError("%s: want a function, as in %s", what, usage)
	}
	return fn
}

// results calls a function of the script's and returns what it returns. Its error is the caller's.
func results(l *glua.LState, fn *glua.LFunction, args ...glua.LValue) []glua.LValue {
	top := l.GetTop()
	l.Push(fn)
	for _, arg := range args {
		l.Push(arg)
	}
	l.Call(len(args), glua.MultRet)
	returned := make([]glua.LValue, l.GetTop()-top)
	for i := range returned {
		returned[i] = l.Get(top + 1 + i)
	}
	l.SetTop(top)
	return returned
}

// first is the first of some values; nil of Lua's without any.
func first(values []glua.LValue) glua.LValue {
	if len(values) == 0 {
		return glua.LNil
	}
	return values[0]
}
