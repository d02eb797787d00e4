package layers

import (
	"bytes"
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

// TFTP and its messages, RFC 1350. A message is the layer TFTP, which says which one it is, and a layer of its own.
const (
	// TFTP is the Trivial File Transfer Protocol: the operation that every message begins with.
	TFTP craft.Name = "TFTP"
	// TFTPRRQ asks to read a file.
	TFTPRRQ craft.Name = "TFTP_RRQ"
	// TFTPWRQ asks to write a file.
	TFTPWRQ craft.Name = "TFTP_WRQ"
	// TFTPData is one block of a file; its bytes are the payload.
	TFTPData craft.Name = "TFTP_DATA"
	// TFTPAck acknowledges a block.
	TFTPAck craft.Name = "TFTP_ACK"
	// TFTPError ends a transfer.
	TFTPError craft.Name = "TFTP_ERROR"
	// TFTPOack accepts options, RFC 2347.
	TFTPOack craft.Name = "TFTP_OACK"
	// TFTPOptions is the list of options behind a request or an OACK, RFC 2347.
	TFTPOptions craft.Name = "TFTP_Options"
	// TFTPOption is one option: an element of TFTP_Options.options.
	TFTPOption craft.Name = "TFTP_Option"
)

// Operations of TFTP.
const tftpRRQ, tftpWRQ, tftpData, tftpAck, tftpError, tftpOack = 1, 2, 3, 4, 5, 6

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTP, Doc: "Trivial File Transfer Protocol, RFC 1350",
		Fields: []craft.Field{
			{Name: "op", Kind: craft.Enum, Bits: 16, Default: tftpRRQ, Names: map[uint64]string{
				tftpRRQ: "RRQ", tftpWRQ: "WRQ", tftpData: "DATA", tftpAck: "ACK", tftpError: "ERROR", tftpOack: "OACK"}, Doc: "operation"},
		},
		Binds: []craft.Binding{craft.Over(UDP, "dport", 69)},
		Hooks: craft.Hooks{Accepts: likeTFTP, Answers: tftpAnswers},
	}
})

// likeTFTP looks at the operation, and in a request at the name and the mode, which are text.
func likeTFTP(b []byte) bool {
	if len(b) < 2 || b[0] != 0 || b[1] < tftpRRQ || b[1] > tftpOack {
		return false
	}
	if b[1] != tftpRRQ && b[1] != tftpWRQ {
		return true
	}
	name, rest, _ := bytes.Cut(b[2:], []byte{0})
	if len(rest) > 0 && rest[0] == 0 {
		return false // no mode
	}
	mode, _, _ := bytes.Cut(rest, []byte{0})
	isText := func(r rune) bool { return r >= ' ' && r != 0x7f }
	isLetter := func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' }
	return len(bytes.TrimLeftFunc(name, isText)) == 0 && len(bytes.TrimLeftFunc(mode, isLetter)) == 0
}

// tftpAnswers follows the transfer: a request is answered by its first block, each block by its number's ACK.
func tftpAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	answer, asked := r.Uint("op"), q.Uint("op")
	if answer == tftpError && asked != tftpError {
		return true, "an error ends the transfer"
	}
	var got, block uint16
	if i+1 < len(m.Reply.Layers()) && j+1 < len(m.Question.Layers()) {
		got, block = uint16(m.Reply.Layers()[i+1].Uint("block")), uint16(m.Question.Layers()[j+1].Uint("block"))
	}
	switch {
	case answer == tftpOack && (asked == tftpRRQ || asked == tftpWRQ):
		return true, "the request's options are accepted"
	case answer == tftpData && (asked == tftpRRQ || asked == tftpOack || asked == tftpAck):
		block++ // a request is followed by block 1, an ACK by the block after it
	case answer == tftpAck && (asked == tftpWRQ || asked == tftpOack || asked == tftpData):
	default:
		return false, "its op does not answer the question's op"
	}
	if got != block {
		return false, fmt.Sprintf("its block is %d, not %d", got, block)
	}
	return true, "it has the block that the question calls for"
}

