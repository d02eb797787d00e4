package lua

import (
	"encoding/json"
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/lua/binding"
)

// dumpOption is the table of options of show and show2.
var dumpOption = []option{{"dump", "return the text instead of printing it (false)"}}

// printingMethods write packets as text.
var printingMethods = []method{
	{"summary", "p:summary()", "the packet on one line", func(s *State, l *glua.LState) int {
		return pushString(l, s.resolved(checkPacket(l, 1)).Summary())
	}},
	{"show", "p:show({dump=true})", "print every field, layer by layer; with dump=true, return the text", func(s *State, l *glua.LState) int {
		return s.showOrDump(l, s.resolved(s.legible(l, "show", 1)))
	}},
	{"show2", "p:show2({dump=true})", "show what its bytes are read as: with lengths and checksums", func(s *State, l *glua.LState) int {
		s.legible(l, "show2", 1)
		return s.showOrDump(l, s.reread(l))
	}},
	{"sprintf", `p:sprintf("%IP.src% {TCP:%TCP.dport%}")`, "fields in a text: %-15s,IP.src% with a width, %r,TCP.flags% as a number, {TCP:...} if it has the layer, {!TCP:...} if not", func(s *State, l *glua.LState) int {
		text, err := s.resolved(s.legible(l, "sprintf", 1)).Sprintf(l.CheckString(2))
		if err != nil {
			s.fail(l, err)
		}
		return pushString(l, text)
	}},
	{"json", "p:json()", "layers and fields as JSON, in wire order", func(s *State, l *glua.LState) int {
		text, err := json.Marshal(s.resolved(s.legible(l, "json", 1)))
		if err != nil {
			s.fail(l, err)
		}
		return pushString(l, string(text))
	}},
	{"hexdump", "p:hexdump()", "its bytes in hex and as text", func(s *State, l *glua.LState) int {
		return pushString(l, hexdump.Dump(s.dumped(l, "hexdump", 1)))
	}},
	{"command", "p:command()", "Lua that makes the packet again", func(s *State, l *glua.LState) int {
		return pushString(l, s.legible(l, "command", 1).Command())
	}},
}

// textPerByte is how much text one byte of a packet becomes at most: two rows of hexdiff, or an escape of JSON's.
const textPerByte = 10

// legible is the packet that argument n is, if there is room for it as text: each layer is indented further than the one
// outside it. what is the function that writes it.
func (s *State) legible(l *glua.LState, what string, n int) *craft.Packet {
	p := checkPacket(l, n)
	const perIndent = 25
	s.vm.Room(l, what, size(p)*textPerByte+perIndent*len(p.Layers())*len(p.Layers()))
	return p
}

// dumped is argument n as bytes, if there is room for a dump of them.
func (s *State) dumped(l *glua.LState, what string, n int) []byte {
	b := s.bytesOf(l, n)
	s.vm.Room(l, what, len(b)*textPerByte)
	return b
}

// size is how many bytes a packet has.
func size(p *craft.Packet) int {
	n := 0
	for _, layer := range p.Layers() {
		n += layer.Len()
	}
	return n
}

// showOrDump prints a packet field by field, or returns the text.
func (s *State) showOrDump(l *glua.LState, p *craft.Packet) int {
	if l.GetTop() > 1 && binding.Bool(l, s.named(l, 2, dumpOption), "dump", false) {
		return pushString(l, p.Show())
	}
	if _, err := fmt.Fprint(s.config.Stdout, p.Show()); err != nil {
		l.RaiseError("show: %s", err)
	}
	return 0
}

// reread is argument 1 as its bytes are read.
func (s *State) reread(l *glua.LState) *craft.Packet {
	wire := append([]byte(nil), s.bytesOf(l, 1)...)
	p := checkPacket(l, 1)
	if len(p.Layers()) == 0 {
		return p
	}
	again := s.table.Dissect(wire, p.Layers()[0].Name())
	again.Time = p.Time
	return again
}

// hexFunctions write bytes in hex, compare them, and read them back.
func (s *State) hexFunctions() []function {
	parts := []option{{"onlyhex", "no text beside the hex (false)"}, {"onlyasc", "no hex beside the text (false)"}}
	line := func(l *glua.LState) int {
		b := s.dumped(l, "linehexdump", 1)
		hex, text := hexdump.Hex(b), hexdump.Text(b)
		if l.GetTop() > 1 {
			t := s.named(l, 2, parts)
			switch {
			case binding.Bool(l, t, "onlyhex", false):
				return pushString(l, hex)
			case binding.Bool(l, t, "onlyasc", false):
				return pushString(l, text)
			}
		}
		return pushString(l, hex+"  "+text)
	}
	return []function{
		{"hexdump", "hexdump(p, {options})", "print a packet's bytes, or a string's, in hex and as text; {dump=true} returns them instead", dumping, func(l *glua.LState) int {
			return s.dump(l, hexdump.Dump(s.dumped(l, "hexdump", 1)), 2)
		}},
		{"linehexdump", "linehexdump(p, {options})", "the same on one line", parts, line},
		{"hexstr", "hexstr(p, {options})", "the same as linehexdump", parts, line},
		{"chexdump", "chexdump(p)", "a packet's bytes, or a string's, as C writes them: 0x45, 0x00", nil, func(l *glua.LState) int {
			return pushString(l, cBytes(s.dumped(l, "chexdump", 1)))
		}},
		{"hexdiff", "hexdiff(p, q, {options})", "print where the bytes of two packets, or two strings, differ; {dump=true} returns it instead", dumping, func(l *glua.LState) int {
			a := append([]byte(nil), s.dumped(l, "hexdiff", 1)...) // building the second would overwrite it
			return s.dump(l, hexdump.Diff(a, s.dumped(l, "hexdiff", 2)), 3)
		}},
		{"import_hexcap", "import_hexcap(text)", `the bytes of a packet in pasted text: hexdump's, tcpdump's, Wireshark's, xxd's, od's, or plain hex

It takes what tcpdump -x, -xx, -X and -XX, Wireshark's "Copy", xxd, hexdump and od print with any of their options for hex, octal and offsets, and
scapy's hexdump. Offsets, headings and the text beside the bytes are told from the bytes by the offsets, which grow by as many bytes as a row
has; a star stands for rows that repeat. Characters (od -c, od -a) and decimal numbers (od -td1) are not read.`, nil, func(l *glua.LState) int {
			b, doubt, err := hexdump.ParseWithDoubt(l.CheckString(1))
			if err != nil {
				l.RaiseError("import_hexcap: %s", err)
			}
			if doubt != "" {
				s.notice("import_hexcap: %s", doubt)
			}
			return pushString(l, string(b))
		}},
	}
}

var dumping = []option{{"dump", "return the text instead of printing it (false)"}}

// dump prints text that stands for itself, or returns it when the options in argument n say so.
func (s *State) dump(l *glua.LState, text string, n int) int {
	if l.GetTop() >= n && binding.Bool(l, s.named(l, n, dumping), "dump", false) {
		return pushString(l, text)
	}
	return s.say(l, text)
}

// cBytes is bytes as a list of C's numbers.
func cBytes(b []byte) string {
	const digits = "0123456789abcdef"
	var text strings.Builder
	for i, c := range b {
		if i > 0 {
			text.WriteString(", ")
		}
		text.Write([]byte{'0', 'x', digits[c>>4], digits[c&15]})
	}
	return text.String()
}
