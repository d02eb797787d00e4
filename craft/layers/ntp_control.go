package layers

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The two forms of NTP messages that ask a server about itself.
const (
	// NTPControl is NTP's control message, mode 6: RFC 9327.
	NTPControl craft.Name = "NTPControl"
	// NTPPrivate is the message of ntpdc, mode 7, which no RFC describes; its REQ_MON_GETLIST is known from amplification.
	NTPPrivate craft.Name = "NTPPrivate"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: NTPControl, Families: []craft.Name{NTP}, Doc: "NTP control message (mode 6), RFC 9327",
		Fields: []craft.Field{
			{Name: "zeros", Kind: craft.Number, Bits: 2, Doc: "zero; the leap warning of other modes"},
			{Name: "version", Kind: craft.Number, Bits: 3, Default: 2, Doc: "NTP version"},
			{Name: "mode", Kind: craft.Enum, Bits: 3, Default: ntpModeControl, Names: ntpModes(), Doc: "6"},
			{Name: "response", Kind: craft.Number, Bits: 1, Doc: "1 in an answer"},
			{Name: "err", Kind: craft.Number, Bits: 1, Doc: "1 in an answer that tells an error"},
			{Name: "more", Kind: craft.Number, Bits: 1, Doc: "1 when more fragments of the answer follow"},
			{Name: "op_code", Kind: craft.Enum, Bits: 5, Names: ntpOperations(), Doc: "what is asked"},
			{Name: "sequence", Kind: craft.Number, Bits: 16, Doc: "number of the question, repeated in the answer"},
			{Name: "status", Kind: craft.Number, Bits: 16, Hex: true, Doc: "status of the system, peer or clock"},
			{Name: "association_id", Kind: craft.Number, Bits: 16, Doc: "which peer; 0 is the system"},
			{Name: "offset", Kind: craft.Number, Bits: 16, Doc: "where the data begins in the whole answer, in bytes"},
			{Name: "count", Kind: craft.Number, Bits: 16, Computed: craft.Measures("data"), Doc: "length of the data in bytes, without padding"},
			{Name: "data", Kind: craft.Bytes, Part: &craft.Part{Length: ntpControlData}, Doc: "text such as version=\"4.2\", with the padding that came with it"},
		},
		Binds: []craft.Binding{craft.Over(UDP, "dport", 123), craft.Over(UDP, "sport", 123)},
		Hooks: craft.Hooks{
			Accepts:      likeNTPControl,
			GuessPayload: ntpCarries,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return fmt.Sprintf("NTP v%d, %s %s", l.Uint("version"), l.Text("mode"), l.Text("op_code"))
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				if r.Uint("response") != 1 || q.Uint("response") != 0 || r.Uint("op_code") != q.Uint("op_code") || r.Uint("sequence") != q.Uint("sequence") {
					return false, "it is not the response to the question's op_code and sequence"
				}
				return true, "it is the response to the question's sequence"
			},
		},
	}
})

// likeNTPControl holds a header against RFC 9327, section 2: only answers tell errors or have more parts, and a part has 468 bytes at
// most.
func likeNTPControl(b []byte) bool {
	const header, longest = 12, 468
	if len(b) < 4 || b[0]>>6 != 0 || b[0]&7 != ntpModeControl || !ntpVersion(b) || ntpOperations()[uint64(b[1]&31)] == "" {
		return false
	}
	answer := b[1]&0x80 != 0
	switch {
	case b[1]&0x60 == 0x60, !answer && b[1]&0x60 != 0:
		return false
	case len(b) < header:
		return true
	}
	offset, n := binary.BigEndian.Uint16(b[8:]), int(binary.BigEndian.Uint16(b[10:]))
	return (answer || offset == 0) && (n <= longest || header+n <= len(b))
}

// likeNTPPrivate looks at the version, the implementation, the request, and the bits that must be zero.
func likeNTPPrivate(b []byte) bool {
	return len(b) >= 4 && b[0]&7 == ntpModePrivate && ntpVersion(b) && (b[2] == 0 || b[2] == 2 || b[2] == 3) && ntpRequests()[uint64(b[3])] != "" &&
		(len(b) < 7 || b[6]>>4 == 0)
}

