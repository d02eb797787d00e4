package iana

import (
	"maps"
	"sync"
)

// DNSTypes are the types of resource records, by IANA's names.
func DNSTypes() map[uint64]string { return dnsTypes() }

var dnsTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "ANY", 1: "A", 2: "NS", 3: "MD", 4: "MF", 5: "CNAME", 6: "SOA", 7: "MB", 8: "MG", 9: "MR", 10: "NULL", 11: "WKS", 12: "PTR",
		13: "HINFO", 14: "MINFO", 15: "MX", 16: "TXT", 17: "RP", 18: "AFSDB", 19: "X25", 20: "ISDN", 21: "RT", 22: "NSAP",
		23: "NSAP-PTR", 24: "SIG", 25: "KEY", 26: "PX", 27: "GPOS", 28: "AAAA", 29: "LOC", 30: "NXT", 31: "EID", 32: "NIMLOC",
		33: "SRV", 34: "ATMA", 35: "NAPTR", 36: "KX", 37: "CERT", 38: "A6", 39: "DNAME", 40: "SINK", 41: "OPT", 42: "APL", 43: "DS",
		44: "SSHFP", 45: "IPSECKEY", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 49: "DHCID", 50: "NSEC3", 51: "NSEC3PARAM", 52: "TLSA",
		53: "SMIMEA", 55: "HIP", 56: "NINFO", 57: "RKEY", 58: "TALINK", 59: "CDS", 60: "CDNSKEY", 61: "OPENPGPKEY", 62: "CSYNC",
		63: "ZONEMD", 64: "SVCB", 65: "HTTPS", 99: "SPF", 100: "UINFO", 101: "UID", 102: "GID", 103: "UNSPEC", 104: "NID", 105: "L32",
		106: "L64", 107: "LP", 108: "EUI48", 109: "EUI64", 249: "TKEY", 250: "TSIG", 256: "URI", 257: "CAA", 258: "AVC", 259: "DOA",
		260: "AMTRELAY", 32768: "TA", 32769: "DLV", 65535: "RESERVED",
	}
})

// DNSQuestionTypes are the types that a question may ask for: those of records, and several at once.
func DNSQuestionTypes() map[uint64]string { return dnsQuestionTypes() }

var dnsQuestionTypes = sync.OnceValue(func() map[uint64]string {
	types := maps.Clone(DNSTypes())
	maps.Copy(types, map[uint64]string{251: "IXFR", 252: "AXFR", 253: "MAILB", 254: "MAILA", 255: "ALL"})
	return types
})

// DNSClasses are the classes of resource records: RFC 6895, section 3.2.
func DNSClasses() map[uint64]string { return dnsClasses() }

var dnsClasses = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{1: "IN", 2: "CS", 3: "CH", 4: "HS", 255: "ANY"}
})
