package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The records whose data have several fields. What a record of such a type holds instead, when its data are not what the
// type promises, is a DNSRR.
const (
	// DNSRRSOA is the start of a zone of authority, RFC 1035, section 3.3.13.
	DNSRRSOA craft.Name = "DNSRRSOA"
	// DNSRRHINFO is a host's machine and system, RFC 1035, section 3.3.2.
	DNSRRHINFO craft.Name = "DNSRRHINFO"
	// DNSRRMX is a mail exchange, RFC 1035, section 3.3.9.
	DNSRRMX craft.Name = "DNSRRMX"
	// DNSRRSRV is the place of a service, RFC 2782.
	DNSRRSRV craft.Name = "DNSRRSRV"
	// DNSRRNAPTR is a rule that rewrites names, RFC 3403.
	DNSRRNAPTR craft.Name = "DNSRRNAPTR"
	// DNSRRTSIG is the signature of a transaction, RFC 8945.
	DNSRRTSIG craft.Name = "DNSRRTSIG"
)

// recordNames are the protocols of record types other than DNSRR.
var recordNames = sync.OnceValue(func() map[uint16]craft.Name {
	return map[uint16]craft.Name{
		6: DNSRRSOA, 13: DNSRRHINFO, 15: DNSRRMX, 33: DNSRRSRV, 35: DNSRRNAPTR, 41: DNSRROPT, 43: DNSRRDS, 46: DNSRRRSIG,
		47: DNSRRNSEC, 48: DNSRRDNSKEY, 50: DNSRRNSEC3, 51: DNSRRNSEC3PARAM, 64: DNSRRSVCB, 65: DNSRRHTTPS, 250: DNSRRTSIG,
		32769: DNSRRDLV,
	}
})

// nameField is a field with a domain name, the root when it is not set.
func nameField(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Text, Initial: rootName, Part: domainName, Doc: doc}
}

// restField is a byte string up to the end of a record.
func restField(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Bytes, Doc: doc}
}

// countedField is a byte string with its length in a field of one or two bytes before it.
func countedField(name, length, doc string, bits int) (counted [2]craft.Field) {
	return [2]craft.Field{
		{Name: length, Kind: craft.Number, Bits: bits, Computed: craft.Measures(name)},
		{Name: name, Kind: craft.Bytes, Doc: doc},
	}
}

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRSOA, 6, "DNS SOA Resource Record", "start of a zone of authority, RFC 1035, section 3.3.13",
		nameField("mname", "primary name server"),
		nameField("rname", "mailbox of the one responsible"),
		craft.Field{Name: "serial", Kind: craft.Number, Bits: 32, Doc: "version of the zone"},
		craft.Field{Name: "refresh", Kind: craft.Number, Bits: 32, Doc: "seconds between looks at the serial"},
		craft.Field{Name: "retry", Kind: craft.Number, Bits: 32, Doc: "seconds before another try"},
		craft.Field{Name: "expire", Kind: craft.Number, Bits: 32, Doc: "seconds after which the zone is no longer authoritative"},
		craft.Field{Name: "minimum", Kind: craft.Number, Bits: 32, Doc: "seconds for which a missing name may be kept, RFC 2308"})
})

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRMX, 15, "DNS MX Resource Record", "mail exchange, RFC 1035, section 3.3.9",
		craft.Field{Name: "preference", Kind: craft.Number, Bits: 16, Doc: "lower is better"},
		nameField("exchange", "host that takes the mail"))
})

var _ = define(func() craft.Spec {
	return recordSpec(DNSRRSRV, 33, "DNS SRV Resource Record", "place of a service, RFC 2782",
		craft.Field{Name: "priority", Kind: craft.Number, Bits: 16, Doc: "lower is better"},
		craft.Field{Name: "weight", Kind: craft.Number, Bits: 16, Doc: "share among those of one priority"},
		craft.Field{Name: "port", Kind: craft.Number, Bits: 16, Doc: "port of the service"},
		nameField("target", "host of the service"))
})

var _ = define(hinfoSpec)

func hinfoSpec() craft.Spec {
	cpu, os := countedField("cpu", "cpulen", "machine", 8), countedField("os", "oslen", "operating system", 8)
	return recordSpec(DNSRRHINFO, 13, "DNS HINFO Resource Record", "a host's machine and system, RFC 1035, section 3.3.2",
		cpu[0], cpu[1], os[0], os[1])
}

var _ = define(naptrSpec)

func naptrSpec() craft.Spec {
	flags, services := countedField("flags", "flags_len", "what the rule ends in", 8), countedField("services", "services_len", "protocol and service", 8)
	regexp := countedField("regexp", "regexp_len", "substitution to apply", 8)
	return recordSpec(DNSRRNAPTR, 35, "DNS NAPTR Resource Record", "rule that rewrites names, RFC 3403",
		craft.Field{Name: "order", Kind: craft.Number, Bits: 16, Doc: "lower goes first"},
		craft.Field{Name: "preference", Kind: craft.Number, Bits: 16, Doc: "lower is better among those of one order"},
		flags[0], flags[1], services[0], services[1], regexp[0], regexp[1],
		nameField("replacement", "next name to look up"))
}

var _ = define(tsigSpec)

func tsigSpec() craft.Spec {
	algorithm := nameField("algo_name", "algorithm of the MAC")
	algorithm.Initial = mustName("hmac-sha1")
	mac, other := countedField("mac_data", "mac_len", "message authentication code", 16), countedField("other_data", "other_len", "server's time when the clocks differ", 16)
	return recordSpec(DNSRRTSIG, 250, "DNS TSIG Resource Record", "signature of a transaction, RFC 8945",
		algorithm,
		craft.Field{Name: "time_signed", Kind: craft.Number, Bits: 48, Doc: "when it was signed, in seconds since 1970"},
		craft.Field{Name: "fudge", Kind: craft.Number, Bits: 16, Doc: "seconds that the clocks may differ"},
		mac[0], mac[1],
		craft.Field{Name: "original_id", Kind: craft.Number, Bits: 16, Doc: "id of the message when it was signed"},
		craft.Field{Name: "error", Kind: craft.Number, Bits: 16, Doc: "what was wrong with the signature"},
		other[0], other[1])
}
