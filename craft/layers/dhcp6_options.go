package layers

import (
	"strings"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The options of DHCPv6 that have protocols of their own: RFC 8415, section 21, and the RFC that each names.
const (
	DHCP6OptUnknown              craft.Name = "DHCP6OptUnknown"              // any option
	DHCP6OptClientID             craft.Name = "DHCP6OptClientId"             // who the client is
	DHCP6OptServerID             craft.Name = "DHCP6OptServerId"             // who the server is
	DHCP6OptIANA                 craft.Name = "DHCP6OptIA_NA"                // addresses for long
	DHCP6OptIATA                 craft.Name = "DHCP6OptIA_TA"                // temporary addresses
	DHCP6OptIAAddress            craft.Name = "DHCP6OptIAAddress"            // an address, inside IA_NA and IA_TA
	DHCP6OptOptReq               craft.Name = "DHCP6OptOptReq"               // options that are asked for
	DHCP6OptPref                 craft.Name = "DHCP6OptPref"                 // how much a server is to be preferred
	DHCP6OptElapsedTime          craft.Name = "DHCP6OptElapsedTime"          // since when the client tries
	DHCP6OptRelayMsg             craft.Name = "DHCP6OptRelayMsg"             // the message that a relay passes on
	DHCP6OptAuth                 craft.Name = "DHCP6OptAuth"                 // proves who sent the message
	DHCP6OptServerUnicast        craft.Name = "DHCP6OptServerUnicast"        // where the server takes unicast
	DHCP6OptStatusCode           craft.Name = "DHCP6OptStatusCode"           // what came of the request
	DHCP6OptRapidCommit          craft.Name = "DHCP6OptRapidCommit"          // two messages are enough
	DHCP6OptUserClass            craft.Name = "DHCP6OptUserClass"            // kinds of users
	DHCP6OptVendorClass          craft.Name = "DHCP6OptVendorClass"          // the client's vendor and model
	DHCP6OptVendorSpecificInfo   craft.Name = "DHCP6OptVendorSpecificInfo"   // a vendor's own options
	DHCP6OptIfaceID              craft.Name = "DHCP6OptIfaceId"              // the interface on which a relay heard the client
	DHCP6OptReconfMsg            craft.Name = "DHCP6OptReconfMsg"            // what the client is to send
	DHCP6OptReconfAccept         craft.Name = "DHCP6OptReconfAccept"         // whether the client accepts being asked to reconfigure
	DHCP6OptSIPDomains           craft.Name = "DHCP6OptSIPDomains"           // SIP servers by name, RFC 3319
	DHCP6OptSIPServers           craft.Name = "DHCP6OptSIPServers"           // SIP servers by address, RFC 3319
	DHCP6OptDNSServers           craft.Name = "DHCP6OptDNSServers"           // name servers, RFC 3646
	DHCP6OptDNSDomains           craft.Name = "DHCP6OptDNSDomains"           // domains to search, RFC 3646
	DHCP6OptIAPD                 craft.Name = "DHCP6OptIA_PD"                // prefixes for a network behind the client
	DHCP6OptIAPrefix             craft.Name = "DHCP6OptIAPrefix"             // a prefix, inside IA_PD
	DHCP6OptNISServers           craft.Name = "DHCP6OptNISServers"           // NIS servers, RFC 3898
	DHCP6OptNISPServers          craft.Name = "DHCP6OptNISPServers"          // NIS+ servers, RFC 3898
	DHCP6OptNISDomain            craft.Name = "DHCP6OptNISDomain"            // the NIS domain, RFC 3898
	DHCP6OptNISPDomain           craft.Name = "DHCP6OptNISPDomain"           // the NIS+ domain, RFC 3898
	DHCP6OptSNTPServers          craft.Name = "DHCP6OptSNTPServers"          // time servers, RFC 4075
	DHCP6OptInfoRefreshTime      craft.Name = "DHCP6OptInfoRefreshTime"      // when to ask for settings again
	DHCP6OptBCMCSDomains         craft.Name = "DHCP6OptBCMCSDomains"         // broadcast controllers by name, RFC 4280
	DHCP6OptBCMCSServers         craft.Name = "DHCP6OptBCMCSServers"         // broadcast controllers by address, RFC 4280
	DHCP6OptGeoConf              craft.Name = "DHCP6OptGeoConf"              // where something is, RFC 4776
	DHCP6OptGeoConfElement       craft.Name = "DHCP6OptGeoConfElement"       // a part of an address, inside GeoConf
	DHCP6OptRemoteID             craft.Name = "DHCP6OptRemoteID"             // the circuit on which a relay heard the client, RFC 4649
	DHCP6OptSubscriberID         craft.Name = "DHCP6OptSubscriberID"         // the subscriber, RFC 4580
	DHCP6OptClientFQDN           craft.Name = "DHCP6OptClientFQDN"           // the client's name, RFC 4704
	DHCP6OptPanaAuthAgent        craft.Name = "DHCP6OptPanaAuthAgent"        // authentication agents, RFC 5192
	DHCP6OptNewPOSIXTimeZone     craft.Name = "DHCP6OptNewPOSIXTimeZone"     // the time zone as POSIX writes it, RFC 4833
	DHCP6OptNewTZDBTimeZone      craft.Name = "DHCP6OptNewTZDBTimeZone"      // the time zone's name, RFC 4833
	DHCP6OptRelayAgentERO        craft.Name = "DHCP6OptRelayAgentERO"        // options that a relay is to get back, RFC 4994
	DHCP6OptLQClientLink         craft.Name = "DHCP6OptLQClientLink"         // links on which a client has leases, RFC 5007
	DHCP6OptBootFileURL          craft.Name = "DHCP6OptBootFileUrl"          // the boot file, RFC 5970
	DHCP6OptClientArchType       craft.Name = "DHCP6OptClientArchType"       // the client's machines, RFC 5970
	DHCP6OptClientNetworkInterID craft.Name = "DHCP6OptClientNetworkInterId" // the client's network boot firmware, RFC 5970
	DHCP6OptERPDomain            craft.Name = "DHCP6OptERPDomain"            // domains for reauthentication, RFC 6440
	DHCP6OptRelaySuppliedOpt     craft.Name = "DHCP6OptRelaySuppliedOpt"     // options that a relay supplies, RFC 6422
	DHCP6OptVSS                  craft.Name = "DHCP6OptVSS"                  // the virtual network, RFC 6607
	DHCP6OptClientLinkLayerAddr  craft.Name = "DHCP6OptClientLinkLayerAddr"  // the client's hardware address, RFC 6939
	DHCP6OptMudURL               craft.Name = "DHCP6OptMudUrl"               // a description of the device, RFC 8520
)

// A dhcp6Row is an option: its protocol, its code, and scapy's heading.
type dhcp6Row struct {
	name  craft.Name
	code  uint64
	label string // the code's name
	title string
}

// dhcp6Options are the options by code.
var dhcp6Options = []dhcp6Row{
	{DHCP6OptClientID, 1, "CLIENTID", "DHCP6 Client Identifier Option"},
	{DHCP6OptServerID, 2, "SERVERID", "DHCP6 Server Identifier Option"},
	{DHCP6OptIANA, 3, "IA_NA", "DHCP6 Identity Association for Non-temporary Addresses Option"},
	{DHCP6OptIATA, 4, "IA_TA", "DHCP6 Identity Association for Temporary Addresses Option"},
	{DHCP6OptIAAddress, 5, "IAADDR", "DHCP6 IA Address Option (IA_TA or IA_NA suboption)"},
	{DHCP6OptOptReq, 6, "ORO", "DHCP6 Option Request Option"},
	{DHCP6OptPref, 7, "PREFERENCE", "DHCP6 Preference Option"},
	{DHCP6OptElapsedTime, 8, "ELAPSED_TIME", "DHCP6 Elapsed Time Option"},
	{DHCP6OptRelayMsg, 9, "RELAY_MSG", "DHCP6 Relay Message Option"},
	{DHCP6OptAuth, 11, "AUTH", "DHCP6 Option - Authentication"},
	{DHCP6OptServerUnicast, 12, "UNICAST", "DHCP6 Server Unicast Option"},
	{DHCP6OptStatusCode, 13, "STATUS_CODE", "DHCP6 Status Code Option"},
	{DHCP6OptRapidCommit, 14, "RAPID_COMMIT", "DHCP6 Rapid Commit Option"},
	{DHCP6OptUserClass, 15, "USER_CLASS", "DHCP6 User Class Option"},
	{DHCP6OptVendorClass, 16, "VENDOR_CLASS", "DHCP6 Vendor Class Option"},
	{DHCP6OptVendorSpecificInfo, 17, "VENDOR_OPTS", "DHCP6 Vendor-specific Information Option"},
	{DHCP6OptIfaceID, 18, "INTERFACE_ID", "DHCP6 Interface-Id Option"},
	{DHCP6OptReconfMsg, 19, "RECONF_MSG", "DHCP6 Reconfigure Message Option"},
	{DHCP6OptReconfAccept, 20, "RECONF_ACCEPT", "DHCP6 Reconfigure Accept Option"},
	{DHCP6OptSIPDomains, 21, "SIP Servers Domain Name List", "DHCP6 Option - SIP Servers Domain Name List"},
	{DHCP6OptSIPServers, 22, "SIP Servers IPv6 Address List", "DHCP6 Option - SIP Servers IPv6 Address List"},
	{DHCP6OptDNSServers, 23, "DNS Recursive Name Server Option", "DHCP6 Option - DNS Recursive Name Server"},
	{DHCP6OptDNSDomains, 24, "Domain Search List option", "DHCP6 Option - Domain Search List option"},
	{DHCP6OptIAPD, 25, "OPTION_IA_PD", "DHCP6 Option - Identity Association for Prefix Delegation"},
	{DHCP6OptIAPrefix, 26, "OPTION_IAPREFIX", "DHCP6 Option - IA Prefix option"},
	{DHCP6OptNISServers, 27, "OPTION_NIS_SERVERS", "DHCP6 Option - NIS Servers"},
	{DHCP6OptNISPServers, 28, "OPTION_NISP_SERVERS", "DHCP6 Option - NIS+ Servers"},
	{DHCP6OptNISDomain, 29, "OPTION_NIS_DOMAIN_NAME", "DHCP6 Option - NIS Domain Name"},
	{DHCP6OptNISPDomain, 30, "OPTION_NISP_DOMAIN_NAME", "DHCP6 Option - NIS+ Domain Name"},
	{DHCP6OptSNTPServers, 31, "OPTION_SNTP_SERVERS", "DHCP6 option - SNTP Servers"},
	{DHCP6OptInfoRefreshTime, 32, "OPTION_INFORMATION_REFRESH_TIME", "DHCP6 Option - Information Refresh Time"},
	{DHCP6OptBCMCSDomains, 33, "OPTION_BCMCS_SERVER_D", "DHCP6 Option - BCMCS Domain Name List"},
	{DHCP6OptBCMCSServers, 34, "OPTION_BCMCS_SERVER_A", "DHCP6 Option - BCMCS Addresses List"},
	{DHCP6OptGeoConf, 36, "OPTION_GEOCONF_CIVIC", "DHCP6 Option - Civic Location"},
	{DHCP6OptRemoteID, 37, "OPTION_REMOTE_ID", "DHCP6 Option - Relay Agent Remote-ID"},
	{DHCP6OptSubscriberID, 38, "OPTION_SUBSCRIBER_ID", "DHCP6 Option - Subscriber ID"},
	{DHCP6OptClientFQDN, 39, "OPTION_CLIENT_FQDN", "DHCP6 Option - Client FQDN"},
	{DHCP6OptPanaAuthAgent, 40, "OPTION_PANA_AGENT", "DHCP6 PANA Authentication Agent Option"},
	{DHCP6OptNewPOSIXTimeZone, 41, "OPTION_NEW_POSIX_TIMEZONE", "DHCP6 POSIX Timezone Option"},
	{DHCP6OptNewTZDBTimeZone, 42, "OPTION_NEW_TZDB_TIMEZONE", "DHCP6 TZDB Timezone Option"},
	{DHCP6OptRelayAgentERO, 43, "OPTION_ERO", "DHCP6 Option - RelayRequest Option"},
	{DHCP6OptLQClientLink, 48, "OPTION_LQ_CLIENT_LINK", "DHCP6 Client Link Option"},
	{DHCP6OptBootFileURL, 59, "OPT_BOOTFILE_URL", "DHCP6 Boot File URL Option"},
	{DHCP6OptClientArchType, 61, "OPTION_CLIENT_ARCH_TYPE", "DHCP6 Client System Architecture Type Option"},
	{DHCP6OptClientNetworkInterID, 62, "OPTION_NII", "DHCP6 Client Network Interface Identifier Option"},
	{DHCP6OptERPDomain, 65, "OPTION_ERP_LOCAL_DOMAIN_NAME", "DHCP6 Option - ERP Domain Name List"},
	{DHCP6OptRelaySuppliedOpt, 66, "OPTION_RELAY_SUPPLIED_OPTIONS", "DHCP6 Relay-Supplied Options Option"},
	{DHCP6OptVSS, 68, "OPTION_VSS", "DHCP6 Option - Virtual Subnet Selection"},
	{DHCP6OptClientLinkLayerAddr, 79, "OPTION_CLIENT_LINKLAYER_ADDR", "DHCP6 Option - Client Link Layer address"},
	{DHCP6OptMudURL, 112, "OPTION_MUD_URL", "DHCP6 Option - MUD URL"},
}

// dhcp6Labels are the names of codes.
var dhcp6Labels = sync.OnceValue(func() map[uint64]string {
	return labels(dhcp6Options)
})

func labels(rows []dhcp6Row) map[uint64]string {
	names := map[uint64]string{60: "OPT_BOOTFILE_PARAM"}
	for _, r := range rows {
		names[r.code] = r.label
	}
	return names
}

// dhcp6ByCode names the protocol of an option; "" when it has none.
func dhcp6ByCode(code uint16) craft.Name {
	for _, r := range dhcp6Options {
		if r.code == uint64(code) {
			return r.name
		}
	}
	return ""
}

// dhcp6Option is the table of an option.
func dhcp6Option(name craft.Name, doc string, data ...craft.Field) craft.Spec {
	row := dhcp6Row{name: name, title: "Unknown DHCPv6 Option"}
	for _, r := range dhcp6Options {
		if r.name == name {
			row = r
		}
	}
	s := craft.Spec{Name: name, Families: []craft.Name{"DHCP6Opt"}, Title: row.title, Doc: doc, Fields: append([]craft.Field{
		{Name: "optcode", Kind: craft.Enum, Bits: 16, Default: row.code, Names: dhcp6Labels(), Doc: "code of the option"},
		{Name: "optlen", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind)},
	}, data...)}
	s.GuessPayload = pickDHCP6
	return s
}

