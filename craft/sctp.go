package craft

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/moonwire/moonwire/craft/internal/iana"
)

// SCTP is the Stream Control Transmission Protocol, RFC 9260: the common header, which chunks follow as layers.
const SCTP Name = "SCTP"

// SCTPerror is the SCTP header that an ICMP error quotes.
const SCTPerror Name = "SCTPerror"

var sctpSpec = spec{
	name: SCTP, doc: "Stream Control Transmission Protocol, RFC 9260",
	fields: []Field{
		{Name: "sport", Kind: Port, Bits: 16, names: iana.Services(), Doc: "source port"},
		{Name: "dport", Kind: Port, Bits: 16, names: iana.Services(), Doc: "destination port"},
		{Name: "tag", Kind: Number, Bits: 32, hex: true, Doc: "verification tag: the receiver's init_tag; 0 in an INIT"},
		{Name: "chksum", Kind: Number, Bits: 32, auto: derived, hex: true, Doc: "CRC32c of header and chunks"},
	},
	binds: []bind{over(IP, "proto", 132), over(IPv6, "nh", 132)},
	hooks: hooks{
		carries: sctpCarries,
		derive: func(_ *builder, _ int, hdr, payload []byte, _ uint64) error {
			clear(hdr[8:12])
			// The sum is reflected, and so its least significant byte is the first one sent: RFC 9260, appendix A.
			binary.LittleEndian.PutUint32(hdr[8:], crc32.Checksum(hdr[:len(hdr)+len(payload)], castagnoli))
			return nil
		},
		summary: portSummary,
		answers: sctpAnswers,
		flow:    portFlow,
	},
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var _, _ = define(sctpSpec), define(quotedSpec(sctpSpec, SCTPerror, "SCTP in ICMP", over(IPerror, "proto", 132)))

// sctpCarries names the chunk that begins with b.
func sctpCarries(_ *Layer, b []byte) Name {
	if len(b) < 4 {
		return Raw
	}
	if name, ok := sctpChunkNames[b[0]]; ok {
		return name
	}
	return SCTPChunk
}

// sctpReplies are the chunks that answer a chunk, besides ABORT and ERROR, which answer all: RFC 9260, sections 3.3 and
// 9.2.
var sctpReplies = map[Name][]Name{
	SCTPChunkInit: {SCTPChunkInitAck}, SCTPChunkInitAck: {SCTPChunkCookieEcho}, SCTPChunkCookieEcho: {SCTPChunkCookieAck},
	SCTPChunkData: {SCTPChunkSACK}, SCTPChunkHeartbeatReq: {SCTPChunkHeartbeatAck},
	SCTPChunkShutdown: {SCTPChunkShutdownAck}, SCTPChunkShutdownAck: {SCTPChunkShutdownComplete},
	SCTPChunkAddressConf: {SCTPChunkAddressConfAck},
}

// sctpAnswers wants swapped ports, as scapy does, and a chunk that answers the question's first one.
func sctpAnswers(m match, i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	if r.Uint("sport") != q.Uint("dport") || r.Uint("dport") != q.Uint("sport") {
		return false, "the ports are not swapped"
	}
	if i+1 >= len(m.r.layers) || j+1 >= len(m.q.layers) {
		return true, "the ports are swapped"
	}
	first := m.q.layers[j+1]
	replies, ok := sctpReplies[first.proto.name]
	if !ok {
		return true, "the ports are swapped"
	}
	if first.proto.name == SCTPChunkInit && r.Uint("tag") != first.Uint("init_tag") {
		return false, "its tag is not the init_tag of the question"
	}
	for _, chunk := range m.r.layers[i+1:] {
		name := chunk.proto.name
		if name == SCTPChunkAbort || name == SCTPChunkError || slices.Contains(replies, name) {
			return true, fmt.Sprintf("the ports are swapped and %s answers %s", name, first.proto.name)
		}
	}
	return false, "it has no chunk that answers " + string(first.proto.name)
}
