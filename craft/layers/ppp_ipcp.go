package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The protocols that configure what PPP carries: addresses (RFC 1332, RFC 1877) and encryption (RFC 1968).
const (
	// PPPIPCP is a message of the IP Control Protocol.
	PPPIPCP craft.Name = "PPP_IPCP"
	// PPPIPCPOption is any of its options.
	PPPIPCPOption craft.Name = "PPP_IPCP_Option"
	// PPPIPCPOptionIPAddress is the sender's address.
	PPPIPCPOptionIPAddress craft.Name = "PPP_IPCP_Option_IPAddress"
	// PPPIPCPOptionDNS1 is the first name server.
	PPPIPCPOptionDNS1 craft.Name = "PPP_IPCP_Option_DNS1"
	// PPPIPCPOptionDNS2 is the second name server.
	PPPIPCPOptionDNS2 craft.Name = "PPP_IPCP_Option_DNS2"
	// PPPIPCPOptionNBNS1 is the first NetBIOS name server.
	PPPIPCPOptionNBNS1 craft.Name = "PPP_IPCP_Option_NBNS1"
	// PPPIPCPOptionNBNS2 is the second NetBIOS name server.
	PPPIPCPOptionNBNS2 craft.Name = "PPP_IPCP_Option_NBNS2"
	// PPPECP is a message of the Encryption Control Protocol.
	PPPECP craft.Name = "PPP_ECP"
	// PPPECPOption is any of its options.
	PPPECPOption craft.Name = "PPP_ECP_Option"
	// PPPECPOptionOUI is the option of a maker's own encryption.
	PPPECPOptionOUI craft.Name = "PPP_ECP_Option_OUI"
)

var ncpCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Configure-Request", 2: "Configure-Ack", 3: "Configure-Nak", 4: "Configure-Reject", 5: "Terminate-Request",
		6: "Terminate-Ack", 7: "Code-Reject", 8: "Protocol-Reject", 9: "Echo-Request", 10: "Echo-Reply", 11: "Discard-Request",
		14: "Reset-Request", 15: "Reset-Ack",
	}
})

var ipcpOptions = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "IP-Addresses (Deprecated)", 2: "IP-Compression-Protocol", 3: "IP-Address", 4: "Mobile-IPv4", 129: "Primary-DNS-Address",
		130: "Primary-NBNS-Address", 131: "Secondary-DNS-Address", 132: "Secondary-NBNS-Address",
	}
})

var _ = defineAll(func() []craft.Spec {
	general := controlOption(PPPIPCPOption, PPPIPCPOption, "PPP IPCP Option", "option of IPCP, RFC 1332", ipcpOptions(), 0,
		craft.Field{Name: "data", Kind: craft.Bytes, Doc: "value"})
	address := sizes{6, 255}
	general.Dispatch = bySize(map[byte]craft.Name{
		3: PPPIPCPOptionIPAddress, 129: PPPIPCPOptionDNS1, 130: PPPIPCPOptionNBNS1, 131: PPPIPCPOptionDNS2, 132: PPPIPCPOptionNBNS2,
	}, map[byte]sizes{3: address, 129: address, 130: address, 131: address, 132: address})
	return []craft.Spec{
		ncpSpec(PPPIPCP, "IP Control Protocol of PPP, RFC 1332", 0x8021, PPPIPCPOption),
		general,
		addressOption(PPPIPCPOptionIPAddress, "IP Address", 3),
		addressOption(PPPIPCPOptionDNS1, "DNS1 Address", 129),
		addressOption(PPPIPCPOptionDNS2, "DNS2 Address", 131),
		addressOption(PPPIPCPOptionNBNS1, "NBNS1 Address", 130),
		addressOption(PPPIPCPOptionNBNS2, "NBNS2 Address", 132),
	}
})

// ncpSpec is the table of a protocol that configures one that PPP carries.
func ncpSpec(name craft.Name, doc string, number uint64, option craft.Name) craft.Spec {
	s := controlSpec(name, string(name), doc, ncpCodes(), 1, optionsOf(option))
	s.Binds = []craft.Binding{craft.Over(PPP, "proto", number), craft.Over(Ether, "type", number)} // scapy has both
	s.Answers = answersByID(map[uint64][]uint64{1: {2, 3, 4}, 5: {6}, 14: {15}})
	return s
}

// addressOption is the table of an option with an address; what its length has room for besides is garbage.
func addressOption(name craft.Name, title string, kind uint64) craft.Spec {
	return controlOption(name, PPPIPCPOption, "PPP IPCP Option: "+title, "address in IPCP, RFC 1332 and RFC 1877", ipcpOptions(), kind,
		craft.Field{Name: "data", Kind: craft.IPv4, Bits: 32, Doc: "address"},
		craft.Field{Name: "garbage", Kind: craft.Bytes, Doc: "bytes behind the address"})
}

var ecpOptions = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "OUI", 1: "DESE"}
})

var _ = defineAll(func() []craft.Spec {
	general := controlOption(PPPECPOption, PPPECPOption, "PPP ECP Option", "option of ECP, RFC 1968", ecpOptions(), 0,
		craft.Field{Name: "data", Kind: craft.Bytes, Doc: "value"})
	general.Dispatch = bySize(map[byte]craft.Name{0: PPPECPOptionOUI}, map[byte]sizes{0: {6, 255}})
	return []craft.Spec{
		ncpSpec(PPPECP, "Encryption Control Protocol of PPP, RFC 1968", 0x8053, PPPECPOption),
		general,
		controlOption(PPPECPOptionOUI, PPPECPOption, "PPP ECP Option", "a maker's own encryption, RFC 1968", ecpOptions(), 0,
			craft.Field{Name: "oui", Kind: craft.Number, Bits: 24, Hex: true, Doc: "the maker"},
			craft.Field{Name: "subtype", Kind: craft.Number, Bits: 8, Doc: "which of its encryptions"},
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "value"}),
	}
})
