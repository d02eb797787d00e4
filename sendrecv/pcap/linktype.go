package pcap

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

// A linkType is a number of the LINKTYPE_ registry, which both formats use.
type linkType uint32

// names maps link types to the protocol a frame begins with. Where a protocol has several numbers the first row is the
// one that is written.
var names = []struct {
	link linkType
	name craft.Name
}{
	{1, craft.Ether},
	{101, craft.IP}, // raw IP of either version
	{12, craft.IP},  // the same as some systems write it
	{14, craft.IP},
	{228, craft.IP},
	{101, craft.IPv6},
	{229, craft.IPv6},
	{0, "Loopback"},
	{108, "Loopback"},
	{9, "PPP"},
	{10, "FDDI"},
	{105, "Dot11"},
	{113, "LinuxSLL"},
	{117, "PFLog"},
	{119, "PrismHeader"},
	{127, "RadioTap"},
	{220, "USB"},
}

// name is the protocol that data of this link type begins with: Raw for types that nobody can read.
func (l linkType) name(data []byte) craft.Name {
	for _, n := range names {
		if n.link != l {
			continue
		}
		if n.name == craft.IP {
			return craft.IPVersion(data)
		}
		return n.name
	}
	return craft.Raw
}

// linkTypeOf is the number under which frames that begin with name are written.
func linkTypeOf(name craft.Name) (linkType, error) {
	for _, n := range names {
		if n.name == name {
			return n.link, nil
		}
	}
	return 0, fmt.Errorf("link: want a protocol with a link type of its own (Ether, IP, ...), got %q", name)
}
