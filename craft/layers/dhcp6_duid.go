package layers

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// The unique identifiers of DHCPv6 clients and servers, RFC 8415, section 11, and what stands in lists of classes.
const (
	// DUIDLLT is a hardware address and when it was taken.
	DUIDLLT craft.Name = "DUID_LLT"
	// DUIDEN is a number that a vendor gave.
	DUIDEN craft.Name = "DUID_EN"
	// DUIDLL is a hardware address.
	DUIDLL craft.Name = "DUID_LL"
	// DUIDUUID is a universally unique identifier, RFC 6355.
	DUIDUUID craft.Name = "DUID_UUID"
	// UserClassData is one class of a DHCP6OptUserClass.
	UserClassData craft.Name = "USER_CLASS_DATA"
	// VendorClassData is one class of a DHCP6OptVendorClass.
	VendorClassData craft.Name = "VENDOR_CLASS_DATA"
	// VendorSpecificOption is one option of a DHCP6OptVendorSpecificInfo.
	VendorSpecificOption craft.Name = "VENDOR_SPECIFIC_OPTION"
)

// duidNames are the identifiers by their type.
var duidNames = sync.OnceValue(func() map[uint16]craft.Name {
	return map[uint16]craft.Name{1: DUIDLLT, 2: DUIDEN, 3: DUIDLL, 4: DUIDUUID}
})

func pickDUID(_ *craft.Layer, b []byte) craft.Name {
	if len(b) < 2 {
		return craft.Raw
	}
	return duidNames()[binary.BigEndian.Uint16(b)]
}

// duidSpec is the table of an identifier.
func duidSpec(name craft.Name, kind uint64, title, doc string, data ...craft.Field) craft.Spec {
	return craft.Spec{Name: name, Families: []craft.Name{"DUID"}, Title: title, Doc: doc, Fields: append([]craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 16, Default: kind, Names: duidTypes(), Doc: "what the identifier is made of"},
	}, data...)}
}

var duidTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Link-layer address plus time", 2: "Vendor-assigned unique ID based on Enterprise Number", 3: "Link-layer Address", 4: "UUID",
	}
})

func duidHardware() craft.Field {
	return craft.Field{Name: "hwtype", Kind: craft.Number, Bits: 16, Default: 1, Hex: true, Doc: "hardware type; 1 is Ethernet"}
}

var _ = define(func() craft.Spec {
	return duidSpec(DUIDLLT, 1, "DUID - Link-layer address plus time", "identifier made of a hardware address and the time, RFC 8415, section 11.2",
		duidHardware(),
		craft.Field{Name: "timeval", Kind: craft.Number, Bits: 32, Doc: "when it was made, in seconds since 2000"},
		craft.Field{Name: "lladdr", Kind: craft.Hardware, Bits: 48, Doc: "the hardware address"})
})
var _ = define(func() craft.Spec {
	return duidSpec(DUIDEN, 2, "DUID - Assigned by Vendor Based on Enterprise Number", "identifier that a vendor gave, RFC 8415, section 11.3",
		enterprise(311),
		craft.Field{Name: "id", Kind: craft.Bytes, Doc: "what the vendor gave"})
})
var _ = define(func() craft.Spec {
	return duidSpec(DUIDLL, 3, "DUID - Based on Link-layer Address", "identifier made of a hardware address, RFC 8415, section 11.4",
		duidHardware(),
		craft.Field{Name: "lladdr", Kind: craft.Hardware, Bits: 48, Doc: "the hardware address"})
})
var _ = define(func() craft.Spec {
	return duidSpec(DUIDUUID, 4, "DUID - Based on UUID", "universally unique identifier, RFC 6355",
		craft.Field{Name: "uuid", Kind: craft.Text, Initial: make([]byte, uuidBytes), Part: uuidPart, Doc: "the identifier"})
})

const uuidBytes = 16

// uuidPart is a universally unique identifier in text, RFC 9562.
var uuidPart = &craft.Part{
	Length: func(*craft.Layer, []byte) (int, error) { return uuidBytes, nil },
	Encode: func(_ *craft.Layer, v any) ([]byte, error) {
		text, ok := v.(string)
		switch raw := v.(type) {
		case craft.Verbatim:
			return raw, nil
		case []byte:
			if len(raw) == uuidBytes {
				return raw, nil
			}
		}
		b, err := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
		if !ok || err != nil || len(b) != uuidBytes {
			return nil, fmt.Errorf("want a UUID such as 01234567-89ab-cdef-0123-456789abcdef, got %s", values.Literal(v))
		}
		return b, nil
	},
	Decode: func(_ *craft.Layer, b []byte) any {
		if len(b) != uuidBytes {
			return craft.Verbatim(b)
		}
		s := hex.EncodeToString(b)
		return strings.Join([]string{s[:8], s[8:12], s[12:16], s[16:20], s[20:]}, "-")
	},
}

// classSpec is the table of what stands in a list of classes: its length and bytes.
func classSpec(name craft.Name, title, doc string) craft.Spec {
	return craft.Spec{Name: name, Title: title, Doc: doc, Fields: []craft.Field{
		{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Measures("data")},
		{Name: "data", Kind: craft.Bytes, Doc: "the class"},
	}}
}

var _ = define(func() craft.Spec {
	return classSpec(UserClassData, "user class data", "one class of users, RFC 8415, section 21.15")
})
var _ = define(func() craft.Spec {
	return classSpec(VendorClassData, "vendor class data", "one class of a vendor, RFC 8415, section 21.16")
})
var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: VendorSpecificOption, Title: "vendor specific option data", Doc: "one option of a vendor, RFC 8415, section 21.17",
		Fields: []craft.Field{
			{Name: "optcode", Kind: craft.Number, Bits: 16, Doc: "the vendor's code"},
			{Name: "optlen", Kind: craft.Number, Bits: 16, Computed: craft.Measures("optdata")},
			{Name: "optdata", Kind: craft.Bytes, Doc: "what the option holds"},
		},
	}
})
var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: DHCP6OptGeoConfElement, Title: "DHCP6 Option - Civic Location Element", Doc: "a part of an address, RFC 4776, section 3.1",
		Fields: []craft.Field{
			{Name: "CAtype", Kind: craft.Number, Bits: 8, Doc: "what the part is"},
			{Name: "CAlength", Kind: craft.Number, Bits: 8, Computed: craft.Measures("CAvalue")},
			{Name: "CAvalue", Kind: craft.Bytes, Doc: "the part"},
		},
	}
})
