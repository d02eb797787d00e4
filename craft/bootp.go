package craft

import (
	"bytes"
	"fmt"

	"github.com/moonwire/moonwire/craft/values"
)

// BOOTP is the Bootstrap Protocol, RFC 951, which DHCP uses as its header.
const BOOTP Name = "BOOTP"

// bootpHeader is the length of the header without options.
const bootpHeader = 236

// Ports of servers and clients.
const bootpServer, bootpClient = 67, 68

// magicCookie begins the options of DHCP, RFC 2131, section 3.
var magicCookie = []byte{99, 130, 83, 99}

var _ = define(spec{
	name: BOOTP, doc: "Bootstrap Protocol, RFC 951",
	fields: []Field{
		{Name: "op", Kind: Enum, Bits: 8, def: 1, names: bootpOps, Doc: "question or answer"},
		{Name: "htype", Kind: Number, Bits: 8, def: 1, Doc: "hardware type; 1 is Ethernet"},
		{Name: "hlen", Kind: Number, Bits: 8, def: 6, Doc: "length of the hardware address in bytes"},
		{Name: "hops", Kind: Number, Bits: 8, Doc: "how many relays passed it on"},
		{Name: "xid", Kind: Number, Bits: 32, hex: true, Doc: "pairs an answer with its question"},
		{Name: "secs", Kind: Number, Bits: 16, Doc: "seconds since the client began"},
		{Name: "flags", Kind: Flags, Bits: 16, flags: bootpFlags, Doc: "B: the answer is to be broadcast"},
		{Name: "ciaddr", Kind: IPv4, Bits: 32, Doc: "the client's address, when it has one"},
		{Name: "yiaddr", Kind: IPv4, Bits: 32, Doc: "the address that the client gets"},
		{Name: "siaddr", Kind: IPv4, Bits: 32, Doc: "the next server to ask"},
		{Name: "giaddr", Kind: IPv4, Bits: 32, Doc: "the relay's address"},
		{Name: "chaddr", Kind: Bytes, Bits: 128, text: hardwareBytes, Doc: "the client's hardware address; a MAC as text is taken too"},
		{Name: "sname", Kind: Bytes, Bits: 512, Doc: "the server's name"},
		{Name: "file", Kind: Bytes, Bits: 1024, Doc: "the boot file's name"},
		{Name: "options", Kind: Bytes, part: &part{length: bootpOptions}, Doc: "DHCP's magic cookie, or a vendor's bytes"},
	},
	binds: []bind{
		readOver(UDP, "dport", bootpServer), readOver(UDP, "dport", bootpClient), readOver(UDP, "sport", bootpServer),
		stackOver(UDP, "sport", bootpServer, eq{field: "dport", value: bootpClient}),
	},
	hooks: hooks{
		claims: func(b []byte) bool { return len(b) >= bootpHeader && bootpOps[uint64(b[0])] != "" },
		carries: func(l *Layer, _ []byte) Name {
			if bytes.Equal(l.Bytes("options"), magicCookie) {
				return DHCP
			}
			return Raw
		},
		answers: func(m match, i, j int) (bool, string) {
			if m.r.layers[i].Uint("xid") != m.q.layers[j].Uint("xid") {
				return false, "the transaction ids differ"
			}
			return true, "it has the question's transaction id"
		},
	},
})

var bootpOps = map[uint64]string{1: "BOOTREQUEST", 2: "BOOTREPLY"}

var bootpFlags = []string{15: "B"}

// bootpOptions is the magic cookie where it stands; what follows is DHCP's. Other bytes are a vendor's, to the end.
func bootpOptions(_ *Layer, rest []byte) (int, error) {
	if bytes.HasPrefix(rest, magicCookie) {
		return len(magicCookie), nil
	}
	return len(rest), nil
}

// hardwareBytes reads a MAC address in text, which is longer than the field has room for as it stands.
func hardwareBytes(text string) ([]byte, error) {
	if len(text) <= 16 {
		return []byte(text), nil
	}
	m, err := values.ParseMAC(text)
	if err != nil {
		return nil, fmt.Errorf("want at most 16 bytes or a MAC address, got %q", text)
	}
	return m[:], nil
}
