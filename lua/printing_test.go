package lua_test

import (
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func TestPrinting(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"show returns", `local text = (IP/UDP):show{dump=true} print(text:match("ttl.-\n"), text:match("len.-\n"))`, "ttl       = 64\n\tlen       = None\n"},
		{"show2 is what arrives", `local text = (IP/UDP/"abc"):show2{dump=true} print(text:match("len.-\n"), text:match("chksum.-\n"))`, "len       = 31\n\tchksum    = 0x7ccb\n"},
		{"show2 of a layer", `print((IP/UDP{sport=1, dport=2, chksum=3}/"abc")[UDP]:show2{dump=true})`,
			"###[ UDP ]###\n  sport     = 1\n  dport     = 2\n  len       = 11\n  chksum    = 0x3\n###[ Raw ]###\n     load      = \"abc\"\n"},
		{"sprintf", `print((IP{dst="1.2.3.4"}/TCP{flags="SA"}):sprintf("%-8s,IP.dst%|%TCP.flags%{UDP:!}%r,IP.proto%"))`, "1.2.3.4 |SA6"},
		{"json", `print((ICMP/"hi"):json())`, `{"layers":[{"name":"ICMP","fields":{"type":8,"code":0,"chksum":null,"id":0,"seq":0},"names":{"type":"echo-request"}},{"name":"Raw","fields":{"load":"6869"}}]}`},
		{"hexstr", `print(hexstr("ab\x00"), hexstr("ab\x00", {onlyhex=true}), hexstr("ab\x00", {onlyasc=true}))`, "61 62 00  ab.\t61 62 00\tab."},
		{"linehexdump", `print(linehexdump(UDP))`, "00 35 00 35 00 08 00 00  .5.5...."},
		{"chexdump", `print(chexdump("ab\x00"))`, "0x61, 0x62, 0x00"},
		{"hexdiff", `print(hexdiff(UDP{chksum=1}, UDP{chksum=2}))`, "0000        00 35 00 35 00 08 00 01                            .5.5....\n     0000   00 35 00 35 00 08 00 02                            .5.5....\n"},
		{"import_hexcap", `print(dissect(import_hexcap(hexdump(IP/TCP, {dump=true}))) == IP/TCP, hex(import_hexcap("0x4500, 0x00")))`, "true\t450000"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
	for chunk, want := range map[string]string{
		`import_hexcap("45 00\n4")`:    `import_hexcap: line 2: want pairs of hex digits, got "4"`,
		`(IP/TCP):sprintf("%IP.src")`:  `format "%IP.src": want a second % for the one at 1`,
		`(IP/TCP):show{colour=true}`:   `no option "colour"; there are dump`,
		`hexstr("x", {onlyhex="yes"})`: `onlyhex: want true or false`,
		`rfc("TCP")`:                   `rfc: want a layer, as in rfc(TCP), or a packet, got string`,
		`ls(TCP, {verbse=true})`:       `no option "verbse"`,
	} {
		if _, err := newShell(t, nil).Run(context.Background(), "test", chunk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}

// TestSamplesOfScapys are the shapes that scapy prints (2.5.0), in the spelling that scripts here depend on: ports as
// numbers, lists and strings as Lua writes them.
func TestSamplesOfScapys(t *testing.T) {
	const answer = `dissect(unhex("4500002c00004000400" .. "63cca7f0000017f00000115b39c40a7225c450000006560" .. "12ffd7fe200000" .. "0204ffd7")) `
	cases := []struct{ name, chunk, want string }{
		{"the answer of sr1", `print(` + answer + `)`, `<IP  version=4 ihl=5 tos=0x0 len=44 id=0 flags=DF frag=0 ttl=64 proto=tcp chksum=0x3cca src=127.0.0.1 dst=127.0.0.1 |` +
			`<TCP  sport=5555 dport=40000 seq=2804046917 ack=101 dataofs=6 reserved=0 flags=SA window=65495 chksum=0xfe20 urgptr=0 options={{"MSS",65495}} |>>`},
		{"summary", `print((IP{src="127.0.0.1"}/TCP{dport=5554}):summary())`, "IP / TCP 127.0.0.1:20 > 127.0.0.1:5554 S"},
		{"summary of ARP", `print((Ether/ARP{psrc="10.0.0.1", pdst="10.0.0.2"}):summary())`, "Ether / ARP who has 10.0.0.2 says 10.0.0.1"},
		{"summary of ICMP", `print((IP{src="10.0.0.1", dst="10.0.0.2"}/ICMP):summary())`, "IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0"},
		{"hexdump", `print(hexdump(IP/TCP, {dump=true}):sub(1, 72))`, "0000  45 00 00 28 00 01 00 00 40 06 7C CD 7F 00 00 01  E..(....@.|.....\n"[:72]},
		{"sprintf in a table", `print((TCP{flags="RA"}):sprintf("%TCP.flags%"))`, "RA"},
		{"rfc", `rfc(UDP)`, ` 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|             SPORT             |             DPORT             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|              LEN              |             CHKSUM            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                             Fig. UDP`},
		{"ls of a layer", `ls(UDP)`, `sport      : port (16 bits)             = (53)         source port
dport      : port (16 bits)             = (53)         destination port
len        : number (16 bits)           = (computed)   length of header and payload in bytes
chksum     : number (16 bits)           = (computed)   checksum with pseudo-header`},
		{"ls of a packet", `ls(UDP{dport={1, 2}})`, `sport      : port (16 bits)             = 53              (53)
dport      : port (16 bits)             = 1 .. 2 (2 values) (53)
len        : number (16 bits)           = None            (computed)
chksum     : number (16 bits)           = None            (computed)`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
	s := newShell(t, nil)
	if _, err := s.Run(context.Background(), "test", `ls(TCP, {verbose=true}) ls(ARP, {verbose=true})`); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\n               F, S, R, P, A, U, E, C, N\nwindow ", "\n               who-has: 1\n               is-at: 2\n"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("ls at length: no %q in\n%s", want, s.out.String())
		}
	}
}

// candidates are values of every kind of field: the first one that a field takes is used.
var candidates = []any{"a\x00\"\\\n9", "2001:db8::9", "1.2.3.4", "02:00:00:00:00:09", []craft.Option{{Kind: 254, Data: []byte("x\x00")}, {Kind: -1, Data: []byte{9}}},
	[]any{"1.2.3.4"}, []any{"2001:db8::9"}, []any{uint64(1), uint64(2)}, []any{craft.Stack(craft.Raw.New("load", "x"))},
	"7:9", uint64(0), 1.5, "\x00\n", []any{[]any{"hostname", "a\x009"}, "end"}, []any{[]any{"X-Name", "a"}}, "01234567-89ab-cdef-0123-456789abcdef"}

// TestCommandMakesThePacketAgain evaluates in Lua what command gives, for every field of every protocol: set to the largest
// number or to a value of its kind, to bytes in its place, and as it comes from the wire.
func TestCommandMakesThePacketAgain(t *testing.T) {
	s := newShell(t, nil)
	again := func(p *craft.Packet) {
		t.Helper()
		want, err := craft.Build(p, nil)
		if err != nil {
			t.Fatalf("%s: %v", p.Command(), err)
		}
		command := p.Command()
		s.check(t, "local p = "+command+"\nprint(hex(p)) print(p:command() == "+values.Quote([]byte(command))+")", hex.EncodeToString(want)+"\ntrue")
	}
	for _, proto := range craft.Protocols() {
		for _, f := range proto.Fields() {
			p := craft.NewPacket(proto)
			l := p.Layers()[0]
			if !l.Has(f.Name) {
				continue
			}
			tried := candidates
			if f.Bits > 0 && f.Bits <= 64 {
				tried = append([]any{uint64(1)<<(f.Bits-1) + uint64(1)<<(f.Bits-1) - 1}, candidates...)
			}
			for _, v := range tried {
				if l.Set(f.Name, v) == nil {
					break
				}
			}
			if !l.IsSet(f.Name) {
				t.Errorf("%s.%s: takes none of %v", proto.Name(), f.Name, tried)
			}
			again(p)
			if l.Set(f.Name, craft.Verbatim("a\x00\"")) == nil && l.Has(f.Name) {
				again(p)
			}
		}
		wire, err := craft.Build(craft.NewPacket(proto), nil)
		if err != nil {
			t.Fatal(err)
		}
		again(craft.Dissect(wire, proto.Name()))
	}
	for _, stack := range []*craft.Packet{
		craft.Stack(layers.Ether.New(), layers.IP.New("options", []craft.Option{{Kind: 7, Data: []byte{4, 1, 2, 3, 4}}}), layers.TCP.New("flags", 0x1ff), craft.Raw.New("load", "\x00\xff")),
		craft.Stack(layers.IP.New(), layers.ICMP.New("type", 3), layers.IPerror.New(), layers.UDPerror.New()),
		craft.Stack(layers.IP.New("dst", "10.0.0.0/30", "ttl", values.List(1, values.Range(3, 9, 2)))),
	} {
		again(stack)
		wire, err := craft.Build(stack, nil)
		if err != nil {
			t.Fatal(err)
		}
		again(craft.Dissect(append(wire, "trailer"...), stack.Layers()[0].Name()))
	}
}
