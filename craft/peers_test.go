package craft_test

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/google/gopacket"
	protocols "github.com/google/gopacket/layers"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// BenchmarkPeers runs the same work side by side: here, with gopacket's bare serialiser and decoder, and with scapy where
// it is installed (it times itself; its start is not counted).
func BenchmarkPeers(b *testing.B) {
	wire, err := craft.Build(articleSYN(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build/moonwire", func(b *testing.B) {
		p, room := articleSYN(), make([]byte, 0, 64)
		for b.Loop() {
			if _, err := craft.AppendBuild(room, p, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("build/gopacket", benchGopacketBuild)
	b.Run("build/scapy", scapy("raw(p)", "p = IP(dst='192.168.11.2', src='192.168.11.1')/TCP(dport=57212, flags='S')"))
	b.Run("dissect/moonwire", func(b *testing.B) {
		for b.Loop() {
			if craft.Dissect(wire, layers.IP).Layer(layers.TCP).Uint("dport") != 57212 {
				b.Fatal("misread")
			}
		}
	})
	b.Run("dissect/gopacket", func(b *testing.B) {
		for b.Loop() {
			p := gopacket.NewPacket(wire, protocols.LayerTypeIPv4, gopacket.Default)
			if tcp, ok := p.Layer(protocols.LayerTypeTCP).(*protocols.TCP); !ok || tcp.DstPort != 57212 {
				b.Fatal("misread")
			}
		}
	})
	b.Run("dissect/scapy", scapy("IP(w)[TCP].dport", "w = raw(IP(dst='192.168.11.2', src='192.168.11.1')/TCP(dport=57212, flags='S'))"))
}

func articleSYN() *craft.Packet {
	return craft.Stack(layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"), layers.TCP.New("dport", 57212, "flags", "S"))
}

func benchGopacketBuild(b *testing.B) {
	ip := &protocols.IPv4{Version: 4, TTL: 64, Id: 1, Protocol: protocols.IPProtocolTCP, SrcIP: []byte{192, 168, 11, 1}, DstIP: []byte{192, 168, 11, 2}}
	tcp := &protocols.TCP{SrcPort: 20, DstPort: 57212, SYN: true, Window: 8192}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		b.Fatal(err)
	}
	buf := gopacket.NewSerializeBuffer()
	for b.Loop() {
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ip, tcp); err != nil {
			b.Fatal(err)
		}
	}
}

// scapy times a statement in scapy.
func scapy(statement, setup string) func(b *testing.B) {
	return func(b *testing.B) {
		const program = "import timeit\nfrom scapy.all import IP, TCP, raw\n"
		count := "t = timeit.Timer(" + strconv.Quote(statement) + ", " + strconv.Quote(setup) + ", globals=globals())\nprint(min(t.repeat(3, 1000)) / 1000 * 1e9)"
		out, err := exec.Command("/usr/bin/python3", "-c", program+count).Output()
		if err != nil {
			b.Skip("needs scapy: apt-get install python3-scapy")
		}
		ns, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() { // nothing: scapy has timed itself
		}
		b.ReportMetric(ns, "ns/op")
	}
}
