package layers

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Extensions of ICMP errors, RFC 4884: behind the quoted packet stands a header, and objects behind it.
const (
	// ICMPExtensionHeader is what an extension begins with.
	ICMPExtensionHeader craft.Name = "ICMPExtension_Header"
	// ICMPExtensionObject is an object that has no table.
	ICMPExtensionObject craft.Name = "ICMPExtension_Object"
	// ICMPExtensionMPLS is the label stack of the packet that the error is about, RFC 4950.
	ICMPExtensionMPLS craft.Name = "ICMPExtension_MPLS"
	// ICMPExtensionInterfaceInformation is about an interface or the next hop, RFC 5837.
	ICMPExtensionInterfaceInformation craft.Name = "ICMPExtension_InterfaceInformation"
)

// minQuote is how long the quote in front of an extension is at least: RFC 4884, section 5.5, and what routers that know
// nothing of the length do.
const minQuote = 128

// Object classes.
const extensionMPLS, extensionInterface = 1, 2

// icmpExtension is the extension of a message that counts the quote in words of so many bytes.
func icmpExtension(word int) craft.Field {
	return craft.Field{Name: "ext", Kind: craft.Packets, Doc: "extension behind the quoted packet, which is filled up to 128 bytes, RFC 4884", Part: &craft.Part{
		Trailer: &craft.Trailer{Split: takeExtension(word), Append: extend(word)},
		Encode:  func(_ *craft.Layer, v any) ([]byte, error) { return craft.AppendPackets(nil, v) },
		Decode: func(l *craft.Layer, b []byte) any {
			if len(b) == 0 {
				return []*craft.Packet{}
			}
			return []*craft.Packet{l.Dissect(b, ICMPExtensionHeader)}
		},
	}}
}

// takeExtension finds the extension behind the quote: where the length of the quote says, or behind 128 bytes, where routers put it
// that give no length, or that of the packet without the zeros behind. There it has to be beyond doubt: RFC 4884, section 5.5. The
// length is in words of so many bytes.
func takeExtension(word int) func(l *craft.Layer, payload []byte) int {
	return func(l *craft.Layer, payload []byte) int {
		if !l.Has("ext") {
			return len(payload)
		}
		n := word * int(l.Uint("length"))
		if n < minQuote || !likeExtension(payload, n) {
			n = minQuote
			if !likeExtension(payload, n) || craft.Checksum(payload[n:]) != 0 {
				return len(payload)
			}
		}
		return n
	}
}

// likeExtension reports whether a header of the only version that there is stands behind n bytes.
func likeExtension(payload []byte, n int) bool {
	const header, version = 4, 2
	return len(payload) >= n+header && payload[n]>>4 == version
}

// extend puts the extension behind a quote of n bytes, and fills the quote up to whole words of so many bytes.
func extend(word int) func(l *craft.Layer, hdr []byte, n int) []byte {
	return func(l *craft.Layer, hdr []byte, n int) []byte {
		ext := l.PartBytes("ext")
		if len(ext) == 0 {
			return nil
		}
		gap := max(minQuote-n, -n&(word-1))
		if hdr != nil && !l.IsSet("length") {
			l.Put(hdr, "length", uint64((n+gap)/word))
		}
		return append(make([]byte, gap), ext...)
	}
}

// icmpObject names the object that begins at a payload. One whose length is not that of its fields is any object.
func icmpObject(_ *craft.Layer, payload []byte) craft.Name {
	switch {
	case len(payload) < 4:
		return craft.Raw
	case payload[2] == extensionMPLS && payload[3] == 1:
		return ICMPExtensionMPLS
	case payload[2] == extensionInterface && interfaceFits(payload):
		return ICMPExtensionInterfaceInformation
	}
	return ICMPExtensionObject
}

// interfaceFits reports whether an object about an interface has the length of what its flags say, RFC 5837, section 4; and when
// the bytes end before that can be told.
func interfaceFits(b []byte) bool {
	const index, address, name, mtu = 8, 4, 2, 1
	at, flags := 4, b[3]
	if flags&index != 0 {
		at += 4
	}
	if flags&address != 0 {
		if len(b) < at+2 {
			return true
		}
		six := binary.BigEndian.Uint16(b[at:]) == 2
		at += 8
		if six {
			at += 12
		}
	}
	if flags&name != 0 {
		if len(b) <= at {
			return true
		}
		at += max(1, int(b[at]))
	}
	if flags&mtu != 0 {
		at += 4
	}
	return at == int(binary.BigEndian.Uint16(b))
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: ICMPExtensionHeader, Title: "ICMP Extension Header (RFC4884)", Doc: "header of the extension of an ICMP error, RFC 4884",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 4, Default: 2, Doc: "version"},
			{Name: "reserved", Kind: craft.Number, Bits: 12, Doc: "reserved"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.MessageSum, ZeroIsNone: true}, Hex: true, Doc: "checksum of the extension; 0 says that there is none"},
		},
		Hooks: craft.Hooks{
			GuessPayload: icmpObject,
		},
	}
})

