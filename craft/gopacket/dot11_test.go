package gopacket_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// Frames of IEEE 802.11 without a checksum, and the layers that stand in them.
var frames = []struct{ name, wire, layers, field, want string }{
	{"acknowledgement", "d4000000020000000001", "Dot11", "Dot11.type", "CtrlAck"},
	{"CTS", "c4000000020000000001", "Dot11", "Dot11.address1", `"02:00:00:00:00:01"`},
	{"RTS", "b4000000020000000001020000000002", "Dot11", "Dot11.address2", `"02:00:00:00:00:02"`},
	{"PS-Poll", "a40001c0020000000001020000000002", "Dot11", "Dot11.address2", `"02:00:00:00:00:02"`},
	{"CF-End", "e4000000ffffffffffff020000000002", "Dot11", "Dot11.type", "CtrlCFEnd"},
	{"block ack request", "84000000020000000001020000000002" + "04000010", "Dot11 / Dot11CtrlBlockAckReq", "Dot11.type", "CtrlBlockAckReq"},
	{"block ack", "94000000020000000001020000000002" + "04000010" + "0100000000000000", "Dot11 / Dot11CtrlBlockAck", "Dot11.type", "CtrlBlockAck"},
	{
		"beacon whose last element is short", "80000000ffffffffffff0200000000010200000000011000" + "0000000000000000" + "64000104" + "0003616263" + "010482848b96" + "03010b",
		"Dot11 / Dot11MgmtBeacon / Dot11InformationElement / Dot11InformationElement / Dot11InformationElement", "Dot11InformationElement.info", `"abc"`,
	},
	{
		"beacon with a vendor's element of three bytes", "80000000ffffffffffff0200000000010200000000011000" + "0000000000000000" + "64000104" + "dd03001018",
		"Dot11 / Dot11MgmtBeacon / Dot11InformationElement", "Dot11InformationElement.oui", `"\x00\x10\x18"`,
	},
	{
		"beacon without elements", "80000000ffffffffffff0200000000010200000000011000" + "0000000000000000" + "64000104",
		"Dot11 / Dot11MgmtBeacon", "Dot11MgmtBeacon.interval", "100",
	},
	{
		"probe request", "40000000ffffffffffff020000000002ffffffffffff1000" + "0000" + "010102",
		"Dot11 / Dot11MgmtProbeReq / Dot11InformationElement / Dot11InformationElement", "Dot11InformationElement.length", "0",
	},
	{
		"association response", "10000000020000000002020000000001020000000001" + "1000" + "010400000100" + "010182",
		"Dot11 / Dot11MgmtAssociationResp / Dot11InformationElement", "Dot11InformationElement.info", `"\x82"`,
	},
	{
		"reassociation response", "30000000020000000002020000000001020000000001" + "1000" + "010400000100" + "010182",
		"Dot11 / Dot11MgmtReassociationResp / Dot11InformationElement", "Dot11InformationElement.info", `"\x82"`,
	},
	{"deauthentication", "c0000000020000000002020000000001020000000001" + "1000" + "0700", "Dot11 / Dot11MgmtDeauthentication", "Dot11.type", "MgmtDeauthentication"},
	{"protected deauthentication", "c0400000020000000002020000000001020000000001" + "1000" + "0000002000000000aabb", "Dot11 / Dot11WEP", "Dot11.type", "MgmtDeauthentication"},
	{
		"data", "08010000020000000001020000000002020000000003" + "1000" + "aaaa030000000806" + arpWire,
		"Dot11 / Dot11Data / LLC / SNAP / ARP", "ARP.psrc", "192.0.2.1",
	},
	{
		"data between two access points", "08030000020000000001020000000002020000000003" + "1000" + "020000000004" + "aaaa030000000806" + arpWire,
		"Dot11 / Dot11Data / LLC / SNAP / ARP", "Dot11.address4", `"02:00:00:00:00:04"`,
	},
	{
		"data with quality of service", "88010000020000000001020000000002020000000003" + "1000" + "0500" + "aaaa030000000806" + arpWire,
		"Dot11 / Dot11DataQOSData / Dot11Data / LLC / SNAP / ARP", "ARP.pdst", "192.0.2.2",
	},
	{
		"data with HT Control", "88810000020000000001020000000002020000000003" + "1000" + "0500" + "00000000" + "aaaa030000000806" + arpWire,
		"Dot11 / Dot11DataQOSData / Dot11Data / LLC / SNAP / ARP", "ARP.pdst", "192.0.2.2",
	},
	{
		"two units in one frame", "88010000020000000001020000000002020000000003" + "1000" + "8500" + "020000000005020000000006" + "0004" + "61626364",
		"Dot11 / Dot11DataQOSData / Raw", "Dot11.type", "DataQOSData",
	},
	{"encrypted data", "08410000020000000001020000000002020000000003" + "1000" + "0000002000000000a1b2c3d4e5", "Dot11 / Dot11Data / Dot11WEP", "Dot11.type", "Data"},
	{"no data", "48010000020000000001020000000002020000000003" + "1000", "Dot11 / Dot11DataNull", "Dot11.type", "DataNull"},
	{"second fragment", "08010000020000000001020000000002020000000003" + "1100" + "6162636465666768", "Dot11 / Dot11Data / Raw", "Raw.load", `"abcdefgh"`},
}

