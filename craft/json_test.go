package craft_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func TestJSON(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		want   string
	}{
		{"a stack", craft.Stack(layers.Ether.New("dst", "02:00:00:00:00:02"), layers.IP.New("dst", "1.2.3.4", "flags", "DF", "tos", 4), layers.UDP.New("dport", 53), craft.Raw.New("load", "h\x00\"")),
			`{"layers":[{"name":"Ether","fields":{"dst":"02:00:00:00:00:02","src":null,"type":2048},"names":{"type":"IPv4"}},` +
				`{"name":"IP","fields":{"version":4,"ihl":null,"tos":4,"len":null,"id":1,"flags":"DF","frag":0,"ttl":64,"proto":17,"chksum":null,"src":null,"dst":"1.2.3.4","options":[]},"names":{"proto":"udp"}},` +
				`{"name":"UDP","fields":{"sport":53,"dport":53,"len":null,"chksum":null},"names":{"sport":"domain","dport":"domain"}},{"name":"Raw","fields":{"load":"680022"}}]}`},
		{"options", craft.Stack(layers.TCP.New("options", append(append(crafttest.TCPOption("MSS", 1460), crafttest.TCPOption(254, "raw")...),
			append(crafttest.TCPOption("Timestamp", craft.Verbatim("x")), craft.Option{Kind: -1, Data: []byte{9}})...))),
			`{"layers":[{"name":"TCP","fields":{"sport":20,"dport":80,"seq":0,"ack":0,"dataofs":null,"reserved":0,"flags":"S","window":8192,"chksum":null,"urgptr":0,` +
				`"options":[{"kind":2,"name":"MSS","values":[1460]},{"kind":254,"data":"726177"},{"kind":8,"name":"Timestamp","data":"78"},{"data":"09"}]},"names":{"sport":"ftp_data","dport":"http"}}]}`},
		{"sets and bytes in place of a field", craft.Stack(layers.UDP.New("sport", values.Range(1, 3, 1), "dport", craft.Verbatim("abc"))),
			`{"layers":[{"name":"UDP","fields":{"sport":{"set":"range(1,3)","count":3},"dport":"616263","len":null,"chksum":null}}]}`},
		{"names that depend", craft.Stack(layers.ICMP.New("type", 3, "code", 3)),
			`{"layers":[{"name":"ICMP","fields":{"type":3,"code":3,"chksum":null,"reserved":0,"length":0,"nexthopmtu":0,"ext":[]},"names":{"type":"dest-unreach","code":"port-unreachable"}}]}`},
		{"a note", craft.Dissect(crafttest.Unhex(t, "4500"), layers.IP),
			`{"layers":[{"name":"IP","fields":{"version":4,"ihl":5,"tos":0},"note":"truncated: IP header of 20 bytes, 2 are here"}]}`},
		{"nothing", craft.Stack(), `{"layers":[]}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(c.packet)
			if err != nil || string(got) != c.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, c.want)
			}
		})
	}
}

func TestJSONHasTheTime(t *testing.T) {
	p := craft.Stack(craft.Raw.New())
	p.Time = time.Unix(1234567890, 120000)
	got, err := json.Marshal(p)
	if want := `{"time":1234567890.000120000,"layers":[{"name":"Raw","fields":{"load":""}}]}`; err != nil || string(got) != want {
		t.Errorf("%v, got %s", err, got)
	}
}

func TestJSONHasWhatTheCaptureSays(t *testing.T) {
	p := craft.Dissect([]byte("xy"), craft.Raw)
	p.Time = time.Unix(1, 5)
	for _, c := range []struct {
		info *craft.CaptureInfo
		want string
	}{
		{nil, `{"time":1.000000005,"wirelen":2,"layers":`},
		{&craft.CaptureInfo{Cut: 58, Interface: &craft.CaptureInterface{Name: "eth\"0"}, Comments: []string{"a", "b"}}, `{"time":1.000000005,"wirelen":60,"iface":"eth\"0","comment":"a\nb","layers":`},
		{&craft.CaptureInfo{Interface: &craft.CaptureInterface{Description: "x"}}, `{"time":1.000000005,"wirelen":2,"layers":`},
	} {
		p.Info = c.info
		if got, err := json.Marshal(p); err != nil || !strings.HasPrefix(string(got), c.want) {
			t.Errorf("%v, got %s, want %s", err, got, c.want)
		}
	}
}

// TestEveryLayerIsJSON marshals every protocol, and what gopacket decodes.
func TestEveryLayerIsJSON(t *testing.T) {
	packets := map[string]*craft.Packet{"VRRP, decoded by gopacket": craft.Dissect(crafttest.Unhex(t, "4500001c00010000ff70000001020304e0000012"+"2101640100010000"), layers.IP)}
	for _, p := range craft.Protocols() {
		packets[string(p.Name())] = craft.NewPacket(p)
	}
	for name, p := range packets {
		text, err := json.Marshal(p)
		var got struct {
			Layers []struct {
				Name   string
				Fields map[string]any
			}
		}
		if err == nil {
			err = json.Unmarshal(text, &got)
		}
		if err != nil || len(got.Layers) != len(p.Layers()) {
			t.Fatalf("%s: %v: %s", name, err, text)
		}
		for i, l := range p.Layers() {
			if len(got.Layers[i].Fields) != len(l.Fields()) || got.Layers[i].Name != string(l.Name()) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

func TestJSONOfPartsOfVariableLength(t *testing.T) {
	_, p := declared(t, craft.Spec{Name: "Bag", Fields: []craft.Field{
		{Name: "n", Bits: 8, Value: 1}, {Name: "name", Kind: craft.Text}, {Name: "route", Kind: craft.Values, Item: craft.Item{Kind: craft.IPv4}, Length: &craft.Measure{Field: "n", Unit: 4}},
		{Name: "numbers", Kind: craft.Values, Item: craft.Item{Bytes: 2}, Length: &craft.Measure{Field: "n", Unit: 5}},
		{Name: "items", Kind: craft.Packets, Of: layers.UDP},
	}})
	bag := layer(t, p, "name", "a\"b", "route", []any{"10.0.0.1"}, "numbers", []any{1, 2, craft.Verbatim("\x09")}, "items", []any{craft.Stack(layers.UDP.New("sport", 9, "dport", 9, "len", 8, "chksum", 1))})
	want := `{"layers":[{"name":"Bag","fields":{"n":1,"name":"a\"b","route":["10.0.0.1"],"numbers":[1,2,"09"],` +
		`"items":[{"layers":[{"name":"UDP","fields":{"sport":9,"dport":9,"len":8,"chksum":1},"names":{"sport":"discard","dport":"discard"}}]}]}}]}`
	if got, err := json.Marshal(craft.Stack(bag)); err != nil || string(got) != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	if got, err := json.Marshal(craft.Stack(layers.NTP.New("delay", 1.5))); err != nil || !strings.Contains(string(got), `"delay":1.5,`) {
		t.Errorf("%v, got %s", err, got)
	}
}
