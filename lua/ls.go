package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// ls is ls(), ls("ip"), ls(TCP) and ls(p).
func (s *State) ls(l *glua.LState) int {
	switch v := l.Get(1).(type) {
	case *glua.LNilType:
		if l.GetTop() > 0 {
			l.RaiseError("ls: want a layer, a packet or part of a name, got nil")
		}
		return s.tell(l, s.protocolList(""))
	case glua.LString:
		return s.tell(l, s.protocolList(string(v)))
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Protocol); ok {
			return s.tell(l, protocolFields(p))
		}
		if p, ok := packetOf(v); ok {
			return s.tell(l, s.fieldsOf(p))
		}
	}
	l.RaiseError("ls: want a layer, a packet or part of a name, got %s", kindOf(l.Get(1)))
	return 0
}

// protocolList is one line for each protocol whose name or description has part in it.
func (s *State) protocolList(part string) string {
	var b strings.Builder
	for _, p := range s.table.Protocols() {
		if strings.Contains(strings.ToLower(string(p.Name())+" "+p.Doc()), strings.ToLower(part)) {
			fmt.Fprintf(&b, "%-10s : %s\n", p.Name(), p.Doc())
		}
	}
	if b.Len() == 0 {
		return fmt.Sprintf("no layer's name has %q in it%s", part, didYouMean(part, s.protocolNames()))
	}
	return b.String()
}

// protocolFields lists a protocol's fields with their kinds and defaults, as scapy's ls does.
func protocolFields(p *craft.Protocol) string {
	fresh := craft.NewPacket(p).Layers()[0]
	var b strings.Builder
	for i := range p.Fields() {
		f := &p.Fields()[i]
		row := fmt.Sprintf("%-10s : %-26s = %-12s %s", f.Name, kindText(f), "("+defaultText(f, fresh)+")", f.Doc)
		b.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return b.String()
}

// fieldsOf lists a packet's fields with their values and, in brackets, their defaults.
func (s *State) fieldsOf(p *craft.Packet) string {
	var b strings.Builder
	for i, layer := range s.resolved(p).Layers() {
		if i > 0 {
			b.WriteString("--\n")
		}
		fresh := craft.NewPacket(layer.Protocol()).Layers()[0]
		for k := range layer.Protocol().Fields() {
			f := &layer.Protocol().Fields()[k]
			fmt.Fprintf(&b, "%-10s : %-26s = %-15s (%s)\n", f.Name, kindText(f), layer.Text(f.Name), defaultText(f, fresh))
		}
	}
	return b.String()
}

// kindText is a field's kind and width: "port (16 bits)".
func kindText(f *craft.Field) string {
	if f.Bits == 0 {
		return f.Kind.String()
	}
	return fmt.Sprintf("%s (%d bits)", f.Kind, f.Bits)
}

// defaultText is what a field has when nobody set it.
func defaultText(f *craft.Field, fresh *craft.Layer) string {
	if f.Computed() {
		return "computed"
	}
	return fresh.Text(f.Name)
}
