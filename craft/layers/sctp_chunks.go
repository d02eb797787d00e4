package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The chunks of SCTP, RFC 9260, section 3.3. Each is a layer; several follow one another.
const (
	// SCTPChunkData carries data of the user.
	SCTPChunkData craft.Name = "SCTPChunkData"
	// SCTPChunkInit begins an association.
	SCTPChunkInit craft.Name = "SCTPChunkInit"
	// SCTPChunkInitAck answers an INIT.
	SCTPChunkInitAck craft.Name = "SCTPChunkInitAck"
	// SCTPChunkSACK acknowledges data.
	SCTPChunkSACK craft.Name = "SCTPChunkSACK"
	// SCTPChunkHeartbeatReq asks whether the peer is there.
	SCTPChunkHeartbeatReq craft.Name = "SCTPChunkHeartbeatReq"
	// SCTPChunkHeartbeatAck says that it is.
	SCTPChunkHeartbeatAck craft.Name = "SCTPChunkHeartbeatAck"
	// SCTPChunkAbort ends an association at once.
	SCTPChunkAbort craft.Name = "SCTPChunkAbort"
	// SCTPChunkShutdown begins to end an association.
	SCTPChunkShutdown craft.Name = "SCTPChunkShutdown"
	// SCTPChunkShutdownAck answers a SHUTDOWN.
	SCTPChunkShutdownAck craft.Name = "SCTPChunkShutdownAck"
	// SCTPChunkError reports an error.
	SCTPChunkError craft.Name = "SCTPChunkError"
	// SCTPChunkCookieEcho returns the cookie of an INIT ACK.
	SCTPChunkCookieEcho craft.Name = "SCTPChunkCookieEcho"
	// SCTPChunkCookieAck answers a COOKIE ECHO.
	SCTPChunkCookieAck craft.Name = "SCTPChunkCookieAck"
	// SCTPChunkShutdownComplete ends an association.
	SCTPChunkShutdownComplete craft.Name = "SCTPChunkShutdownComplete"
	// SCTPChunkAuthentication signs the chunks behind it, RFC 4895.
	SCTPChunkAuthentication craft.Name = "SCTPChunkAuthentication"
	// SCTPChunkAddressConf changes the addresses of an association, RFC 5061.
	SCTPChunkAddressConf craft.Name = "SCTPChunkAddressConf"
	// SCTPChunkAddressConfAck answers an ASCONF, RFC 5061.
	SCTPChunkAddressConfAck craft.Name = "SCTPChunkAddressConfAck"
	// SCTPChunk is a chunk of another type, with its bytes.
	SCTPChunk craft.Name = "SCTPChunk"
)

// sctpChunkNames are the chunks by type.
var sctpChunkNames = sync.OnceValue(func() map[byte]craft.Name {
	return map[byte]craft.Name{
		0: SCTPChunkData, 1: SCTPChunkInit, 2: SCTPChunkInitAck, 3: SCTPChunkSACK, 4: SCTPChunkHeartbeatReq, 5: SCTPChunkHeartbeatAck,
		6: SCTPChunkAbort, 7: SCTPChunkShutdown, 8: SCTPChunkShutdownAck, 9: SCTPChunkError, 10: SCTPChunkCookieEcho,
		11: SCTPChunkCookieAck, 14: SCTPChunkShutdownComplete, 15: SCTPChunkAuthentication, 128: SCTPChunkAddressConfAck, 193: SCTPChunkAddressConf,
	}
})

var sctpChunkTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "data", 1: "init", 2: "init-ack", 3: "sack", 4: "heartbeat-req", 5: "heartbeat-ack", 6: "abort", 7: "shutdown", 8: "shutdown-ack",
		9: "error", 10: "cookie-echo", 11: "cookie-ack", 14: "shutdown-complete", 15: "authentication",
		128: "address-configuration-ack", 193: "address-configuration",
	}
})

// sctpChunk is a chunk with the given flags and content. Its length counts the padding of the parameters in it and not
// that of its own.
func sctpChunk(name craft.Name, typ uint64, doc string, flags []craft.Field, content ...craft.Field) craft.Spec {
	fields := []craft.Field{{Name: "type", Kind: craft.Enum, Bits: 8, Default: typ, Names: sctpChunkTypes(), Doc: "chunk type"}}
	fields = append(fields, flags...)
	fields = append(fields, craft.Field{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderLength)})
	return craft.Spec{
		Name: name, Families: []craft.Name{SCTPChunk}, Doc: doc,
		Fields: append(fields, content...),
		Pad:    &craft.Pad{To: 4},
		Hooks:  craft.Hooks{GuessPayload: sctpCarries},
	}
}

// sctpFlags is a flag byte without flags, and sctpTCB the one of chunks that end an association.
var (
	sctpFlags = []craft.Field{{Name: "flags", Kind: craft.Number, Bits: 8, Hex: true, Doc: "no flags are defined"}}
	sctpTCB   = []craft.Field{
		{Name: "reserved", Kind: craft.Number, Bits: 7, Doc: "reserved bits"},
		{Name: "TCB", Kind: craft.Number, Bits: 1, Doc: "the T bit: the tag is reflected, for want of an association"},
	}
)

var sctpInitFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "init_tag", Kind: craft.Number, Bits: 32, Hex: true, Doc: "the tag that the sender wants to see in all packets"},
		{Name: "a_rwnd", Kind: craft.Number, Bits: 32, Doc: "receive window in bytes"},
		{Name: "n_out_streams", Kind: craft.Number, Bits: 16, Doc: "streams to send on"},
		{Name: "n_in_streams", Kind: craft.Number, Bits: 16, Doc: "streams to receive on"},
		{Name: "init_tsn", Kind: craft.Number, Bits: 32, Hex: true, Doc: "the first transmission sequence number"},
		{Name: "params", Kind: craft.Packets, Part: sctpParams(), Doc: "parameters: SCTPChunkParam..."},
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		sctpChunk(SCTPChunkData, 0, "user data, RFC 9260, section 3.3.1", []craft.Field{
			{Name: "reserved", Kind: craft.Number, Bits: 4, Doc: "reserved bits"},
			{Name: "delay_sack", Kind: craft.Number, Bits: 1, Doc: "the I bit: acknowledge at once"},
			{Name: "unordered", Kind: craft.Number, Bits: 1, Doc: "the U bit: deliver without waiting for others"},
			{Name: "beginning", Kind: craft.Number, Bits: 1, Doc: "the B bit: first fragment of a message"},
			{Name: "ending", Kind: craft.Number, Bits: 1, Doc: "the E bit: last fragment of a message"},
		},
			craft.Field{Name: "tsn", Kind: craft.Number, Bits: 32, Hex: true, Doc: "transmission sequence number"},
			craft.Field{Name: "stream_id", Kind: craft.Number, Bits: 16, Hex: true, Doc: "stream"},
			craft.Field{Name: "stream_seq", Kind: craft.Number, Bits: 16, Hex: true, Doc: "number of the message in the stream"},
			craft.Field{Name: "proto_id", Kind: craft.Enum, Bits: 32, Names: sctpPayloads(), Doc: "what the data is"},
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "the data"}),
		sctpChunk(SCTPChunkInit, 1, "beginning of an association, RFC 9260, section 3.3.2", sctpFlags, sctpInitFields()...),
		sctpChunk(SCTPChunkInitAck, 2, "answer to an INIT, RFC 9260, section 3.3.3", sctpFlags, sctpInitFields()...),
		sctpChunk(SCTPChunkSACK, 3, "acknowledgement of data, RFC 9260, section 3.3.4", sctpFlags,
			craft.Field{Name: "cumul_tsn_ack", Kind: craft.Number, Bits: 32, Hex: true, Doc: "all up to this TSN has come"},
			craft.Field{Name: "a_rwnd", Kind: craft.Number, Bits: 32, Doc: "receive window in bytes"},
			craft.Field{Name: "n_gap_ack", Kind: craft.Number, Bits: 16, Computed: craft.Counts("gap_ack_list")},
			craft.Field{Name: "n_dup_tsn", Kind: craft.Number, Bits: 16, Computed: craft.Counts("dup_tsn_list")},
			craft.Field{Name: "gap_ack_list", Kind: craft.Values, Part: sctpGaps, Doc: `blocks behind a gap, as offsets from cumul_tsn_ack: "2:3"`},
			craft.Field{Name: "dup_tsn_list", Kind: craft.Values, Item: craft.Item{Bytes: 4}, Doc: "TSNs that came twice"}),
		sctpChunk(SCTPChunkHeartbeatReq, 4, "question whether the peer is there, RFC 9260, section 3.3.5", sctpFlags,
			craft.Field{Name: "params", Kind: craft.Packets, Part: sctpParams(), Doc: "the heartbeat's data: SCTPChunkParamHeartbeatInfo"}),
		sctpChunk(SCTPChunkHeartbeatAck, 5, "answer to a heartbeat, RFC 9260, section 3.3.6", sctpFlags,
			craft.Field{Name: "params", Kind: craft.Packets, Part: sctpParams(), Doc: "the parameters of the question"}),
		sctpChunk(SCTPChunkAbort, 6, "end of an association at once, RFC 9260, section 3.3.7", sctpTCB,
			craft.Field{Name: "error_causes", Kind: craft.Bytes, Doc: "why"}),
		sctpChunk(SCTPChunkShutdown, 7, "the sender has no more data, RFC 9260, section 3.3.8", sctpFlags,
			craft.Field{Name: "cumul_tsn_ack", Kind: craft.Number, Bits: 32, Hex: true, Doc: "all up to this TSN has come"}),
		sctpChunk(SCTPChunkShutdownAck, 8, "answer to a SHUTDOWN, RFC 9260, section 3.3.9", sctpFlags),
		sctpChunk(SCTPChunkError, 9, "report of an error, RFC 9260, section 3.3.10", sctpFlags,
			craft.Field{Name: "error_causes", Kind: craft.Bytes, Doc: "what went wrong"}),
		sctpChunk(SCTPChunkCookieEcho, 10, "the cookie of an INIT ACK comes back, RFC 9260, section 3.3.11", sctpFlags,
			craft.Field{Name: "cookie", Kind: craft.Bytes, Doc: "the cookie"}),
		sctpChunk(SCTPChunkCookieAck, 11, "answer to a COOKIE ECHO, RFC 9260, section 3.3.12", sctpFlags),
		sctpChunk(SCTPChunkShutdownComplete, 14, "end of an association, RFC 9260, section 3.3.13", sctpTCB),
		sctpChunk(SCTPChunkAuthentication, 15, "signature of the chunks behind it, RFC 4895, section 4.1", sctpFlags,
			craft.Field{Name: "shared_key_id", Kind: craft.Number, Bits: 16, Doc: "which key"},
			craft.Field{Name: "HMAC_function", Kind: craft.Enum, Bits: 16, Names: map[uint64]string{0: "Reserved1", 1: "SHA-1", 2: "Reserved2", 3: "SHA-256"}, Doc: "which digest"},
			craft.Field{Name: "HMAC", Kind: craft.Bytes, Doc: "the digest"}),
		sctpChunk(SCTPChunkAddressConfAck, 128, "answer to a change of addresses, RFC 5061, section 4.1.2", sctpFlags, sctpConfFields()...),
		sctpChunk(SCTPChunkAddressConf, 193, "change of addresses, RFC 5061, section 4.1.1", sctpFlags, sctpConfFields()...),
		becomes(sctpChunk(SCTPChunk, 192, "a chunk of another type, RFC 9260, section 3.2", sctpFlags,
			craft.Field{Name: "data", Kind: craft.Bytes, Doc: "the chunk's value"}), sctpCarries),
	}
})

var sctpConfFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "seq", Kind: craft.Number, Bits: 32, Doc: "number of the change"},
		{Name: "params", Kind: craft.Packets, Part: sctpParams(), Doc: "what changes: SCTPChunkParamAddIPAddr, ..."},
	}
})

// sctpGaps writes the blocks of a SACK as "2:3", first and last offset.
var sctpGaps = &craft.Part{
	Width: 4,
	Encode: func(_ *craft.Layer, v any) ([]byte, error) {
		values, ok := v.([]any)
		if !ok {
			values = []any{v}
		}
		var out []byte
		for i, v := range values {
			if raw, ok := v.(craft.Verbatim); ok {
				out = append(out, raw...)
				continue
			}
			var first, last uint16
			var more string
			if n, _ := fmt.Sscanf(fmt.Sprint(v)+" ", "%d:%d%s", &first, &last, &more); n != 2 {
				return nil, fmt.Errorf(`element %d: want a block such as "2:3", got %v`, i+1, v)
			}
			out = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(out, first), last)
		}
		return out, nil
	},
	Decode: func(_ *craft.Layer, b []byte) any {
		list := []any{}
		for ; len(b) >= 4; b = b[4:] {
			list = append(list, fmt.Sprintf("%d:%d", binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])))
		}
		if len(b) > 0 {
			list = append(list, craft.Verbatim(b))
		}
		return list
	},
}

// sctpPayloads are what the data of a chunk is: IANA, SCTP Payload Protocol Identifiers.
var sctpPayloads = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Reserved", 1: "IUA", 2: "M2UA", 3: "M3UA", 4: "SUA", 5: "M2PA", 6: "V5UA", 7: "H.248", 8: "BICC/Q.2150.3",
		9: "TALI", 10: "DUA", 11: "ASAP", 12: "ENRP", 13: "H.323", 14: "Q.IPC/Q.2150.3", 15: "SIMCO", 16: "DDP Segment Chunk",
		17: "DDP Stream Session Control", 18: "S1AP", 19: "RUA", 20: "HNBAP", 21: "ForCES-HP", 22: "ForCES-MP",
		23: "ForCES-LP", 24: "SBc-AP", 25: "NBAP", 26: "Unassigned", 27: "X2AP", 28: "IRCP", 29: "LCS-AP", 30: "MPICH2",
		31: "SABP", 32: "FGP", 33: "PPP", 34: "CALCAPP", 35: "SSP", 36: "NPMP-CONTROL", 37: "NPMP-DATA", 38: "ECHO",
		39: "DISCARD", 40: "DAYTIME", 41: "CHARGEN", 42: "3GPP RNA", 43: "3GPP M2AP", 44: "3GPP M3AP", 45: "SSH/SCTP",
		46: "Diameter/SCTP", 47: "Diameter/DTLS/SCTP", 48: "R14P", 49: "Unassigned", 50: "WebRTC DCEP", 51: "WebRTC String",
		52: "WebRTC Binary Partial", 53: "WebRTC Binary", 54: "WebRTC String Partial", 55: "3GPP PUA",
		56: "WebRTC String Empty", 57: "WebRTC Binary Empty",
	}
})
