package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

func tftpOptions(pairs ...string) *craft.Layer {
	var list []*craft.Packet
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, craft.Stack(layers.TFTPOption.New("oname", pairs[i], "value", pairs[i+1])))
	}
	return layers.TFTPOptions.New("options", list)
}

var goldenTFTP = []goldenPacket{
	{"TFTP", stack(layers.UDP.New(), layers.TFTP.New()), "00350045000a0000 0001"},
	{"TFTP read", stack(layers.UDP.New(), layers.TFTP.New(), layers.TFTPRRQ.New("filename", "f")), "0035004500120000 000166006f6374657400"},
	{"TFTP read with options", stack(layers.TFTP.New(), layers.TFTPRRQ.New("filename", "f"), tftpOptions("blksize", "1400", "tsize", "0")),
		"000166006f6374657400626c6b73697a65003134303000" + "7473697a65003000"},
	{"TFTP write", stack(layers.TFTP.New(), layers.TFTPWRQ.New("filename", "f", "mode", "netascii")), "000266006e6574617363696900"},
	{"TFTP data", stack(layers.TFTP.New(), layers.TFTPData.New("block", 3), craft.Raw.New("load", "abc")), "00030003616263"},
	{"TFTP ack", stack(layers.TFTP.New(), layers.TFTPAck.New("block", 3)), "00040003"},
	{"TFTP error", stack(layers.TFTP.New(), layers.TFTPError.New("errorcode", 1, "errormsg", "nope")), "000500016e6f706500"},
	{"TFTP options accepted", stack(layers.TFTP.New(), layers.TFTPOack.New(), tftpOptions("blksize", "1400")), "0006626c6b73697a65003134303000"},
	{"TFTP read without a name", stack(layers.TFTPRRQ.New()), "006f6374657400"},
}

func TestTFTPSummaries(t *testing.T) {
	for _, c := range []struct{ wire, want string }{
		{"000166006f6374657400626c6b73697a65003134303000", `TFTP / RRQ "f" / TFTP_Options`},
		{"00030003616263", "TFTP / DATA 3 / Raw"},
		{"00040003", "TFTP / ACK 3"},
		{"000500016e6f706500", `TFTP / ERROR File not found: "nope"`},
		{"0006626c6b73697a65003134303000", "TFTP / OACK / TFTP_Options"},
		{"00016600", `TFTP / RRQ "f" [malformed: no zero byte at the end of a string]`},
		{"0009", "TFTP"},
		{"00090001", "TFTP / Raw"},
	} {
		p := craft.Dissect(crafttest.Unhex(t, c.wire), layers.TFTP)
		if got := p.Summary(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.wire, got, c.want)
		}
		crafttest.Rebuilt(t, p, crafttest.Unhex(t, c.wire))
	}
}

func TestTFTPAnswers(t *testing.T) {
	tftp := func(l *craft.Layer) *craft.Packet { return craft.Stack(layers.TFTP.New(), l) }
	rrq, wrq, oack := tftp(layers.TFTPRRQ.New()), tftp(layers.TFTPWRQ.New()), tftp(layers.TFTPOack.New())
	data := func(n int) *craft.Packet { return tftp(layers.TFTPData.New("block", n)) }
	ack := func(n int) *craft.Packet { return tftp(layers.TFTPAck.New("block", n)) }
	fault := tftp(layers.TFTPError.New())
	for _, c := range []struct {
		name string
		r, q *craft.Packet
		want bool
	}{
		{"the first block of a file", data(1), rrq, true}, {"another block", data(2), rrq, false}, {"a block for a write", data(1), wrq, false},
		{"options of a read", oack, rrq, true}, {"options of a write", oack, wrq, true},
		{"a write is let in", ack(0), wrq, true}, {"a write is let in, late", ack(1), wrq, false},
		{"a block is acknowledged", ack(7), data(7), true}, {"another block is acknowledged", ack(6), data(7), false},
		{"the next block", data(8), ack(7), true}, {"the block numbers wrap", data(0), ack(65535), true}, {"the same block", data(7), ack(7), false},
		{"options are acknowledged", ack(0), oack, true}, {"an error", fault, data(3), true}, {"an error for an error", fault, tftp(layers.TFTPError.New("errorcode", 1)), false},
	} {
		if got := craft.Answers(c.r, c.q); got != c.want {
			t.Errorf("%s: %v, %s", c.name, got, craft.Why(c.r, c.q))
		}
	}
}