const arpWire = "0001080006040001020000000001c0000201000000000000c0000202"

func TestFramesWithAndWithoutChecksum(t *testing.T) {
	for _, f := range frames {
		frame := crafttest.Unhex(t, f.wire)
		sum := binary.LittleEndian.AppendUint32(slices.Clone(frame), crc32.ChecksumIEEE(frame))
		bad := append(slices.Clone(frame), 1, 2, 3, 4)
		for _, c := range []struct {
			how   string
			first craft.Name
			wire  []byte
			fcs   bool
		}{
			{"link type 105", "Dot11", frame, false},
			{"link type 105 with a checksum", "Dot11", sum, true},
			{"radiotap without flags", "RadioTap", append(crafttest.Unhex(t, "0000080000000000"), frame...), false},
			{"radiotap with other flags", "RadioTap", append(crafttest.Unhex(t, "000009000200000000"), frame...), false},
			{"radiotap with a checksum", "RadioTap", append(crafttest.Unhex(t, "000009000200000010"), sum...), true},
			{"radiotap with a wrong checksum", "RadioTap", append(crafttest.Unhex(t, "000009000200000010"), bad...), true},
		} {
			t.Run(f.name+", "+c.how, func(t *testing.T) {
				p := craft.Dissect(slices.Clone(c.wire), c.first)
				want := f.layers
				if c.first == "RadioTap" {
					want = "RadioTap / " + want
				}
				if c.fcs {
					want += " / Padding"
				}
				if got := names(p); got != want || anyNote(p) != "" {
					t.Errorf("got %s, want %s; note %q", got, want, anyNote(p))
				}
				layer, field, _ := strings.Cut(f.field, ".")
				if got := p.Layer(craft.Name(layer)).Text(field); got != f.want {
					t.Errorf("%s: got %s, want %s", f.field, got, f.want)
				}
				if got := p.Layer("Dot11").Has("checksum"); got != c.fcs {
					t.Errorf("the checksum is there: %v, want %v", got, c.fcs)
				}
				readable(t, p)
				for n := range len(c.wire) + 1 {
					crafttest.Rebuilt(t, craft.Dissect(slices.Clone(c.wire[:n:n]), c.first), c.wire[:n])
				}
			})
		}
	}
}

// TestHeadersFilledUpToWords reads what some drivers put behind a header of 26 bytes, and what a later reader must not find
// changed.
func TestHeadersFilledUpToWords(t *testing.T) {
	wire := crafttest.Unhex(t, "000009000200000020"+"88010000020000000001020000000002020000000003"+"1000"+"0500"+"0000"+"aaaa030000000806"+arpWire)
	p := craft.Dissect(slices.Clone(wire), "RadioTap")
	if got := names(p); got != "RadioTap / Dot11 / Dot11DataQOSData / Dot11Data / LLC / SNAP / ARP" {
		t.Errorf("got %s", got)
	}
	crafttest.Rebuilt(t, p, wire)
}

func TestElementsThatEndTooEarly(t *testing.T) {
	for _, c := range []struct{ wire, note string }{
		{"00", "malformed: Dot11InformationElement: its header has 2 bytes, 1 is here"},
		{"000561", "malformed: Dot11InformationElement: its length is 5, 1 bytes are here"},
	} {
		wire := crafttest.Unhex(t, frames[9].wire+c.wire)
		p := craft.Dissect(slices.Clone(wire), "Dot11")
		if got := names(p); got != "Dot11 / Dot11MgmtBeacon / Raw" || p.Layer(craft.Raw).Note() != c.note {
			t.Errorf("got %s, note %q", got, p.Layer(craft.Raw).Note())
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

func names(p *craft.Packet) string {
	var all []string
	for _, l := range p.Layers() {
		all = append(all, string(l.Name()))
	}
	return strings.Join(all, " / ")
}

// anyNote is the first note of a packet's layers; "" for none.
func anyNote(p *craft.Packet) string {
	for _, l := range p.Layers() {
		if l.Note() != "" {
			return l.Note()
		}
	}
	return ""
}
