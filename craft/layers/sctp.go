package layers

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// SCTP is the Stream Control Transmission Protocol, RFC 9260: the common header, which chunks follow as layers.
const SCTP craft.Name = "SCTP"

// SCTPerror is the SCTP header that an ICMP error quotes.
const SCTPerror craft.Name = "SCTPerror"

func sctpSpec() craft.Spec {
	return craft.Spec{
		Name: SCTP, Doc: "Stream Control Transmission Protocol, RFC 9260",
		Fields: []craft.Field{
			{Name: "sport", Kind: craft.Port, Bits: 16, Doc: "source port"},
			{Name: "dport", Kind: craft.Port, Bits: 16, Doc: "destination port"},
			{Name: "tag", Kind: craft.Number, Bits: 32, Hex: true, Doc: "verification tag: the receiver's init_tag; 0 in an INIT"},
			{Name: "chksum", Kind: craft.Number, Bits: 32, Computed: craft.Computes(craft.ByBytes), Hex: true, Doc: "CRC32c of header and chunks"},
		},
		Binds: []craft.Binding{craft.Over(IP, "proto", 132), craft.Over(IPv6, "nh", 132)}, Identity: []string{"sport", "dport"},
		Hooks: craft.Hooks{
			GuessPayload: sctpCarries,
			Derive: func(_ *craft.Builder, _ int, hdr, payload []byte, _ uint64) error {
				clear(hdr[8:12])
				// The sum is reflected, and so its least significant byte is the first one sent: RFC 9260, appendix A.
				binary.LittleEndian.PutUint32(hdr[8:], crc32.Checksum(hdr[:len(hdr)+len(payload)], castagnoli()))
				return nil
			},
			Summary: portSummary,
			Answers: sctpAnswers,
			Flow:    portFlow,
		},
	}
}

var castagnoli = sync.OnceValue(func() *crc32.Table {
	return crc32.MakeTable(crc32.Castagnoli)
})

var _, _ = define(sctpSpec), define(func() craft.Spec {
	return quotedSpec(sctpSpec(), SCTPerror, "SCTP in ICMP", craft.Over(IPerror, "proto", 132))
})

// sctpCarries names the chunk that begins with b. One whose length is not that of its fields is any chunk; of a length that leads
// nowhere it is read as its type says.
func sctpCarries(l *craft.Layer, b []byte) craft.Name {
	const header = 4
	if len(b) < header {
		return craft.Raw
	}
	name, ok := sctpChunkNames()[b[0]]
	if n := int(binary.BigEndian.Uint16(b[2:])); !ok || n >= header && !fitsIn(l.Lookup(name), n) {
		return SCTPChunk
	}
	return name
}

// sctpReplies are the chunks that answer a chunk, besides ABORT and ERROR, which answer all: RFC 9260, sections 3.3 and
// 9.2.
var sctpReplies = sync.OnceValue(func() map[craft.Name][]craft.Name {
	return map[craft.Name][]craft.Name{
		SCTPChunkInit: {SCTPChunkInitAck}, SCTPChunkInitAck: {SCTPChunkCookieEcho}, SCTPChunkCookieEcho: {SCTPChunkCookieAck},
		SCTPChunkData: {SCTPChunkSACK}, SCTPChunkHeartbeatReq: {SCTPChunkHeartbeatAck},
		SCTPChunkShutdown: {SCTPChunkShutdownAck}, SCTPChunkShutdownAck: {SCTPChunkShutdownComplete},
		SCTPChunkAddressConf: {SCTPChunkAddressConfAck},
	}
})

// sctpAnswers wants swapped ports, as scapy does, and a chunk that answers the question's first one.
func sctpAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	if r.Uint("sport") != q.Uint("dport") || r.Uint("dport") != q.Uint("sport") {
		return false, "the ports are not swapped"
	}
	if i+1 >= len(m.Reply.Layers()) || j+1 >= len(m.Question.Layers()) {
		return true, "the ports are swapped"
	}
	first := m.Question.Layers()[j+1]
	replies, ok := sctpReplies()[first.Name()]
	if !ok {
		return true, "the ports are swapped"
	}
	if first.Name() == SCTPChunkInit && r.Uint("tag") != first.Uint("init_tag") {
		return false, "its tag is not the init_tag of the question"
	}
	for _, chunk := range m.Reply.Layers()[i+1:] {
		name := chunk.Name()
		if name == SCTPChunkAbort || name == SCTPChunkError || slices.Contains(replies, name) {
			return true, fmt.Sprintf("the ports are swapped and %s answers %s", name, first.Name())
		}
	}
	return false, "it has no chunk that answers " + string(first.Name())
}
