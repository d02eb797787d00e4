package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// Headers of IPv6 that hold options.
const (
	// IPv6ExtHdrHopByHop is the Hop-by-Hop Options header, RFC 8200, section 4.3, which routers look at.
	IPv6ExtHdrHopByHop craft.Name = "IPv6ExtHdrHopByHop"
	// IPv6ExtHdrDestOpt is the Destination Options header, RFC 8200, section 4.6.
	IPv6ExtHdrDestOpt craft.Name = "IPv6ExtHdrDestOpt"
)

// Elements of the options of these headers.
const (
	// Pad1 is one byte of padding, RFC 8200, section 4.2.
	Pad1 craft.Name = "Pad1"
	// PadN is two and more bytes of padding, RFC 8200, section 4.2.
	PadN craft.Name = "PadN"
	// RouterAlert asks routers to look at the packet, RFC 2711.
	RouterAlert craft.Name = "RouterAlert"
	// Jumbo gives the length of a packet of more than 65,535 bytes, RFC 2675.
	Jumbo craft.Name = "Jumbo"
	// HAO is the home address of a mobile node that sends from elsewhere, RFC 6275, section 6.3.
	HAO craft.Name = "HAO"
	// HBHOptUnknown is an option that has no table.
	HBHOptUnknown craft.Name = "HBHOptUnknown"
)

// Types of options that have a table, and the padding in front of them.
const optPad1, optPadN, optRouterAlert, optJumbo, optHomeAddress = 0, 1, 5, 194, 201

var ipv6Options = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Pad1", 1: "PadN", 4: "Tunnel Encapsulation Limit", 5: "Router Alert", 6: "Quick-Start", 194: "Jumbo Payload", 201: "Home Address Option",
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		extension(IPv6ExtHdrHopByHop, "Hop-by-Hop Options Header", iana.HopByHop, optionsSpec("Hop-by-Hop Options header of IPv6, RFC 8200", craft.Hooks{
			PayloadLen: jumboPayload,
		})),
		extension(IPv6ExtHdrDestOpt, "Destination Options Header", iana.DestinationOptions, optionsSpec("Destination Options header of IPv6, RFC 8200", craft.Hooks{
			Reroutes: homeAddress,
		})),
	}
})

// optionsSpec is the table of a header that holds options.
func optionsSpec(doc string, h craft.Hooks) craft.Spec {
	return craft.Spec{
		Doc: doc,
		Fields: []craft.Field{
			headerWords,
			{Name: "autopad", Kind: craft.Number, Initial: []byte{1}, Doc: "whether building aligns the options and pads the header; not on the wire",
				Part: yesOrNo},
			{Name: "options", Kind: craft.Packets, Doc: "options: Pad1, PadN, RouterAlert, Jumbo, HAO, HBHOptUnknown", Part: alignedOptions()},
		},
		Hooks: h,
	}
}

// yesOrNo is a number that steers the builder and is not on the wire.
var yesOrNo = &craft.Part{
	Virtual: true,
	Encode: func(_ *craft.Layer, v any) ([]byte, error) {
		return craft.Item{Bytes: 1, Kind: craft.Number}.Encode(v)
	},
	Decode: func(_ *craft.Layer, b []byte) any {
		if len(b) == 0 {
			return uint64(0)
		}
		return uint64(b[0])
	},
}

// alignedOptions is the list of options. Building pads it, if autopad says so; options that came from the wire without the
// padding that would be made stay as they are.
func alignedOptions() *craft.Part {
	p := craft.PacketList(pickIPv6Option).Ending(func(l *craft.Layer, rest []byte) (int, error) {
		n := 8*(int(l.Uint("len"))+1) - 2
		if b := rest[:min(n, len(rest))]; len(alignOptions(b)) != len(b) {
			return n, l.Set("autopad", 0)
		}
		return n, nil
	})
	p.Wire = func(l *craft.Layer, b []byte) []byte {
		switch {
		case l.Uint("autopad") == 0:
			return b
		case l.AsBytes("options"): // they go out as they are
			return fillOptions(b)
		}
		return alignOptions(b)
	}
	return p
}

func pickIPv6Option(_ *craft.Layer, b []byte) craft.Name {
	if b[0] == optPad1 {
		return Pad1
	}
	if len(b) < 2 {
		return ""
	}
	switch [2]byte(b) {
	case [2]byte{optRouterAlert, 2}:
		return RouterAlert
	case [2]byte{optJumbo, 4}:
		return Jumbo
	case [2]byte{optHomeAddress, 16}:
		return HAO
	}
	if b[0] == optPadN {
		return PadN
	}
	return HBHOptUnknown
}

// alignOptions puts padding in front of options that have to begin at certain offsets, and behind them all up to a multiple of 8
// bytes: RFC 8200, section 4.2.
func alignOptions(b []byte) []byte {
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		n := optionLength(b)
		x, y := alignment(b[0])
		if gap := -(optionsHead + len(out) - y) & (x - 1); gap > 0 {
			out = append(out, padding(gap, optPadN)...)
		}
		out = append(out, b[:n]...)
		b = b[n:]
	}
	return fillOptions(out)
}

