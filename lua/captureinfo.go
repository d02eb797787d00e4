package lua

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// captureFields are what a packet has besides its layers: what a capture says of it.
var captureFields = []method{
	{"time", "p.time", "when it passed, in seconds since 1970; nil for a packet that did not, or when that is not known; can be set", nil},
	{"sec", "p.sec", "whole seconds of p.time", nil},
	{"nsec", "p.nsec", "nanoseconds of p.time, exactly", nil},
	{"wire", "p.wire", "its bytes as they arrived; nil for a packet that did not", nil},
	{"wirelen", "p.wirelen", "its length on the wire: that of its bytes now, and of what the capture cut off behind them; nil for a packet that did not pass; can be set", nil},
	{"comment", "p.comment", `what is written beside it in a pcapng file, several comments on a line each; nil for none ("" is an empty one); can be set, also to a list`, nil},
	{"comments", "p.comments", "the same as a list", nil},
	{"iface", "p.iface", "the name of the interface where it passed; nil when that is not known; can be set", nil},
}

// captured is p.name for a name of captureFields; nil in Go's sense for another name.
func (s *State) captured(p *craft.Packet, name string) glua.LValue {
	switch name {
	case "time", "sec", "nsec":
		return timeOf(p, name)
	case "wire":
		if p.Wire == nil {
			return glua.LNil
		}
		return glua.LString(p.Wire)
	case "wirelen":
		if n := p.WireLen(); n > 0 || p.Wire != nil {
			return glua.LNumber(n)
		}
		return glua.LNil
	case "comment":
		if len(commentsOf(p)) == 0 {
			return glua.LNil
		}
		return glua.LString(strings.Join(commentsOf(p), "\n"))
	case "comments":
		t := s.l.NewTable()
		for _, c := range commentsOf(p) {
			t.Append(glua.LString(c))
		}
		return t
	case "iface":
		if p.Info == nil || p.Info.Interface == nil || p.Info.Interface.Name == "" {
			return glua.LNil
		}
		return glua.LString(p.Info.Interface.Name)
	}
	return nil
}

// timeOf is p.time, p.sec or p.nsec.
func timeOf(p *craft.Packet, name string) glua.LValue {
	switch {
	case p.Time.IsZero():
		return glua.LNil
	case name == "sec":
		return glua.LNumber(p.Time.Unix())
	case name == "nsec":
		return glua.LNumber(p.Time.Nanosecond())
	}
	return binding.Since1970(p.Time)
}

func commentsOf(p *craft.Packet) []string {
	if p.Info == nil {
		return nil
	}
	return p.Info.Comments
}

// setCaptured is p.name = value for a name of captureFields; it reports whether it is one. What was read and is set again changes
// nothing, though a number may not hold all of it.
func (s *State) setCaptured(l *glua.LState, p *craft.Packet, name string, v glua.LValue) bool {
	switch name {
	case "time":
		s.setTime(l, p, v)
	case "sec", "nsec":
		setPartOfTime(l, p, name, v)
	case "wire":
		l.RaiseError("wire: these are the bytes as they arrived, and stay; what the packet has now is bytes(p)")
	case "wirelen":
		setWireLen(l, p, v)
	case "comment", "comments":
		if v == glua.LNil {
			p.SetComments(nil)
		} else if text, ok := v.(glua.LString); !ok {
			p.SetComments(checkComments(l, v))
		} else if had := commentsOf(p); len(had) == 0 || string(text) != strings.Join(had, "\n") {
			p.SetComments([]string{checkComment(l, string(text))})
		}
	case "iface":
		setInterface(l, p, v)
	default:
		return false
	}
	return true
}

