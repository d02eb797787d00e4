package layers_test

import (
	"encoding/hex"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// The options of a header and the bytes that scapy 2.5.0 writes for them, with the padding.
func TestOptionsGiveScapysBytes(t *testing.T) {
	raw := func(s string) craft.Verbatim { return craft.Verbatim(s) }
	cases := []struct {
		name   string
		proto  craft.Name
		kind   any
		values []any
		wire   string
	}{
		{"MSS", layers.TCP, "MSS", []any{1460}, "020405b4"},
		{"WScale", layers.TCP, "WScale", []any{7}, "03030700"},
		{"SAckOK", layers.TCP, "SAckOK", nil, "04020000"},
		{"SAck", layers.TCP, "SAck", []any{1, 2}, "050a00000001000000020000"},
		{"Timestamp", layers.TCP, "Timestamp", []any{1, 2}, "080a00000001000000020000"},
		{"AltChkSum", layers.TCP, "AltChkSum", []any{1, 2}, "0e05010002000000"},
		{"AltChkSumOpt", layers.TCP, "AltChkSumOpt", nil, "0f020000"},
		{"MD5", layers.TCP, "MD5", []any{"0123456789abcdef"}, "131230313233343536373839616263646566" + "0000"},
		{"AltChkSumOpt with data", layers.TCP, "AltChkSumOpt", []any{"ab"}, "0f046162"},
		{"MD5, short", layers.TCP, "MD5", []any{"short"}, "131273686f7274" + "0000000000000000000000" + "0000"},
		{"Mood", layers.TCP, "Mood", []any{":)"}, "19043a29"},
		{"UTO", layers.TCP, "UTO", []any{0x8005}, "1c048005"},
		{"AO", layers.TCP, "AO", []any{1, 2, "abc"}, "1d07010261626300"},
		{"TFO", layers.TCP, "TFO", []any{1, 2}, "220a00000001000000020000"},
		{"TFO, a cookie", layers.TCP, "TFO", []any{"cookie"}, "2208636f6f6b6965"},
		{"TFO, asked for by name", layers.TCP, "TFO", nil, "22020000"},
		{"TFO, asked for by kind", layers.TCP, 34, nil, "22020000"},
		{"TFO, asked for", layers.TCP, "TFO", []any{""}, "22020000"},
		{"AO as bytes", layers.TCP, "AO", []any{"xx"}, "1d047878"},
		{"SAck, two blocks", layers.TCP, "SAck", []any{1, 2, 3, 4}, "0512000000010000000200000003000000040000"},
		{"by number", layers.TCP, 254, []any{"ab"}, "fe046162"},
		{"MPTCP as bytes", layers.TCP, 30, []any{"\x00\x81\x01\x02\x03\x04\x05\x06\x07\x08"}, "1e0c00810102030405060708"},
		{"known kind, bytes", layers.TCP, 34, []any{"cookie"}, "2208636f6f6b6965"},
		{"by number, empty", layers.TCP, 254, nil, "fe020000"},
		{"known name, bytes", layers.TCP, "MSS", []any{raw("\x01")}, "02030100"},
		{"NOP", layers.TCP, "NOP", nil, "01000000"},
		{"EOL", layers.TCP, "EOL", nil, "00000000"},
		{"RR", layers.IP, "RR", []any{"1.2.3.4", "0.0.0.0"}, "070b04010203040000000000"},
		{"LSRR", layers.IP, "LSRR", []any{"1.2.3.4", "5.6.7.8"}, "830b04010203040506070800"},
		{"SSRR with another pointer", layers.IP, "SSRR", []any{8, "1.2.3.4"}, "8907080102030400"},
		{"Timestamp", layers.IP, "Timestamp", nil, "440c09010000000000000000"},
		{"Timestamp with address", layers.IP, "Timestamp", []any{9, 1, "1.2.3.4", 5}, "440c09010102030400000005"},
		{"Security", layers.IP, "Security", nil, "820b00000000000078787800"},
		{"Stream_Id", layers.IP, "Stream_Id", []any{7}, "88040007"},
		{"MTU_Probe", layers.IP, "MTU_Probe", []any{1500}, "0b0405dc"},
		{"MTU_Reply", layers.IP, "MTU_Reply", []any{1500}, "0c0405dc"},
		{"Traceroute", layers.IP, "Traceroute", nil, "120c00000000000000000000"},
		{"Address_Extension", layers.IP, "Address_Extension", nil, "930a00000000000000000000"},
		{"Router_Alert", layers.IP, "Router_Alert", nil, "94040000"},
		{"SDBM", layers.IP, "SDBM", []any{"1.1.1.1"}, "9506010101010000"},
	}
	for _, c := range cases {
		t.Run(string(c.proto)+" "+c.name, func(t *testing.T) {
			o, err := craft.Lookup(c.proto).Option(c.kind, c.values...)
			if err != nil {
				t.Fatal(err)
			}
			b, err := craft.Build(craft.Stack(c.proto.New("options", []craft.Option{o})), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(b[20:]); got != c.wire {
				t.Errorf("got %s, want %s", got, c.wire)
			}
			back := craft.Dissect(b, c.proto).Layer(c.proto)
			v, err := back.Get("options")
			if err != nil {
				t.Fatal(err)
			}
			if first := v.Options()[0]; first.Kind != o.Kind || string(first.Data) != string(o.Data) {
				t.Errorf("reads back as %v, want %v", first, o)
			}
		})
	}
}

// TestOptionsOfOneByteHaveNoLength holds that NOP and EOL are one byte however they are spelt, unless they are given data, and
// that what arrives with a length stays as it is.
func TestOptionsOfOneByteHaveNoLength(t *testing.T) {
	for _, proto := range craft.Protocols() {
		if len(proto.Fields()) == 0 || proto.Kind("options") != craft.Options {
			continue
		}
		for number, name := range []string{"EOL", "NOP"} {
			for _, kind := range []any{number, name} {
				for _, given := range [][]any{nil, {""}, {craft.Verbatim("")}} {
					o, err := proto.Option(kind, given...)
					if err != nil {
						t.Fatalf("%s %v %v: %v", proto.Name(), kind, given, err)
					}
					writesOptions(t, proto, string(rune(number))+"\x94\x04\x00\x00", o, craft.Option{Kind: 0x94, Data: make([]byte, 2)})
				}
				o, err := proto.Option(kind, "x")
				if err != nil {
					t.Fatal(err)
				}
				writesOptions(t, proto, string(rune(number))+"\x03x", o)
				if o, err := proto.Option(kind, 5); err == nil {
					t.Errorf("%s %v: 5 gives %v, want an error", proto.Name(), kind, o)
				}
			}
			writesOptions(t, proto, string(rune(number)), craft.Option{Kind: number, Data: []byte{}})
			arrived := craft.NewLayer(proto)
			crafttest.Set(t, arrived, "options", craft.Verbatim(string(rune(number))+"\x02\x94\x02"))
			p := craft.Dissect(crafttest.Build(t, craft.Stack(arrived)), proto.Name())
			writesOptions(t, proto, string(rune(number))+"\x02\x94\x02", p.Layers()[0].Value("options").Options()...)
		}
	}
}

// writesOptions checks how a list of options is written, without the padding, and that Len counts its bytes.
func writesOptions(t *testing.T, proto *craft.Protocol, want string, opts ...craft.Option) {
	t.Helper()
	l := craft.NewLayer(proto)
	crafttest.Set(t, l, "options", opts)
	n := 0
	for _, o := range opts {
		n += o.Len()
	}
	if got := l.Bytes("options"); string(got) != want || n != len(want) {
		t.Errorf("%s %v: got %x of %d bytes, want %x", proto.Name(), opts, got, n, want)
	}
}

func TestOptionsReadBackAsTheyWereSet(t *testing.T) {
	proto := craft.Lookup(layers.TCP)
	var opts []craft.Option
	for _, o := range [][]any{{"MSS", 1460}, {"NOP"}, {"WScale", 7}, {"SAckOK"}, {"Timestamp", 1, 2}, {254, "raw"}} {
		opt, err := proto.Option(o[0], o[1:]...)
		if err != nil {
			t.Fatal(err)
		}
		opts = append(opts, opt)
	}
	p := craft.Stack(layers.IP.New(), layers.TCP.New("options", opts))
	want := `{{"MSS",1460},{"NOP"},{"WScale",7},{"SAckOK"},{"Timestamp",1,2},{254,"raw"}}`
	if got := p.Layer(layers.TCP).Text("options"); got != want {
		t.Errorf("before building: got %s, want %s", got, want)
	}
	wire, err := craft.Build(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	want = want[:len(want)-1] + `,{"EOL"}}` // the padding is shown as one end of list
	if got := craft.Dissect(wire, layers.IP).Layer(layers.TCP).Text("options"); got != want {
		t.Errorf("from the wire: got %s, want %s", got, want)
	}
}

func TestOptionErrors(t *testing.T) {
	cases := []struct {
		name   string
		kind   any
		values []any
		want   string
	}{
		{"unknown name", "MMS", nil, `no option "MMS"; there are EOL, NOP, MSS, WScale, SAckOK, SAck, Timestamp, AltChkSum, AltChkSumOpt, MD5, Mood, UTO, AO and TFO and any number`},
		{"number too large", 256, nil, "want an option kind in 0..255, got 256"},
		{"value missing", "MSS", nil, "option MSS: want 1 values, got 0"},
		{"value too much", "MSS", []any{1, 2}, "option MSS: want 1 values, got 2"},
		{"value out of range", "MSS", []any{70000}, "option MSS: want a number of 16 bits, got 70000"},
		{"digest too long", "MD5", []any{"0123456789abcdefg"}, "option MD5: want a digest of 16 bytes, got 17"},
		{"text for a number", "WScale", []any{"x"}, "option WScale: want a number of 8 bits, got x"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := craft.Lookup(layers.TCP).Option(c.kind, c.values...)
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// Options as a broken or hostile sender writes them: what can be read is read, the rest stays as it is.
func TestMalformedTCPOptions(t *testing.T) {
	cases := []struct{ name, wire, want string }{
		{"length beyond the header", "020405b4080a0102", `{{"MSS",1460},raw"\x08\n\x01\x02"}`},
		{"length of one", "020105b4", `{raw"\x02\x01\x05\xb4"}`},
		{"length of zero", "020005b4", `{raw"\x02\x00\x05\xb4"}`},
		{"kind without length", "0101011e", `{{"NOP"},{"NOP"},{"NOP"},raw"\x1e"}`},
		{"MSS of one byte", "02030501", `{{2,"\x05"},{"NOP"}}`},
		{"Timestamp of six bytes", "0808010203040506", `{{8,"\x01\x02\x03\x04\x05\x06"}}`},
		{"SAck of half an edge", "0505010203000000", `{{5,"\x01\x02\x03"},{"EOL"}}`},
		{"SAckOK with data", "04030500", `{{4,"\x05"},{"EOL"}}`},
		{"AO without a second key", "1d030701", `{{"AO","\x07"},{"NOP"}}`},
		{"AO without anything", "1d020101", `{{"AO",""},{"NOP"},{"NOP"}}`},
		{"MD5 of two bytes", "13046161", `{{19,"aa"}}`},
		{"options behind the end", "00020405b4010101", `{{"EOL"},{"MSS",1460},{"NOP"},{"NOP"},{"NOP"}}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			head, err := craft.Build(craft.Stack(layers.TCP.New("dataofs", 5+len(c.wire)/8)), nil)
			if err != nil {
				t.Fatal(err)
			}
			wire := append(head, crafttest.Unhex(t, c.wire)...)
			p := craft.Dissect(wire, layers.TCP)
			if got := p.Layer(layers.TCP).Text("options"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
			l := layers.TCP.New("dataofs", 5+len(c.wire)/8)
			v, err := p.Layer(layers.TCP).Get("options")
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Set("options", v); err != nil {
				t.Fatal(err)
			}
			crafttest.Rebuilt(t, craft.Stack(l), wire)
		})
	}
}
