package layers

import (
	"slices"

	"github.com/moonwire/moonwire/craft"
)

const (
	// LLMNRQuery asks for a name on the local link, RFC 4795.
	LLMNRQuery craft.Name = "LLMNRQuery"
	// LLMNRResponse answers an LLMNRQuery, RFC 4795.
	LLMNRResponse craft.Name = "LLMNRResponse"
)

var _ = define(func() craft.Spec {
	return llmnrSpec(LLMNRQuery, 0, "question for a name on the local link, RFC 4795")
})
var _ = define(func() craft.Spec {
	return llmnrSpec(LLMNRResponse, 1, "answer to a question for a name on the local link, RFC 4795")
})

// llmnrGroups are where questions of LLMNR go when nobody says otherwise: RFC 4795, section 2. An answer goes to the one who asked.
func llmnrGroups() []craft.Binding {
	return groups([4]byte{224, 0, 0, 252}, "ff02::1:3", func(l *craft.Layer) bool {
		if l.Uint("dport") != llmnrPort {
			return false
		}
		all := l.Packet().Layers()
		i := slices.Index(all, l) + 1
		return i == len(all) || all[i].Name() != LLMNRResponse
	})
}

// llmnrSpec is the table of both: they differ in qr, which distinguishes them.
func llmnrSpec(name craft.Name, qr uint64, doc string) craft.Spec {
	fields := []craft.Field{
		{Name: "id", Kind: craft.Number, Bits: 16, Doc: "pairs an answer with its question"},
		{Name: "qr", Kind: craft.Number, Bits: 1, Default: qr, Doc: "0 is a question, 1 an answer"},
		{Name: "opcode", Kind: craft.Enum, Bits: 4, Names: dnsOpcodes(), Doc: "kind of question"},
		{Name: "c", Kind: craft.Number, Bits: 1, Doc: "the name is not unique on the link"},
		{Name: "tc", Kind: craft.Number, Bits: 1, Doc: "the answer was cut short"},
		{Name: "t", Kind: craft.Number, Bits: 1, Doc: "the name is tentative: the responder is still asking whether it is unique"},
		{Name: "z", Kind: craft.Number, Bits: 4, Doc: "reserved"},
		{Name: "rcode", Kind: craft.Enum, Bits: 4, Names: dnsRcodes(), Doc: "what came of the question"},
	}
	for _, f := range dnsFields()[12:] {
		f.Initial = nil // no question by itself
		fields = append(fields, f)
	}
	return craft.Spec{
		Name: name, Title: "Link Local Multicast Node Resolution - " + string(name[len("LLMNR"):]), Doc: doc,
		Fields: fields,
		Binds: []craft.Binding{
			craft.ReadOver(UDP, "dport", llmnrPort), craft.ReadOver(UDP, "sport", llmnrPort),
			craft.StackOver(UDP, "sport", llmnrPort, craft.FieldValue{Field: "dport", Value: llmnrPort}),
		},
		Replies: []craft.Name{LLMNRQuery},
		Hooks: craft.Hooks{
			Accepts:  func(payload []byte) bool { return likeDNS(payload) && uint64(payload[2]>>7) == qr },
			Validate: func(l *craft.Layer, data []byte) error { noteNames(l, data); return nil },
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				if all := l.Value("qd").Packets(); len(all) > 0 && qr == 0 {
					return string(name) + " who has " + all[0].Layers()[0].Text("qname")
				}
				return string(name)
			},
			Answers: dnsAnswers,
		},
	}
}
