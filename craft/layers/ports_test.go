package layers_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// announcing are the ports that announce a protocol, here or in gopacket.
var announcing = []uint16{
	53, 67, 68, 69, 80, 123, 161, 162, 443, 502, 520, 546, 547, 623, 1645, 1646, 1701, 1812, 1813, 3784, 3799, 4789, 4790, 5060, 5353, 5355, 6081, 6343,
	6633, 6635, 8080, 8472, 48879,
}

// strangers are payloads of protocols that have none of these ports, or of none.
var strangers = map[string]string{
	"WireGuard, the beginning of an initiation": "01000000157649791300000000000000",
	"WireGuard, an initiation":                  "01000000" + "15764979" + strings.Repeat("5ac3917e", 35),
	"WireGuard, an answer":                      "02000000" + "15764979" + "a1b2c3d4" + strings.Repeat("5ac3917e", 20),
	"WireGuard, a cookie":                       "03000000" + "15764979" + strings.Repeat("5ac3917e", 14),
	"WireGuard, data":                           "04000000" + "15764979" + "0500000000000000" + strings.Repeat("5ac3917e", 8),
	"two empty lines":                           "0d0a0d0a",
	"an empty line":                             "0d0a",
	"a zero":                                    "00",
	"four zeros":                                "00000000",
	"eight zeros":                               "0000000000000000",
	"sixteen zeros":                             strings.Repeat("00", 16),
	"48 zeros":                                  strings.Repeat("00", 48),
	"300 zeros":                                 strings.Repeat("00", 300),
	"a keepalive of NAT traversal":              "ff",
	"40 ones":                                   strings.Repeat("ff", 40),
	"a TLS record":                              "1603010200010001fc0303" + strings.Repeat("5ac3917e", 127),
	"TLS data":                                  "1703030030" + strings.Repeat("5ac3917e", 12),
	"a banner of SSH":                           crafttest.HexOf("SSH-2.0-OpenSSH_9.6\r\n"),
	"DTLS":                                      "16fefd000000000000000000de010000d2000000000000" + "00d2fefd" + strings.Repeat("5ac3917e", 51),
	"DTLS 1.0":                                  "16feff000000000000000000de010000d2000000000000" + "00d2feff" + strings.Repeat("5ac3917e", 51),
	"QUIC":                                      "c000000001" + "08" + "8394c8f03e515708" + "00" + "00449e" + strings.Repeat("5ac3917e", 60),
	"QUIC behind its beginning":                 "43" + "8394c8f03e515708" + strings.Repeat("5ac3917e", 8),
	"STUN":                                      "000100002112a442b7e7a701bc34d686fa87dfae",
	"OpenVPN":                                   "38" + "81b0f3a1c45e9d27" + "0000000000",
	"RTP":                                       "80600001000000a0deadbeef" + strings.Repeat("d5", 160),
	"RTCP":                                      "80c80006deadbeef" + strings.Repeat("5ac3917e", 5),
	"BitTorrent's table":                        crafttest.HexOf("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe"),
	"ModbusTCP with another identifier":         "800000280003abca01",
	"a line of text":                            crafttest.HexOf("hello, world\n"),
	"a line of control characters":              crafttest.HexOf("\x1b]0;x\a \x1b[2J\r\n"),
	"a greeting of SMTP":                        crafttest.HexOf("220 mail.example ESMTP\r\n"),
}

// atPort reads a payload between two equal ports.
func atPort(transport craft.Name, port uint16, payload []byte) *craft.Packet {
	var head []byte
	switch transport {
	case layers.TCP:
		head = make([]byte, 20)
		head[12] = 0x50
	default:
		head = make([]byte, 8)
		binary.BigEndian.PutUint16(head[4:], uint16(8+len(payload)))
	}
	binary.BigEndian.PutUint16(head, port)
	binary.BigEndian.PutUint16(head[2:], port)
	return craft.Dissect(append(head, payload...), transport)
}

// isRaw reports whether a payload was taken for nothing, and nothing was said about it.
func isRaw(p *craft.Packet) bool {
	all := p.Layers()
	return len(all) == 2 && all[1].Name() == craft.Raw && all[1].Note() == "" && all[0].Note() == ""
}

func TestAPortAloneIsNoProtocol(t *testing.T) {
	for name, wire := range strangers {
		payload := crafttest.Unhex(t, wire)
		for _, port := range announcing {
			for _, transport := range []craft.Name{layers.UDP, layers.TCP} {
				p := atPort(transport, port, payload)
				if own := transport == layers.TCP && port == 443 && strings.HasPrefix(name, "TLS") || strings.HasPrefix(name, "a TLS") && transport == layers.TCP && port == 443; own == isRaw(p) {
					t.Errorf("%s at port %d: %s", name, port, p.Summary())
				}
				crafttest.Rebuilt(t, p, slices.Clone(p.Wire))
			}
		}
	}
}

