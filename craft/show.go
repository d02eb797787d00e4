package craft

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

// Summary is the packet on one line, as scapy and tcpdump users read it:
//
//	IP / TCP 10.0.0.1:20 > 10.0.0.2:80 S
//
// The innermost layer that has a summary of its own speaks for the ones outside it, which give their names.
func (p *Packet) Summary() string { return p.summaryFrom(0) }

// summaryFrom is the summary of layer n, counted from 0, and what is above.
func (p *Packet) summaryFrom(n int) string {
	speaker := -1
	for i, l := range p.layers[n:] {
		if l.proto.spec.Summary != nil && !l.shape.short { // of what is cut short nothing can be told
			speaker = n + i
		}
	}
	var parts []string
	for i, l := range p.layers[n:] {
		text := string(l.proto.spec.Name)
		if n+i == speaker {
			text = cmp.Or(l.proto.spec.Summary(p, n+i), text)
		}
		if note := l.Note(); note != "" {
			text += " [" + note + "]"
		}
		parts = append(parts, text)
	}
	return values.OneLine(strings.Join(parts, " / "))
}

// String writes the packet on one line with the fields that are set, as scapy's repr:
//
//	<IP  dst=10.0.0.2 |<TCP  dport=80 flags=S |>>
func (p *Packet) String() string {
	var s strings.Builder
	for _, l := range p.layers {
		fmt.Fprintf(&s, "<%s ", l.proto.spec.Name)
		for _, name := range l.Fields() {
			i, own := l.proto.index[name]
			if own && (l.fixed|l.above|l.seen)>>i&1 == 0 {
				continue
			}
			if own && l.varies(i) && len(l.part(i)) == 0 {
				continue
			}
			s.WriteString(" " + name + "=" + l.shown(name))
		}
		if note := l.Note(); note != "" {
			s.WriteString(" [" + note + "]")
		}
		s.WriteString(" |")
	}
	s.WriteString(strings.Repeat(">", len(p.layers)))
	return s.String()
}

// shown is a field's text on one line; a field that holds several values shows how many, and one whose value is drawn shows by what.
func (l *Layer) shown(name string) string {
	switch s := l.SetOf(name); {
	case s == nil:
	case s.Len() == 1:
		return values.OneLine(fmt.Sprintf("%s (%s)", l.Text(name), values.Literal(s)))
	default:
		return values.OneLine(fmt.Sprintf("%s.. (%d values)", l.Text(name), s.Len()))
	}
	if v := l.Value(name); v.kind == Packets {
		parts := make([]string, len(v.Packets()))
		for i, p := range v.Packets() {
			parts[i] = p.String()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return values.OneLine(l.Text(name))
}

// Show is the packet field by field, a layer under a heading, as scapy's show. Computed fields that are not set show None;
// packets that stand in a field are shown below its name.
func (p *Packet) Show() string {
	var s strings.Builder
	p.show(&s, "")
	return s.String()
}

func (p *Packet) show(s *strings.Builder, margin string) {
	for depth, l := range p.layers {
		fmt.Fprintf(s, "%s###[ %s ]###\n", margin, values.OneLine(l.proto.spec.Title))
		indent := margin + strings.Repeat("   ", depth) + "  "
		for _, name := range l.Fields() {
			v := l.Value(name)
			if v.kind != Packets {
				fmt.Fprintf(s, "%s%-10s= %s\n", indent, name, l.shown(name))
				continue
			}
			fmt.Fprintf(s, "%s\\%-10s\\\n", indent, name)
			for _, inner := range v.Packets() {
				inner.show(s, indent+" |")
			}
		}
		if note := l.Note(); note != "" {
			fmt.Fprintf(s, "%s[%s]\n", indent, note)
		}
	}
}

// written are the fields that make the layer again: those that are set. Views that do not say all of what they stand in
// leave that to it.
func (l *Layer) written() uint64 {
	views := l.fixed & l.proto.views
	if views == 0 {
		return l.fixed
	}
	again := newLayer(l.proto)
	in := -1
	for i := range l.proto.spec.Fields {
		if views>>i&1 == 1 {
			in = l.holder(i)
			if again.assignValue(i, l.value(i)) != nil {
				break
			}
		}
	}
	if l.fixed>>in&1 == 0 && bytes.Equal(again.part(in), l.part(in)) {
		return l.fixed
	}
	return l.fixed&^views | 1<<in
}

// literal writes a field's value as Lua reads it back.
func (l *Layer) literal(i int) string {
	if l.extra != nil {
		if raw, ok := l.extra.verbatim[i]; ok {
			return "raw" + values.Quote(raw)
		}
	}
	if s := l.SetOf(l.proto.spec.Fields[i].Name); s != nil {
		return values.Literal(s)
	}
	v := l.value(i)
	return kinds[v.kind].literal(l, i, v)
}
