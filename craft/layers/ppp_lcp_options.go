package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The options of the Link Control Protocol, RFC 1661, section 6. PPPLCPOption is the general one; bytes that are read are one
// of the special ones where their type is known and their length fits.
const (
	// PPPLCPOption is any option.
	PPPLCPOption craft.Name = "PPP_LCP_Option"
	// PPPLCPMRUOption is the maximum receive unit.
	PPPLCPMRUOption craft.Name = "PPP_LCP_MRU_Option"
	// PPPLCPACCMOption is the map of control characters to be escaped, RFC 1662.
	PPPLCPACCMOption craft.Name = "PPP_LCP_ACCM_Option"
	// PPPLCPAuthProtocolOption is the protocol to authenticate with.
	PPPLCPAuthProtocolOption craft.Name = "PPP_LCP_Auth_Protocol_Option"
	// PPPLCPQualityProtocolOption is the protocol to watch the link with.
	PPPLCPQualityProtocolOption craft.Name = "PPP_LCP_Quality_Protocol_Option"
	// PPPLCPMagicNumberOption is a number to detect loops with.
	PPPLCPMagicNumberOption craft.Name = "PPP_LCP_Magic_Number_Option"
	// PPPLCPCallbackOption asks to be called back, RFC 1570.
	PPPLCPCallbackOption craft.Name = "PPP_LCP_Callback_Option"
)

var lcpOptions = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Maximum-Receive-Unit", 2: "Async-Control-Character-Map", 3: "Authentication-protocol", 4: "Quality-protocol",
		5: "Magic-number", 7: "Protocol-Field-Compression", 8: "Address-and-Control-Field-Compression", 13: "Callback",
	}
})

// numberCHAP is the protocol number of CHAP, which an option names together with an algorithm.
const numberCHAP = 0xc223

var _ = defineAll(func() []craft.Spec {
	general := lcpOptionSpec(PPPLCPOption, 0, craft.Field{Name: "data", Kind: craft.Bytes, Doc: "value"})
	named := bySize(map[byte]craft.Name{
		1: PPPLCPMRUOption, 2: PPPLCPACCMOption, 3: PPPLCPAuthProtocolOption, 4: PPPLCPQualityProtocolOption,
		5: PPPLCPMagicNumberOption, 13: PPPLCPCallbackOption,
	}, map[byte]sizes{1: {4, 4}, 2: {6, 6}, 3: {4, 255}, 4: {4, 255}, 5: {6, 6}, 13: {3, 255}})
	general.Dispatch = func(data []byte) craft.Name {
		if len(data) > 3 && data[0] == 3 && data[1] != 5 && binary.BigEndian.Uint16(data[2:]) == numberCHAP {
			return "" // CHAP has one algorithm behind its number: RFC 1994, section 3
		}
		return named(data)
	}
	return []craft.Spec{
		general,
		lcpOptionSpec(PPPLCPMRUOption, 1, craft.Field{Name: "max_recv_unit", Kind: craft.Number, Bits: 16, Default: 1500, Doc: "longest packet in bytes"}),
		lcpOptionSpec(PPPLCPACCMOption, 2, craft.Field{Name: "accm", Kind: craft.Number, Bits: 32, Hex: true, Doc: "a bit for each control character"}),
		authOption(),
		lcpOptionSpec(PPPLCPQualityProtocolOption, 4,
			craft.Field{Name: "quality_protocol", Kind: craft.Enum, Bits: 16, Default: 0xc025, Hex: true, Names: map[uint64]string{0xc025: "Link Quality Report"}, Doc: "protocol"},
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "what it is to do"}),
		lcpOptionSpec(PPPLCPMagicNumberOption, 5, craft.Field{Name: "magic_number", Kind: craft.Number, Bits: 32, Doc: "random number"}),
		lcpOptionSpec(PPPLCPCallbackOption, 13,
			craft.Field{Name: "operation", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "Location determined by user authentication",
				1: "Dialing string", 2: "Location identifier", 3: "E.164 number", 4: "Distinguished name"}, Doc: "what message is"},
			craft.Field{Name: "message", Kind: craft.Bytes, Doc: "where to call"}),
	}
})

// lcpOptionSpec is the table of an option.
func lcpOptionSpec(name craft.Name, kind uint64, data ...craft.Field) craft.Spec {
	return controlOption(name, PPPLCPOption, "PPP LCP Option", "option of PPP's Link Control Protocol, RFC 1661", lcpOptions(), kind, data...)
}

// authOption names CHAP's algorithm in place of data.
func authOption() craft.Spec {
	return lcpOptionSpec(PPPLCPAuthProtocolOption, 3,
		craft.Field{Name: "auth_protocol", Kind: craft.Enum, Bits: 16, Default: 0xc023, Hex: true, Names: map[uint64]string{
			0xc023: "Password authentication protocol", numberCHAP: "Challenge-response authentication protocol",
			0xc227: "PPP Extensible authentication protocol"}, Doc: "protocol"},
		craft.Field{Name: "data", Kind: craft.Bytes, When: craft.Unless("auth_protocol", numberCHAP), Doc: "what it is to do"},
		craft.Field{Name: "algorithm", Kind: craft.Enum, Bits: 8, Default: 5, When: craft.GivenAny("auth_protocol", numberCHAP), Names: map[uint64]string{5: "MD5", 6: "SHA1", 0x80: "MS-CHAP", 0x81: "MS-CHAP-v2"},
			Doc: "algorithm of CHAP"})
}
