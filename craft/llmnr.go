package craft

const (
	// LLMNRQuery asks for a name on the local link, RFC 4795.
	LLMNRQuery Name = "LLMNRQuery"
	// LLMNRResponse answers an LLMNRQuery, RFC 4795.
	LLMNRResponse Name = "LLMNRResponse"
)

var _ = define(llmnrSpec(LLMNRQuery, 0, "question for a name on the local link, RFC 4795"))
var _ = define(llmnrSpec(LLMNRResponse, 1, "answer to a question for a name on the local link, RFC 4795"))

// llmnrSpec is the table of both: they differ in qr, which tells them apart.
func llmnrSpec(name Name, qr uint64, doc string) spec {
	fields := []Field{
		{Name: "id", Kind: Number, Bits: 16, Doc: "pairs an answer with its question"},
		{Name: "qr", Kind: Number, Bits: 1, def: qr, Doc: "0 is a question, 1 an answer"},
		{Name: "opcode", Kind: Enum, Bits: 4, names: dnsOpcodes, Doc: "kind of question"},
		{Name: "c", Kind: Number, Bits: 1, Doc: "the name is not unique on the link"},
		{Name: "tc", Kind: Number, Bits: 2, Doc: "the answer was cut short; the name is tentative"},
		{Name: "z", Kind: Number, Bits: 4, Doc: "reserved"},
		{Name: "rcode", Kind: Enum, Bits: 4, names: dnsRcodes, Doc: "what came of the question"},
	}
	for _, f := range dnsFields[12:] {
		f.deflt = nil // no question by itself
		fields = append(fields, f)
	}
	return spec{
		name: name, title: "Link Local Multicast Node Resolution - " + string(name[len("LLMNR"):]), doc: doc,
		fields: fields,
		binds: []bind{
			readOver(UDP, "dport", llmnrPort), readOver(UDP, "sport", llmnrPort),
			stackOver(UDP, "sport", llmnrPort, eq{field: "dport", value: llmnrPort}),
		},
		hooks: hooks{
			claims:  func(payload []byte) bool { return len(payload) > 2 && uint64(payload[2]>>7) == qr },
			sound:   func(l *Layer, data []byte) error { noteNames(l, data); return nil },
			follows: followsSections,
			loosen:  loosenNames,
			derive: func(b *builder, i int, hdr, _ []byte, unset uint64) error {
				deriveCounts(b.p.layers[i], hdr, unset)
				return nil
			},
			summary: func(p *Packet, i int) string {
				l := p.layers[i]
				if all := l.read("qd").Packets(); len(all) > 0 && qr == 0 {
					return string(name) + " who has " + all[0].layers[0].Text("qname")
				}
				return string(name)
			},
			replies: []Name{LLMNRQuery},
			answers: dnsAnswers,
		},
	}
}
