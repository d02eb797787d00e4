package craft

import "fmt"

// TFTP and its messages, RFC 1350. A message is the layer TFTP, which tells which one it is, and a layer of its own.
const (
	// TFTP is the Trivial File Transfer Protocol: the operation that every message begins with.
	TFTP Name = "TFTP"
	// TFTPRRQ asks to read a file.
	TFTPRRQ Name = "TFTP_RRQ"
	// TFTPWRQ asks to write a file.
	TFTPWRQ Name = "TFTP_WRQ"
	// TFTPData is one block of a file; its bytes are the payload.
	TFTPData Name = "TFTP_DATA"
	// TFTPAck acknowledges a block.
	TFTPAck Name = "TFTP_ACK"
	// TFTPError ends a transfer.
	TFTPError Name = "TFTP_ERROR"
	// TFTPOack accepts options, RFC 2347.
	TFTPOack Name = "TFTP_OACK"
	// TFTPOptions is the list of options behind a request or an OACK, RFC 2347.
	TFTPOptions Name = "TFTP_Options"
	// TFTPOption is one option: an element of TFTP_Options.options.
	TFTPOption Name = "TFTP_Option"
)

// Operations of TFTP.
const tftpRRQ, tftpWRQ, tftpData, tftpAck, tftpError, tftpOack = 1, 2, 3, 4, 5, 6

var _ = define(spec{
	name: TFTP, doc: "Trivial File Transfer Protocol, RFC 1350",
	fields: []Field{
		{Name: "op", Kind: Enum, Bits: 16, def: tftpRRQ, names: map[uint64]string{
			tftpRRQ: "RRQ", tftpWRQ: "WRQ", tftpData: "DATA", tftpAck: "ACK", tftpError: "ERROR", tftpOack: "OACK"}, Doc: "operation"},
	},
	binds: []bind{over(UDP, "dport", 69)},
	hooks: hooks{answers: tftpAnswers},
})

// tftpAnswers follows the transfer: a request is answered by its first block, each block by its number's ACK.
func tftpAnswers(m match, i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	answer, asked := r.Uint("op"), q.Uint("op")
	if answer == tftpError && asked != tftpError {
		return true, "an error ends the transfer"
	}
	var got, block uint16
	if i+1 < len(m.r.layers) && j+1 < len(m.q.layers) {
		got, block = uint16(m.r.layers[i+1].Uint("block")), uint16(m.q.layers[j+1].Uint("block"))
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

var _, _ = define(tftpRequest(TFTPRRQ, "RRQ", tftpRRQ, "a request to read a file")), define(tftpRequest(TFTPWRQ, "WRQ", tftpWRQ, "a request to write a file"))

func tftpRequest(name Name, short string, op uint64, doc string) spec {
	return spec{
		name: name, doc: doc + ", RFC 1350, section 5",
		fields: []Field{
			{Name: "filename", Kind: Text, part: zeroTerminated, deflt: []byte{0}, Doc: "name of the file"},
			{Name: "mode", Kind: Text, part: zeroTerminated, deflt: []byte("octet\x00"), Doc: "octet, netascii or mail"},
		},
		binds: []bind{over(TFTP, "op", op)},
		hooks: hooks{
			carries: func(*Layer, []byte) Name { return TFTPOptions },
			summary: func(p *Packet, i int) string { return short + " " + p.layers[i].Text("filename") },
		},
	}
}

var _ = define(spec{
	name: TFTPData, doc: "a block of a file, RFC 1350, section 5",
	fields: []Field{{Name: "block", Kind: Number, Bits: 16, Doc: "number of the block, from 1"}},
	binds:  []bind{over(TFTP, "op", tftpData)},
	hooks:  hooks{summary: func(p *Packet, i int) string { return "DATA " + p.layers[i].Text("block") }},
})

var _ = define(spec{
	name: TFTPAck, doc: "the acknowledgement of a block, RFC 1350, section 5",
	fields: []Field{{Name: "block", Kind: Number, Bits: 16, Doc: "number of the block; 0 accepts a write"}},
	binds:  []bind{over(TFTP, "op", tftpAck)},
	hooks:  hooks{summary: func(p *Packet, i int) string { return "ACK " + p.layers[i].Text("block") }},
})

var _ = define(spec{
	name: TFTPError, doc: "the end of a transfer that went wrong, RFC 1350, section 5",
	fields: []Field{
		{Name: "errorcode", Kind: Enum, Bits: 16, names: map[uint64]string{
			0: "Not defined", 1: "File not found", 2: "Access violation", 3: "Disk full or allocation exceeded", 4: "Illegal TFTP operation",
			5: "Unknown transfer ID", 6: "File already exists", 7: "No such user", 8: "Terminate transfer due to option negotiation"}, Doc: "what went wrong"},
		{Name: "errormsg", Kind: Text, part: zeroTerminated, deflt: []byte{0}, Doc: "the same for people"},
	},
	binds: []bind{over(TFTP, "op", tftpError)},
	hooks: hooks{summary: func(p *Packet, i int) string {
		return "ERROR " + p.layers[i].Text("errorcode") + ": " + p.layers[i].Text("errormsg")
	}},
})

var _ = define(spec{
	name: TFTPOack, doc: "the options that a server accepts, RFC 2347",
	binds: []bind{over(TFTP, "op", tftpOack)},
	hooks: hooks{
		carries: func(*Layer, []byte) Name { return TFTPOptions },
		summary: func(*Packet, int) string { return "OACK" },
	},
})

var _ = define(spec{
	name: TFTPOptions, doc: "options of a TFTP request or an OACK, RFC 2347",
	fields: []Field{
		{Name: "options", Kind: Packets, part: packets(func(*Layer, []byte) Name { return TFTPOption }, nil), Doc: "the options: TFTP_Option"},
	},
})

var _ = define(spec{
	name: TFTPOption, doc: "one option of TFTP, RFC 2347: blksize, timeout, tsize, windowsize",
	fields: []Field{
		{Name: "oname", Kind: Text, part: zeroTerminated, deflt: []byte{0}, Doc: "name of the option"},
		{Name: "value", Kind: Text, part: zeroTerminated, deflt: []byte{0}, Doc: "its value, in digits"},
	},
})
