package layers

import (
	"fmt"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

// Records of DNS security, RFC 4034.
const (
	// DNSRRDS is the digest of a child zone's key, RFC 4034, section 5.
	DNSRRDS craft.Name = "DNSRRDS"
	// DNSRRDLV is the digest of a zone's key outside its parent, RFC 4431.
	DNSRRDLV craft.Name = "DNSRRDLV"
	// DNSRRDNSKEY is a zone's key, RFC 4034, section 2.
	DNSRRDNSKEY craft.Name = "DNSRRDNSKEY"
	// DNSRRRSIG is the signature of a set of records, RFC 4034, section 3.
	DNSRRRSIG craft.Name = "DNSRRRSIG"
	// DNSRRNSEC gives the next name and the types at this one, RFC 4034, section 4.
	DNSRRNSEC craft.Name = "DNSRRNSEC"
	// DNSRRNSEC3 is NSEC with hashed names, RFC 5155, section 3.
	DNSRRNSEC3 craft.Name = "DNSRRNSEC3"
	// DNSRRNSEC3PARAM says how names are hashed in a zone, RFC 5155, section 4.
	DNSRRNSEC3PARAM craft.Name = "DNSRRNSEC3PARAM"
)

var _ = define(func() craft.Spec {
	return digestSpec(DNSRRDS, 43, "DNS DS Resource Record", "digest of a child zone's key, RFC 4034, section 5")
})
var _ = define(func() craft.Spec {
	return digestSpec(DNSRRDLV, 32769, "DNS DLV Resource Record", "digest of a zone's key outside its parent, RFC 4431")
})

func digestSpec(name craft.Name, kind uint64, title, doc string) craft.Spec {
	return recordSpec(name, kind, title, doc,
		craft.Field{Name: "keytag", Kind: craft.Number, Bits: 16, Doc: "tag of the key"},
		craft.Field{Name: "algorithm", Kind: craft.Enum, Bits: 8, Default: 5, Names: dnssecAlgorithms(), Doc: "algorithm of the key"},
		craft.Field{Name: "digesttype", Kind: craft.Enum, Bits: 8, Default: 5, Names: dnssecDigests(), Doc: "how the digest was made"},
		restField("digest", "digest of the key"))
}

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRDNSKEY, 48, "DNS DNSKEY Resource Record", "a zone's key, RFC 4034, section 2",
		craft.Field{Name: "flags", Kind: craft.Flags, Bits: 16, Default: 256, Flags: []string{"S", "", "", "", "", "", "", "", "Z"}, Doc: "S: entry point, Z: zone key"},
		craft.Field{Name: "protocol", Kind: craft.Number, Bits: 8, Default: 3, Doc: "3 is DNSSEC"},
		craft.Field{Name: "algorithm", Kind: craft.Enum, Bits: 8, Default: 5, Names: dnssecAlgorithms(), Doc: "algorithm of the key"},
		restField("publickey", "the key"))
})

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRRSIG, 46, "DNS RRSIG Resource Record", "signature of a set of records, RFC 4034, section 3",
		craft.Field{Name: "typecovered", Kind: craft.Enum, Bits: 16, Default: 1, Names: iana.DNSTypes(), Doc: "type of the records that are signed"},
		craft.Field{Name: "algorithm", Kind: craft.Enum, Bits: 8, Default: 5, Names: dnssecAlgorithms(), Doc: "algorithm of the signature"},
		craft.Field{Name: "labels", Kind: craft.Number, Bits: 8, Doc: "labels of the name, without a wildcard"},
		craft.Field{Name: "originalttl", Kind: craft.Number, Bits: 32, Doc: "the records' ttl in the zone"},
		craft.Field{Name: "expiration", Kind: craft.Number, Bits: 32, Doc: "end of validity, in seconds since 1970"},
		craft.Field{Name: "inception", Kind: craft.Number, Bits: 32, Doc: "begin of validity, in seconds since 1970"},
		craft.Field{Name: "keytag", Kind: craft.Number, Bits: 16, Doc: "tag of the key"},
		nameField("signersname", "zone of the key"),
		restField("signature", "the signature"))
})

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRNSEC, 47, "DNS NSEC Resource Record", "the next name and the types at this one, RFC 4034, section 4",
		nameField("nextname", "the next name that exists"),
		typesField())
})

var _ = define(nsec3Spec)

