package iana

import "sync"

// Services are the port names that may stand for numbers, those that people type.
func Services() map[uint64]string { return services() }

var services = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		7: "echo", 9: "discard", 13: "daytime", 20: "ftp_data", 21: "ftp", 22: "ssh", 23: "telnet", 25: "smtp", 37: "time",
		43: "whois", 49: "tacacs", 53: "domain", 67: "bootps", 68: "bootpc", 69: "tftp", 79: "finger", 80: "http",
		88: "kerberos", 110: "pop3", 111: "sunrpc", 119: "nntp", 123: "ntp", 137: "netbios_ns", 138: "netbios_dgm",
		139: "netbios_ssn", 143: "imap2", 161: "snmp", 162: "snmp_trap", 179: "bgp", 389: "ldap", 443: "https",
		445: "microsoft_ds", 465: "submissions", 500: "isakmp", 514: "syslog", 520: "route", 546: "dhcpv6_client",
		547: "dhcpv6_server", 554: "rtsp", 587: "submission", 631: "ipp", 636: "ldaps", 853: "domain_s", 873: "rsync",
		993: "imaps", 995: "pop3s", 1080: "socks", 1194: "openvpn", 1433: "ms_sql_s", 1701: "l2f", 1723: "pptp",
		1812: "radius", 1883: "mqtt", 2049: "nfs", 3306: "mysql", 3389: "ms_wbt_server", 4500: "ipsec_nat_t",
		4789: "vxlan", 5060: "sip", 5353: "mdns", 5355: "llmnr", 5432: "postgresql", 5900: "rfb", 6379: "redis",
		6667: "ircd", 8080: "http_alt", 8883: "secure_mqtt", 9100: "jetdirect",
	}
})
