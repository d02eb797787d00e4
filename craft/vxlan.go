package craft

// VXLAN is Virtual eXtensible Local Area Network, RFC 7348, with its extensions for other payloads and group policies.
const VXLAN Name = "VXLAN"

var vxlanFields = []Field{
	{Name: "flags", Kind: Flags, Bits: 8, def: 0x08, flags: []string{"OAM", "R", "NextProtocol", "Instance", "V1", "V2", "R", "G"}, join: "+",
		Doc: "Instance: vni is valid; NextProtocol and G have fields of their own"},
	{Name: "reserved0", Kind: Number, Bits: 16, Doc: "reserved"},
	{Name: "NextProtocol", Kind: Enum, Bits: 8, names: vxlanPayloads, Doc: "protocol of the payload, draft-ietf-nvo3-vxlan-gpe"},
	{Name: "reserved1", Kind: Number, Bits: 24, Doc: "reserved"},
	{Name: "gpflags", Kind: Flags, Bits: 8, flags: []string{"R", "R", "R", "A", "R", "R", "D", "R"}, join: "+",
		Doc: "A: the policy was applied, D: do not learn, draft-smith-vxlan-group-policy"},
	{Name: "gpid", Kind: Number, Bits: 16, Doc: "group policy identifier"},
	{Name: "vni", Kind: Number, Bits: 24, hex: true, Doc: "network identifier"},
	{Name: "reserved2", Kind: Number, Bits: 8, hex: true, Doc: "reserved"},
}

// Flags of VXLAN that decide the layout.
const vxlanNext, vxlanGroup = 0x04, 0x80

var (
	vxlanPlain  = vxlanShape("reserved1")
	vxlanGPE    = vxlanShape("reserved0", "NextProtocol")
	vxlanPolicy = vxlanShape("gpflags", "gpid")
	vxlanBoth   = vxlanShape("reserved0", "NextProtocol", "gpflags", "gpid")
)

// vxlanShape is the layout with these fields between the flags and the network's number.
func vxlanShape(names ...string) *shape {
	specs := []slotSpec{{name: "flags"}}
	for _, name := range append(names, "vni", "reserved2") {
		specs = append(specs, slotSpec{name: name})
	}
	return layout(vxlanFields, specs)
}

var vxlanPayloads = map[uint64]string{0: "NotDefined", 1: "IPv4", 2: "IPv6", 3: "Ethernet", 4: "NSH"}

// Stacking names the payload's protocol, as scapy does; with flags set by hand to 8 it is the header of RFC 7348.
var _ = define(spec{
	name: VXLAN, doc: "Virtual eXtensible LAN, RFC 7348",
	fields: vxlanFields,
	binds: []bind{
		stackOver(UDP, "sport", 4789), stackOver(UDP, "dport", 4789),
		readOver(UDP, "dport", 4789), readOver(UDP, "dport", 4790), readOver(UDP, "dport", 6633), readOver(UDP, "dport", 8472),
		readOver(UDP, "dport", 48879), readOver(UDP, "sport", 4789), readOver(UDP, "sport", 4790), readOver(UDP, "sport", 6633),
		readOver(UDP, "sport", 8472),
	},
	next:  []string{"NextProtocol"},
	keys:  []string{"flags"},
	shape: vxlanPlain,
	hooks: hooks{
		choose: func(c choice) *shape {
			switch c.hdr[0] & (vxlanNext | vxlanGroup) {
			case vxlanNext:
				return vxlanGPE
			case vxlanGroup:
				return vxlanPolicy
			case vxlanNext | vxlanGroup:
				return vxlanBoth
			}
			return vxlanPlain
		},
		carries: func(l *Layer, _ []byte) Name {
			if !l.Has("NextProtocol") {
				return Ether
			}
			return ""
		},
		summary: func(p *Packet, i int) string {
			l := p.layers[i]
			s := "VXLAN (vni=" + l.Text("vni")
			if l.Has("gpid") {
				s += " gpid=" + l.Text("gpid")
			}
			return s + ")"
		},
	},
})
