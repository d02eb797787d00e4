package layers

import (
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

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: CookedLinux, Title: "cooked linux", Doc: "Linux cooked capture, LINKTYPE_LINUX_SLL",
		Fields: []craft.Field{
			{Name: "pkttype", Kind: craft.Enum, Bits: 16, Names: cookedTypes(), Doc: "to whom it was sent"},
			{Name: "lladdrtype", Kind: craft.Number, Bits: 16, Default: 512, Hex: true, Doc: "type of the interface, ARPHRD_"},
			{Name: "lladdrlen", Kind: craft.Number, Bits: 16, Doc: "how many bytes of src are an address"},
			{Name: "src", Kind: craft.Bytes, Bits: 64, Steady: true, Doc: "the sender's link-layer address"},
			{Name: "proto", Kind: craft.Enum, Bits: 16, Default: 0x0800, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
		},
		Next:  []string{"proto"},
		Reads: Ether,
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: CookedLinuxV2, Families: []craft.Name{CookedLinux}, Title: "cooked linux v2", Doc: "Linux cooked capture, version 2, LINKTYPE_LINUX_SLL2",
		Fields: []craft.Field{
			{Name: "proto", Kind: craft.Enum, Bits: 16, Default: 0x0800, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
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
	}
})
