package craft_test

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func Example() {
	p := craft.Stack(
		layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"),
		layers.TCP.New("dport", 57212, "flags", "S"),
	)
	wire, err := craft.Build(p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Summary())
	fmt.Printf("%x\n", wire)
	// Output:
	// IP / TCP 192.168.11.1:20 > 192.168.11.2:57212 S
	// 45000028000100004006e37bc0a80b01c0a80b020014df7c00000000000000005002200018fe0000
}

func ExampleDissect() {
	p := craft.Dissect([]byte("\x00\x35\x10\x00\x00\x0d\x00\x00hello, and a trailer")[:13], layers.UDP)
	fmt.Println(p.Layer(layers.UDP).Uint("dport"), string(p.Layer(craft.Raw).Bytes("load")))
	fmt.Println(p.Layer(layers.TCP) == nil)
	// Output:
	// 4096 hello
	// true
}

func ExamplePacket_At() {
	p := craft.Stack(layers.IP.New("dst", "10.0.0.0/8"), layers.TCP.New("dport", values.Range(0, 65535, 1)))
	n, _ := p.Count()
	fmt.Println(n, p.At(65536+80).Summary())
	// Output:
	// 1099511627776 IP / TCP 0.0.0.0:20 > 10.0.0.1:80 S
}

func ExampleWhy() {
	q := craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.TCP.New("sport", 1000, "seq", 100))
	r := craft.Stack(layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.TCP.New("sport", 80, "dport", 1000, "flags", "SA", "ack", 300))
	fmt.Println(craft.Why(r, q))
	// Output:
	// no: its ack is not within the question's data
}

func ExamplePacket_Sprintf() {
	p := craft.Stack(layers.IP.New("dst", "192.0.2.7"), layers.TCP.New("dport", 443, "flags", "SA"))
	text, err := p.Sprintf("%-12s,IP.dst%|{TCP: port %TCP.dport%, %TCP.flags% is %#xr,TCP.flags%}{UDP: no TCP}")
	fmt.Println(text, err)
	// Output:
	// 192.0.2.7   | port 443, SA is 0x12 <nil>
}

func ExamplePacket_SetPayload() {
	p := craft.Stack(layers.IP.New(), layers.TCP.New(), craft.Raw.New("load", "hello"))
	old := p.SetPayload(0, craft.Stack(layers.UDP.New("dport", 53)))
	fmt.Println(p.Layer(layers.IP).Text("proto"), p)
	fmt.Println(old)
	// Output:
	// udp <IP  proto=udp |<UDP  dport=53 |>>
	// <TCP  |<Raw  load="hello" |>>
}

func ExampleTable_Define() {
	table := craft.NewTable()
	ping, err := table.Define(craft.Spec{
		Name: "Knock", Doc: "a knock at a door, an example",
		Fields: []craft.Field{
			{Name: "times", Bits: 8, Default: 3},
			{Name: "len", Bits: 16, Computed: craft.Computes(craft.Total)},
			{Name: "who", Kind: craft.Text},
		},
		Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 7000)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	knock := craft.NewLayer(ping)
	if err := knock.Set("who", "Ada"); err != nil {
		fmt.Println(err)
		return
	}
	wire, err := craft.Build(craft.Stack(layers.IP.New(), layers.UDP.New(), knock), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Dissect(wire, layers.IP).Layer("Knock").Text("who"))
	fmt.Println(craft.Dissect(wire, layers.IP).Summary()) // other tables do not know it
	// Output:
	// "Ada"
	// IP / UDP 127.0.0.1:53 > 127.0.0.1:7000 / Raw
}

func ExampleLayer_Set_sets() {
	tcp := layers.TCP.New("flags", "S")
	if err := tcp.Set("dport", values.List(22, values.Range(80, 81, 1))); err != nil {
		fmt.Println(err)
		return
	}
	p := craft.Stack(layers.IP.New("dst", "10.0.0.0/31"), tcp)
	n, _ := p.Count()
	for i := range n {
		fmt.Println(p.At(i).Summary())
	}
	// Output:
	// IP / TCP 0.0.0.0:20 > 10.0.0.0:22 S
	// IP / TCP 0.0.0.0:20 > 10.0.0.0:80 S
	// IP / TCP 0.0.0.0:20 > 10.0.0.0:81 S
	// IP / TCP 0.0.0.0:20 > 10.0.0.1:22 S
	// IP / TCP 0.0.0.0:20 > 10.0.0.1:80 S
	// IP / TCP 0.0.0.0:20 > 10.0.0.1:81 S
}

func ExampleExplainText() {
	p := craft.Stack(layers.IP.New("dst", "10.0.0.2", "len", 99))
	text, err := craft.ExplainText(p, nil)
	fmt.Print(text, err)
	// Output:
	// IP.version  4         default
	// IP.ihl      5         computed: header length in words of 4 bytes
	// IP.tos      0x0       default
	// IP.len      99        set; computed it would be 20
	// IP.id       1         default
	// IP.flags              default
	// IP.frag     0         default
	// IP.ttl      64        default
	// IP.proto    hopopt    default
	// IP.chksum   0x7099    computed: checksum of the header
	// IP.src      0.0.0.0   asked of this host: source address
	// IP.dst      10.0.0.2  set
	// IP.options  {}        default
	// <nil>
}

func ExampleCompile() {
	p := craft.Stack(layers.IP.New("dst", "10.0.0.0/8"), layers.TCP.New("dport", values.Range(0, 65535, 1), "flags", "S"))
	t, err := craft.Compile(p, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Len(), "packets")
	for wire, err := range t.Each(65536+79, 2) {
		fmt.Printf("%x %v\n", wire, err)
	}
	// Output:
	// 1099511627776 packets
	// 4500002800010000400670cf000000000a0000010014004f000000000000000050022000857f0000 <nil>
	// 4500002800010000400670cf000000000a00000100140050000000000000000050022000857e0000 <nil>
}

func ExampleFuzz() {
	p := craft.Fuzz(craft.Stack(layers.IP.New("dst", "10.0.0.1"), layers.UDP.New("dport", 53)), 1)
	fmt.Println(p.Command())
	a, b := p.At(7), p.At(7)
	fmt.Println(a.Layer(layers.IP).Addr("dst"), a.Layer(layers.UDP).Uint("dport"), a.Layer(layers.IP).Uint("id") == b.Layer(layers.IP).Uint("id"))
	// Output:
	// IP{version=RandNum(0,15), tos=RandByte(), id=RandShort(), flags=RandNum(0,7), frag=RandNum(0,8191), ttl=RandByte(), dst="10.0.0.1"}/UDP{sport=RandShort(), dport=53}
	// 10.0.0.1 53 true
}
