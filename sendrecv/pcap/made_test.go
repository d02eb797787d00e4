package pcap_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// A maker puts files together that other programs write.
type maker struct {
	order binary.AppendByteOrder
	b     []byte
}

func (m *maker) words(words ...uint32) *maker {
	for _, w := range words {
		m.b = m.order.AppendUint32(m.b, w)
	}
	return m
}

func (m *maker) text(text string) *maker {
	m.b = append(m.b, text...)
	return m
}

// header is that of a pcap file.
func (m *maker) header(magic uint32, minor uint16, snaplen, link uint32) *maker {
	m.words(magic)
	m.b = m.order.AppendUint16(m.order.AppendUint16(m.b, 2), minor)
	return m.words(0, 0, snaplen, link)
}

// block is a block of pcapng.
func (m *maker) block(typ uint32, body []byte) *maker {
	body = append(body[:len(body):len(body)], make([]byte, -len(body)&3)...)
	length := uint32(len(body) + 12)
	m.words(typ, length)
	m.b = append(m.b, body...)
	return m.words(length)
}

// part is a piece of a block in the order of the file.
func (m *maker) part() *maker { return &maker{order: m.order} }

// option appends an option, and one without a value the end of options.
func (m *maker) option(code uint16, value []byte) *maker {
	m.b = m.order.AppendUint16(m.order.AppendUint16(m.b, code), uint16(len(value)))
	m.b = append(m.b, value...)
	m.b = append(m.b, make([]byte, -len(value)&3)...)
	return m
}

func (m *maker) u32(v uint32) []byte { return m.order.AppendUint32(nil, v) }
func (m *maker) u64(v uint64) []byte { return m.order.AppendUint64(nil, v) }

// Blocks of pcapng by their names in the draft.
const (
	sectionHeader  = 0x0a0d0d0a
	interfaceBlock = 1
	obsoletePacket = 2
	simplePacket   = 3
	nameResolution = 4
	statistics     = 5
	enhancedPacket = 6
	secrets        = 10
	custom         = 0xbad
	privateCustom  = 0x40000bad
)

// secret is what a Decryption Secrets Block holds.
const secret = "CLIENT_RANDOM 00 11\n"

// rich is a pcapng file with everything that such a file may say, in two sections.
func rich(order binary.AppendByteOrder) []byte {
	m := &maker{order: order}
	p := m.part
	section := func(comment string) {
		m.block(sectionHeader, p().words(0x1a2b3c4d).text(string(order.AppendUint16(order.AppendUint16(nil, 1), 0))).
			text(string(m.u64(^uint64(0)))).option(1, []byte(comment)).option(3, []byte("an OS")).option(4, []byte("a program")).option(0, nil).b)
	}
	face := func(link uint16, snaplen uint32, options *maker) {
		m.block(interfaceBlock, append(p().text(string(order.AppendUint16(order.AppendUint16(nil, link), 0))).words(snaplen).b, options.option(0, nil).b...))
	}
	packet := func(id uint32, ticks uint64, length uint32, data string, options *maker) {
		body := p().words(id, uint32(ticks>>32), uint32(ticks), uint32(len(data)), length).text(data)
		body.b = append(body.b, make([]byte, -len(data)&3)...)
		if options != nil {
			body.b = append(body.b, options.option(0, nil).b...)
		}
		m.block(enhancedPacket, body.b)
	}
	section("of the first section")
	face(1, 64, p().option(2, []byte("eth0")).option(3, []byte("the uplink")).option(8, m.u64(1e9)).option(1, []byte("of eth0")))
	face(101, 0, p().option(2, []byte("tun0")).option(9, []byte{9}))
	face(1, 64, p().option(2, []byte("idle")))
	m.block(secrets, p().words(0x544c534b, uint32(len(secret))).text(secret).b)
	m.block(nameResolution, p().option(1, []byte("\xc0\x00\x02\x01a.example\x00")).option(0, nil).b)
	packet(0, 1700000000_123456, 154, string(bytes.Repeat([]byte("x"), 64)),
		p().option(1, []byte("one")).option(1, []byte("two")).option(2, m.u32(2)).option(4, m.u64(7)).option(5, m.u64(77)).option(3, []byte("\x02\xab\xcd\xef\x01")))
	packet(1, 1700000000_389603989, 20, "\x45an IP packet, plain", nil)
	m.block(custom, p().words(32473).text("told by another program").b)
	m.block(privateCustom, p().words(32473).text("not to be copied").b)
	m.block(simplePacket, p().words(3).text("spb").b)
	m.block(obsoletePacket, p().text(string(order.AppendUint16(order.AppendUint16(nil, 0), 5))).words(0, 9, 3, 3).text("old").b)
	m.block(statistics, p().words(0, 0, 1000).option(2, m.part().words(0, 500).b).option(5, m.u64(5)).option(0, nil).b)
	section("of the second section")
	face(147, 96, p().option(2, []byte("far")).option(9, []byte{0x80 | 20}).option(14, m.u64(1000)))
	packet(0, 3<<20|1<<19, 4, "user", nil)
	return m.b
}

