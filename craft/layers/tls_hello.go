package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// The first messages of both sides of TLS.
const (
	// TLSClientHello begins a connection: what the client can, and which server it wants.
	TLSClientHello craft.Name = "TLSClientHello"
	// TLSServerHello chooses.
	TLSServerHello craft.Name = "TLSServerHello"
)

// tlsRandom are the fields of both hellos up to the session.
func tlsHello(typ uint64) []craft.Field {
	return []craft.Field{
		{Name: "msgtype", Kind: craft.Enum, Bits: 8, Default: typ, Names: iana.TLSMessages(), Doc: "type of the message"},
		{Name: "msglen", Kind: craft.Number, Bits: 24, Computed: craft.Computes(craft.Behind)},
		{Name: "version", Kind: craft.Enum, Bits: 16, Default: 0x0303, Hex: true, Names: iana.TLSVersions(), Doc: "TLS version; from 1.3 on it is 1.2 here, and the right one in an extension"},
		{Name: "gmt_unix_time", Kind: craft.Number, Bits: 32, Doc: "the time, or the first four random bytes"},
		{Name: "random_bytes", Kind: craft.Bytes, Bits: 28 * 8, Doc: "the other random bytes"},
		{Name: "sidlen", Kind: craft.Number, Bits: 8, Computed: craft.Measures("sid")},
		{Name: "sid", Kind: craft.Bytes, Doc: "which session goes on"},
	}
}

// tlsEnd are the extensions with their length, which is absent when there are none.
func tlsEnd() []craft.Field {
	return []craft.Field{
		optionalLength("extlen", "ext", helloRest),
		{Name: "ext", Kind: craft.Packets, Part: craft.PacketList(tlsExtension), Length: &craft.Measure{Field: "extlen"}, Doc: "the extensions: TLS_Ext_ServerName, TLS_Ext_ALPN, ..."},
	}
}

// helloRest is how much of the message is behind the fields that were read.
func helloRest(l *craft.Layer) int { return int(l.Uint("msglen")) + 4 - l.UnpaddedLen() }

// optionalLength is the length in two bytes of the part behind it. It is absent where the message ends before, and where
// it is not set and the part is empty. rest is how much of the message is left for both.
func optionalLength(name, of string, rest func(l *craft.Layer) int) craft.Field {
	return craft.Field{Name: name, Kind: craft.Number, Computed: craft.Computes(craft.ByLayout), Doc: "length of " + of + " in bytes; absent without", Part: &craft.Part{
		Length: func(l *craft.Layer, b []byte) (int, error) {
			if n := min(rest(l), len(b)); n < 2 {
				return max(n, 0), nil
			}
			return 2, nil
		},
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			n, ok := craft.Uint(v)
			if !ok || n > 0xffff {
				return nil, fmt.Errorf("want number in 0..65535, got %v", v)
			}
			return binary.BigEndian.AppendUint16(nil, uint16(n)), nil
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			switch len(b) {
			case 0:
				return nil
			case 2:
				return uint64(binary.BigEndian.Uint16(b))
			}
			return craft.Verbatim(b)
		},
		Initial: func(l *craft.Layer) []byte {
			n := len(l.PartBytes(of))
			if n == 0 {
				return nil
			}
			return binary.BigEndian.AppendUint16(nil, uint16(n))
		},
	}}
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLSClientHello, Families: []craft.Name{TLSHandshake}, Doc: "the first message of a TLS client, RFC 8446, section 4.1.2",
		Fields: append(append(tlsHello(tlsClientHello),
			craft.Field{Name: "cipherslen", Kind: craft.Number, Bits: 16, Computed: craft.Measures("ciphers")},
			craft.Field{Name: "ciphers", Kind: craft.Values, Names: iana.TLSCiphers(), Part: craft.NamedItemList(2, iana.TLSCiphers()), Initial: tlsDefaultCiphers,
				Doc: "cipher suites, the best first"},
			craft.Field{Name: "complen", Kind: craft.Number, Bits: 8, Computed: craft.Measures("comp")},
			craft.Field{Name: "comp", Kind: craft.Values, Names: tlsCompressions(), Part: craft.NamedItemList(1, tlsCompressions()), Initial: []byte{0}, Doc: "compression methods"},
		), tlsEnd()...),
	}
})

// tlsDefaultCiphers are the suites of a ClientHello that names none: scapy's.
var tlsDefaultCiphers = []byte{0xc0, 0x2b, 0xc0, 0x23, 0xc0, 0x2f, 0xc0, 0x27, 0, 0x9e, 0, 0x67, 0, 0x9c, 0, 0x3c, 0xc0, 0x09, 0xc0, 0x13, 0, 0x33, 0, 0x2f, 0, 0x0a}

var tlsCompressions = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "null", 1: "deflate", 64: "lzs"}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TLSServerHello, Families: []craft.Name{TLSHandshake}, Doc: "the first message of a TLS server, RFC 8446, section 4.1.3",
		Fields: append(append(tlsHello(tlsServerHello),
			craft.Field{Name: "cipher", Kind: craft.Enum, Bits: 16, Hex: true, Names: iana.TLSCiphers(), Doc: "the cipher suite"},
			craft.Field{Name: "comp", Kind: craft.Enum, Bits: 8, Names: tlsCompressions(), Doc: "the compression method"},
		), tlsEnd()...),
	}
})