func nsec3Spec() craft.Spec {
	salt, hash := countedField("salt", "saltlength", "salt of the hash", 8), countedField("nexthashedownername", "hashlength", "hash of the next name", 8)
	return recordSpec(DNSRRNSEC3, 50, "DNS NSEC3 Resource Record", "NSEC with hashed names, RFC 5155, section 3",
		craft.Field{Name: "hashalg", Kind: craft.Number, Bits: 8, Doc: "algorithm of the hash; 1 is SHA-1"},
		craft.Field{Name: "flags", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{1: "Opt-Out"}, Doc: "1: unsigned delegations may stand in between"},
		craft.Field{Name: "iterations", Kind: craft.Number, Bits: 16, Doc: "additional rounds of the hash"},
		salt[0], salt[1], hash[0], hash[1], typesField())
}

var _ = define(nsec3ParamSpec)

func nsec3ParamSpec() craft.Spec {
	salt := countedField("salt", "saltlength", "salt of the hash", 8)
	return recordSpec(DNSRRNSEC3PARAM, 51, "DNS NSEC3PARAM Resource Record", "how names are hashed in a zone, RFC 5155, section 4",
		craft.Field{Name: "hashalg", Kind: craft.Number, Bits: 8, Doc: "algorithm of the hash; 1 is SHA-1"},
		craft.Field{Name: "flags", Kind: craft.Number, Bits: 8, Doc: "reserved"},
		craft.Field{Name: "iterations", Kind: craft.Number, Bits: 16, Doc: "additional rounds of the hash"},
		salt[0], salt[1])
}

// typesField is the list of types that a name has, as windows of bits on the wire: RFC 4034, section 4.1.2.
func typesField() craft.Field {
	return craft.Field{Name: "typebitmaps", Kind: craft.Values, Doc: "the types at this name, by number or name", Part: &craft.Part{
		Encode: encodeTypes,
		Decode: decodeTypes,
	}}
}

func encodeTypes(_ *craft.Layer, v any) ([]byte, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var types []uint64
	out := []byte{}
	for i, v := range list {
		if raw, ok := v.(craft.Verbatim); ok {
			out = append(out, raw...)
			continue
		}
		n, ok := craft.Uint(v)
		if name, is := v.(string); is {
			if len(list) == 1 && recordType(name) < 0 {
				return []byte(name), nil // the bytes themselves
			}
			n, ok = uint64(recordType(name)), recordType(name) >= 0
		}
		if !ok || n > 0xffff {
			return nil, fmt.Errorf("element %d: want a type of records in 0..65535 or its name, got %s", i+1, values.Literal(v))
		}
		types = append(types, n)
	}
	return append(typeWindows(types), out...), nil
}

// recordType is a type by its name; -1 when there is none.
func recordType(name string) int {
	for n, s := range iana.DNSTypes() {
		if s == name {
			return int(n)
		}
	}
	return -1
}

// typeWindows writes types as windows of 256 bits each, of which those up to the last one set are there.
func typeWindows(types []uint64) []byte {
	types = slices.Clone(types)
	slices.Sort(types)
	out := []byte{}
	var window [32]byte
	for i, t := range types {
		window[t&0xff/8] |= 0x80 >> (t & 7)
		if i+1 == len(types) || types[i+1]>>8 != t>>8 {
			n := int(t&0xff)/8 + 1
			out = append(append(out, byte(t>>8), byte(n)), window[:n]...)
			window = [32]byte{}
		}
	}
	return out
}

func decodeTypes(_ *craft.Layer, b []byte) any {
	list := []any{}
	whole := b
	for len(b) >= 2 && 2+int(b[1]) <= len(b) {
		for i, c := range b[2 : 2+int(b[1])] {
			for bit := range 8 {
				if c&(0x80>>bit) != 0 {
					list = append(list, uint64(b[0])<<8|uint64(i*8+bit))
				}
			}
		}
		b = b[2+int(b[1]):]
	}
	if again, err := encodeTypes(nil, list); err != nil || string(again) != string(whole) {
		return []any{craft.Verbatim(whole)} // windows in another form
	}
	return list
}

var dnssecAlgorithms = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Reserved", 1: "RSA/MD5", 2: "Diffie-Hellman", 3: "DSA/SHA-1", 5: "RSA/SHA-1", 6: "DSA-NSEC3-SHA1",
		7: "RSASHA1-NSEC3-SHA1", 8: "RSA/SHA-256", 10: "RSA/SHA-512", 12: "GOST R 34.10-2001",
		13: "ECDSA Curve P-256 with SHA-256", 14: "ECDSA Curve P-384 with SHA-384", 15: "Ed25519", 16: "Ed448",
		252: "Reserved for Indirect Keys", 253: "Private algorithms - domain name", 254: "Private algorithms - OID",
	}
})

var dnssecDigests = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "Reserved", 1: "SHA-1", 2: "SHA-256", 3: "GOST R 34.11-94", 4: "SHA-384"}
})
