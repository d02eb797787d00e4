package craft

const (
	// CookedLinux is the header of a Linux cooked capture, link type LINUX_SLL: what "any" interface gives.
	CookedLinux Name = "CookedLinux"
	// CookedLinuxV2 is its second version, link type LINUX_SLL2, which tells the interface too.
	CookedLinuxV2 Name = "CookedLinuxV2"
)

var cookedTypes = map[uint64]string{0: "unicast", 1: "broadcast", 2: "multicast", 3: "unicast-to-another-host", 4: "sent-by-us"}

var _ = define(spec{
	name: CookedLinux, title: "cooked linux", doc: "Linux cooked capture, LINKTYPE_LINUX_SLL",
	fields: []Field{
		{Name: "pkttype", Kind: Enum, Bits: 16, names: cookedTypes, Doc: "to whom it was sent"},
		{Name: "lladdrtype", Kind: Number, Bits: 16, def: 512, hex: true, Doc: "type of the interface, ARPHRD_"},
		{Name: "lladdrlen", Kind: Number, Bits: 16, Doc: "how many bytes of src are an address"},
		{Name: "src", Kind: Bytes, Bits: 64, Doc: "the sender's link-layer address"},
		{Name: "proto", Kind: Enum, Bits: 16, def: 0x0800, hex: true, names: etherTypes, Doc: "protocol of the payload"},
	},
	next:  []string{"proto"},
	reads: Ether,
})

var _ = define(spec{
	name: CookedLinuxV2, title: "cooked linux v2", doc: "Linux cooked capture, version 2, LINKTYPE_LINUX_SLL2",
	fields: []Field{
		{Name: "proto", Kind: Enum, Bits: 16, def: 0x0800, hex: true, names: etherTypes, Doc: "protocol of the payload"},
		{Name: "reserved", Kind: Number, Bits: 16, Doc: "reserved"},
		{Name: "ifindex", Kind: Number, Bits: 32, Doc: "number of the interface"},
		{Name: "lladdrtype", Kind: Number, Bits: 16, def: 512, hex: true, Doc: "type of the interface, ARPHRD_"},
		{Name: "pkttype", Kind: Enum, Bits: 8, names: cookedTypes, Doc: "to whom it was sent"},
		{Name: "lladdrlen", Kind: Number, Bits: 8, Doc: "how many bytes of src are an address"},
		{Name: "src", Kind: Bytes, Bits: 64, Doc: "the sender's link-layer address"},
	},
	next:  []string{"proto"},
	like:  CookedLinux,
	reads: Ether,
})
