package lua

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/vm"
)

// lsOptions is the table of options of ls.
var lsOptions = []option{{"verbose", "the names of values and flags too (false)"}}

// ls is ls(), ls("ip"), ls(TCP) and ls(p).
func (s *State) ls(l *glua.LState) int {
	verbose := false
	if l.GetTop() > 1 {
		verbose = binding.Bool(l, s.named(l, 2, lsOptions), "verbose", false)
	}
	switch v := l.Get(1).(type) {
	case *glua.LNilType:
		if l.GetTop() > 0 {
			l.RaiseError("ls: want a layer, a packet or part of a name, got nil")
		}
		return s.say(l, s.protocolList(""))
	case glua.LString:
		return s.say(l, s.protocolList(string(v)))
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Protocol); ok {
			return s.say(l, protocolFields(p, verbose))
		}
		if _, ok := packetOf(v); ok {
			return s.say(l, s.fieldsOf(s.legible(l, "ls", 1), verbose))
		}
	}
	l.RaiseError("ls: want a layer, a packet or part of a name, got %s", vm.KindOf(l.Get(1)))
	return 0
}

// rfc is rfc(TCP), rfc(p[ICMP]) and rfc(p).
func (s *State) rfc(l *glua.LState) int {
	if ud, ok := l.Get(1).(*glua.LUserData); ok {
		switch v := ud.Value.(type) {
		case *craft.Protocol:
			return s.say(l, v.Diagram())
		case layerView:
			return s.say(l, v.layer.Diagram())
		case *craft.Packet:
			const perLayer = 4000 // characters, of a header with many fields
			s.vm.Room(l, "rfc", perLayer*len(v.Layers()))
			var b strings.Builder
			for _, layer := range v.Layers() {
				b.WriteString(layer.Diagram() + "\n")
			}
			return s.say(l, b.String())
		}
	}
	l.RaiseError("rfc: want a layer, as in rfc(TCP), or a packet, got %s", vm.KindOf(l.Get(1)))
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
		return fmt.Sprintf("no layer's name has %q in it%s", part, didYouMean(part, s.table.Names()))
	}
	return b.String()
}

// protocolFields lists a protocol's fields with their kinds and defaults, as scapy's ls does.
func protocolFields(p *craft.Protocol, verbose bool) string {
	fresh := craft.NewPacket(p).Layers()[0]
	var b strings.Builder
	for i := range p.Fields() {
		f := &p.Fields()[i]
		row := fmt.Sprintf("%-10s : %-26s = %-12s %s", f.Name, kindText(f), "("+defaultText(f, fresh)+")", f.Says())
		b.WriteString(strings.TrimRight(row, " ") + "\n")
		if verbose {
			b.WriteString(namesText(f))
		}
	}
	return b.String()
}

// fieldsOf lists a packet's fields with their values and, in brackets, their defaults.
func (s *State) fieldsOf(p *craft.Packet, verbose bool) string {
	var b strings.Builder
	for i, layer := range s.resolved(p).Layers() {
		if i > 0 {
			b.WriteString("--\n")
		}
		if names := layer.Fields(); len(names) > 0 && !layer.Protocol().Has(names[0]) {
			for _, name := range names { // a layer that has no table
				fmt.Fprintf(&b, "%-10s : %-26s = %s\n", name, layer.Value(name).Kind(), valueText(layer, name))
			}
			continue
		}
		fresh := craft.NewPacket(layer.Protocol()).Layers()[0]
		for k := range layer.Protocol().Fields() {
			f := &layer.Protocol().Fields()[k]
			fmt.Fprintf(&b, "%-10s : %-26s = %-15s (%s)\n", f.Name, kindText(f), valueText(layer, f.Name), defaultText(f, fresh))
			if verbose {
				b.WriteString(namesText(f))
			}
		}
	}
	return b.String()
}

// namesText is the names that a field's values or flags have, a line each.
func namesText(f *craft.Field) string {
	const margin = "               "
	if flags := f.Flags; len(flags) > 0 {
		return margin + strings.Join(flags, ", ") + "\n"
	}
	if f.Kind == craft.Port {
		return "" // there are too many, and they are shown as numbers
	}
	var b strings.Builder
	for _, v := range slices.Sorted(maps.Keys(f.Names)) {
		fmt.Fprintf(&b, "%s%s: %d\n", margin, f.Names[v], v)
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

// valueText is what a field of a packet has.
func valueText(layer *craft.Layer, name string) string {
	if set := layer.SetOf(name); set != nil {
		return setString(set)
	}
	return layer.Text(name)
}

// defaultText is what a field has when it is not set.
func defaultText(f *craft.Field, fresh *craft.Layer) string {
	if f.Computed != nil {
		return "computed"
	}
	return fresh.Text(f.Name)
}