// TestOnlyKnownPortsAnnounceSomething sweeps all ports with what must be taken for nothing anywhere, so that a port that announces
// something without looking is found even when the list above lacks it.
func TestOnlyKnownPortsAnnounceSomething(t *testing.T) {
	for _, wire := range []string{"0d0a0d0a", strings.Repeat("00", 16), "01000000157649791300000000000000", strings.Repeat("ff", 40)} {
		payload := crafttest.Unhex(t, wire)
		for port := range 1 << 16 {
			for _, transport := range []craft.Name{layers.UDP, layers.TCP} {
				if p := atPort(transport, uint16(port), payload); !isRaw(p) {
					t.Errorf("%s at port %d: %s", wire, port, p.Summary())
				}
			}
		}
	}
}

// TestRandomPayloadsAreSeldomTakenForSomething bounds how often chance looks like a protocol.
func TestRandomPayloadsAreSeldomTakenForSomething(t *testing.T) {
	const tries, most = 4000, 20 // one in 200
	random := rand.New(rand.NewPCG(9, 9))
	payload := make([]byte, 200)
	for _, port := range announcing {
		for _, transport := range []craft.Name{layers.UDP, layers.TCP} {
			taken := map[craft.Name]int{}
			for range tries {
				n := 1 + random.IntN(len(payload))
				for i := range payload[:n] {
					payload[i] = byte(random.Uint32())
				}
				if p := atPort(transport, port, payload[:n]); !isRaw(p) {
					taken[p.Layers()[1].Name()]++
				}
			}
			for name, n := range taken {
				if n > most {
					t.Errorf("%s port %d: %d of %d random payloads are %s", transport, port, n, tries, name)
				}
			}
		}
	}
}

// TestWhatAPortAnnouncesIsReadWhenItIsCut reads the beginnings of messages, as a capture keeps them.
func TestWhatAPortAnnouncesIsReadWhenItIsCut(t *testing.T) {
	inner := func() []*craft.Layer {
		return []*craft.Layer{layers.Ether.New("src", "02:00:00:00:00:01"), layers.IP.New(), layers.UDP.New("sport", 9, "dport", 9), craft.Raw.New("load", "abcd")}
	}
	tunnelled := func(outer ...*craft.Layer) []*craft.Layer { return append(outer, inner()...) }
	for _, c := range []struct {
		port  uint16
		least int // how many bytes tell what it is
		all   []*craft.Layer
	}{
		{53, 6, []*craft.Layer{layers.DNS.New()}},
		{5353, 6, []*craft.Layer{layers.DNS.New("qr", 1, "aa", 1, "an", craft.Stack(layers.DNSRR.New("rrname", "a.local", "rdata", "192.0.2.1")))}},
		{5355, 6, []*craft.Layer{layers.LLMNRQuery.New("id", 7, "qd", craft.Stack(layers.DNSQR.New("qname", "host")))}},
		{67, 4, []*craft.Layer{layers.BOOTP.New("chaddr", "02:00:00:00:00:01", "xid", 7)}},
		{123, 4, []*craft.Layer{layers.NTP.New("sent", uint64(3900000000))}},
		{123, 4, []*craft.Layer{layers.NTPControl.New("op_code", 2)}},
		{123, 4, []*craft.Layer{layers.NTPPrivate.New("implementation", 3, "request_code", 42)}},
		{161, 5, []*craft.Layer{layers.SNMP.New()}},
		{162, 5, []*craft.Layer{layers.SNMP.New("PDU", craft.Stack(layers.SNMPTrapV2.New()))}},
		{520, 4, []*craft.Layer{layers.RIP.New("cmd", 2, "version", 2), layers.RIPEntry.New("addr", "192.0.2.0")}},
		{547, 4, []*craft.Layer{layers.DHCP6Solicit.New("trid", 7), layers.DHCP6OptElapsedTime.New()}},
		{547, 18, []*craft.Layer{layers.DHCP6RelayForward.New("linkaddr", "2001:db8::1", "peeraddr", "fe80::1")}},
		{69, 2, []*craft.Layer{layers.TFTP.New(), layers.TFTPRRQ.New("filename", "boot.bin")}},
		{1701, 6, []*craft.Layer{layers.L2TP.New("hdr", "control+length+sequence", "tunnel_id", 7)}},
		{4789, 4, tunnelled(layers.VXLAN.New("vni", 7))},
		{8472, 4, tunnelled(layers.VXLAN.New("flags", 8, "vni", 7))},
		{6081, 4, tunnelled(layers.GENEVE.New("vni", 7))},
		{6635, 14, []*craft.Layer{layers.MPLS.New(), layers.IP.New(), layers.UDP.New("sport", 9, "dport", 9)}},
		{6635, 14, []*craft.Layer{layers.MPLS.New("label", 100, "ttl", 64), layers.IP.New(), layers.UDP.New("sport", 9, "dport", 9)}},
	} {
		payload := crafttest.Build(t, craft.Stack(c.all...))
		whole := crafttest.Build(t, craft.Stack(layers.UDP.New("sport", 40000, "dport", c.port), craft.Raw.New("load", payload)))
		for n := 1; n <= len(payload); n++ {
			for _, wire := range [][]byte{
				whole[:8+n], // the datagram says that more was there
				crafttest.Build(t, craft.Stack(layers.UDP.New("sport", 40000, "dport", c.port), craft.Raw.New("load", payload[:n]))),
			} {
				p := craft.Dissect(slices.Clone(wire), layers.UDP)
				if is := p.Layers()[1].Name() == c.all[0].Name(); is != (n >= c.least) {
					t.Errorf("%d of %d bytes of %s: %s", n, len(payload), c.all[0].Name(), p.Summary())
				}
				crafttest.Rebuilt(t, p, wire)
			}
		}
	}
}

