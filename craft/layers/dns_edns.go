package layers

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

// Extension mechanisms for DNS, RFC 6891: a record in ar that carries options.
const (
	// DNSRROPT is the record that carries EDNS options, RFC 6891.
	DNSRROPT craft.Name = "DNSRROPT"
	// EDNS0TLV is an EDNS option: its code, its length and bytes, as in NSID (RFC 5001) and padding (RFC 7830).
	EDNS0TLV craft.Name = "EDNS0TLV"
	// EDNS0ClientSubnet gives a server the network of its client, RFC 7871.
	EDNS0ClientSubnet craft.Name = "EDNS0ClientSubnet"
	// EDNS0COOKIE recognises a client and a server, RFC 7873.
	EDNS0COOKIE craft.Name = "EDNS0COOKIE"
	// EDNS0ExtendedDNSError says what went wrong, RFC 8914.
	EDNS0ExtendedDNSError craft.Name = "EDNS0ExtendedDNSError"
	// EDNS0DAU lists the signature algorithms that a client understands, RFC 6975.
	EDNS0DAU craft.Name = "EDNS0DAU"
	// EDNS0DHU lists the DS digests that a client understands, RFC 6975.
	EDNS0DHU craft.Name = "EDNS0DHU"
	// EDNS0N3U lists the NSEC3 hashes that a client understands, RFC 6975.
	EDNS0N3U craft.Name = "EDNS0N3U"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: DNSRROPT, Title: "DNS OPT Resource Record", Doc: "the record that carries EDNS options, RFC 6891",
		Fields: []craft.Field{
			{Name: "rrname", Kind: craft.Text, Initial: rootName, Part: domainName, Doc: "always the root"},
			{Name: "type", Kind: craft.Enum, Bits: 16, Default: 41, Names: iana.DNSTypes(), Doc: "type of the record"},
			{Name: "rclass", Kind: craft.Number, Bits: 16, Default: 4096, Doc: "longest answer over UDP that is taken, in bytes"},
			{Name: "extrcode", Kind: craft.Number, Bits: 8, Doc: "upper bits of rcode"},
			{Name: "version", Kind: craft.Number, Bits: 8, Doc: "version of EDNS"},
			{Name: "z", Kind: craft.Enum, Bits: 16, Default: 0x8000, Names: map[uint64]string{0x8000: "D0"}, Doc: "D0: signatures are wanted"},
			{Name: "rdlen", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind)},
			{Name: "rdata", Kind: craft.Packets, Part: craft.PacketList(pickEDNS), Doc: "options: EDNS0TLV and its kin"},
		},
	}
})

// ednsNames are the protocols of options, and how long they are at least, with code and length.
var ednsNames = sync.OnceValue(func() map[uint16]struct {
	name craft.Name
	min  int
} {
	return map[uint16]struct {
		name craft.Name
		min  int
	}{5: {EDNS0DAU, 4}, 6: {EDNS0DHU, 4}, 7: {EDNS0N3U, 4}, 8: {EDNS0ClientSubnet, 8}, 10: {EDNS0COOKIE, 12}, 15: {EDNS0ExtendedDNSError, 6}}
})

// pickEDNS names the protocol of the option that b begins with; one that is too short for its code is any option.
func pickEDNS(_ *craft.Layer, b []byte) craft.Name {
	if len(b) < 4 {
		return craft.Raw
	}
	o := ednsNames()[binary.BigEndian.Uint16(b)]
	if n := 4 + int(binary.BigEndian.Uint16(b[2:])); o.min > 0 && n >= o.min && n <= len(b) {
		return o.name
	}
	return EDNS0TLV
}

// ednsSpec is the table of an option: its code, its length, and what it holds.
func ednsSpec(name craft.Name, code uint64, title, doc string, data ...craft.Field) craft.Spec {
	return craft.Spec{Name: name, Families: []craft.Name{EDNS0TLV}, Title: title, Doc: doc, Fields: append([]craft.Field{
		{Name: "optcode", Kind: craft.Enum, Bits: 16, Default: code, Names: ednsCodes(), Doc: "code of the option"},
		{Name: "optlen", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind)},
	}, data...)}
}

var ednsCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Reserved", 1: "LLQ", 2: "UL", 3: "NSID", 5: "DAU", 6: "DHU", 7: "N3U", 8: "edns-client-subnet", 9: "EXPIRE", 10: "COOKIE",
		11: "tcp-keepalive", 12: "Padding", 13: "CHAIN", 14: "Key Tag", 15: "Extended DNS Error",
	}
})

var _ = define(func() craft.Spec {
	return becomes(ednsSpec(EDNS0TLV, 0, "DNS EDNS0 TLV", "EDNS option, RFC 6891, section 6.1.2",
		craft.Field{Name: "optdata", Kind: craft.Bytes, Doc: "what the option holds"}), pickEDNS)
})

var _ = define(func() craft.Spec {
	return ednsSpec(EDNS0COOKIE, 10, "DNS EDNS0 COOKIE", "cookies of client and server, RFC 7873",
		craft.Field{Name: "client_cookie", Kind: craft.Bytes, Bits: 64, Doc: "the client's"},
		craft.Field{Name: "server_cookie", Kind: craft.Bytes, Doc: "the server's: none, or 8 to 32 bytes"})
})

