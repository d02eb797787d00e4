package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// VXLAN is Virtual eXtensible Local Area Network, RFC 7348, with its extensions for other payloads and group policies.
const VXLAN craft.Name = "VXLAN"

var vxlanFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "flags", Kind: craft.Flags, Bits: 8, Default: 0x08, Flags: []string{"OAM", "R", "NextProtocol", "Instance", "V1", "V2", "R", "G"}, Join: "+",
			Doc: "Instance: vni is valid; NextProtocol and G have fields of their own"},
		{Name: "reserved0", Kind: craft.Number, Bits: 16, When: craft.GivenBits("flags", vxlanNext), Doc: "reserved"},
		{Name: "NextProtocol", Kind: craft.Enum, Bits: 8, Names: vxlanPayloads(), When: craft.GivenBits("flags", vxlanNext), Doc: "protocol of the payload, draft-ietf-nvo3-vxlan-gpe"},
		{Name: "reserved1", Kind: craft.Number, Bits: 24, When: []craft.Condition{{Field: "flags", Mask: vxlanNext | vxlanGroup, Not: true}}, Doc: "reserved"},
		{Name: "gpflags", Kind: craft.Flags, Bits: 8, Flags: []string{"R", "R", "R", "A", "R", "R", "D", "R"}, Join: "+",
			When: craft.GivenBits("flags", vxlanGroup), Doc: "A: the policy was applied, D: do not learn, draft-smith-vxlan-group-policy"},
		{Name: "gpid", Kind: craft.Number, Bits: 16, When: craft.GivenBits("flags", vxlanGroup), Doc: "group policy identifier"},
		{Name: "vni", Kind: craft.Number, Bits: 24, Hex: true, Doc: "network identifier"},
		{Name: "reserved2", Kind: craft.Number, Bits: 8, Hex: true, Doc: "reserved"},
	}
})

// Flags of VXLAN that decide the layout.
const vxlanNext, vxlanGroup = 0x04, 0x80

var vxlanPayloads = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "NotDefined", 1: "IPv4", 2: "IPv6", 3: "Ethernet", 4: "NSH"}
})

// likeVXLAN looks at the flags and at what must be zero: RFC 7348, section 5, and the two drafts. Linux has a bit of its own behind the
// flags, for checksums that the receiver completes.
func likeVXLAN(b []byte) bool {
	const instance, reserved, policyReserved, remoteChecksum = 0x08, 0x42, 0xb7, 0x20
	if len(b) < 4 || b[0]&reserved != 0 {
		return false
	}
	switch b[0] & (vxlanNext | vxlanGroup) {
	case 0:
		return b[0]&instance != 0 && b[1]&^remoteChecksum|b[2]|b[3] == 0
	case vxlanGroup:
		return b[0]&instance != 0 && b[1]&policyReserved == 0
	}
	next := uint64(b[3])
	return b[1]|b[2] == 0 && vxlanPayloads()[next] != "" && (next != 0 || b[0]&instance != 0)
}

// Stacking names the payload's protocol, as scapy does; with flags set by hand to 8 it is the header of RFC 7348.
var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: VXLAN, Doc: "Virtual eXtensible LAN, RFC 7348",
		Fields: vxlanFields(),
		Binds: []craft.Binding{
			craft.StackOver(UDP, "sport", 4789), craft.StackOver(UDP, "dport", 4789),
			craft.ReadOver(UDP, "dport", 4789), craft.ReadOver(UDP, "dport", 4790), craft.ReadOver(UDP, "dport", 6633), craft.ReadOver(UDP, "dport", 8472),
			craft.ReadOver(UDP, "dport", 48879), craft.ReadOver(UDP, "sport", 4789), craft.ReadOver(UDP, "sport", 4790), craft.ReadOver(UDP, "sport", 6633),
			craft.ReadOver(UDP, "sport", 8472),
		},
		Next: []string{"NextProtocol"},
		Hooks: craft.Hooks{
			Accepts: likeVXLAN,
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if !l.Has("NextProtocol") {
					return Ether
				}
				return ""
			},
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				s := "VXLAN (vni=" + l.Text("vni")
				if l.Has("gpid") {
					s += " gpid=" + l.Text("gpid")
				}
				return s + ")"
			},
		},
	}
})
