package layers

import (
	"bytes"

	"github.com/moonwire/moonwire/craft"
)

// ICMPv6NDOptDNSSL is the option of neighbour discovery that gives the domains to search names in, RFC 8106.
const ICMPv6NDOptDNSSL craft.Name = "ICMPv6NDOptDNSSL"

const dnsslType = 31

var _ = define(func() craft.Spec {
	return ndOpt(ICMPv6NDOptDNSSL, dnsslType, 0, "Neighbor Discovery Option - DNS Search List Option", "domains to search names in, RFC 8106",
		craft.Field{Name: "res", Kind: craft.Number, Bits: 16, Doc: "reserved"},
		craft.Field{Name: "lifetime", Kind: craft.Number, Bits: 32, Default: forever, Doc: "how long they may be used, in seconds"},
		craft.Field{Name: "searchlist", Kind: craft.Values, Doc: "the domains", Part: paddedNames()})
})

// paddedNames is a list of domain names, and zeros up to a multiple of 8 bytes. A list that is padded in another way
// stays as its bytes.
func paddedNames() *craft.Part {
	names := domainNames(nil)
	p := &craft.Part{
		Encode: func(l *craft.Layer, v any) ([]byte, error) {
			if raw, ok := v.([]any); ok && len(raw) == 1 {
				if b, ok := raw[0].(craft.Verbatim); ok {
					return b, nil
				}
			}
			b, err := names.Encode(l, v)
			return append(b, make([]byte, -len(b)&7)...), err
		},
	}
	p.Decode = func(l *craft.Layer, b []byte) any {
		end := len(bytes.TrimRight(b, "\x00"))
		list := names.Decode(l, b[:min(end+1, len(b))])
		if again, err := p.Encode(l, list); err != nil || !bytes.Equal(again, b) {
			return []any{craft.Verbatim(b)}
		}
		return list
	}
	return p
}