// Parts of options: each is what optlen leaves behind the fields before it.

func optionBytes(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Bytes, Doc: doc}
}

func optionAddresses(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Values, Item: craft.Item{Kind: craft.IPv6Address}, Doc: doc}
}

func optionNames(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Values, Part: domainNames(nil), Doc: doc}
}

func optionName(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Text, Initial: rootName, Part: domainName.Ending(nil), Doc: doc}
}

// partialName is domainName of which the end may be missing (RFC 4704, section 4.2): a label without a dot behind it is one alone,
// without the root. Several such labels are raw bytes, since a text of several is a whole name everywhere.
var partialName = sync.OnceValue(func() *craft.Part {
	return &craft.Part{
		Encode: func(_ *craft.Layer, v any) ([]byte, error) {
			b, err := encodeName(v)
			text, ok := v.(string)
			if _, rest, _ := cutLabel(text + ".x"); err != nil || !ok || text == "" || rest != "x" {
				return b, err
			}
			return b[:len(b)-1], nil
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			if len(b) > 1 && b[0] <= maxLabel && len(b) == 1+int(b[0]) {
				return strings.TrimSuffix(nameText(b), ".")
			}
			return decodeName(b)
		},
	}
})

func optionOptions(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Packets, Part: craft.PacketList(pickDHCP6), Doc: doc}
}