// ntpControlData takes the data with its padding, and leaves an authenticator.
func ntpControlData(l *craft.Layer, rest []byte) (int, error) {
	n := int(l.Uint("count"))
	if n > len(rest) {
		return n, nil
	}
	padded := n + -n&3
	if len(rest)-padded < ntpMD5 {
		return len(rest), nil
	}
	return padded, nil
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: NTPPrivate, Families: []craft.Name{NTP}, Doc: "NTP private message (mode 7) of ntpdc",
		Fields: []craft.Field{
			{Name: "response", Kind: craft.Number, Bits: 1, Doc: "1 in an answer"},
			{Name: "more", Kind: craft.Number, Bits: 1, Doc: "1 when more packets of the answer follow"},
			{Name: "version", Kind: craft.Number, Bits: 3, Default: 2, Doc: "NTP version"},
			{Name: "mode", Kind: craft.Enum, Bits: 3, Default: ntpModePrivate, Names: ntpModes(), Doc: "7"},
			{Name: "auth", Kind: craft.Number, Bits: 1, Doc: "1 when an authenticator follows"},
			{Name: "seq", Kind: craft.Number, Bits: 7, Doc: "number of the packet in a long answer"},
			{Name: "implementation", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "IMPL_UNIV", 2: "IMPL_XNTPD_OLD", 3: "XNTPD"}, Doc: "whose request codes these are"},
			{Name: "request_code", Kind: craft.Enum, Bits: 8, Names: ntpRequests(), Doc: "what is asked"},
			{Name: "err", Kind: craft.Enum, Bits: 4, Names: ntpErrors(), Doc: "what went wrong"},
			{Name: "nb_items", Kind: craft.Number, Bits: 12, Doc: "how many items of data follow"},
			{Name: "mbz", Kind: craft.Number, Bits: 4, Doc: "zero"},
			{Name: "data_item_size", Kind: craft.Number, Bits: 12, Doc: "length of an item in bytes"},
			{Name: "data", Kind: craft.Bytes, Doc: "the items"},
		},
		Binds: []craft.Binding{craft.Over(UDP, "dport", 123), craft.Over(UDP, "sport", 123)},
		Hooks: craft.Hooks{
			Accepts: likeNTPPrivate,
			Summary: func(p *craft.Packet, i int) string {
				l := p.Layers()[i]
				return fmt.Sprintf("NTP v%d, %s %s", l.Uint("version"), l.Text("mode"), l.Text("request_code"))
			},
			Answers: func(m craft.Match, i, j int) (bool, string) {
				r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
				if r.Uint("response") != 1 || q.Uint("response") != 0 || r.Uint("request_code") != q.Uint("request_code") {
					return false, "it is not the response to the question's request_code"
				}
				return true, "it is the response to the question's request_code"
			},
		},
	}
})

var ntpOperations = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "CTL_OP_UNSPEC", 1: "CTL_OP_READSTAT", 2: "CTL_OP_READVAR", 3: "CTL_OP_WRITEVAR", 4: "CTL_OP_READCLOCK",
		5: "CTL_OP_WRITECLOCK", 6: "CTL_OP_SETTRAP", 7: "CTL_OP_ASYNCMSG", 8: "CTL_OP_CONFIGURE", 9: "CTL_OP_SAVECONFIG",
		10: "CTL_OP_READ_MRU", 11: "CTL_OP_READ_ORDLIST_A", 12: "CTL_OP_REQ_NONCE", 31: "CTL_OP_UNSETTRAP",
	}
})

var ntpRequests = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "REQ_PEER_LIST", 1: "REQ_PEER_LIST_SUM", 2: "REQ_PEER_INFO", 3: "REQ_PEER_STATS", 4: "REQ_SYS_INFO",
		5: "REQ_SYS_STATS", 6: "REQ_IO_STATS", 7: "REQ_MEM_STATS", 8: "REQ_LOOP_INFO", 9: "REQ_TIMER_STATS", 10: "REQ_CONFIG",
		11: "REQ_UNCONFIG", 12: "REQ_SET_SYS_FLAG", 13: "REQ_CLR_SYS_FLAG", 14: "REQ_MONITOR", 15: "REQ_NOMONITOR",
		16: "REQ_GET_RESTRICT", 17: "REQ_RESADDFLAGS", 18: "REQ_RESSUBFLAGS", 19: "REQ_UNRESTRICT", 20: "REQ_MON_GETLIST",
		21: "REQ_RESET_STATS", 22: "REQ_RESET_PEER", 23: "REQ_REREAD_KEYS", 24: "REQ_DO_DIRTY_HACK", 25: "REQ_DONT_DIRTY_HACK",
		26: "REQ_TRUSTKEY", 27: "REQ_UNTRUSTKEY", 28: "REQ_AUTHINFO", 29: "REQ_TRAPS", 30: "REQ_ADD_TRAP", 31: "REQ_CLR_TRAP",
		32: "REQ_REQUEST_KEY", 33: "REQ_CONTROL_KEY", 34: "REQ_GET_CTLSTATS", 35: "REQ_GET_LEAPINFO", 36: "REQ_GET_CLOCKINFO",
		37: "REQ_SET_CLKFUDGE", 38: "REQ_GET_KERNEL", 39: "REQ_GET_CLKBUGINFO", 41: "REQ_SET_PRECISION",
		42: "REQ_MON_GETLIST_1", 43: "REQ_HOSTNAME_ASSOCID", 44: "REQ_IF_STATS", 45: "REQ_IF_RELOAD",
	}
})

var ntpErrors = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "no error", 1: "incompatible implementation number", 2: "unimplemented request code",
		3: "format error (wrong data items, data size, packet size etc.)",
		4: "no data available (e.g. request for details on unknown peer)", 5: "unknown", 6: "unknown",
		7: "authentication failure (i.e. permission denied)",
	}
})
