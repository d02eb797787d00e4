package iana

// Numbers of protocols over IP, where a protocol's own table is not the only place that looks at them.
const (
	HopByHop           = 0
	IGMP               = 2
	Routing            = 43
	Fragment           = 44
	ICMPv6             = 58
	NoNext             = 59
	DestinationOptions = 60
)

// MaxLength8023 is the largest number in the place of an EtherType that is the length of the frame: IEEE 802.3, section 3.2.6.
const MaxLength8023 = 1500
