package layers

import (
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The Network Time Protocol's time message, RFC 5905, section 7.3.
const (
	// NTP is the message; that is the name of those that are read.
	NTP craft.Name = "NTP"
	// NTPHeader is the same by the name that scapy has for it, to make messages with.
	NTPHeader craft.Name = "NTPHeader"
)

// NTP modes that are messages of another form.
const ntpModeControl, ntpModePrivate = 6, 7

var ntpFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "leap", Kind: craft.Enum, Bits: 2, Names: ntpLeaps(), Doc: "leap second warning"},
		{Name: "version", Kind: craft.Number, Bits: 3, Default: 4, Doc: "NTP version"},
		{Name: "mode", Kind: craft.Enum, Bits: 3, Default: 3, Names: ntpModes(), Doc: "client, server, ..."},
		{Name: "stratum", Kind: craft.Number, Bits: 8, Default: 2, Doc: "distance from the reference clock; below 2 ref_id stands in the place of id"},
		{Name: "poll", Kind: craft.Number, Bits: 8, Default: 10, Doc: "interval between messages, as a power of two of seconds"},
		{Name: "precision", Kind: craft.Number, Bits: 8, Doc: "precision of the clock, as a power of two of seconds in two's complement"},
		{Name: "delay", Kind: craft.Fixed, Bits: 32, Fraction: 16, Doc: "round trip to the reference clock in seconds"},
		{Name: "dispersion", Kind: craft.Fixed, Bits: 32, Fraction: 16, Doc: "dispersion to the reference clock in seconds"},
		{Name: "id", Kind: craft.IPv4, Bits: 32, Default: 0x7f000001, When: craft.Unless("stratum", 0, 1), Doc: "address of the server's own server, from stratum 2 on"},
		{Name: "ref_id", Kind: craft.Bytes, Bits: 32, When: craft.GivenAny("stratum", 0, 1), Doc: "name of the reference clock (GPS) or kiss code, up to stratum 1"},
		{Name: "ref", Kind: craft.Fixed, Bits: 64, Fraction: 32, Doc: "when the clock was last set, in seconds since 1900"},
		{Name: "orig", Kind: craft.Fixed, Bits: 64, Fraction: 32, Doc: "when the question left, by the client's clock: its sent"},
		{Name: "recv", Kind: craft.Fixed, Bits: 64, Fraction: 32, Doc: "when the question came, by the server's clock"},
		{Name: "sent", Kind: craft.Fixed, Bits: 64, Fraction: 32, Doc: "when this message left, by the sender's clock"},
	}
})

var _ = define(func() craft.Spec {
	return ntpSpec(NTP, NTPHeader, craft.Over(UDP, "dport", 123), craft.Over(UDP, "sport", 123))
})
var _ = define(func() craft.Spec {
	return ntpSpec(NTPHeader, NTP, craft.StackOver(UDP, "dport", 123), craft.StackOver(UDP, "sport", 123))
})

// ntpSpec is the message by one of its names; the other one finds it in a packet, and both answer each other.
func ntpSpec(name, other craft.Name, binds ...craft.Binding) craft.Spec {
	return craft.Spec{
		Name: name, Families: []craft.Name{other}, Doc: "Network Time Protocol, RFC 5905",
		Fields:  ntpFields(),
		Binds:   binds,
		Replies: []craft.Name{other},
		Hooks: craft.Hooks{
			Accepts:      likeNTP,
			Dispatch:     ntpBecomes,
			GuessPayload: ntpCarries,
			Summary:      ntpSummary,
			Answers:      ntpAnswers,
		},
	}
}

// likeNTP looks at the version and the mode, the stratum, which is 16 at most, and the two powers of two: RFC 5905, section 7.3. A
// client that tells nothing about itself says a precision of 2^32 s (draft-ietf-ntp-data-minimization).
func likeNTP(b []byte) bool {
	const broadcast, stratum, longest, coarsest, untold = 5, 16, 24, 1, 32
	if len(b) < 4 || !ntpVersion(b) || b[0]&7 > broadcast || b[0]&7 == 0 && b[0]>>3&7 != 1 {
		return false
	}
	poll, precision := int8(b[2]), int8(b[3])
	return b[1] <= stratum && poll >= -longest && poll <= longest && (precision <= coarsest || precision == untold)
}

// ntpVersion reports whether a message has one of the four versions that there are.
func ntpVersion(b []byte) bool { return b[0]>>3&7 >= 1 && b[0]>>3&7 <= 4 }

// ntpBecomes names the messages of another form; "" is the time message.
func ntpBecomes(b []byte) craft.Name {
	switch {
	case len(b) > 0 && b[0]&7 == ntpModeControl:
		return NTPControl
	case len(b) > 0 && b[0]&7 == ntpModePrivate:
		return NTPPrivate
	}
	return ""
}

func ntpSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	return fmt.Sprintf("NTP v%d, %s", l.Uint("version"), l.Text("mode"))
}

// ntpAnswers takes the answer of a server to its client, and of symmetric peers to each other, when it repeats the time
// at which the question left: RFC 5905, section 8.
func ntpAnswers(m craft.Match, i, j int) (bool, string) {
	const active, passive, client, server = 1, 2, 3, 4
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	switch [2]uint64{q.Uint("mode"), r.Uint("mode")} {
	case [2]uint64{client, server}, [2]uint64{active, passive}, [2]uint64{active, active}, [2]uint64{passive, active}:
	default:
		return false, "its mode does not answer the question's mode"
	}
	if r.Uint("orig") != q.Uint("sent") {
		return false, "its orig is not the time at which the question was sent"
	}
	return true, "it repeats the time at which the question was sent"
}

// Sizes of what may follow the time message: RFC 7822, section 7.5.
const (
	ntpKeyID        = 4
	ntpMD5          = ntpKeyID + 16
	ntpSHA1         = ntpKeyID + 20
	ntpSHA256       = ntpKeyID + 32
	ntpMinExtension = 16
)

// ntpCarries tells extension fields from the authenticator at the end.
func ntpCarries(_ *craft.Layer, b []byte) craft.Name {
	switch {
	case len(b) == ntpMD5 || len(b) == ntpSHA1:
		return NTPAuthenticator
	case ntpExtensionLen(b) > 0:
		return NTPExtensions
	case len(b) == ntpSHA256:
		return NTPAuthenticator
	}
	return ""
}

// ntpExtensionLen is the length of the extension field that b begins with; 0 when there is none. The last one before
// the end has 28 bytes at least, so that it is no authenticator.
func ntpExtensionLen(b []byte) int {
	if len(b) < ntpMinExtension || len(b) == ntpMD5 || len(b) == ntpSHA1 {
		return 0
	}
	n := int(b[2])<<8 | int(b[3])
	if n < ntpMinExtension || n > len(b) || n%4 != 0 {
		return 0
	}
	return n
}

var ntpLeaps = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "no warning", 1: "last minute of the day has 61 seconds", 2: "last minute of the day has 59 seconds",
		3: "unknown (clock unsynchronized)",
	}
})

var ntpModes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "reserved", 1: "symmetric active", 2: "symmetric passive", 3: "client", 4: "server", 5: "broadcast",
		6: "NTP control message", 7: "reserved for private use",
	}
})
