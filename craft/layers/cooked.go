package layers

import (
	"maps"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

const (
	// CookedLinux is the header of a Linux cooked capture, link type LINUX_SLL: what "any" interface gives.
	CookedLinux craft.Name = "CookedLinux"
	// CookedLinuxV2 is its second version, link type LINUX_SLL2, which gives the interface too.
	CookedLinuxV2 craft.Name = "CookedLinuxV2"
)

var cookedTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "unicast", 1: "broadcast", 2: "multicast", 3: "unicast-to-another-host", 4: "sent-by-us"}
})

// Numbers that Linux uses in the place of EtherTypes, linux/if_ether.h.
const cookedLLC, cookedTokenRing, cookedHDLC = 0x04, 0x11, 0x19

// cookedProtocols are the names of the protocols: EtherTypes, and below 0x600 what Linux has for frames without one.
var cookedProtocols = sync.OnceValue(func() map[uint64]string {
	names := map[uint64]string{
		0x01: "n_802_3", 0x02: "AX25", 0x03: "ALL", cookedLLC: "n_802_2", 0x05: "SNAP", 0x06: "DDCMP", 0x07: "WAN_PPP", 0x08: "PPP_MP",
		0x09: "LOCALTALK", 0x0c: "CAN", 0x0d: "CANFD", 0x0e: "CANXL", 0x10: "PPPTALK", cookedTokenRing: "TR_802_2", 0x15: "MOBITEX",
		0x16: "CONTROL", 0x17: "IRDA", 0x18: "ECONET", cookedHDLC: "HDLC", 0x1a: "ARCNET", 0x1b: "DSA", 0x1c: "TRAILER",
		0xf5: "PHONET", 0xf6: "IEEE802154", 0xf7: "CAIF", 0xf8: "XDSA", 0xf9: "MAP", 0xfa: "MCTP",
	}
	maps.Copy(names, etherTypes())
	return names
})

// cookedCarries goes by the interface where that says what its packets are, and the protocol's number is none of an
// EtherType: the types of linux/if_arp.h that the registry of link types names, and those of 802.11 and its radio headers.
func cookedCarries(l *craft.Layer, _ []byte) craft.Name {
	const frameRelay, dot11, prism, radioTap, netlink = 770, 801, 802, 803, 824
	switch l.Uint("lladdrtype") {
	case dot11:
		return "Dot11"
	case prism:
		return "PrismHeader"
	case radioTap:
		return "RadioTap"
	case frameRelay, netlink:
		return craft.Raw
	}
	return ""
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: CookedLinux, Title: "cooked linux", Doc: "Linux cooked capture, LINKTYPE_LINUX_SLL",
		Fields: []craft.Field{
			{Name: "pkttype", Kind: craft.Enum, Bits: 16, Names: cookedTypes(), Doc: "to whom it was sent"},
			{Name: "lladdrtype", Kind: craft.Number, Bits: 16, Default: 512, Hex: true, Doc: "type of the interface, ARPHRD_"},
			{Name: "lladdrlen", Kind: craft.Number, Bits: 16, Doc: "how many bytes of src are an address"},
			{Name: "src", Kind: craft.Bytes, Bits: 64, Steady: true, Doc: "the sender's link-layer address"},
			{Name: "proto", Kind: craft.Enum, Bits: 16, Default: 0x0800, Hex: true, Names: cookedProtocols(), Doc: "protocol of the payload"},
		},
		Next:  []string{"proto"},
		Reads: Ether,
		Hooks: craft.Hooks{GuessPayload: cookedCarries},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: CookedLinuxV2, Families: []craft.Name{CookedLinux}, Title: "cooked linux v2", Doc: "Linux cooked capture, version 2, LINKTYPE_LINUX_SLL2",
		Fields: []craft.Field{
			{Name: "proto", Kind: craft.Enum, Bits: 16, Default: 0x0800, Hex: true, Names: cookedProtocols(), Doc: "protocol of the payload"},
			{Name: "reserved", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			{Name: "ifindex", Kind: craft.Number, Bits: 32, Doc: "number of the interface"},
			{Name: "lladdrtype", Kind: craft.Number, Bits: 16, Default: 512, Hex: true, Doc: "type of the interface, ARPHRD_"},
			{Name: "pkttype", Kind: craft.Enum, Bits: 8, Names: cookedTypes(), Doc: "to whom it was sent"},
			{Name: "lladdrlen", Kind: craft.Number, Bits: 8, Doc: "how many bytes of src are an address"},
			{Name: "src", Kind: craft.Bytes, Bits: 64, Steady: true, Doc: "the sender's link-layer address"},
		},
		Next:  []string{"proto"},
		Like:  CookedLinux,
		Reads: Ether,
		Hooks: craft.Hooks{GuessPayload: cookedCarries},
	}
})
