package layers

import "github.com/moonwire/moonwire/craft"

// What may stand behind an NTP time message.
const (
	// NTPExtensions is the list of extension fields behind an NTP message, RFC 7822.
	NTPExtensions craft.Name = "NTPExtensions"
	// NTPExtension is one extension field: an element of NTPExtensions.extensions.
	NTPExtension craft.Name = "NTPExtension"
	// NTPAuthenticator is the key and the digest at the end of an NTP message, RFC 5905, section 7.3.
	NTPAuthenticator craft.Name = "NTPAuthenticator"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: NTPExtensions, Doc: "extension fields of NTP, RFC 7822",
		Fields: []craft.Field{
			{Name: "extensions", Kind: craft.Packets, Part: craft.LayersOf(NTPExtension).Ending(ntpExtensionsEnd), Doc: "the extension fields: NTPExtension"},
		},
		Hooks: craft.Hooks{GuessPayload: ntpCarries},
	}
})

// ntpExtensionsEnd is where the extension fields end: an authenticator may follow.
func ntpExtensionsEnd(_ *craft.Layer, rest []byte) (int, error) {
	at := 0
	for n := ntpExtensionLen(rest); n > 0; n = ntpExtensionLen(rest[at:]) {
		at += n
	}
	return at, nil
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: NTPExtension, Doc: "an extension field of NTP, RFC 7822",
		Pad: &craft.Pad{To: 4, Counted: true},
		Fields: []craft.Field{
			{Name: "type", Kind: craft.Number, Bits: 16, Hex: true, Doc: "what the field holds"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderLength)},
			{Name: "value", Kind: craft.Bytes, Doc: "the content"},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: NTPAuthenticator, Doc: "key and digest of an NTP message, RFC 5905",
		Fields: []craft.Field{
			{Name: "key_id", Kind: craft.Number, Bits: 32, Doc: "which key"},
			{Name: "dgst", Kind: craft.Bytes, Initial: make([]byte, 16), Doc: "digest of key and message: 16 bytes of MD5, 20 of SHA-1"},
		},
	}
})