// extensionObject is the table of an object: its fields follow the length and the class.
func extensionObject(name craft.Name, title string, class uint64, fields ...craft.Field) craft.Spec {
	return craft.Spec{
		Name: name, Families: []craft.Name{ICMPExtensionObject}, Title: "ICMP Extension Object" + title, Doc: "object of the extension of an ICMP error, RFC 4884",
		Fields: append([]craft.Field{
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderLength)},
			{Name: "classnum", Kind: craft.Number, Bits: 8, Default: class, Doc: "class of objects"},
		}, fields...),
		Hooks: craft.Hooks{GuessPayload: icmpObject},
	}
}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		becomes(extensionObject(ICMPExtensionObject, "", 0,
			craft.Field{Name: "classtype", Kind: craft.Number, Bits: 8, Doc: "type within the class"},
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "what the object holds"}), icmpObject),
		extensionObject(ICMPExtensionMPLS, " - MPLS (RFC4950)", extensionMPLS,
			craft.Field{Name: "classtype", Kind: craft.Number, Bits: 8, Default: 1, Doc: "type within the class: 1, the incoming stack"},
			craft.Field{Name: "stack", Kind: craft.Packets, Of: MPLS, Doc: "the entries of the stack: MPLS"}),
		interfaceSpec(),
	}
})

func interfaceSpec() craft.Spec {
	s := extensionObject(ICMPExtensionInterfaceInformation, " - Interface Information Object (RFC5837)", extensionInterface,
		craft.Field{Name: "interface_role", Kind: craft.Enum, Bits: 2, Names: map[uint64]string{
			0: "Interface on which a packet arrived", 1: "Sub-IP component", 2: "Outgoing interface", 3: "IP Next hop",
		}, Doc: "which interface it is"},
		craft.Field{Name: "reserved", Kind: craft.Number, Bits: 2, Doc: "reserved"},
		craft.Field{Name: "has_ifindex", Kind: craft.Number, Bits: 1, Doc: "the index is here"},
		craft.Field{Name: "has_ipaddr", Kind: craft.Number, Bits: 1, Doc: "an address is here"},
		craft.Field{Name: "has_ifname", Kind: craft.Number, Bits: 1, Doc: "the name is here"},
		craft.Field{Name: "has_mtu", Kind: craft.Number, Bits: 1, Doc: "the MTU is here"},
		craft.Field{Name: "ifindex", Kind: craft.Number, Bits: 32, When: craft.Given("has_ifindex"), Doc: "index of the interface"},
		craft.Field{Name: "afi", Kind: craft.Enum, Bits: 16, Default: 1, Names: map[uint64]string{1: "IPv4", 2: "IPv6"}, When: craft.Given("has_ipaddr"), Doc: "address family: 1 is IPv4, 2 is IPv6"},
		craft.Field{Name: "reserved2", Kind: craft.Number, Bits: 16, When: craft.Given("has_ipaddr"), Doc: "reserved"},
		craft.Field{Name: "ip4", Kind: craft.IPv4, Bits: 32, When: append(craft.Given("has_ipaddr"), craft.Unless("afi", 2)...), Doc: "the address"},
		craft.Field{Name: "ip6", Kind: craft.IPv6Address, Bits: 128, When: append(craft.Given("has_ipaddr"), craft.GivenAny("afi", 2)...), Doc: "the address"},
		craft.Field{Name: "ifname_len", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.LengthOf, Of: "ifname", Plus: 1}, When: craft.Given("has_ifname")},
		craft.Field{Name: "ifname", Kind: craft.Text, When: craft.Given("has_ifname"), Doc: "name of the interface, with zeros up to a multiple of 4 bytes", Part: paddedName()},
		craft.Field{Name: "mtu", Kind: craft.Number, Bits: 32, When: craft.Given("has_mtu"), Doc: "MTU of the interface in bytes"},
	)
	s.Addresses = []craft.AddressFamily{
		{Field: "ip4", By: "has_ipaddr", Four: 1, Six: 1}, {Field: "ip4", By: "afi", Four: 1, Six: 1},
		{Field: "ip6", By: "has_ipaddr", Four: 1, Six: 1}, {Field: "ip6", By: "afi", Four: 2, Six: 2},
	}
	return s
}

// paddedName is a name behind its length, and zeros up to a multiple of 4 bytes in all: RFC 5837, section 4.3.
var paddedName = sync.OnceValue(func() *craft.Part {
	return &craft.Part{
		Encode: func(l *craft.Layer, v any) ([]byte, error) {
			b, err := craft.PlainText().Encode(l, v)
			return append(b, make([]byte, -(1+len(b))&3)...), err
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			name := bytes.TrimRight(b, "\x00")
			if len(b) != len(name)+-(1+len(name))&3 {
				return craft.Verbatim(b)
			}
			return string(name)
		},
	}
})
