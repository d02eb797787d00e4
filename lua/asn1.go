package lua

import (
	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft/layers"
)

// asn1Functions make values of ASN.1, by the names that scapy has for them.
func (s *State) asn1Functions() []function {
	var functions []function
	for _, f := range []struct{ name, usage, doc string }{
		{"BOOLEAN", "(1)", "a truth value"},
		{"INTEGER", "(5)", "an integer; a number alone is one, too"},
		{"STRING", `("text")`, "a string; a string alone is one, too"},
		{"NULL", "()", "no value"},
		{"OID", `("1.3.6.1")`, "an object identifier"},
		{"IPADDRESS", `("192.0.2.1")`, "an IPv4 address"},
		{"COUNTER32", "(7)", "a number that grows and begins again at zero"},
		{"GAUGE32", "(7)", "a number that grows and falls"},
		{"TIME_TICKS", "(100)", "hundredths of a second"},
		{"COUNTER64", "(7)", "a number of 64 bits that grows"},
	} {
		name := "ASN1_" + f.name
		functions = append(functions, function{name, name + f.usage, "for SNMPvarbind's value: " + f.doc, nil, func(l *glua.LState) int {
			value, err := toScalar(l.Get(1))
			if f.name == "NULL" {
				value, err = nil, nil // scapy's takes a number that means nothing
			}
			if err != nil {
				l.RaiseError("%s: %s", name, err)
			}
			b, err := layers.EncodeBER(f.name, value)
			if err != nil {
				l.RaiseError("ASN1_%s", err)
			}
			l.Push(s.value(b, s.types.raw))
			return 1
		}})
	}
	return functions
}
