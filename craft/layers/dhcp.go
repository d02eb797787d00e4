package layers

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// DHCP is the options of the Dynamic Host Configuration Protocol, RFC 2131 and RFC 2132, behind a BOOTP header.
const DHCP craft.Name = "DHCP"

// The options without length and data.
const dhcpPad, dhcpEnd = 0, 255

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: DHCP, Title: "DHCP options", Doc: "options of the Dynamic Host Configuration Protocol, RFC 2131 and RFC 2132",
		Fields: []craft.Field{
			{Name: "options", Kind: craft.Values, Part: &craft.Part{Encode: encodeDHCP, Decode: decodeDHCP}, Doc: `{{"message-type","discover"}, {"server_id","10.0.0.1"}, "end"}; "end" is not added by itself`},
		},
		Binds: []craft.Binding{craft.StackBytes(BOOTP, "options", magicCookie)},
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string { return strings.TrimSpace("DHCP " + messageType(p.Layers()[i])) },
			Answers: func(craft.Match, int, int) (bool, string) { return true, "BOOTP decides" },
		},
	}
})

// messageType is the message's type as its summary names it: "Discover"; "" when there is none.
func messageType(l *craft.Layer) string {
	for _, o := range l.Value("options").List() {
		o, _ := o.([]any)
		if len(o) < 2 || o[0] != "message-type" {
			continue
		}
		if n, ok := o[1].(uint64); ok && dhcpTypes()[n] != "" {
			return strings.ToUpper(dhcpTypes()[n][:1]) + dhcpTypes()[n][1:]
		}
	}
	return ""
}

var dhcpTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "discover", 2: "offer", 3: "request", 4: "decline", 5: "ack", 6: "nak", 7: "release", 8: "inform", 9: "force_renew",
		10: "lease_query", 11: "lease_unassigned", 12: "lease_unknown", 13: "lease_active",
	}
})

// A dhcpOption is an option's name and what its data are: A addresses; I, H and B numbers of 32, 16 and 8 bits; T the type of
// the message; L a list of numbers of options; R routes; s bytes.
type dhcpOption struct {
	code   int
	name   string
	format byte
}

// encodeDHCP writes a list of options. An option is "pad", "end", or a list of its name or number and its values; bytes
// go with any number.
func encodeDHCP(_ *craft.Layer, v any) ([]byte, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := []byte{}
	for i, v := range list {
		b, err := encodeDHCPOption(v)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i+1, err)
		}
		out = append(out, b...)
	}
	return out, nil
}

func encodeDHCPOption(v any) ([]byte, error) {
	switch v := v.(type) {
	case craft.Verbatim:
		return v, nil
	case string:
		return encodeDHCPOption([]any{v})
	case []any:
		if len(v) > 0 {
			return namedDHCPOption(v[0], v[1:])
		}
	}
	return nil, fmt.Errorf(`want an option such as {"message-type", "discover"}, or "end", got %s`, values.Literal(v))
}

func namedDHCPOption(key any, given []any) ([]byte, error) {
	o, err := findDHCP(key)
	if err != nil {
		return nil, err
	}
	if o.code == dhcpPad || o.code == dhcpEnd {
		if empty, bytes := onlyBytes(given); len(given) > 0 && !(bytes && empty == "") {
			return nil, fmt.Errorf("want no value for %s, got %s", o.name, values.Literal(given))
		}
		return []byte{byte(o.code)}, nil // neither has a length: RFC 2132, section 3
	}
	_, byName := key.(string)
	if _, bytes := onlyBytes(given); bytes && !byName {
		o.format = 's' // by number: the bytes as they are
	}
	data, err := o.encode(given)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.label(), err)
	}
	if len(data) > 255 {
		return nil, fmt.Errorf("%s: want at most 255 bytes, got %d", o.label(), len(data))
	}
	return append([]byte{byte(o.code), byte(len(data))}, data...), nil
}

// label names the option in an error.
func (o dhcpOption) label() string {
	if o.name == "" {
		return strconv.Itoa(o.code)
	}
	return o.name
}

