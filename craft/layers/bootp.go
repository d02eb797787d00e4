package layers

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// BOOTP is the Bootstrap Protocol, RFC 951, which DHCP uses as its header.
const BOOTP craft.Name = "BOOTP"

// Ports of servers and clients.
const bootpServer, bootpClient = 67, 68

// magicCookie begins the options of DHCP, RFC 2131, section 3.
var magicCookie = []byte{99, 130, 83, 99}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: BOOTP, Doc: "Bootstrap Protocol, RFC 951",
		Fields: []craft.Field{
			{Name: "op", Kind: craft.Enum, Bits: 8, Default: 1, Names: bootpOps(), Doc: "question or answer"},
			{Name: "htype", Kind: craft.Number, Bits: 8, Default: 1, Doc: "hardware type; 1 is Ethernet"},
			{Name: "hlen", Kind: craft.Number, Bits: 8, Default: 6, Doc: "length of the hardware address in bytes"},
			{Name: "hops", Kind: craft.Number, Bits: 8, Doc: "how many relays passed it on"},
			{Name: "xid", Kind: craft.Number, Bits: 32, Hex: true, Doc: "pairs an answer with its question"},
			{Name: "secs", Kind: craft.Number, Bits: 16, Doc: "seconds since the client began"},
			{Name: "flags", Kind: craft.Flags, Bits: 16, Flags: bootpFlags, Doc: "B: the answer is to be broadcast"},
			{Name: "ciaddr", Kind: craft.IPv4, Bits: 32, Doc: "the client's address, when it has one"},
			{Name: "yiaddr", Kind: craft.IPv4, Bits: 32, Doc: "the address that the client gets"},
			{Name: "siaddr", Kind: craft.IPv4, Bits: 32, Doc: "the next server to ask"},
			{Name: "giaddr", Kind: craft.IPv4, Bits: 32, Doc: "the relay's address"},
			{Name: "chaddr", Kind: craft.Bytes, Bits: 128, Parse: hardwareBytes, Doc: "the client's hardware address; a MAC as text is taken too"},
			{Name: "sname", Kind: craft.Bytes, Bits: 512, Doc: "the server's name"},
			{Name: "file", Kind: craft.Bytes, Bits: 1024, Doc: "the boot file's name"},
			{Name: "options", Kind: craft.Bytes, Part: &craft.Part{Length: bootpOptions}, Doc: "DHCP's magic cookie, or a vendor's bytes"},
		},
		Binds: []craft.Binding{
			craft.ReadOver(UDP, "dport", bootpServer), craft.ReadOver(UDP, "dport", bootpClient), craft.ReadOver(UDP, "sport", bootpServer),
			craft.StackOver(UDP, "sport", bootpServer, craft.FieldValue{Field: "dport", Value: bootpClient}),
		},
		Hooks: craft.Hooks{
			Accepts: likeBOOTP,
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if bytes.Equal(l.Bytes("options"), magicCookie) {
					return DHCP
				}
				return craft.Raw
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				if m.Reply.Layers()[i].Uint("xid") != m.Question.Layers()[j].Uint("xid") {
					return false, "the transaction ids differ"
				}
				return true, "it has the question's transaction id"
			},
		},
	}
})

// likeBOOTP looks at the operation, the hardware and the hops, of which there are 16 at most: RFC 1542, section 4.1.1.
func likeBOOTP(b []byte) bool {
	const longest, hops = 16, 16
	return len(b) >= 4 && bootpOps()[uint64(b[0])] != "" && b[1] != 0 && b[2] <= longest && b[3] <= hops
}

var bootpOps = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{1: "BOOTREQUEST", 2: "BOOTREPLY"}
})

var bootpFlags = []string{15: "B"}

// bootpOptions is the magic cookie where it stands; what follows is DHCP's. Other bytes are a vendor's, to the end.
func bootpOptions(_ *craft.Layer, rest []byte) (int, error) {
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