// setTime is p.time = seconds; nil is a time that is not known.
func (s *State) setTime(l *glua.LState, p *craft.Packet, v glua.LValue) {
	n, ok := v.(glua.LNumber)
	switch {
	case v == glua.LNil:
		p.Time = time.Time{}
		return
	case !ok || math.IsNaN(float64(n)) || math.Abs(float64(n)) > maxSeconds:
		l.RaiseError("time: want seconds since 1970 (or nil), got %s", vm.Text(v))
	case !p.Time.IsZero() && n == binding.Since1970(p.Time):
		return
	}
	sec, frac := math.Modf(float64(n))
	p.Time = time.Unix(int64(sec), int64(math.Round(frac*1e9)))
}

// maxSeconds bounds times, in seconds: what lies beyond, no file can hold.
const maxSeconds = math.MaxUint64/1_000_000_000 - 1

// setPartOfTime is p.sec = n and p.nsec = n.
func setPartOfTime(l *glua.LState, p *craft.Packet, name string, v glua.LValue) {
	most := float64(maxSeconds)
	if name == "nsec" {
		most = 999_999_999
	}
	n, ok := v.(glua.LNumber)
	if !ok || !(n >= 0) || float64(n) > most || float64(n) != math.Trunc(float64(n)) {
		l.RaiseError("%s: want a whole number in 0..%.0f, got %s", name, most, vm.Text(v))
	}
	var sec, nsec int64
	if !p.Time.IsZero() {
		sec, nsec = p.Time.Unix(), int64(p.Time.Nanosecond())
	}
	if name == "sec" {
		sec = int64(n)
	} else {
		nsec = int64(n)
	}
	p.Time = time.Unix(sec, nsec)
}

// setWireLen is p.wirelen = n; nil is as many bytes as it has.
func setWireLen(l *glua.LState, p *craft.Packet, v glua.LValue) {
	if v == glua.LNil {
		p.SetWireLen(0)
		return
	}
	n, ok := v.(glua.LNumber)
	if least := size(p); !ok || !(float64(n) >= float64(least)) || n > math.MaxUint32 || float64(n) != math.Trunc(float64(n)) {
		l.RaiseError("wirelen: want a whole number of at least the %d bytes that are here, and less than 2^32, got %s", least, vm.Text(v))
	}
	if int(n) != p.WireLen() {
		p.SetWireLen(int(n))
	}
}

// setInterface is p.iface = "name".
func setInterface(l *glua.LState, p *craft.Packet, v glua.LValue) {
	name, ok := v.(glua.LString)
	switch {
	case v != glua.LNil && !ok:
		l.RaiseError("iface: want the name of an interface, got %s", vm.KindOf(v))
	case len(name) > maxComment:
		l.RaiseError("iface: want a name of at most %d bytes, got %d", maxComment, len(name))
	case p.Info == nil && name == "", p.Info != nil && p.Info.Interface != nil && p.Info.Interface.Name == string(name):
		return
	}
	p.SetInterface(string(name))
}

// maxComment is how many bytes a text beside a packet has at most: pcapng has no room for more.
const maxComment = 0xffff

// checkComment is a comment that a pcapng file can hold.
func checkComment(l *glua.LState, text string) string {
	switch {
	case len(text) > maxComment:
		l.RaiseError("comment: want at most %d bytes, got %d", maxComment, len(text))
	case !utf8.ValidString(text):
		l.RaiseError("comment: want text in UTF-8, got other bytes")
	}
	return text
}

// checkComments is a list of comments.
func checkComments(l *glua.LState, v glua.LValue) []string {
	t, ok := v.(*glua.LTable)
	if !ok {
		l.RaiseError("comment: want a string or a list of strings, got %s", vm.KindOf(v))
	}
	list := []string{}
	for i, n := 1, t.Len(); i <= n; i++ {
		text, ok := t.RawGetInt(i).(glua.LString)
		if !ok {
			l.RaiseError("comment: element %d: want a string, got %s", i, vm.KindOf(t.RawGetInt(i)))
		}
		list = append(list, checkComment(l, string(text)))
	}
	return slices.Clip(list)
}