// onlyBytes is the one byte string among the values.
func onlyBytes(values []any) (string, bool) {
	if len(values) != 1 {
		return "", false
	}
	switch v := values[0].(type) {
	case string:
		return v, true
	case craft.Verbatim:
		return string(v), true
	case []byte:
		return string(v), true
	}
	return "", false
}

// findDHCP finds an option by its name or its number.
func findDHCP(key any) (dhcpOption, error) {
	if n, ok := craft.Uint(key); ok && n <= 255 {
		if at := slices.IndexFunc(dhcpOptions, func(o dhcpOption) bool { return o.code == int(n) }); at >= 0 {
			return dhcpOptions[at], nil
		}
		return dhcpOption{code: int(n), format: 's'}, nil
	}
	name, ok := key.(string)
	if !ok {
		return dhcpOption{}, fmt.Errorf("want the name of an option or a number in 0..255, got %s", values.Literal(key))
	}
	if at := slices.IndexFunc(dhcpOptions, func(o dhcpOption) bool { return o.name == name }); at >= 0 {
		return dhcpOptions[at], nil
	}
	var near []string
	for _, o := range dhcpOptions {
		if fold := strings.NewReplacer("-", "", "_", ""); strings.EqualFold(fold.Replace(o.name), fold.Replace(name)) || strings.Contains(o.name, name) && name != "" {
			near = append(near, strconv.Quote(o.name))
		}
	}
	if len(near) > 0 {
		return dhcpOption{}, fmt.Errorf("no option %q; there is %s", name, values.Listing(near))
	}
	return dhcpOption{}, fmt.Errorf("no option %q; any number in 0..255 is taken with its data as bytes", name)
}

// dhcpItems are the values of the formats that are lists of equal ones.
var dhcpItems = sync.OnceValue(func() map[byte]craft.Item {
	return map[byte]craft.Item{
		'A': {Bytes: 4, Kind: craft.IPv4}, 'I': {Bytes: 4, Kind: craft.Number}, 'H': {Bytes: 2, Kind: craft.Number}, 'B': {Bytes: 1, Kind: craft.Number},
		'T': {Bytes: 1, Kind: craft.Number}, 'L': {Bytes: 1, Kind: craft.Number},
	}
})