func optionList(name, doc string, of craft.Name) craft.Field {
	return craft.Field{Name: name, Kind: craft.Packets, Of: of, Doc: doc}
}

func optionNumber(name, doc string, bits int, def uint64) craft.Field {
	return craft.Field{Name: name, Kind: craft.Number, Bits: bits, Default: def, Doc: doc}
}

func enterprise(def uint64) craft.Field {
	return craft.Field{Name: "enterprisenum", Kind: craft.Enum, Bits: 32, Default: def, Names: enterprises(), Doc: "the vendor's number at IANA"}
}

var enterprises = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		9: "ciscoSystems", 35: "Nortel Networks", 43: "3Com", 311: "Microsoft", 2636: "Juniper Networks, Inc.", 4526: "Netgear",
		5771: "Cisco Systems, Inc.", 5842: "Cisco Systems", 11129: "Google, Inc", 16885: "Nortel Networks",
	}
})

var lifetimes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0xffffffff: "infinity"}
})

func lifetime(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Enum, Bits: 32, Names: lifetimes(), Doc: doc}
}

var _ = define(func() craft.Spec {
	return becomes(dhcp6Option(DHCP6OptUnknown, "option of DHCPv6, RFC 8415, section 21", optionBytes("data", "what the option holds")), pickDHCP6)
})

