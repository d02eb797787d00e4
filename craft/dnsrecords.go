package craft

// The records whose data have several fields. What a record of such a type holds instead, when its data are not what the
// type promises, is a DNSRR.
const (
	// DNSRRSOA is the start of a zone of authority, RFC 1035, section 3.3.13.
	DNSRRSOA Name = "DNSRRSOA"
	// DNSRRHINFO is a host's machine and system, RFC 1035, section 3.3.2.
	DNSRRHINFO Name = "DNSRRHINFO"
	// DNSRRMX is a mail exchange, RFC 1035, section 3.3.9.
	DNSRRMX Name = "DNSRRMX"
	// DNSRRSRV is the place of a service, RFC 2782.
	DNSRRSRV Name = "DNSRRSRV"
	// DNSRRNAPTR is a rule that rewrites names, RFC 3403.
	DNSRRNAPTR Name = "DNSRRNAPTR"
	// DNSRRTSIG is the signature of a transaction, RFC 8945.
	DNSRRTSIG Name = "DNSRRTSIG"
)

// recordNames are the protocols of record types other than DNSRR.
var recordNames = map[uint16]Name{
	6: DNSRRSOA, 13: DNSRRHINFO, 15: DNSRRMX, 33: DNSRRSRV, 35: DNSRRNAPTR, 41: DNSRROPT, 43: DNSRRDS, 46: DNSRRRSIG,
	47: DNSRRNSEC, 48: DNSRRDNSKEY, 50: DNSRRNSEC3, 51: DNSRRNSEC3PARAM, 64: DNSRRSVCB, 65: DNSRRHTTPS, 250: DNSRRTSIG,
	32769: DNSRRDLV,
}

// nameField is a field with a domain name, the root when nobody set it.
func nameField(name, doc string) Field {
	return Field{Name: name, Kind: Text, Initial: rootName, Part: domainName, Doc: doc}
}

// restField is a byte string up to the end of a record.
func restField(name, doc string) Field {
	return Field{Name: name, Kind: Bytes, Part: &Part{Length: toRecordEnd}, Doc: doc}
}

// countedField is a byte string with its length in a field of one or two bytes before it.
func countedField(name, length, doc string, bits int) (counted [2]Field) {
	return [2]Field{
		{Name: length, Kind: Number, Bits: bits, Auto: AutoDerived, Doc: "length of " + name + " in bytes"},
		{Name: name, Kind: Bytes, Part: ByLength(length, 0), Doc: doc},
	}
}

var _ = Define(recordSpec(DNSRRSOA, 6, "DNS SOA Resource Record", "start of a zone of authority, RFC 1035, section 3.3.13",
	nameField("mname", "primary name server"),
	nameField("rname", "mailbox of the one responsible"),
	Field{Name: "serial", Kind: Number, Bits: 32, Doc: "version of the zone"},
	Field{Name: "refresh", Kind: Number, Bits: 32, Doc: "seconds between looks at the serial"},
	Field{Name: "retry", Kind: Number, Bits: 32, Doc: "seconds before another try"},
	Field{Name: "expire", Kind: Number, Bits: 32, Doc: "seconds after which the zone is no longer authoritative"},
	Field{Name: "minimum", Kind: Number, Bits: 32, Doc: "seconds for which a missing name may be kept, RFC 2308"}))

var _ = Define(recordSpec(DNSRRMX, 15, "DNS MX Resource Record", "mail exchange, RFC 1035, section 3.3.9",
	Field{Name: "preference", Kind: Number, Bits: 16, Doc: "lower is better"},
	nameField("exchange", "host that takes the mail")))

var _ = Define(recordSpec(DNSRRSRV, 33, "DNS SRV Resource Record", "place of a service, RFC 2782",
	Field{Name: "priority", Kind: Number, Bits: 16, Doc: "lower is better"},
	Field{Name: "weight", Kind: Number, Bits: 16, Doc: "share among those of one priority"},
	Field{Name: "port", Kind: Number, Bits: 16, Doc: "port of the service"},
	nameField("target", "host of the service")))

var _ = Define(hinfoSpec())

func hinfoSpec() Spec {
	cpu, os := countedField("cpu", "cpulen", "machine", 8), countedField("os", "oslen", "operating system", 8)
	return WithLengths(recordSpec(DNSRRHINFO, 13, "DNS HINFO Resource Record", "a host's machine and system, RFC 1035, section 3.3.2",
		cpu[0], cpu[1], os[0], os[1]),
		LengthField{Field: "rdlen"}, LengthField{Field: "cpulen", Part: "cpu"}, LengthField{Field: "oslen", Part: "os"})
}

var _ = Define(naptrSpec())

func naptrSpec() Spec {
	flags, services := countedField("flags", "flags_len", "what the rule ends in", 8), countedField("services", "services_len", "protocol and service", 8)
	regexp := countedField("regexp", "regexp_len", "substitution to apply", 8)
	return WithLengths(recordSpec(DNSRRNAPTR, 35, "DNS NAPTR Resource Record", "rule that rewrites names, RFC 3403",
		Field{Name: "order", Kind: Number, Bits: 16, Doc: "lower goes first"},
		Field{Name: "preference", Kind: Number, Bits: 16, Doc: "lower is better among those of one order"},
		flags[0], flags[1], services[0], services[1], regexp[0], regexp[1],
		nameField("replacement", "next name to look up")),
		LengthField{Field: "rdlen"}, LengthField{Field: "flags_len", Part: "flags"}, LengthField{Field: "services_len", Part: "services"},
		LengthField{Field: "regexp_len", Part: "regexp"})
}

var _ = Define(tsigSpec())

func tsigSpec() Spec {
	algorithm := nameField("algo_name", "algorithm of the MAC")
	algorithm.Initial = mustName("hmac-sha1")
	mac, other := countedField("mac_data", "mac_len", "message authentication code", 16), countedField("other_data", "other_len", "server's time when the clocks differ", 16)
	return WithLengths(recordSpec(DNSRRTSIG, 250, "DNS TSIG Resource Record", "signature of a transaction, RFC 8945",
		algorithm,
		Field{Name: "time_signed", Kind: Number, Bits: 48, Doc: "when it was signed, in seconds since 1970"},
		Field{Name: "fudge", Kind: Number, Bits: 16, Doc: "seconds that the clocks may differ"},
		mac[0], mac[1],
		Field{Name: "original_id", Kind: Number, Bits: 16, Doc: "id of the message when it was signed"},
		Field{Name: "error", Kind: Number, Bits: 16, Doc: "what was wrong with the signature"},
		other[0], other[1]),
		LengthField{Field: "rdlen"}, LengthField{Field: "mac_len", Part: "mac_data"}, LengthField{Field: "other_len", Part: "other_data"})
}
