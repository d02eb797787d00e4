package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

const (
	// DNSRRSVCB says how to reach a service, RFC 9460.
	DNSRRSVCB craft.Name = "DNSRRSVCB"
	// DNSRRHTTPS is SVCB for web servers, RFC 9460, section 9.
	DNSRRHTTPS craft.Name = "DNSRRHTTPS"
	// SvcParam is a parameter of SVCB and HTTPS records, RFC 9460, section 14.3.
	SvcParam craft.Name = "SvcParam"
)

var _ = define(func() craft.Spec {
	return svcbSpec(DNSRRSVCB, 64, "DNS SVCB Resource Record", "how to reach a service, RFC 9460")
})
var _ = define(func() craft.Spec {
	return svcbSpec(DNSRRHTTPS, 65, "DNS HTTPS Resource Record", "how to reach a web server, RFC 9460, section 9")
})

func svcbSpec(name craft.Name, kind uint64, title, doc string) craft.Spec {
	return recordSpec(name, kind, title, doc,
		craft.Field{Name: "svc_priority", Kind: craft.Number, Bits: 16, Doc: "lower is better; 0 is an alias"},
		nameField("target_name", "host of the service; the root is the record's own name"),
		craft.Field{Name: "svc_params", Kind: craft.Packets, Doc: "parameters: SvcParam, in ascending order of key",
			Of: SvcParam})
}

// Keys of parameters that decide what the value is.
const svcMandatory, svcALPN, svcPort, svcIPv4, svcIPv6 = 0, 1, 3, 4, 6

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: SvcParam, Title: "SvcParam", Doc: "parameter of an SVCB or HTTPS record, RFC 9460, section 14.3",
		Fields: []craft.Field{
			{Name: "key", Kind: craft.Enum, Bits: 16, Names: svcKeys(), Doc: "what it tells"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Measures("value")},
			{Name: "value", Kind: craft.Values, Doc: "a list of keys, protocols or addresses, a port, or bytes, by the key",
				Part: &craft.Part{Encode: encodeSvcValue, Decode: decodeSvcValue}},
		},
		Keys: []string{"key"},
	}
})

var svcKeys = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "mandatory", 1: "alpn", 2: "no-default-alpn", 3: "port", 4: "ipv4hint", 5: "ech", 6: "ipv6hint", 7: "dohpath",
	}
})

// svcItems are the parts of the keys whose value is a list of numbers or addresses.
var svcItems = sync.OnceValue(func() map[uint64]*craft.Part {
	return map[uint64]*craft.Part{
		svcMandatory: craft.ItemList(craft.Item{Bytes: 2, Kind: craft.Number}), svcPort: craft.ItemList(craft.Item{Bytes: 2, Kind: craft.Number}),
		svcIPv4: craft.ItemList(craft.Item{Bytes: 4, Kind: craft.IPv4}), svcIPv6: craft.ItemList(craft.Item{Bytes: 16, Kind: craft.IPv6Address}),
	}
})

func encodeSvcValue(l *craft.Layer, v any) ([]byte, error) {
	key := l.Uint("key")
	if p := svcItems()[key]; p != nil {
		return p.Encode(l, svcNumbers(key, v))
	}
	if key == svcALPN {
		return encodeStrings(v)
	}
	list, ok := v.([]any)
	switch {
	case ok && len(list) == 0:
		return []byte{}, nil
	case ok && len(list) == 1:
		v = list[0]
	case ok:
		return nil, fmt.Errorf("want bytes for the key %s, got %s", l.Text("key"), values.Literal(v))
	}
	return encodeBytes(v)
}

// svcNumbers puts the numbers of keys in the place of their names.
func svcNumbers(key uint64, v any) any {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	if key != svcMandatory {
		return list
	}
	numbers := make([]any, len(list))
	for i, v := range list {
		numbers[i] = v
		for n, name := range svcKeys() {
			if v == name {
				numbers[i] = n
			}
		}
	}
	return numbers
}

func decodeSvcValue(l *craft.Layer, b []byte) any {
	key := l.Uint("key")
	switch p := svcItems()[key]; {
	case key == svcPort && len(b) == 2:
		return uint64(binary.BigEndian.Uint16(b))
	case p != nil:
		return p.Decode(l, b)
	case key == svcALPN:
		return decodeStrings(b)
	}
	return string(b)
}