func duidField() craft.Field {
	return craft.Field{Name: "duid", Kind: craft.Packets, Doc: "unique identifier: DUID_LL, DUID_LLT, DUID_EN or DUID_UUID",
		Part: craft.PacketList(pickDUID)}
}

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptClientID, "who the DHCPv6 client is, RFC 8415, section 21.2", duidField())
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptServerID, "who the DHCPv6 server is, RFC 8415, section 21.3", duidField())
})

func iaid() craft.Field {
	return craft.Field{Name: "iaid", Kind: craft.Number, Bits: 32, Hex: true, Doc: "number of the association at the client"}
}

var iaTimes = []craft.Field{
	{Name: "T1", Kind: craft.Number, Bits: 32, Doc: "seconds until the client renews"},
	{Name: "T2", Kind: craft.Number, Bits: 32, Doc: "seconds until the client rebinds"},
}

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIANA, "addresses for long, RFC 8415, section 21.4",
		iaid(), iaTimes[0], iaTimes[1], optionOptions("ianaopts", "options: DHCP6OptIAAddress and others"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIATA, "temporary addresses, RFC 8415, section 21.5",
		iaid(), optionOptions("iataopts", "options: DHCP6OptIAAddress and others"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIAPD, "prefixes for a network behind the client, RFC 8415, section 21.21",
		iaid(), iaTimes[0], iaTimes[1], optionOptions("iapdopt", "options: DHCP6OptIAPrefix and others"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIAAddress, "an address of an association, RFC 8415, section 21.6",
		craft.Field{Name: "addr", Kind: craft.IPv6Address, Bits: 128, Doc: "the address"},
		lifetime("preflft", "seconds for which it is preferred"), lifetime("validlft", "seconds for which it is valid"),
		optionOptions("iaaddropts", "options"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIAPrefix, "a prefix of an association, RFC 8415, section 21.22",
		lifetime("preflft", "seconds for which it is preferred"), lifetime("validlft", "seconds for which it is valid"),
		optionNumber("plen", "length of the prefix in bits", 8, 48),
		craft.Field{Name: "prefix", Kind: craft.IPv6Address, Bits: 128, Initial: []byte{0x20, 1, 0xd, 0xb8, 15: 0}, Doc: "the prefix"},
		optionOptions("iaprefopts", "options"))
})

// optionCodes is a list of codes of options.
func optionCodes() craft.Field {
	return craft.Field{Name: "reqopts", Kind: craft.Values, Initial: []byte{0, 23, 0, 24}, Item: craft.Item{Bytes: 2}, Doc: "codes of options"}
}

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptOptReq, "options that are asked for, RFC 8415, section 21.7", optionCodes())
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptRelayAgentERO, "options that a relay is to get back, RFC 4994", optionCodes())
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptPref, "how much a server is to be preferred, RFC 8415, section 21.8", optionNumber("prefval", "255 is most", 8, 255))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptElapsedTime, "since when the client tries, RFC 8415, section 21.9",
		optionNumber("elapsedtime", "hundredths of a second; 0xffff is more than that", 16, 0))
})

