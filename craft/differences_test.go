package craft_test

// differences are where packets are read otherwise than scapy 2.5.0 reads them, on purpose. Each is needed: a test says so.
var differences = []difference{
	{vectors: "raw/nothing", why: "no bytes are no layer"},
	{vectors: "ip/ihl too small", why: "options of less than no bytes are none; scapy takes bytes of the payload"},
	{vectors: "ip/ihl too large", field: "IP.options", why: "an option that runs beyond the header is none, and all of its bytes stay"},
	{vectors: "ip_options/an option of length 0", field: "IP.options", why: "an option shorter than its own head is none"},
	{vectors: "ip_options/an option beyond the header", field: "IP.options", why: "it stays as bytes in both; scapy calls them Raw"},
	{vectors: "ip_options/an explicit ihl keeps the options", layer: 2, why: "a UDP length of 1 is malformed: the payload is no padding"},
	{vectors: "ipv6/the next header is set against the payload", layer: 1, why: "a header that is cut short stays Raw, with a note"},
	{vectors: "icmpv6/router renumbering stays unknown", why: "a message without a table is ICMPv6Unknown: its type and checksum can be read"},
	{vectors: "icmpv6/a message of unknown type", why: "a message without a table is ICMPv6Unknown: its type and checksum can be read"},
	{vectors: "nd/an unknown option", layer: 2, why: "an option without a table is ICMPv6NDOptUnknown, and other options may follow it"},
	{vectors: "ip/the protocol is set against the payload", layer: 1, why: "a header that is cut short stays Raw, with a note"},
	{vectors: "tcp/dataofs too large", layer: 1, why: "options beyond the packet are not read: what is there stays Raw"},
	{vectors: "tcp_options/an option of length [01]", field: "TCP.options", why: "an option shorter than its own head is none"},
	{vectors: "tcp_options/an option beyond the header", why: "options beyond the packet are not read: what is there stays Raw"},
	{vectors: "tcp_options/a length beyond the header", field: "TCP.options", why: "an option that runs beyond the header is none"},
	{vectors: "udp/len less than the header", layer: 2, why: "the length is malformed: the payload is no padding"},
	{vectors: "udp/len 0", layer: 2, why: "a length of 0 is a jumbogram's (RFC 2675): the payload is no padding"},
	{vectors: "dhcp6/an unknown message", layer: 2, why: "a message of another type is DHCP6: its type and its id can be read"},
	{vectors: "dns/no question", field: "DNS.qd", why: "a count of 0 is no question; scapy shows its default"},
	{vectors: "dns/NSEC*", field: "DNS.an", why: "types are read as numbers; scapy keeps the bytes of the bitmap"},
	{vectors: "dns/EDNS, a cookie", field: "DNS.ar", why: "a cookie has a layer of its own, as in later versions of scapy"},
}
