package craft

// What may stand behind an NTP time message.
const (
	// NTPExtensions is the list of extension fields behind an NTP message, RFC 7822.
	NTPExtensions Name = "NTPExtensions"
	// NTPExtension is one extension field: an element of NTPExtensions.extensions.
	NTPExtension Name = "NTPExtension"
	// NTPAuthenticator is the key and the digest at the end of an NTP message, RFC 5905, section 7.3.
	NTPAuthenticator Name = "NTPAuthenticator"
)

var _ = define(spec{
	name: NTPExtensions, doc: "extension fields of NTP, RFC 7822",
	fields: []Field{
		{Name: "extensions", Kind: Packets, part: packets(
			func(_ *Layer, _ []byte) Name { return NTPExtension },
			func(_ *Layer, rest []byte) (int, error) {
				at := 0
				for n := ntpExtensionLen(rest); n > 0; n = ntpExtensionLen(rest[at:]) {
					at += n
				}
				return at, nil
			}), Doc: "the extension fields: NTPExtension"},
	},
	hooks: hooks{carries: ntpCarries},
})

var _ = define(spec{
	name: NTPExtension, doc: "an extension field of NTP, RFC 7822",
	fields: []Field{
		{Name: "type", Kind: Number, Bits: 16, hex: true, Doc: "what the field holds"},
		{Name: "len", Kind: Number, Bits: 16, auto: derived, Doc: "length of the field in bytes, type, len and padding included"},
		{Name: "value", Kind: Bytes, part: byLength("len", 4), Doc: "the content"},
	},
	hooks: hooks{
		filler: func(l *Layer, n int) []byte {
			if l.IsSet("len") {
				return nil // what stands on the wire holds its padding
			}
			return zeros[:-n&3]
		},
		follows: func(l *Layer) uint64 {
			if n := l.parts(); int(l.shape.slots[1].uint(l.hdr)) == n && n%4 == 0 {
				return 1 << 1
			}
			return 0
		},
		derive: func(_ *builder, _ int, hdr, _ []byte, _ uint64) error {
			return putLength(hdr[2:], "NTPExtension.len", len(hdr))
		},
	},
})

var _ = define(spec{
	name: NTPAuthenticator, doc: "key and digest of an NTP message, RFC 5905",
	fields: []Field{
		{Name: "key_id", Kind: Number, Bits: 32, Doc: "which key"},
		{Name: "dgst", Kind: Bytes, deflt: make([]byte, 16), Doc: "digest of key and message: 16 bytes of MD5, 20 of SHA-1"},
	},
})