// relayedMessage is the message that a relay passes on, with its options.
var relayedMessage = sync.OnceValue(func() *craft.Part {
	return &craft.Part{
		Encode: func(_ *craft.Layer, v any) ([]byte, error) { return craft.AppendPackets([]byte{}, v) },
		Decode: func(l *craft.Layer, b []byte) any {
			if len(b) == 0 {
				return []*craft.Packet{}
			}
			return []*craft.Packet{l.Dissect(b, dhcp6Named(b))}
		},
	}
})

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptRelayMsg, "the message that a relay passes on, RFC 8415, section 21.10",
		craft.Field{Name: "message", Kind: craft.Packets, Initial: make([]byte, dhcp6Header), Part: relayedMessage(), Doc: "the message, with its options"})
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptAuth, "proves who sent the message, RFC 8415, section 21.11",
		craft.Field{Name: "proto", Kind: craft.Enum, Bits: 8, Default: 3, Names: dhcp6Auths(), Doc: "protocol"},
		craft.Field{Name: "alg", Kind: craft.Enum, Bits: 8, Default: 1, Names: map[uint64]string{0: "configuration token", 1: "HMAC-MD5"}, Doc: "algorithm"},
		craft.Field{Name: "rdm", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "use of a monotonically increasing value"}, Doc: "how replays are found"},
		craft.Field{Name: "replay", Kind: craft.Bytes, Bits: 64, Doc: "what is never the same twice"},
		optionBytes("authinfo", "the proof"))
})

