package layers

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/values"
)

const (
	// DNSQR is a question of a DNS message, RFC 1035, section 4.1.2.
	DNSQR craft.Name = "DNSQR"
	// DNSRR is a resource record of a DNS message, RFC 1035, section 4.1.3; types with data of several fields have
	// protocols of their own.
	DNSRR craft.Name = "DNSRR"
)

// errTruncated is data that ends too soon.
var errTruncated = errors.New("truncated")

// defaultQuestion is the question that a message has when none was set.
var defaultQuestion = sync.OnceValue(func() []byte {
	return append(mustName("www.example.com"), 0, 1, 0, 1)
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: DNSQR, Title: "DNS Question Record", Doc: "question of a DNS message, RFC 1035, section 4.1.2",
		Fields: []craft.Field{
			{Name: "qname", Kind: craft.Text, Initial: mustName("www.example.com"), Part: domainName, Doc: "the name asked for"},
			{Name: "qtype", Kind: craft.Enum, Bits: 16, Default: 1, Names: iana.DNSQuestionTypes(), Doc: "the type of records asked for"},
			{Name: "qclass", Kind: craft.Enum, Bits: 16, Default: 1, Names: iana.DNSClasses(), Doc: "class; the first bit asks for a unicast answer in multicast DNS"},
		},
		Hooks: craft.Hooks{Summary: func(p *craft.Packet, i int) string { return "DNSQR " + p.Layers()[i].Text("qname") }},
	}
})

var _ = define(func() craft.Spec {
	s := recordSpec(DNSRR, typeA, "DNS Resource Record", "resource record of a DNS message, RFC 1035, section 4.1.3",
		craft.Field{Name: "rdata", Kind: craft.Values, Part: recordData, Doc: "data: an address, a name, a list of strings or bytes, by the type"})
	s.Addresses = []craft.AddressFamily{{Field: "rdata", By: "type", Four: typeA, Six: typeAAAA}}
	return s
})

// recordSpec is the table of a resource record: the fields that all have, and those of its data.
func recordSpec(name craft.Name, kind uint64, title, doc string, data ...craft.Field) craft.Spec {
	fields := []craft.Field{
		{Name: "rrname", Kind: craft.Text, Initial: rootName, Part: domainName, Doc: "the name whose record this is"},
		{Name: "type", Kind: craft.Enum, Bits: 16, Default: kind, Names: iana.DNSTypes(), Doc: "type of the record"},
		{Name: "rclass", Kind: craft.Enum, Bits: 16, Default: 1, Names: iana.DNSClasses(), Doc: "class; the first bit flushes caches in multicast DNS"},
		{Name: "ttl", Kind: craft.Number, Bits: 32, Doc: "how long it may be kept, in seconds"},
		{Name: "rdlen", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind)},
	}
	s := craft.Spec{Name: name, Families: []craft.Name{DNSRR}, Title: title, Doc: doc, Fields: append(fields, data...)}
	s.Keys = []string{"type"}
	s.Summary = func(p *craft.Packet, i int) string {
		l := p.Layers()[i]
		return string(l.Name()) + " " + l.Text("rrname") + " " + l.Text("type")
	}
	return s
}

// Types of records whose data DNSRR knows.
const typeA, typeTXT, typeAAAA = 1, 16, 28

// holdsName reports the types whose data is one name: RFC 1035, 1348 and 6672.
func holdsName(kind uint64) bool {
	switch kind {
	case 2, 3, 4, 5, 7, 8, 9, 12, 23, 39: // NS, MD, MF, CNAME, MB, MG, MR, PTR, NSAP-PTR, DNAME
		return true
	}
	return false
}

// recordData is the data of a record by its type.
var recordData = &craft.Part{
	Encode: encodeRecordData,
	Decode: decodeRecordData,
	Initial: func(l *craft.Layer) []byte {
		if holdsName(l.Uint("type")) {
			return rootName
		}
		return make([]byte, addressLength(l.Uint("type")))
	},
}

// addressLength is the length of an address record's data; 0 for other types.
func addressLength(kind uint64) int {
	switch kind {
	case typeA:
		return 4
	case typeAAAA:
		return 16
	}
	return 0
}

func encodeRecordData(l *craft.Layer, v any) ([]byte, error) {
	kind := l.Uint("type")
	if list, ok := v.([]any); ok && kind != typeTXT {
		if len(list) != 1 {
			return nil, fmt.Errorf("want one value in a record of type %s, got %d; several are several records", l.Text("type"), len(list))
		}
		v = list[0]
	}
	switch {
	case v == "":
		return []byte{}, nil
	case addressLength(kind) > 0:
		return encodeAddress(v, addressLength(kind))
	case holdsName(kind):
		return encodeName(v)
	case kind == typeTXT:
		return encodeStrings(v)
	}
	return encodeBytes(v)
}

func encodeAddress(v any, n int) ([]byte, error) {
	var a netip.Addr
	switch v := v.(type) {
	case netip.Addr:
		a = v
	case string:
		a, _ = netip.ParseAddr(v)
	case craft.Verbatim:
		return v, nil
	}
	if b := a.AsSlice(); len(b) == n {
		return b, nil
	}
	if n == 4 {
		return nil, fmt.Errorf("want an IPv4 address, got %s", values.Literal(v))
	}
	return nil, fmt.Errorf("want an IPv6 address, got %s", values.Literal(v))
}

// encodeStrings writes strings, each with its length before it; a long one becomes several.
func encodeStrings(v any) ([]byte, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := []byte{}
	for i, v := range list {
		if raw, ok := v.(craft.Verbatim); ok {
			out = append(out, raw...)
			continue
		}
		b, err := encodeBytes(v)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i+1, err)
		}
		for ; len(b) > 255; b = b[255:] {
			out = append(append(out, 255), b[:255]...)
		}
		out = append(append(out, byte(len(b))), b...)
	}
	return out, nil
}

// encodeBytes takes a byte string.
func encodeBytes(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return []byte(v), nil
	case []byte:
		return append([]byte(nil), v...), nil
	case craft.Verbatim:
		return v, nil
	}
	return nil, fmt.Errorf("want bytes, got %s", values.Literal(v))
}

func decodeRecordData(l *craft.Layer, b []byte) any {
	switch kind := l.Uint("type"); {
	case len(b) == 0 && kind == typeTXT:
		return []any{}
	case len(b) == 0:
		return ""
	case addressLength(kind) > 0:
		if a, ok := netip.AddrFromSlice(b); ok && len(b) == addressLength(kind) {
			return a
		}
		return craft.Verbatim(b)
	case holdsName(kind):
		return decodeName(b)
	case kind == typeTXT:
		return decodeStrings(b)
	}
	return string(b)
}

// decodeStrings reads strings with their lengths before them.
func decodeStrings(b []byte) []any {
	list := []any{}
	for len(b) > 0 {
		n := 1 + int(b[0])
		if n > len(b) {
			return append(list, craft.Verbatim(b))
		}
		list = append(list, string(b[1:n]))
		b = b[n:]
	}
	return list
}
