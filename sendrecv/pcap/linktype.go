package pcap

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
)

// A linkType is a number of the LINKTYPE_ registry, which both formats use.
type linkType uint32

// names maps link types to the protocol a frame begins with. Where a protocol has several numbers the first row is the
// one that is written; where a number has several protocols the first is what it is called.
var names = []struct {
	link linkType
	name craft.Name
}{
	{1, layers.Ether},
	{1, layers.Dot3},
	{101, layers.IP}, // raw IP of either version
	{12, layers.IP},  // the same as some systems write it
	{14, layers.IP},
	{228, layers.IP},
	{101, layers.IPv6},
	{229, layers.IPv6},
	{0, layers.Loopback},
	{108, layers.Loopback},
	{9, layers.PPP},
	{9, layers.HDLC},
	{50, layers.PPP},
	{51, layers.PPPoE},
	{51, layers.PPPoED},
	{113, layers.CookedLinux},
	{144, layers.CookedLinux}, // of infrared interfaces
	{276, layers.CookedLinuxV2},
	{10, "FDDI"},
	{105, "Dot11"},
	{117, "PFLog"},
	{119, "PrismHeader"},
	{127, "RadioTap"},
	{220, "USB"},
}

// numbered begins the names of link types that have no protocol here: "LINKTYPE_147". Frames of such a link are Raw, and
// are written under the number that they came with.
const numbered = "LINKTYPE_"

// name is the protocol that data of this link type begins with.
func (l linkType) name(data []byte) craft.Name {
	for _, n := range names {
		switch {
		case n.link != l:
			continue
		case n.name == layers.IP:
			return layers.IPVersion(data)
		case n.name == layers.PPPoE && len(data) > 1 && data[1] != 0: // a code of the discovery stage
			return layers.PPPoED
		case l == 50 && len(data) > 0 && data[0]&^0x80 == 0x0f: // Cisco's framing, which this link type has too
			return l.numbered()
		}
		return n.name
	}
	return l.numbered()
}

func (l linkType) numbered() craft.Name {
	return craft.Name(numbered + strconv.FormatUint(uint64(l), 10))
}

// linkTypeOf is the number under which frames that begin with name are written.
func linkTypeOf(name craft.Name) (linkType, error) {
	for _, n := range names {
		if n.name == name {
			return n.link, nil
		}
	}
	if text, ok := strings.CutPrefix(string(name), numbered); ok {
		if n, err := strconv.ParseUint(text, 10, 16); err == nil {
			return linkType(n), nil
		}
	}
	return 0, fmt.Errorf("link: want a protocol with a link type of its own (Ether, IP, ...), or a link type for the whole file, got %q: write %s", name, stacked(name))
}

// asked is the link type that a function says, if it says one.
func (l linkType) asked(say func() craft.Name) linkType {
	if say != nil {
		if typ, err := linkTypeOf(say()); err == nil {
			return typ
		}
	}
	return l
}

// stacked is how a protocol is written with what announces it below, from the link on; one that nothing announces has another as an
// example.
func stacked(name craft.Name) string {
	for _, below := range []struct {
		name        craft.Name
		field, link string
	}{{layers.Ether, "type", "Ether"}, {layers.IP, "proto", "IP"}, {layers.IPv6, "nh", "IPv6"}, {layers.UDP, "dport", "IP/UDP"}, {layers.TCP, "dport", "IP/TCP"}} {
		under := craft.Stack(below.name.New(), name.New()).Layers()[0]
		if under.Uint(below.field) != below.name.New().Uint(below.field) {
			return below.link + "/" + string(name)
		}
	}
	return "one before it, as in Ether/ARP and IP/UDP/DNS"
}

// carries reports whether data that begins with link may be written under this link type.
func (l linkType) carries(link craft.Name, data []byte) bool {
	switch l {
	case 228: // IPv4 alone
		return link == layers.IP
	case 229:
		return link == layers.IPv6
	}
	return l.name(data) == link
}

// misfit says what is odd about frames that begin with link under this link type; "" is nothing. What nobody can read may be anything,
// and frames of a link type without a protocol here may begin with any that has none of its own.
func (l linkType) misfit(link craft.Name) string {
	label := ""
	for _, n := range names {
		switch {
		case n.link != l:
		case n.name == link:
			return ""
		case label == "":
			label = fmt.Sprintf(" (%s)", n.name)
		}
	}
	_, err := linkTypeOf(link)
	if link == craft.Raw || strings.HasPrefix(string(link), numbered) || label == "" && (err != nil || l.isPrivate()) {
		return ""
	}
	return fmt.Sprintf("packets that begin with %s, under link type %d%s", link, l, label)
}

// isPrivate reports whether everybody may give this link type a meaning of his own.
func (l linkType) isPrivate() bool { return l >= 147 && l <= 162 }

// typeOf is the number under which a frame is written: the explicit one, the one that it came with, or that of its link.
func typeOf(f sendrecv.Frame, explicit *linkType) (linkType, error) {
	if explicit != nil {
		return *explicit, nil
	}
	if o := originOf(f.Info); o != nil && o.typ.carries(f.Link, f.Data) {
		return o.typ, nil
	}
	return linkTypeOf(f.Link)
}

// most is how many bytes a frame has at most when the file says that its frames have at most snaplen; 0 says nothing.
func (l linkType) most(snaplen uint32) uint32 {
	switch l {
	case 186, 189, 220, 249, 266, 288, 293, 294, 295, // USB
		231: // D-Bus
		return maxTransfer
	}
	return max(maxFrame, min(snaplen, maxTransfer))
}

// LinkOf is the link of a file that is to hold the packet: what its first layer is carried by, or, when no link carries
// that (bytes that nobody can read), the link it came through. Create says what is wrong with a name that is no link.
func LinkOf(p *craft.Packet) craft.Name {
	first := craft.Raw
	if layers := p.Layers(); len(layers) > 0 {
		first = layers[0].Name()
	}
	if first == layers.HDLC && p.Link == layers.Loopback {
		first = p.Link // PPP on link type NULL, which tells by its first bytes
	}
	typ, err := linkTypeOf(first)
	if err != nil && p.Link != "" {
		first = p.Link
		typ, err = linkTypeOf(first)
	}
	if err != nil {
		return first
	}
	return typ.name(nil)
}