// encode writes the data of an option. Values that stand in a list of their own count like those that do not.
func (o dhcpOption) encode(values []any) ([]byte, error) {
	flat := []any{}
	for _, v := range values {
		if list, ok := v.([]any); ok {
			flat = append(flat, list...)
		} else {
			flat = append(flat, v)
		}
	}
	out := []byte{}
	for _, v := range flat {
		b, err := o.encodeValue(v)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

func (o dhcpOption) encodeValue(v any) ([]byte, error) {
	switch o.format {
	case 's':
		return encodeBytes(v)
	case 'R':
		return encodeRoute(v)
	case 'T', 'L':
		if name, ok := v.(string); ok {
			n, err := o.byName(name)
			return []byte{n}, err
		}
	}
	return dhcpItems()[o.format].Encode(v)
}

// byName is the number of a type of message, or of an option in a list of options.
func (o dhcpOption) byName(name string) (byte, error) {
	if o.format == 'L' {
		other, err := findDHCP(name)
		return byte(other.code), err
	}
	types := make([]string, 0, len(dhcpTypes()))
	for n := uint64(1); dhcpTypes()[n] != ""; n++ {
		if dhcpTypes()[n] == name {
			return byte(n), nil
		}
		types = append(types, dhcpTypes()[n])
	}
	return 0, fmt.Errorf("want one of %s, or a number, got %q", values.Listing(types), name)
}

// encodeRoute writes "192.168.0.0/24:10.0.0.1", RFC 3442.
func encodeRoute(v any) ([]byte, error) {
	if raw, ok := v.(craft.Verbatim); ok {
		return raw, nil
	}
	text, _ := v.(string)
	network, gateway, _ := strings.Cut(text, ":")
	p, err := netip.ParsePrefix(network)
	gw, err2 := netip.ParseAddr(gateway)
	if err != nil || err2 != nil || !p.Addr().Is4() || !gw.Is4() {
		return nil, fmt.Errorf(`want a route such as "192.168.0.0/24:10.0.0.1", got %s`, values.Literal(v))
	}
	out := append([]byte{byte(p.Bits())}, p.Addr().AsSlice()[:(p.Bits()+7)/8]...)
	return append(out, gw.AsSlice()...), nil
}

// decodeDHCP reads options in the form that sets them. One whose data are not what its name promises is a Verbatim, and
// so is what is cut short.
func decodeDHCP(_ *craft.Layer, b []byte) any {
	options := []any{}
	for len(b) > 0 {
		n := 1
		switch {
		case b[0] == dhcpPad:
			options = append(options, "pad")
		case b[0] == dhcpEnd:
			options = append(options, "end")
		case len(b) < 2 || 2+int(b[1]) > len(b):
			return append(options, craft.Verbatim(b))
		default:
			n = 2 + int(b[1])
			options = append(options, decodeDHCPOption(b[:n]))
		}
		b = b[n:]
	}
	return options
}

func decodeDHCPOption(b []byte) any {
	o, err := findDHCP(uint64(b[0]))
	if err != nil {
		return craft.Verbatim(b)
	}
	option, data := []any{o.name}, b[2:]
	if o.name == "" {
		option[0] = uint64(o.code)
	}
	switch {
	case o.format == 's':
		return append(option, string(data))
	case len(data) == 0:
		return option
	case o.format == 'R':
		routes, ok := decodeRoutes(data)
		if !ok {
			return craft.Verbatim(b)
		}
		return append(option, routes)
	case len(data)%dhcpItems()[o.format].Bytes != 0:
		return craft.Verbatim(b)
	}
	values := []any{}
	for ; len(data) > 0; data = data[dhcpItems()[o.format].Bytes:] {
		values = append(values, dhcpItems()[o.format].Decode(data[:dhcpItems()[o.format].Bytes]))
	}
	if o.format == 'L' {
		return append(option, values)
	}
	return append(option, values...)
}

// decodeRoutes reads a list of routes; ok is false when the bytes are none.
func decodeRoutes(b []byte) (routes []any, ok bool) {
	for len(b) > 0 {
		bits := int(b[0])
		n := (bits + 7) / 8
		if bits > 32 || len(b) < 1+n+4 {
			return nil, false
		}
		var network [4]byte
		copy(network[:], b[1:1+n])
		routes = append(routes, fmt.Sprintf("%s/%d:%s", netip.AddrFrom4(network), bits, netip.AddrFrom4([4]byte(b[1+n:]))))
		b = b[1+n+4:]
	}
	return routes, true
}

// dhcpOptions are the options with names, by number: RFC 2132 and later, in scapy's words.
var dhcpOptions = []dhcpOption{
	{dhcpPad, "pad", 0},
	{1, "subnet_mask", 'A'}, {2, "time_zone", 'I'}, {3, "router", 'A'}, {4, "time_server", 'A'}, {5, "IEN_name_server", 'A'},
	{6, "name_server", 'A'}, {7, "log_server", 'A'}, {8, "cookie_server", 'A'}, {9, "lpr_server", 'A'},
	{10, "impress-servers", 'A'}, {11, "resource-location-servers", 'A'}, {12, "hostname", 's'}, {13, "boot-size", 'H'},
	{14, "dump_path", 's'}, {15, "domain", 's'}, {16, "swap-server", 'A'}, {17, "root_disk_path", 's'},
	{18, "extensions-path", 's'}, {19, "ip-forwarding", 'B'}, {20, "non-local-source-routing", 'B'}, {21, "policy-filter", 'A'},
	{22, "max_dgram_reass_size", 'H'}, {23, "default_ttl", 'B'}, {24, "pmtu_timeout", 'I'}, {25, "path-mtu-plateau-table", 'H'},
	{26, "interface-mtu", 'H'}, {27, "all-subnets-local", 'B'}, {28, "broadcast_address", 'A'},
	{29, "perform-mask-discovery", 'B'}, {30, "mask-supplier", 'B'}, {31, "router-discovery", 'B'},
	{32, "router-solicitation-address", 'A'}, {33, "static-routes", 'A'}, {34, "trailer-encapsulation", 'B'},
	{35, "arp_cache_timeout", 'I'}, {36, "ieee802-3-encapsulation", 'B'}, {37, "tcp_ttl", 'B'},
	{38, "tcp_keepalive_interval", 'I'}, {39, "tcp_keepalive_garbage", 'B'}, {40, "NIS_domain", 's'}, {41, "NIS_server", 'A'},
	{42, "NTP_server", 'A'}, {43, "vendor_specific", 's'}, {44, "NetBIOS_server", 'A'}, {45, "NetBIOS_dist_server", 'A'},
	{46, "NetBIOS_node_type", 'B'}, {47, "netbios-scope", 's'}, {48, "font-servers", 'A'}, {49, "x-display-manager", 'A'},
	{50, "requested_addr", 'A'}, {51, "lease_time", 'I'}, {52, "dhcp-option-overload", 'B'}, {53, "message-type", 'T'},
	{54, "server_id", 'A'}, {55, "param_req_list", 'L'}, {56, "error_message", 's'}, {57, "max_dhcp_size", 'H'},
	{58, "renewal_time", 'I'}, {59, "rebinding_time", 'I'}, {60, "vendor_class_id", 's'}, {61, "client_id", 's'},
	{62, "nwip-domain-name", 's'}, {64, "NISplus_domain", 's'}, {65, "NISplus_server", 'A'}, {66, "tftp_server_name", 's'},
	{67, "boot-file-name", 's'}, {68, "mobile-ip-home-agent", 'A'}, {69, "SMTP_server", 'A'}, {70, "POP3_server", 'A'},
	{71, "NNTP_server", 'A'}, {72, "WWW_server", 'A'}, {73, "Finger_server", 'A'}, {74, "IRC_server", 'A'},
	{75, "StreetTalk_server", 'A'}, {76, "StreetTalk_Dir_Assistance", 'A'}, {77, "user_class", 's'},
	{78, "slp_service_agent", 's'}, {79, "slp_service_scope", 's'}, {81, "client_FQDN", 's'},
	{82, "relay_agent_information", 's'}, {85, "nds-server", 'A'}, {86, "nds-tree-name", 's'}, {87, "nds-context", 's'},
	{88, "bcms-controller-namesi", 's'}, {89, "bcms-controller-address", 'A'}, {91, "client-last-transaction-time", 'I'},
	{92, "associated-ip", 'A'}, {93, "pxe_client_architecture", 's'}, {94, "pxe_client_network_interface", 's'},
	{97, "pxe_client_machine_identifier", 's'}, {98, "uap-servers", 's'}, {100, "pcode", 's'}, {101, "tcode", 's'},
	{112, "netinfo-server-address", 'A'}, {113, "netinfo-server-tag", 's'}, {114, "default-url", 's'}, {116, "auto-config", 'B'},
	{117, "name-service-search", 'H'}, {118, "subnet-selection", 'A'}, {121, "classless_static_routes", 'R'},
	{124, "vendor_class", 's'}, {125, "vendor_specific_information", 's'}, {128, "tftp_server_ip_address", 'A'},
	{136, "pana-agent", 'A'}, {137, "v4-lost", 's'}, {138, "capwap-ac-v4", 'A'}, {141, "sip_ua_service_domains", 's'},
	{146, "rdnss-selection", 's'}, {150, "tftp_server_address", 'A'}, {159, "v4-portparams", 's'},
	{160, "v4-captive-portal", 's'}, {161, "mud-url", 's'}, {208, "pxelinux_magic", 's'},
	{209, "pxelinux_configuration_file", 's'}, {210, "pxelinux_path_prefix", 's'}, {211, "pxelinux_reboot_time", 's'},
	{212, "option-6rd", 's'}, {213, "v4-access-domain", 's'},
	{dhcpEnd, "end", 0},
}