// optionsHead is how many bytes stand before the options.
const optionsHead = 2

// fillOptions puts padding behind options up to a multiple of 8 bytes.
func fillOptions(b []byte) []byte {
	if gap := -(optionsHead + len(b)) & 7; gap > 0 {
		return append(b[:len(b):len(b)], padding(gap, optPadN)...)
	}
	return b
}

// optionLength is how many bytes the first option has; all of them when it is cut short.
func optionLength(b []byte) int {
	if b[0] == optPad1 {
		return 1
	}
	if len(b) < 2 {
		return len(b)
	}
	return min(2+int(b[1]), len(b))
}

// alignment is where an option has to begin: at x*n+y.
func alignment(kind byte) (x, y int) {
	switch kind {
	case optRouterAlert:
		return 2, 0 // RFC 2711, section 2.1
	case optJumbo:
		return 4, 2 // RFC 2675, section 2
	case optHomeAddress:
		return 8, 6 // RFC 6275, section 6.3
	}
	return 1, 0
}

// option finds the data of an option, and whether there is exactly one of that type.
func oneOption(l *craft.Layer, kind byte, length int) (data []byte, one bool) {
	n := 0
	for b := l.Bytes("options"); len(b) > 0; b = b[optionLength(b):] {
		if b[0] == kind && len(b) >= 2+length && int(b[1]) == length {
			data = b[2 : 2+length]
			n++
		}
	}
	return data, n == 1
}

// homeAddress is the address that a mobile node has at home, as its one destination option of that kind says; nil when
// there is none.
func homeAddress(l *craft.Layer) (src, _ []byte) {
	if home, ok := oneOption(l, optHomeAddress, 16); ok {
		return home, nil
	}
	return nil, nil
}

// jumbo is the length of a jumbogram in a hop-by-hop option; -1 when there is none.
func jumbo(l *craft.Layer) int {
	if l.Name() != IPv6ExtHdrHopByHop {
		return -1
	}
	length, ok := oneOption(l, optJumbo, 4)
	if !ok {
		return -1
	}
	return int(binary.BigEndian.Uint32(length))
}

// jumboPayload is what the Jumbo option leaves behind this header where IPv6's own length is 0.
func jumboPayload(l *craft.Layer, rest int) (int, error) {
	below := l.Below()
	n := jumbo(l) - l.Len()
	if below == nil || below.Name() != IPv6 || below.Uint("plen") != 0 || n < 0 {
		return rest, nil
	}
	if n > rest {
		return rest, fmt.Errorf("truncated: jumboplen is %d, %d bytes are here", jumbo(l), rest+l.Len())
	}
	return n, nil
}

// ipv6Option is the table of an option.
func ipv6Option(name craft.Name, doc string, kind, length uint64, fields ...craft.Field) craft.Spec {
	head := []craft.Field{{Name: "otype", Kind: craft.Enum, Bits: 8, Default: kind, Names: ipv6Options(), Doc: "type; the upper bits tell what to do with an unknown one"}}
	if name != Pad1 {
		head = append(head, craft.Field{Name: "optlen", Kind: craft.Number, Bits: 8, Default: length, Doc: "length of what follows in bytes"})
	}
	return craft.Spec{Name: name, Doc: doc, Fields: append(head, fields...)}
}

var optionData = sync.OnceValue(func() craft.Field {
	return craft.Field{Name: "optdata", Kind: craft.Bytes, Doc: "the option's data"}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		ipv6Option(Pad1, "one byte of padding among IPv6 options, RFC 8200", optPad1, 0),
		afterLength(ipv6Option(PadN, "padding among IPv6 options, RFC 8200", optPadN, 0, optionData())),
		ipv6Option(RouterAlert, "Router Alert option of IPv6, RFC 2711", optRouterAlert, 2,
			craft.Field{Name: "value", Kind: craft.Enum, Bits: 16, Names: routerAlerts(), Doc: "what the routers are to look at"}),
		ipv6Option(Jumbo, "Jumbo Payload option of IPv6, RFC 2675", optJumbo, 4,
			craft.Field{Name: "jumboplen", Kind: craft.Number, Bits: 32, Doc: "length of what follows the IPv6 header in bytes"}),
		ipv6Option(HAO, "Home Address option of IPv6, RFC 6275", optHomeAddress, 16,
			craft.Field{Name: "hoa", Kind: craft.IPv6Address, Bits: 128, Doc: "home address of the mobile node"}),
		becomes(afterLength(ipv6Option(HBHOptUnknown, "an IPv6 option without a table of its own", optPadN, 0, optionData())), pickIPv6Option),
	}
})

var routerAlerts = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Datagram contains a MLD message", 1: "Datagram contains RSVP message", 2: "Datagram contains an Active Network message",
		68: "NSIS NATFW NSLP", 69: "MPLS OAM", 65535: "Reserved",
	}
})
