package lists

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
)

// dumpOptions are the arguments of the methods that dump packets.
var dumpOptions = []option{{"lfilter", "a function that says which elements are dumped"}}

// dumpMethods print the bytes of a list's packets; of answers, those that came.
var dumpMethods = []Method{
	{"hexdump", "list:hexdump(lfilter)", "print number, time and summary of each packet, and its bytes in hex", func(s *Lists, l *glua.LState) int {
		return s.dumpList(l, "hexdump", func(p *craft.Packet) ([]byte, bool) { return s.host.Build(l, p), true })
	}},
	{"hexraw", "list:hexraw(lfilter)", "the same with the bytes of Raw only", func(s *Lists, l *glua.LState) int {
		return s.dumpList(l, "hexraw", func(p *craft.Packet) ([]byte, bool) { return p.Layer(craft.Raw).Bytes("load"), true })
	}},
	{"padding", "list:padding(lfilter)", "the same of the packets that have padding, and its bytes", func(s *Lists, l *glua.LState) int {
		return s.dumpList(l, "padding", func(p *craft.Packet) ([]byte, bool) {
			return p.Layer(craft.Padding).Bytes("load"), p.Has(craft.Padding)
		})
	}},
	{"nzpadding", "list:nzpadding(lfilter)", "the same of the packets whose padding is not one byte over and over", func(s *Lists, l *glua.LState) int {
		return s.dumpList(l, "nzpadding", func(p *craft.Packet) ([]byte, bool) {
			b := p.Layer(craft.Padding).Bytes("load")
			return b, len(b) > 0 && strings.Trim(string(b), string(b[:1])) != ""
		})
	}},
	{"rawhexdump", "list:rawhexdump(lfilter)", "print the bytes of each packet in hex, and nothing else", func(s *Lists, l *glua.LState) int {
		return s.dumpList(l, "rawhexdump", nil)
	}},
}

// dumpList prints the bytes that of says of each packet below its number, time and summary; packets of which it says none are
// passed over. Without of it prints the bytes of each packet alone.
func (s *Lists) dumpList(l *glua.LState, what string, of func(p *craft.Packet) (b []byte, ok bool)) int {
	t, k := s.checkList(l, what)
	lfilter := functionIn(l, what, s.arguments(l, what, dumpOptions), "lfilter")
	out := outlet{s: s, l: l}
	defer out.flush()
	for i, v := range s.values(l, t) {
		p := s.elementPacket(l, what, k, i, v)
		if lfilter != nil {
			out.flush()
			if !passes(l, lfilter, s.parts(l, what, k, i, v)) {
				continue
			}
		}
		if of == nil {
			out.line(strings.TrimSuffix(hexdump.Dump(s.host.Build(l, p)), "\n"))
			continue
		}
		b, ok := of(p)
		if !ok {
			continue
		}
		out.line(fmt.Sprintf("%04d %s %s", i, passedAt(p), k.line(v)))
		if len(b) > 0 {
			out.line(strings.TrimSuffix(hexdump.Dump(b), "\n"))
		}
	}
	return 0
}

// passedAt is when a packet passed, as time of day; ?? when that is not known.
func passedAt(p *craft.Packet) string {
	text, err := p.Sprintf("%.time%")
	if err != nil {
		return "??"
	}
	return text
}
