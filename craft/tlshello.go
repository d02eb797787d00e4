package craft

import (
	"encoding/binary"
	"fmt"

	"github.com/moonwire/moonwire/craft/internal/iana"
)

// The first messages of both sides of TLS.
const (
	// TLSClientHello begins a connection: what the client can, and which server it wants.
	TLSClientHello Name = "TLSClientHello"
	// TLSServerHello chooses.
	TLSServerHello Name = "TLSServerHello"
)

// tlsRandom are the fields of both hellos up to the session.
func tlsHello(typ uint64) []Field {
	return []Field{
		{Name: "msgtype", Kind: Enum, Bits: 8, Default: typ, Names: iana.TLSMessages(), Doc: "type of the message"},
		{Name: "msglen", Kind: Number, Bits: 24, Auto: AutoDerived, Doc: "length of what follows in bytes"},
		{Name: "version", Kind: Enum, Bits: 16, Default: 0x0303, Hex: true, Names: iana.TLSVersions(), Doc: "TLS version; from 1.3 on it is 1.2 here, and the right one in an extension"},
		{Name: "gmt_unix_time", Kind: Number, Bits: 32, Doc: "the time, or the first four random bytes"},
		{Name: "random_bytes", Kind: Bytes, Bits: 28 * 8, Doc: "the other random bytes"},
		{Name: "sidlen", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of the session in bytes"},
		{Name: "sid", Kind: Bytes, Part: ByLength("sidlen", 0), Doc: "which session goes on"},
	}
}

// tlsEnd are the extensions with their length, which is absent when there are none.
func tlsEnd() []Field {
	return []Field{
		optionalLength("extlen", "ext", helloRest),
		{Name: "ext", Kind: Packets, Part: PacketList(tlsExtension, ByLength("extlen", 0).Length), Doc: "the extensions: TLS_Ext_ServerName, TLS_Ext_ALPN, ..."},
	}
}

// helloRest is how much of the message is behind the fields that were read.
func helloRest(l *Layer) int { return int(l.Uint("msglen")) + 4 - l.UnpaddedLen() }

// optionalLength is the length in two bytes of the part behind it. It is absent where the message ends before, and where
// nobody set it and the part is empty. rest is how much of the message is left for both.
func optionalLength(name, of string, rest func(l *Layer) int) Field {
	return Field{Name: name, Kind: Number, Auto: AutoDerived, Doc: "length of " + of + " in bytes; absent without", Part: &Part{
		Length: func(l *Layer, b []byte) (int, error) {
			if n := min(rest(l), len(b)); n < 2 {
				return max(n, 0), nil
			}
			return 2, nil
		},
		Encode: func(_ *Layer, v any) ([]byte, error) {
			n, ok := Uint(v)
			if !ok || n > 0xffff {
				return nil, fmt.Errorf("want number in 0..65535, got %v", v)
			}
			return binary.BigEndian.AppendUint16(nil, uint16(n)), nil
		},
		Decode: func(_ *Layer, b []byte) any {
			switch len(b) {
			case 0:
				return nil
			case 2:
				return uint64(binary.BigEndian.Uint16(b))
			}
			return Verbatim(b)
		},
		Initial: func(l *Layer) []byte {
			n := len(l.PartBytes(of))
			if n == 0 {
				return nil
			}
			return binary.BigEndian.AppendUint16(nil, uint16(n))
		},
	}}
}

// followed adds an optional length to the computed fields that follow changes.
func followed(s Spec, length string) Spec {
	follows := s.Follows
	s.Follows = func(l *Layer) uint64 {
		right := follows(l)
		i := l.Protocol().Index(length)
		if string(l.Protocol().Fields()[i].Part.Initial(l)) == string(l.PartBytes(length)) {
			right |= 1 << i
		}
		return right
	}
	return s
}

var (
	tlsMsglen = LengthField{Field: "msglen"}
	tlsSidlen = LengthField{Field: "sidlen", Part: "sid"}
)

var _ = Define(followed(WithLengths(Spec{
	Name: TLSClientHello, Doc: "the first message of a TLS client, RFC 8446, section 4.1.2",
	Fields: append(append(tlsHello(tlsClientHello),
		Field{Name: "cipherslen", Kind: Number, Bits: 16, Auto: AutoDerived, Doc: "length of the cipher suites in bytes"},
		Field{Name: "ciphers", Kind: Values, Names: iana.TLSCiphers(), Part: NamedItemList(2, iana.TLSCiphers(), ByLength("cipherslen", 0).Length), Initial: tlsDefaultCiphers,
			Doc: "cipher suites, the best first"},
		Field{Name: "complen", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "how many compression methods there are"},
		Field{Name: "comp", Kind: Values, Names: tlsCompressions, Part: NamedItemList(1, tlsCompressions, ByLength("complen", 0).Length), Initial: []byte{0}, Doc: "compression methods"},
	), tlsEnd()...),
}, tlsMsglen, tlsSidlen, LengthField{Field: "cipherslen", Part: "ciphers"}, LengthField{Field: "complen", Part: "comp"}), "extlen"))

// tlsDefaultCiphers are the suites of a ClientHello that names none: scapy's.
var tlsDefaultCiphers = []byte{0xc0, 0x2b, 0xc0, 0x23, 0xc0, 0x2f, 0xc0, 0x27, 0, 0x9e, 0, 0x67, 0, 0x9c, 0, 0x3c, 0xc0, 0x09, 0xc0, 0x13, 0, 0x33, 0, 0x2f, 0, 0x0a}

var tlsCompressions = map[uint64]string{0: "null", 1: "deflate", 64: "lzs"}

var _ = Define(followed(WithLengths(Spec{
	Name: TLSServerHello, Doc: "the first message of a TLS server, RFC 8446, section 4.1.3",
	Fields: append(append(tlsHello(tlsServerHello),
		Field{Name: "cipher", Kind: Enum, Bits: 16, Hex: true, Names: iana.TLSCiphers(), Doc: "the cipher suite"},
		Field{Name: "comp", Kind: Enum, Bits: 8, Names: tlsCompressions, Doc: "the compression method"},
	), tlsEnd()...),
}, tlsMsglen, tlsSidlen), "extlen"))