// madeFiles are captures as other programs write them.
func madeFiles() map[string][]byte {
	files := map[string][]byte{}
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		record := func(m *maker, sec, frac, length uint32, data, more string) {
			m.words(sec, frac, uint32(len(data)), length).text(more).text(data)
		}
		for kind, magic := range map[string]uint32{"micro": 0xa1b2c3d4, "nano": 0xa1b23c4d} {
			m := (&maker{order: order}).header(magic, 4, 64, 1|2<<28|1<<26)
			record(m, 1700000000, 389603, 154, string(bytes.Repeat([]byte("s"), 64)), "")
			record(m, 1700000001, 999999, 3, "abc", "")
			files[kind+" "+name] = m.b
		}
		m := (&maker{order: order}).header(0xa1b2cd34, 4, 1500, 1)
		record(m, 1, 2, 3, "abc", string(order.AppendUint32(nil, 2))+string(order.AppendUint16(nil, 0x800))+"\x04\x00")
		record(m, 1, 3, 100, "ab", string(order.AppendUint32(nil, 3))+string(order.AppendUint16(nil, 0x800))+"\x01\x00")
		record(m, 1, 4, 2, "ab", "\x00\x00\x00\x00\x00\x00\x00\x00")
		files["kuznetsov "+name] = m.b
		for kind, more := range map[string]string{"red hat": strings.Repeat("\x00", 8), "nokia": "\x01\x02\x03\x04"} {
			m = (&maker{order: order}).header(0xa1b2c3d4, 4, 1500, 1)
			record(m, 1700000000, 2, 60, strings.Repeat("a", 60), more)
			record(m, 1700000000, 3, 70, strings.Repeat("b", 60), more)
			files[kind+" "+name] = m.b
		}
		m = (&maker{order: order}).header(0xa1b2cd34, 4, 1500, 1)
		record(m, 1700000000, 2, 60, strings.Repeat("a", 60), strings.Repeat("\x00", 12))
		record(m, 1700000000, 3, 60, strings.Repeat("b", 60), strings.Repeat("\x00", 12))
		files["suse "+name] = m.b
		m = (&maker{order: order}).header(0x1c0001ac, 4, 1500, 1).words(19 * 2)
		record(m, 1, 2, 3, "abc", "")
		record(m, 1, 3, 3, "abd", "")
		files["ixia "+name] = m.b
		m = (&maker{order: order}).header(0xa1b2c3d4, 2, 1500, 1)
		m.words(1, 2, 100, 3).text("abc") // the length on the wire first
		files["version 2.2 "+name] = m.b
		m = (&maker{order: order}).header(0xa1b2c3d4, 4, 300000, 220)
		record(m, 1, 2, 400000, string(bytes.Repeat([]byte("usb!"), 75000)), "")
		files["usb "+name] = m.b
		files["rich "+name] = rich(order)
	}
	m := (&maker{order: binary.BigEndian}).text("snoop\x00\x00\x00").words(2, 4)
	m.words(100, 5, 32, 0, 1, 500000).text("snoopPAD")
	m.words(4, 4, 28, 3, 2, 0).text("more")
	files["snoop"] = m.b
	return files
}

// whole reads a capture with all that is known of its frames.
func whole(t *testing.T, b []byte) []sendrecv.Frame {
	t.Helper()
	r, err := pcap.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var frames []sendrecv.Frame
	for f, err := range r.Frames() {
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	return frames
}

// content is what a file holds.
func content(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