// TestUnusualMessagesAreReadAllTheSame reads what few senders send, and what is right all the same.
func TestUnusualMessagesAreReadAllTheSame(t *testing.T) {
	for _, c := range []struct {
		name string
		port uint16
		wire string
		want craft.Name
	}{
		{"NTP that tells nothing of its sender", 123, "23000620" + strings.Repeat("00", 36) + "a1b2c3d4e5f60718", layers.NTP},
		{"NTP of version 1 without a mode", 123, "08000000" + strings.Repeat("00", 44), layers.NTP},
		{"VXLAN with Linux's bit for checksums", 4789, "08200000" + "00000700" + strings.Repeat("02", 12) + "0806", layers.VXLAN},
		{"VXLAN with a group policy", 4789, "88080005" + "00000700" + strings.Repeat("02", 12) + "0806", layers.VXLAN},
		{"VXLAN for other payloads", 4790, "0c000001" + "00000700" + "450000140001000040007ce77f0000017f000001", layers.VXLAN},
		{"DNS that only acknowledges", 53, "1234a8000000000000000000", layers.DNS},
		{"a refusal of DNS", 53, "123480050000000000000000", layers.DNS},
		{"BOOTP over InfiniBand", 67, "01200000" + "a1b2c3d4" + strings.Repeat("00", 228), layers.BOOTP},
		{"RIP of RFC 1388 with a number of its domain", 520, "02020007" + "00020000c0000200ffffff000000000000000001", layers.RIP},
		{"SNMP of version 3", 161, "300f020103" + "300a020101020205dc0401040201", layers.SNMP},
		{"SNMP with a long length", 161, "308200060201010400a000", layers.SNMP},
		{"L2TP that only acknowledges", 1701, "c802000c0007000000020003", layers.L2TP},
		{"GENEVE for operators", 6081, "00806558" + "00000700" + strings.Repeat("02", 12) + "0806", layers.GENEVE},
		{"DHCPv6 of a type that nobody knows", 547, "24000007" + "0008000200ff", layers.DHCP6},
		{"SIP that is cut behind its start line", 5060, crafttest.HexOf("INVITE tel:+1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\nFr"), "SIP"},
		{"SIP that ends its lines with one character", 5060, crafttest.HexOf("SIP/2.0 404 Not Found\nVia: x\n\n"), "SIP"},
		{"SIP with a method that gopacket does not know", 5060, crafttest.HexOf("X-PING tel:+1 SIP/2.0\r\n\r\n"), craft.Raw},
		{"a refusal of RADIUS with padding", 1812, "03070014" + strings.Repeat("a5", 16) + "0000", "RADIUS"},
	} {
		p := atPort(layers.UDP, c.port, crafttest.Unhex(t, c.wire))
		if p.Layers()[1].Name() != c.want || c.want == craft.Raw && !isRaw(p) {
			t.Errorf("%s: %s", c.name, p.Summary())
		}
		crafttest.Rebuilt(t, p, slices.Clone(p.Wire))
	}
}
