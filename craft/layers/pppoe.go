package layers

import (
	"strings"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

const (
	// PPPoE is PPP over Ethernet in its session stage, RFC 2516.
	PPPoE craft.Name = "PPPoE"
	// PPPoED is PPP over Ethernet in its discovery stage.
	PPPoED craft.Name = "PPPoED"
	// PPPoEDTags is the list of tags in a discovery message.
	PPPoEDTags craft.Name = "PPPoED_Tags"
	// PPPoETag is one tag of a discovery message.
	PPPoETag craft.Name = "PPPoETag"
)

func pppoeSessionSpec() craft.Spec {
	return pppoeSpec(PPPoE, "PPP over Ethernet", "PPP over Ethernet, session stage, RFC 2516", 0x8864, 0, map[uint64]string{0: "Session"})
}

func pppoeDiscoverySpec() craft.Spec {
	return pppoeSpec(PPPoED, "PPP over Ethernet Discovery", "PPP over Ethernet, discovery stage, RFC 2516", 0x8863, 9, map[uint64]string{
		0: "PPP Session Stage", 9: "PPPoE Active Discovery Initiation (PADI)", 7: "PPPoE Active Discovery Offer (PADO)",
		10: "PPPoE Active Discovery Session-Grant (PADG)", 11: "PPPoE Active Discovery Session-Credit Response (PADC)",
		12: "PPPoE Active Discovery Quality (PADQ)", 25: "PPPoE Active Discovery Request (PADR)",
		101: "PPPoE Active Discovery Session-confirmation (PADS)", 167: "PPPoE Active Discovery Terminate (PADT)",
	})
}

var _, _ = define(pppoeSessionSpec), define(pppoeDiscoverySpec)

// pppoeSpec is the header that both stages have.
func pppoeSpec(name craft.Name, title, doc string, etherType, code uint64, codes map[uint64]string) craft.Spec {
	s := craft.Spec{
		Name: name, Families: []craft.Name{PPPoE}, Title: title, Doc: doc,
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 4, Default: 1, Doc: "version"},
			{Name: "type", Kind: craft.Number, Bits: 4, Default: 1, Doc: "type"},
			{Name: "code", Kind: craft.Enum, Bits: 8, Default: code, Names: codes, Doc: "message"},
			{Name: "sessionid", Kind: craft.Number, Bits: 16, Hex: true, Doc: "session"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.PayloadLength)},
		},
		Binds: []craft.Binding{craft.Over(Ether, "type", etherType), craft.Over(CookedLinux, "proto", etherType)},
		Next:  []string{"code"},
		Hooks: craft.Hooks{},
	}
	if name == PPPoED {
		s.GuessPayload = func(l *craft.Layer, _ []byte) craft.Name {
			if l.Uint("type") == 1 {
				return PPPoEDTags
			}
			return ""
		}
		s.Summary = func(p *craft.Packet, i int) string { return p.Layers()[i].Text("code") }
	}
	return s
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: PPPoEDTags, Title: "PPPoE Tag List", Doc: "tags of a PPPoE discovery message, RFC 2516",
		Fields: []craft.Field{
			{Name: "tag_list", Kind: craft.Packets, Of: PPPoETag, Doc: "list of PPPoETag"},
		},
		Binds: []craft.Binding{craft.StackOver(PPPoED, "type", 1)},
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string {
				var tags []string
				for _, tag := range p.Layers()[i].Value("tag_list").Packets() {
					tags = append(tags, tag.Layers()[0].Text("tag_type"))
				}
				return strings.TrimSpace("PPPoE Tags " + strings.Join(tags, ", "))
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: PPPoETag, Title: "PPPoE Tag", Doc: "tag of a PPPoE discovery message, RFC 2516, appendix A",
		Fields: []craft.Field{
			{Name: "tag_type", Kind: craft.Enum, Bits: 16, Names: pppoeTags(), Doc: "what it tells"},
			{Name: "tag_len", Kind: craft.Number, Bits: 16, Computed: craft.Measures("tag_value")},
			{Name: "tag_value", Kind: craft.Bytes, Doc: "value"},
		},
	}
})

var pppoeTags = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0x0000: "End-Of-List", 0x0101: "Service-Name", 0x0102: "AC-Name", 0x0103: "Host-Uniq", 0x0104: "AC-Cookie",
		0x0105: "Vendor-Specific", 0x0106: "Credits", 0x0107: "Metrics", 0x0108: "Sequence Number", 0x0109: "Credit Scale Factor",
		0x0110: "Relay-Session-Id", 0x0120: "PPP-Max-Payload", 0x0201: "Service-Name-Error", 0x0202: "AC-System-Error",
		0x0203: "Generic-Error",
	}
})