var _ = define(func() craft.Spec {
	return ednsSpec(EDNS0ExtendedDNSError, 15, "DNS EDNS0 Extended DNS Error", "what went wrong, RFC 8914",
		craft.Field{Name: "info_code", Kind: craft.Enum, Bits: 16, Names: dnsErrors(), Doc: "what went wrong"},
		craft.Field{Name: "extra_text", Kind: craft.Bytes, Doc: "more about it, in UTF-8"})
})

var dnsErrors = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Other", 1: "Unsupported DNSKEY Algorithm", 2: "Unsupported DS Digest Type", 3: "Stale Answer", 4: "Forged Answer",
		5: "DNSSEC Indeterminate", 6: "DNSSEC Bogus", 7: "Signature Expired", 8: "Signature Not Yet Valid", 9: "DNSKEY Missing",
		10: "RRSIGs Missing", 11: "No Zone Key Bit Set", 12: "NSEC Missing", 13: "Cached Error", 14: "Not Ready", 15: "Blocked",
		16: "Censored", 17: "Filtered", 18: "Prohibited", 19: "Stale NXDOMAIN Answer", 20: "Not Authoritative", 21: "Not Supported",
		22: "No Reachable Authority", 23: "Network Error", 24: "Invalid Data",
	}
})

var _ = define(func() craft.Spec {
	return algorithmsSpec(EDNS0DAU, 5, "DNSSEC Algorithm Understood", "signature algorithms that a client understands, RFC 6975")
})
var _ = define(func() craft.Spec {
	return algorithmsSpec(EDNS0DHU, 6, "DS Hash Understood", "DS digests that a client understands, RFC 6975")
})
var _ = define(func() craft.Spec {
	return algorithmsSpec(EDNS0N3U, 7, "NSEC3 Hash Understood", "NSEC3 hashes that a client understands, RFC 6975")
})

func algorithmsSpec(name craft.Name, code uint64, title, doc string) craft.Spec {
	return ednsSpec(name, code, title, doc, craft.Field{Name: "alg_code", Kind: craft.Values, Doc: "numbers of the algorithms",
		Item: craft.Item{Bytes: 1}})
}

var _ = define(clientSubnetSpec)

func clientSubnetSpec() craft.Spec {
	s := ednsSpec(EDNS0ClientSubnet, 8, "DNS EDNS0 Client Subnet", "the client's network, RFC 7871",
		craft.Field{Name: "family", Kind: craft.Number, Bits: 16, Default: 1, Doc: "1 is IPv4, 2 is IPv6: that of the address, unless set"},
		craft.Field{Name: "source_plen", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.LengthOf, Of: "address", Times: 8}, Doc: "bits of the address that count"},
		craft.Field{Name: "scope_plen", Kind: craft.Number, Bits: 8, Doc: "bits that the answer is for"},
		craft.Field{Name: "address", Kind: craft.Values, Part: clientAddress(), Doc: "the network's address; zero bytes at its end are left out"})
	s.Keys = []string{"family", "source_plen"}
	s.Addresses = []craft.AddressFamily{{Field: "address", By: "family", Four: 1, Six: 2}}
	return s
}

// clientAddress is an address without the zero bytes at its end.
var clientAddress = sync.OnceValue(func() *craft.Part {
	return &craft.Part{
		Length: func(l *craft.Layer, _ []byte) (int, error) { return int(l.Uint("optlen")) - 4, nil },
		Initial: func(l *craft.Layer) []byte {
			switch l.Uint("family") {
			case 1:
				return []byte{192, 168}
			case 2:
				return []byte{0x20, 0x01, 0x0d, 0xb8}
			}
			return nil
		},
		Encode: func(l *craft.Layer, v any) ([]byte, error) {
			if raw, ok := v.(craft.Verbatim); ok {
				return raw, nil
			}
			n := familyLength(l)
			if n == 0 {
				return nil, fmt.Errorf(`want raw"..." in family %d, got %s`, l.Uint("family"), values.Literal(v))
			}
			b, err := encodeAddress(v, n)
			if err != nil {
				return nil, err
			}
			for n > 0 && b[n-1] == 0 && (!l.IsSet("source_plen") || 8*n > int(l.Uint("source_plen"))+7) {
				n--
			}
			return b[:n], nil
		},
		Decode: func(l *craft.Layer, b []byte) any {
			var room [16]byte
			n := familyLength(l)
			keep := (int(l.Uint("source_plen")) + 7) / 8
			if len(b) > n || n == 0 || len(b) > keep && b[len(b)-1] == 0 || len(b) < min(keep, n) {
				return craft.Verbatim(b)
			}
			copy(room[:], b)
			a, _ := netip.AddrFromSlice(room[:n])
			return a
		},
	}
})

// familyLength is the length of addresses of the layer's family; 0 when it is unknown.
func familyLength(l *craft.Layer) int {
	switch l.Uint("family") {
	case 1:
		return 4
	case 2:
		return 16
	}
	return 0
}
