package craft

import (
	"fmt"
	"strings"
)

const (
	// PPPoE is PPP over Ethernet in its session stage, RFC 2516.
	PPPoE Name = "PPPoE"
	// PPPoED is PPP over Ethernet in its discovery stage.
	PPPoED Name = "PPPoED"
	// PPPoEDTags is the list of tags in a discovery message.
	PPPoEDTags Name = "PPPoED_Tags"
	// PPPoETag is one tag of a discovery message.
	PPPoETag Name = "PPPoETag"
)

var pppoeSessionSpec = pppoeSpec(PPPoE, "PPP over Ethernet", "PPP over Ethernet, session stage, RFC 2516", 0x8864, 0, map[uint64]string{0: "Session"})

var pppoeDiscoverySpec = pppoeSpec(PPPoED, "PPP over Ethernet Discovery", "PPP over Ethernet, discovery stage, RFC 2516", 0x8863, 9, map[uint64]string{
	0: "PPP Session Stage", 9: "PPPoE Active Discovery Initiation (PADI)", 7: "PPPoE Active Discovery Offer (PADO)",
	10: "PPPoE Active Discovery Session-Grant (PADG)", 11: "PPPoE Active Discovery Session-Credit Response (PADC)",
	12: "PPPoE Active Discovery Quality (PADQ)", 25: "PPPoE Active Discovery Request (PADR)",
	101: "PPPoE Active Discovery Session-confirmation (PADS)", 167: "PPPoE Active Discovery Terminate (PADT)",
})

var _, _ = Define(pppoeSessionSpec), Define(pppoeDiscoverySpec)

// pppoeSpec is the header that both stages have.
func pppoeSpec(name Name, title, doc string, etherType, code uint64, codes map[uint64]string) Spec {
	s := Spec{
		Name: name, Title: title, Doc: doc,
		Fields: []Field{
			{Name: "version", Kind: Number, Bits: 4, Default: 1, Doc: "version"},
			{Name: "type", Kind: Number, Bits: 4, Default: 1, Doc: "type"},
			{Name: "code", Kind: Enum, Bits: 8, Default: code, Names: codes, Doc: "message"},
			{Name: "sessionid", Kind: Number, Bits: 16, Hex: true, Doc: "session"},
			{Name: "len", Kind: Number, Bits: 16, Auto: AutoDerived, Doc: "length of the payload in bytes"},
		},
		Binds: []Binding{Over(Ether, "type", etherType), Over(CookedLinux, "proto", etherType)},
		Next:  []string{"code"},
		Hooks: Hooks{
			Sum: SumRule{Covers: CoversNothing},
			PayloadLen: func(l *Layer, rest int) (int, error) {
				n := int(l.Uint("len"))
				if n > rest {
					return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", n, rest)
				}
				return n, nil
			},
			Derive: func(_ *Builder, _ int, hdr, payload []byte, _ uint64) error {
				return PutLength(hdr[4:], string(name)+".len", len(payload))
			},
		},
	}
	if name == PPPoED {
		s.GuessPayload = func(l *Layer, _ []byte) Name {
			if l.Uint("type") == 1 {
				return PPPoEDTags
			}
			return ""
		}
		s.Summary = func(p *Packet, i int) string { return p.Layers()[i].Text("code") }
	}
	return s
}

var _ = Define(Spec{
	Name: PPPoEDTags, Title: "PPPoE Tag List", Doc: "tags of a PPPoE discovery message, RFC 2516",
	Fields: []Field{
		{Name: "tag_list", Kind: Packets, Part: PacketList(func(*Layer, []byte) Name { return PPPoETag }, nil), Doc: "list of PPPoETag"},
	},
	Binds: []Binding{StackOver(PPPoED, "type", 1)},
	Hooks: Hooks{
		Summary: func(p *Packet, i int) string {
			var tags []string
			for _, tag := range p.Layers()[i].Value("tag_list").Packets() {
				tags = append(tags, tag.Layers()[0].Text("tag_type"))
			}
			return strings.TrimSpace("PPPoE Tags " + strings.Join(tags, ", "))
		},
	},
})

var _ = Define(WithLengths(Spec{
	Name: PPPoETag, Title: "PPPoE Tag", Doc: "tag of a PPPoE discovery message, RFC 2516, appendix A",
	Fields: []Field{
		{Name: "tag_type", Kind: Enum, Bits: 16, Names: pppoeTags, Doc: "what it tells"},
		{Name: "tag_len", Kind: Number, Bits: 16, Auto: AutoDerived, Doc: "length of tag_value in bytes"},
		{Name: "tag_value", Kind: Bytes, Part: ByLength("tag_len", 0), Doc: "value"},
	},
}, LengthField{Field: "tag_len"}))

var pppoeTags = map[uint64]string{
	0x0000: "End-Of-List", 0x0101: "Service-Name", 0x0102: "AC-Name", 0x0103: "Host-Uniq", 0x0104: "AC-Cookie",
	0x0105: "Vendor-Specific", 0x0106: "Credits", 0x0107: "Metrics", 0x0108: "Sequence Number", 0x0109: "Credit Scale Factor",
	0x0110: "Relay-Session-Id", 0x0120: "PPP-Max-Payload", 0x0201: "Service-Name-Error", 0x0202: "AC-System-Error",
	0x0203: "Generic-Error",
}