var _, _ = define(func() craft.Spec {
	return tftpRequest(TFTPRRQ, "RRQ", tftpRRQ, "a request to read a file")
}), define(func() craft.Spec {
	return tftpRequest(TFTPWRQ, "WRQ", tftpWRQ, "a request to write a file")
})

func tftpRequest(name craft.Name, short string, op uint64, doc string) craft.Spec {
	return craft.Spec{
		Name: name, Doc: doc + ", RFC 1350, section 5",
		Fields: []craft.Field{
			{Name: "filename", Kind: craft.Text, Part: craft.ZeroTerminated(), Initial: []byte{0}, Doc: "name of the file"},
			{Name: "mode", Kind: craft.Text, Part: craft.ZeroTerminated(), Initial: []byte("octet\x00"), Doc: "octet, netascii or mail"},
		},
		Binds:   []craft.Binding{craft.Over(TFTP, "op", op)},
		Carries: map[uint64]craft.Name{0: TFTPOptions},
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string { return short + " " + p.Layers()[i].Text("filename") },
		},
	}
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPData, Doc: "a block of a file, RFC 1350, section 5",
		Fields: []craft.Field{{Name: "block", Kind: craft.Number, Bits: 16, Doc: "number of the block, from 1"}},
		Binds:  []craft.Binding{craft.Over(TFTP, "op", tftpData)},
		Hooks:  craft.Hooks{Summary: func(p *craft.Packet, i int) string { return "DATA " + p.Layers()[i].Text("block") }},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPAck, Doc: "the acknowledgement of a block, RFC 1350, section 5",
		Fields: []craft.Field{{Name: "block", Kind: craft.Number, Bits: 16, Doc: "number of the block; 0 accepts a write"}},
		Binds:  []craft.Binding{craft.Over(TFTP, "op", tftpAck)},
		Hooks:  craft.Hooks{Summary: func(p *craft.Packet, i int) string { return "ACK " + p.Layers()[i].Text("block") }},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPError, Doc: "the end of a transfer that went wrong, RFC 1350, section 5",
		Fields: []craft.Field{
			{Name: "errorcode", Kind: craft.Enum, Bits: 16, Names: map[uint64]string{
				0: "Not defined", 1: "File not found", 2: "Access violation", 3: "Disk full or allocation exceeded", 4: "Illegal TFTP operation",
				5: "Unknown transfer ID", 6: "File already exists", 7: "No such user", 8: "Terminate transfer due to option negotiation"}, Doc: "what went wrong"},
			{Name: "errormsg", Kind: craft.Text, Part: craft.ZeroTerminated(), Initial: []byte{0}, Doc: "the same for people"},
		},
		Binds: []craft.Binding{craft.Over(TFTP, "op", tftpError)},
		Hooks: craft.Hooks{Summary: func(p *craft.Packet, i int) string {
			return "ERROR " + p.Layers()[i].Text("errorcode") + ": " + p.Layers()[i].Text("errormsg")
		}},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPOack, Doc: "the options that a server accepts, RFC 2347",
		Binds:   []craft.Binding{craft.Over(TFTP, "op", tftpOack)},
		Carries: map[uint64]craft.Name{0: TFTPOptions},
		Brief:   "OACK",
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPOptions, Doc: "options of a TFTP request or an OACK, RFC 2347",
		Fields: []craft.Field{
			{Name: "options", Kind: craft.Packets, Of: TFTPOption, Doc: "the options: TFTP_Option"},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: TFTPOption, Doc: "one option of TFTP, RFC 2347: blksize, timeout, tsize, windowsize",
		Fields: []craft.Field{
			{Name: "oname", Kind: craft.Text, Part: craft.ZeroTerminated(), Initial: []byte{0}, Doc: "name of the option"},
			{Name: "value", Kind: craft.Text, Part: craft.ZeroTerminated(), Initial: []byte{0}, Doc: "its value, in digits"},
		},
	}
})
