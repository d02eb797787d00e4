package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
)

// Flags are read as text, and p[TCP].flags.S asks that text for a flag, as scapy does. A text does not know which field it comes from: any
// field of flags that it may be a value of can answer, and all of them agree on what is on.

// flagFields are the fields of flags of all protocols, those with the same flags once.
func (s *State) flagFields() []*craft.Field {
	if s.flags != nil && s.flagsOf == s.declarations {
		return s.flags
	}
	s.flags, s.flagsOf = nil, s.declarations
	seen := map[string]bool{}
	for _, p := range s.table.Protocols() {
		for i := range p.Fields() {
			f := &p.Fields()[i]
			key := f.Join + strings.Join(f.Flags, ",")
			if f.Kind == craft.Flags && !seen[key] {
				seen[key] = true
				s.flags = append(s.flags, f)
			}
		}
	}
	return s.flags
}

// flagIn is text.SA: whether these flags are on, where text may be a field's flags and names are flags of that field; nil, as in Lua, for any
// other text and name. Letters that are flags of no such field are an error.
func (s *State) flagIn(l *glua.LState, text, names string) glua.LValue {
	var field *craft.Field
	all := s.flagFields()
	for i, f := range all {
		v, err := f.ReadFlags(text)
		if err != nil {
			continue
		}
		if bits, err := f.ReadFlags(names); err == nil && bits != 0 {
			all[0], all[i] = f, all[0] // a loop asks for the same ones again
			return glua.LBool(v&bits == bits)
		}
		field = f
	}
	if field != nil && text != "" && strings.ToUpper(names) == names && identifier.MatchString(names) {
		l.RaiseError("the flags %q have no flag %q; there are %s", text, names, field.ListFlags())
	}
	return glua.LNil
}

// flagSet is text.S = true, which is what scapy's users write.
func (s *State) flagSet(l *glua.LState) int {
	text, key := l.CheckString(1), l.Get(2).String()
	hint := ""
	for _, f := range s.flagFields() {
		_, err := f.ReadFlags(text)
		if bits, again := f.ReadFlags(key); err == nil && again == nil && bits != 0 {
			hint = fmt.Sprintf("; flags are text and are set whole, as in p[TCP].flags = %q", text+f.Join+key)
			if text == "" {
				hint = fmt.Sprintf("; flags are text and are set whole, as in p[TCP].flags = %q", key)
			}
			break
		}
	}
	l.RaiseError("attempt to change a string value (key '%s')%s", key, hint)
	return 0
}