var dhcp6Auths = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "configuration token", 1: "delayed authentication", 2: "delayed authentication (obsolete)", 3: "reconfigure key",
	}
})

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptServerUnicast, "where the server takes unicast, RFC 8415, section 21.12",
		craft.Field{Name: "srvaddr", Kind: craft.IPv6Address, Bits: 128, Doc: "the server's address"})
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptStatusCode, "what came of the request, RFC 8415, section 21.13",
		craft.Field{Name: "statuscode", Kind: craft.Enum, Bits: 16, Names: dhcp6Statuses(), Doc: "what came of it"}, optionBytes("statusmsg", "the same in words"))
})

var dhcp6Statuses = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Success", 1: "UnspecFail", 2: "NoAddrsAvail", 3: "NoBinding", 4: "NotOnLink", 5: "UseMulticast", 6: "NoPrefixAvail",
	}
})

var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptRapidCommit, "two messages are enough, RFC 8415, section 21.14")
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptUserClass, "kinds of users, RFC 8415, section 21.15", optionList("userclassdata", "classes: USER_CLASS_DATA", UserClassData))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptVendorClass, "the client's vendor and model, RFC 8415, section 21.16",
		enterprise(0), optionList("vcdata", "classes: VENDOR_CLASS_DATA", VendorClassData))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptVendorSpecificInfo, "a vendor's own options, RFC 8415, section 21.17",
		enterprise(0), optionList("vso", "options: VENDOR_SPECIFIC_OPTION", VendorSpecificOption))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptIfaceID, "the interface on which a relay heard the client, RFC 8415, section 21.18", optionBytes("ifaceid", "the relay's name for it"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptReconfMsg, "what the client is to send, RFC 8415, section 21.19",
		craft.Field{Name: "msgtype", Kind: craft.Enum, Bits: 8, Default: 11, Names: map[uint64]string{5: "Renew Message", 11: "Information Request"}, Doc: "type of the message"})
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptReconfAccept, "whether the client accepts being asked to reconfigure, RFC 8415, section 21.20")
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptSIPDomains, "SIP servers by name, RFC 3319", optionNames("sipdomains", "names"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptSIPServers, "SIP servers by address, RFC 3319", optionAddresses("sipservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptDNSServers, "name servers, RFC 3646", optionAddresses("dnsservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptDNSDomains, "domains to search, RFC 3646", optionNames("dnsdomains", "names"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNISServers, "NIS servers, RFC 3898", optionAddresses("nisservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNISPServers, "NIS+ servers, RFC 3898", optionAddresses("nispservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNISDomain, "the NIS domain, RFC 3898", optionName("nisdomain", "name"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNISPDomain, "the NIS+ domain, RFC 3898", optionName("nispdomain", "name"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptSNTPServers, "time servers, RFC 4075", optionAddresses("sntpservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptInfoRefreshTime, "when to ask for settings again, RFC 8415, section 21.23", optionNumber("reftime", "seconds", 32, 86400))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptBCMCSDomains, "broadcast controllers by name, RFC 4280", optionNames("bcmcsdomains", "names"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptBCMCSServers, "broadcast controllers by address, RFC 4280", optionAddresses("bcmcsservers", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptGeoConf, "where something is, RFC 4776",
		craft.Field{Name: "what", Kind: craft.Enum, Bits: 8, Default: 2, Names: map[uint64]string{0: "DHCP server", 1: "closest network element", 2: "client"}, Doc: "what is there"},
		craft.Field{Name: "country_code", Kind: craft.Bytes, Bits: 16, Default: 'F'<<8 | 'R', Doc: "the country, ISO 3166"},
		optionList("ca_elts", "parts of the address: DHCP6OptGeoConfElement", DHCP6OptGeoConfElement))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptRemoteID, "the circuit on which a relay heard the client, RFC 4649", enterprise(0), optionBytes("remoteid", "the relay's name for it"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptSubscriberID, "the subscriber, RFC 4580", optionBytes("subscriberid", "the provider's name for it"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptClientFQDN, "the client's name, RFC 4704",
		optionNumber("res", "reserved", 5, 0),
		craft.Field{Name: "flags", Kind: craft.Flags, Bits: 3, Flags: []string{"S", "O", "N"}, Doc: "S: the server updates DNS, O: though the client said otherwise, N: it does not"},
		craft.Field{Name: "fqdn", Kind: craft.Text, Initial: rootName, Part: partialName(), Doc: "the name; a label without a dot behind it is a partial one"})
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptPanaAuthAgent, "authentication agents, RFC 5192", optionAddresses("paaaddr", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNewPOSIXTimeZone, "the time zone as POSIX writes it, RFC 4833", optionBytes("optdata", "the time zone"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptNewTZDBTimeZone, "the time zone's name, RFC 4833", optionBytes("optdata", "the time zone"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptLQClientLink, "links on which a client has leases, RFC 5007", optionAddresses("linkaddress", "addresses"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptBootFileURL, "the boot file, RFC 5970", optionBytes("optdata", "its URL"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptClientArchType, "the client's machines, RFC 5970",
		craft.Field{Name: "archtypes", Kind: craft.Values, Item: craft.Item{Bytes: 2}, Doc: "types of machines"}) //nolint:misspell // the name of the field
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptClientNetworkInterID, "the client's network boot firmware, RFC 5970",
		optionNumber("iitype", "type", 8, 0), optionNumber("iimajor", "major version", 8, 0), optionNumber("iiminor", "minor version", 8, 0))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptERPDomain, "domains for reauthentication, RFC 6440", optionNames("erpdomain", "names"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptRelaySuppliedOpt, "options that a relay supplies, RFC 6422", optionOptions("relaysupplied", "options"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptVSS, "the virtual network, RFC 6607", optionNumber("type", "how it is named", 8, 255), optionBytes("data", "its name"))
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptClientLinkLayerAddr, "the client's hardware address, RFC 6939",
		optionNumber("lltype", "hardware type; 1 is Ethernet", 16, 1), craft.Field{Name: "clladdr", Kind: craft.Hardware, Bits: 48, Doc: "the address"})
})
var _ = define(func() craft.Spec {
	return dhcp6Option(DHCP6OptMudURL, "a description of the device, RFC 8520", optionBytes("mudstring", "its URL"))
})
