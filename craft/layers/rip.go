package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The Routing Information Protocol, RFC 2453. Its entries are layers that follow one another.
const (
	// RIP is the header of a RIP message.
	RIP craft.Name = "RIP"
	// RIPEntry is one route.
	RIPEntry craft.Name = "RIPEntry"
	// RIPAuth stands in the place of the first route and proves who sent the message: RFC 2453, section 4.1, RFC 4822.
	RIPAuth craft.Name = "RIPAuth"
)

const ripAuthFamily = 0xffff

// ripEntry is how long an entry is.
const ripEntry = 20

// ripCarries tells an entry from authentication.
func ripCarries(_ *craft.Layer, b []byte) craft.Name {
	switch {
	case len(b) >= 4 && b[0] == 0xff && b[1] == 0xff:
		return RIPAuth
	case len(b) < ripEntry:
		return craft.Raw
	}
	return RIPEntry
}

// likeRIP looks at the command and the version, and at the zeros behind, which are a number in RFC 1388: then there are whole entries.
func likeRIP(b []byte) bool {
	const header = 4
	return len(b) >= header && b[0] >= 1 && b[0] <= 11 && (b[1] == 1 || b[1] == 2) && (b[2]|b[3] == 0 || (len(b)-header)%ripEntry == 0)
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: RIP, Doc: "Routing Information Protocol, RFC 2453",
		Fields: []craft.Field{
			{Name: "cmd", Kind: craft.Enum, Bits: 8, Default: 1, Names: map[uint64]string{
				1: "req", 2: "resp", 3: "traceOn", 4: "traceOff", 5: "sun", 6: "trigReq", 7: "trigResp", 8: "trigAck",
				9: "updateReq", 10: "updateResp", 11: "updateAck"}, Doc: "request, response, ..."},
			{Name: "version", Kind: craft.Number, Bits: 8, Default: 1, Doc: "1 or 2"},
			{Name: "null", Kind: craft.Number, Bits: 16, Doc: "zero"},
		},
		Binds: []craft.Binding{craft.Over(UDP, "dport", 520), craft.Over(UDP, "sport", 520)},
		Hooks: craft.Hooks{
			Accepts:      likeRIP,
			GuessPayload: ripCarries,
			Summary:      func(p *craft.Packet, i int) string { return "RIP " + p.Layers()[i].Text("cmd") },
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: RIPEntry, Doc: "a route of RIP, RFC 2453, section 4",
		Fields: []craft.Field{
			{Name: "AF", Kind: craft.Enum, Bits: 16, Default: 2, Names: map[uint64]string{2: "IP"}, Doc: "address family"},
			{Name: "RouteTag", Kind: craft.Number, Bits: 16, Doc: "mark of a route from elsewhere; zero in version 1"},
			{Name: "addr", Kind: craft.IPv4, Bits: 32, Doc: "the network"},
			{Name: "mask", Kind: craft.IPv4, Bits: 32, Doc: "its mask; zero in version 1"},
			{Name: "nextHop", Kind: craft.IPv4, Bits: 32, Doc: "the router to send to; zero is the sender"},
			{Name: "metric", Kind: craft.Enum, Bits: 32, Default: 1, Names: map[uint64]string{16: "Unreach"}, Doc: "distance; 16 is out of reach"},
		},
		Hooks: craft.Hooks{GuessPayload: ripCarries},
	}
})

// ripDigest is when a header of a digest is there.
var ripDigest = []craft.Condition{{Field: "authtype", Values: []uint64{3}}}

var ripAuthFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "AF", Kind: craft.Enum, Bits: 16, Default: ripAuthFamily, Names: map[uint64]string{ripAuthFamily: "Auth"}, Doc: "0xffff"},
		{Name: "authtype", Kind: craft.Enum, Bits: 16, Default: 2, Names: map[uint64]string{1: "md5authdata", 2: "simple", 3: "md5"}, Doc: "a password, a digest's header, or the digest"},
		{Name: "password", Kind: craft.Bytes, Bits: 128, Initial: make([]byte, 16), When: craft.Unless("authtype", 1, 3), Doc: "the password in clear"},
		{Name: "digestoffset", Kind: craft.Number, Bits: 16, When: ripDigest, Doc: "where the digest begins"},
		{Name: "keyid", Kind: craft.Number, Bits: 8, When: ripDigest, Doc: "which key"},
		{Name: "authdatalen", Kind: craft.Number, Bits: 8, When: ripDigest, Doc: "length of the digest with its header"},
		{Name: "seqnum", Kind: craft.Number, Bits: 32, When: ripDigest, Doc: "grows with every message"},
		{Name: "zeropad", Kind: craft.Bytes, Bits: 64, When: ripDigest, Doc: "zero"},
		{Name: "authdata", Kind: craft.Bytes, When: craft.GivenAny("authtype", 1), Doc: "the digest"},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: RIPAuth, Doc: "authentication of a RIP message, RFC 2453, section 4.1, and RFC 4822",
		Fields: ripAuthFields(),
		Hooks: craft.Hooks{
			GuessPayload: ripCarries,
		},
	}
})
