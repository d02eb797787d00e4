package layers

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

// The control protocols of PPP (LCP, IPCP, ECP, PAP, CHAP) share one header: a code, an identifier that answers repeat,
// and the length of the message, RFC 1661, section 5.

// controlSpec is the table of a control message; data are the fields behind the header.
func controlSpec(name craft.Name, title, doc string, codes map[uint64]string, code uint64, data ...craft.Field) craft.Spec {
	s := craft.Spec{
		Name: name, Title: title, Doc: doc,
		Fields: append([]craft.Field{
			{Name: "code", Kind: craft.Enum, Bits: 8, Default: code, Names: codes, Doc: "kind of message"},
			{Name: "id", Kind: craft.Number, Bits: 8, Hex: true, Doc: "identifier; an answer repeats it"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderLength)},
		}, data...),
		Next: []string{"code"},
	}
	s.Ends = true // what follows is the link's padding
	return s
}

// controlOption is the table of an option of a control protocol, of which the general one is any; data are the fields behind kind
// and length.
func controlOption(name, general craft.Name, title, doc string, kinds map[uint64]string, kind uint64, data ...craft.Field) craft.Spec {
	s := craft.Spec{
		Name: name, Families: []craft.Name{general}, Title: title, Doc: doc,
		Fields: append([]craft.Field{
			{Name: "type", Kind: craft.Enum, Bits: 8, Default: kind, Names: kinds, Doc: "what is configured"},
			{Name: "len", Kind: craft.Number, Bits: 8, Computed: craft.Computes(craft.HeaderLength)},
		}, data...),
	}
	return s
}

// answersByID pairs control messages: the reply's code is one of those that answer the question's, and the identifier
// is the same.
func answersByID(replies map[uint64][]uint64) func(m craft.Match, i, j int) (bool, string) {
	return func(m craft.Match, i, j int) (bool, string) {
		r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
		if r.Uint("id") != q.Uint("id") {
			return false, "it has another id"
		}
		for _, code := range replies[q.Uint("code")] {
			if r.Uint("code") == code {
				return true, "it has the question's id"
			}
		}
		return false, fmt.Sprintf("its code %d does not answer the question's code %d", r.Uint("code"), q.Uint("code"))
	}
}

// byCode names the message that begins with a code; "" is the general one.
func byCode(messages map[byte]craft.Name) func(data []byte) craft.Name {
	return func(data []byte) craft.Name {
		if len(data) == 0 {
			return ""
		}
		return messages[data[0]]
	}
}

// A sizes is how long an option may be: least to most bytes.
type sizes struct{ least, most byte }

// bySize is byCode for options of certain lengths: another one is left to the general option, which obeys its length.
func bySize(options map[byte]craft.Name, of map[byte]sizes) func(data []byte) craft.Name {
	return func(data []byte) craft.Name {
		if len(data) < 2 || data[1] < of[data[0]].least || data[1] > of[data[0]].most {
			return ""
		}
		return options[data[0]]
	}
}

// optionsOf is a field of options of a control message.
func optionsOf(option craft.Name) craft.Field {
	return craft.Field{Name: "options", Kind: craft.Packets, Of: option, Doc: "list of " + string(option)}
}
