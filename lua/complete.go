package lua

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/scripts"
)

// Complete lists what can stand at the end of an entry that is being written: each candidate replaces what stands from
// start on. help is one line about what is being written (a call's usage, a field's meaning); empty when there is nothing
// to say. Nothing is run for it.
func (s *State) Complete(entry string) (candidates []string, start int, help string) {
	c := scan(entry)
	start = c.start
	word := entry[start:]
	var all []string
	switch {
	case c.comment:
	case c.quoted:
		all = s.textCandidates(c, word)
	case c.object != "":
		all = memberCandidates(s.evaluate(c.object), c.colon, s)
	case c.inTable() && !c.value:
		all = s.keyCandidates(c)
	case c.indexes():
		all = s.layerCandidates(c.opener())
	default:
		all = s.globalCandidates()
	}
	for _, name := range all { // what is hidden, only an escape can write
		if strings.HasPrefix(name, word) && name != word && values.OneLine(name) == name {
			candidates = append(candidates, name)
		}
	}
	slices.Sort(candidates)
	return slices.Compact(candidates), start, s.helpAt(c)
}

// textCandidates complete a string by what takes it: a file, an interface, an experiment, a wire, a name.
func (s *State) textCandidates(c cursor, word string) []string {
	quote := c.quote
	closed := func(names []string) []string {
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = n + quote
		}
		return quoted
	}
	if p := s.protocol(c.opener()); p != nil && c.inTable() {
		return closed(valueNames(p, c.key))
	}
	switch c.key {
	case "iface":
		return closed(s.interfaceNames())
	case "write", "offline":
		return files(word, quote)
	}
	if c.key != "" {
		return nil
	}
	switch c.call() {
	case "rdpcap", "pcap", "wrpcap":
		return files(word, quote)
	case "run":
		return append(closed(experimentNames()), files(word, quote)...)
	case "dofile", "loadfile":
		return files(word, quote)
	case "help":
		names := append(s.table.Names(), experimentNames()...)
		for _, f := range s.functions {
			names = append(names, f.name)
		}
		return closed(append(names, methodNames(s.everyMethod())...))
	case "ls":
		return closed(s.table.Names())
	case "path.cut", "path.mend":
		if s.session != nil && s.session.Path != nil {
			return closed(s.session.Path.Wires())
		}
	}
	return nil
}

// valueNames are the names of a field's values.
func valueNames(p *craft.Protocol, field string) []string {
	for i := range p.Fields() {
		if f := &p.Fields()[i]; f.Name == field {
			return slices.Collect(maps.Values(f.Names))
		}
	}
	return nil
}

func (s *State) interfaceNames() []string {
	switch {
	case s.session == nil:
		return nil
	case s.session.Host == nil:
		return []string{s.session.Port.Name()}
	}
	return s.session.Host.Interfaces()
}

// files are the paths that begin as word does; folders end in a slash, files in the closing quote.
func files(word, quote string) []string {
	matches, err := filepath.Glob(escapeGlob(word) + "*")
	if err != nil {
		return nil
	}
	var names []string
	for _, m := range matches {
		info, err := os.Stat(m)
		switch {
		case strings.ContainsAny(m, `"'\`):
			// a name that a string would have to escape is for the user to write
		case err == nil && info.IsDir():
			names = append(names, m+"/")
		default:
			names = append(names, m+quote)
		}
	}
	return names
}

// escapeGlob makes a path stand for itself in a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// keyCandidates are the names that a table takes: a layer's fields, or a call's options.
func (s *State) keyCandidates(c cursor) []string {
	if p := s.protocol(c.opener()); p != nil {
		var names []string
		for _, name := range p.FieldNames() {
			names = append(names, name+"=")
		}
		return names
	}
	f, ok := s.function(c.call())
	if !ok {
		return s.globalCandidates()
	}
	var options []string
	for _, o := range f.options {
		options = append(options, o.name+"=")
	}
	if script, err := scripts.Find(c.argument); f.name == "run" && err == nil {
		for _, a := range script.Args {
			options = append(options, a.Name+"=")
		}
	}
	return options
}

// layerCandidates are what stands in brackets behind a value: the layers of a packet, or else any layer.
func (s *State) layerCandidates(object string) []string {
	names := s.table.Names()
	if ud, ok := s.evaluate(object).(*glua.LUserData); ok {
		if p, ok := ud.Value.(*craft.Packet); ok {
			names = nil
			for _, layer := range p.Layers() {
				names = append(names, string(layer.Name()))
			}
		}
	}
	for i := range names {
		names[i] += "]"
	}
	return names
}

// protocol is the protocol that a global names; nil when it names none.
func (s *State) protocol(name string) *craft.Protocol {
	ud, ok := s.variable(name).(*glua.LUserData)
	if !ok {
		return nil
	}
	p, _ := ud.Value.(*craft.Protocol)
	return p
}

// globalCandidates are the globals and Lua's keywords. Functions come with the bracket they are called with.
func (s *State) globalCandidates() []string {
	all := vm.Keywords()
	for _, name := range s.globalNames() {
		if identifier.MatchString(name) && !strings.HasPrefix(name, "_") {
			all = append(all, name+s.bracket(name))
		}
	}
	return all
}

// bracket is what a global is mostly followed by.
func (s *State) bracket(name string) string {
	if s.protocol(name) != nil {
		return "{"
	}
	if f, ok := s.function(name); ok {
		for _, open := range []string{"(", "{"} {
			if strings.HasPrefix(f.usage, name+open) {
				return open
			}
		}
	}
	if s.variable(name).Type() == glua.LTFunction {
		return "("
	}
	return ""
}

// maxCandidates is how many names of a table are offered.
const maxCandidates = 1000

// memberCandidates are what can follow a value and a dot or a colon.
func memberCandidates(v glua.LValue, colon bool, s *State) []string {
	var names []string
	for _, m := range s.methodsOf(v) {
		switch {
		case m.call != nil && colon:
			names = append(names, m.name+"(")
		case m.call == nil && !colon:
			names = append(names, m.name)
		}
	}
	if colon {
		return names
	}
	switch v := v.(type) {
	case *glua.LTable:
		v.ForEach(func(k, member glua.LValue) {
			if name, ok := k.(glua.LString); ok && len(names) < maxCandidates && len(name) <= spelling.Longest && identifier.MatchString(string(name)) {
				if member.Type() == glua.LTFunction {
					name += "("
				}
				names = append(names, string(name))
			}
		})
	case *glua.LUserData:
		switch v := v.Value.(type) {
		case layerView:
			names = append(names, v.layer.Fields()...)
		case *craft.Packet:
			for _, layer := range v.Layers() {
				names = append(names, layer.Fields()...)
			}
		case *capture:
			for _, tap := range v.taps {
				names = append(names, tap.Tap)
			}
		}
	}
	return names
}

// helpAt is one line about what the entry ends in: the field, the option, or the call.
func (s *State) helpAt(c cursor) string {
	if p := s.protocol(c.opener()); p != nil && c.inTable() {
		for i := range p.Fields() {
			if f := &p.Fields()[i]; f.Name == c.key {
				return fmt.Sprintf("%s.%s: %s, %s", p.Name(), f.Name, kindText(f), f.Says())
			}
		}
		return p.Doc()
	}
	f, ok := s.function(c.call())
	if !ok {
		return ""
	}
	for _, o := range f.options {
		if o.name == c.key {
			return o.name + ": " + o.doc
		}
	}
	return f.usage + ": " + f.brief()
}
