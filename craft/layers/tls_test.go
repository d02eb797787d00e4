package layers_test

import (
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

const random28 = "rrrrrrrrrrrrrrrrrrrrrrrrrrrr"

// tlsHello is a ClientHello with a name and protocols.
func tlsHello(fields ...any) *craft.Layer {
	return layers.TLSClientHello.New(append([]any{"random_bytes", random28, "ciphers", []any{0x1301, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, "ext", list(
		layers.TLSExtServerName.New("servernames", list(layers.ServerName.New("servername", "a.b"))),
		layers.TLSExtALPN.New("protocols", list(layers.ProtocolName.New("protocol", "h2"))))}, fields...)...)
}

const wireHello = "0100004203030000000072727272727272727272727272727272727272727272727272727272" + "0000041301c02f01000015000000080006000003612e62001000050003026832"

var goldenTLS = []goldenPacket{
	{"TLS ClientHello", stack(tlsHello()), wireHello},
	{"TLS record with a ClientHello", stack(layers.TLS.New("msg", tlsHello())), "1603030046" + wireHello},
	{"TLS ClientHello with scapy's suites", stack(layers.TLSClientHello.New("random_bytes", random28)),
		"010000410303000000007272727272727272727272727272727272727272727272727272727200001ac02bc023c02fc027009e0067009c003cc009c0130033002f000a0100"},
	{"TLS ServerHello", stack(layers.TLSServerHello.New("random_bytes", random28)), "020000260303000000007272727272727272727272727272727272727272727272727272727200000000"},
	{"TLS alert", stack(layers.TLS.New("msg", layers.TLSAlert.New("level", "fatal", "descr", "handshake_failure"))), "15030300020228"},
	{"TLS data", stack(layers.TLS.New("msg", layers.TLSApplicationData.New("data", "x"))), "170303000178"},
	{"TLS change of ciphers", stack(layers.TLS.New("msg", layers.TLSChangeCipherSpec.New())), "140303000101"},
	{"TLS extension: no name", stack(layers.TLSExtServerName.New()), "00000000"},
	{"TLS extension: no protocols", stack(layers.TLSExtALPN.New()), "001000020000"},
	{"TLS extension: groups", stack(layers.TLSExtSupportedGroups.New("groups", []any{"x25519", 23})), "000a00060004001d0017"},
	{"TLS extension: signatures", stack(layers.TLSExtSignatureAlgorithms.New("sig_algs", "sha256+ecdsa")), "000d000400020403"},
	{"TLS extension: versions", stack(layers.TLSExtSupportedVersionCH.New("versions", "TLS 1.3")), "002b0003020304"},
	{"TLS extension: unknown", stack(layers.TLSExtUnknown.New("type", 99, "val", "abc")), "00630003616263"},
	{"TLS extension: ticket", stack(layers.TLSExtSessionTicket.New("ticket", "t")), "0023000174"},
	{"TLS extension: points", stack(layers.TLSExtSupportedPointFormat.New()), "000b00020100"},
	{"TLS extension: modes of shared keys", stack(layers.TLSExtPSKKeyExchangeModes.New("kxmodes", "psk_dhe_ke")), "002d00020101"},
	{"TLS extension: key shares", stack(layers.TLSExtKeyShareCH.New("client_shares", list(layers.KeyShareEntry.New("group", "x25519", "key_exchange", strings.Repeat("k", 32))))),
		"003300260024001d0020" + strings.Repeat("6b", 32)},
	{"TLS extension: renegotiation", stack(layers.TLSExtRenegotiationInfo.New()), "ff01000100"},
}

func TestTLSRecordsFollowOneAnother(t *testing.T) {
	for _, c := range []struct{ name, wire, want string }{
		{"a ClientHello", "1603030046" + wireHello, `TCP / TLS handshake client_hello "a.b"`},
		{"a ServerHello, a change, something encrypted", "160303002a020000260303000000007272727272727272727272727272727272727272727272727272727200000000" + "140303000101" + "16030300080102030405060708",
			"TCP / TLS / TLS / TLS handshake"},
		{"messages in one record", "1603030046" + "0e000000" + "0b0000040102030" + "4" + "14000002ffff" + strings.Repeat("00", 0x46-18), "TCP / TLS handshake server_hello_done certificate finished hello_request"},
		{"an alert", "15030300020228", "TCP / TLS alert fatal handshake_failure"},
		{"an alert that is encrypted", "1503030004aabbccdd", "TCP / TLS alert"},
		{"data", "17030300026162", "TCP / TLS application_data"},
		{"a record beyond the segment", "1703030010" + "6162", "TCP / TLS application_data [truncated: msg of 16 bytes, 2 are here]"},
		{"the rest of a record", "17030300026162" + "1603", "TCP / TLS application_data / Raw"},
		{"no TLS", "474554202f", "TCP 1 > 443 S / Raw"},
		{"a record too long", "16030350010000", "TCP 1 > 443 S / Raw"},
		{"a header cut short", "16030100", "TCP 1 > 443 S / Raw"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire, err := craft.Build(craft.Stack(layers.TCP.New("sport", 1, "dport", 443), craft.Raw.New("load", crafttest.Unhex(t, c.wire))), nil)
			if err != nil {
				t.Fatal(err)
			}
			p := craft.Dissect(wire, layers.TCP)
			if got := p.Summary(); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
			if !strings.Contains(got(p), "truncated") {
				p.Refresh()
				crafttest.Rebuilt(t, p, wire)
			}
		})
	}
}

func TestATLSRecordHasTheTypeOfItsMessages(t *testing.T) {
	p := craft.Stack(layers.TLS.New("msg", layers.TLSApplicationData.New("data", "\x02\x28"))) // the bytes of an alert
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "17030300020228"))
	crafttest.Rebuilt(t, p.Copy(), crafttest.Unhex(t, "17030300020228"))
	crafttest.Set(t, p.Layers()[0], "type", "heartbeat")
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "18030300020228"))
	crafttest.Set(t, p.Layers()[0], "msg", layers.TLSAlert.New("level", 1))
	crafttest.Rebuilt(t, p, crafttest.Unhex(t, "18030300020100"))
}

func got(p *craft.Packet) string { return p.Summary() }

// TestEncryptedMessagesAreBytes reads handshake records that hold no message in the clear, and what is easily taken for one.
func TestEncryptedMessagesAreBytes(t *testing.T) {
	const cipher = "5ac3917e8f3a11c25d0b9e7766554433221100ffeeddccbbaa99887766554433"
	for _, c := range []struct{ name, messages, want string }{
		{"a first nonce of AES-GCM, and what it is for", "0000000000000000" + cipher, "Raw"},
		{"the same of the second message", "0000000000000001" + cipher, "Raw"},
		{"encrypted without a nonce in front", cipher, "Raw"},
		{"a request to begin again", "00000000", "TLSHandshake"},
		{"two messages", "0e000000" + "0b000003000000", "TLSHandshake TLSHandshake"},
		{"the second goes on in another record", "0e000000" + "0b000400000000", "TLSHandshake Raw"},
		{"the second has begun", "0e000000" + "0b00", "TLSHandshake Raw"},
		{"a message and what is none", "0e000000" + "ff000000", "Raw"},
	} {
		wire := crafttest.Build(t, craft.Stack(layers.TLS.New("type", 22, "msg", craft.Verbatim(crafttest.Unhex(t, c.messages)))))
		p := craft.Dissect(wire, layers.TLS)
		var names []string
		for _, m := range p.Layers()[0].Value("msg").Packets() {
			names = append(names, layerNames(m))
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

func TestAnExtensionThatDoesNotFitIsUnknown(t *testing.T) {
	for _, c := range []struct{ name, ext, want string }{
		{"a list beyond its extension", "000a00040004001d" + "00170000", "TLS_Ext_Unknown TLS_Ext_ExtendedMasterSecret"},
		{"a list shorter than its extension", "000a00060002001d0017" + "00170000", "TLS_Ext_Unknown TLS_Ext_ExtendedMasterSecret"},
		{"an extension beyond the hello", "00170000" + "00630010aa", "TLS_Ext_ExtendedMasterSecret TLS_Ext_Unknown"},
		{"half an extension", "00170000" + "0063", "TLS_Ext_ExtendedMasterSecret Raw"},
		{"two names", "0000000e000c" + "000003612e62" + "010003632e64", "TLS_Ext_ServerName"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ext := crafttest.Unhex(t, c.ext)
			wire, err := craft.Build(craft.Stack(layers.TLSClientHello.New("ext", craft.Verbatim(ext))), nil)
			if err != nil {
				t.Fatal(err)
			}
			p := craft.Dissect(wire, layers.TLSClientHello)
			v, err := p.Layers()[0].Get("ext")
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, e := range v.Packets() {
				names = append(names, string(e.Layers()[0].Name()))
			}
			if got := strings.Join(names, " "); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestAChangedHelloHasTheRightLengths(t *testing.T) {
	wire, err := craft.Build(craft.Stack(layers.IP.New(), layers.TCP.New(), layers.TLS.New("msg", tlsHello())), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := craft.Dissect(wire, layers.IP)
	crafttest.Set(t, p.Layer(layers.ServerName), "servername", "a-longer-name.example")
	crafttest.Set(t, p.Layer(layers.TLSClientHello), "ciphers", []any{0x1301})
	crafttest.Set(t, p.Layer(layers.TLSClientHello), "sid", "session")
	p.Layer(layers.IP).Refresh()
	p.Layer(layers.TCP).Refresh()
	want := craft.Stack(layers.IP.New(), layers.TCP.New(), layers.TLS.New("msg", tlsHello("ciphers", 0x1301, "sid", "session", "ext", list(
		layers.TLSExtServerName.New("servernames", list(layers.ServerName.New("servername", "a-longer-name.example"))),
		layers.TLSExtALPN.New("protocols", list(layers.ProtocolName.New("protocol", "h2")))))))
	wire, err = craft.Build(want, nil)
	if err != nil {
		t.Fatal(err)
	}
	crafttest.Rebuilt(t, p, wire)
	if got := p.Layer(layers.TLSClientHello).Text("ciphers"); got != `{"TLS_AES_128_GCM_SHA256"}` {
		t.Errorf("ciphers %s", got)
	}
}

// hello is what is to be found in a ClientHello.
type hello struct {
	sni     string
	alpn    []string
	ciphers []any
}

func readHello(p *craft.Packet) hello {
	var h hello
	for n := 1; p.Nth(layers.ProtocolName, n) != nil; n++ {
		h.alpn = append(h.alpn, value(p.Nth(layers.ProtocolName, n), "protocol").Text())
	}
	if l := p.Layer(layers.ServerName); l != nil {
		h.sni = value(l, "servername").Text()
	}
	h.ciphers = value(p.Layer(layers.TLSClientHello), "ciphers").List()
	return h
}

func value(l *craft.Layer, field string) craft.Value {
	v, err := l.Get(field)
	if err != nil {
		panic(err)
	}
	return v
}

// TestAClientHelloOfGoIsRead takes what the standard library's client sends.
func TestAClientHelloOfGoIsRead(t *testing.T) {
	ours, theirs := net.Pipe()
	go func() {
		c := tls.Client(theirs, &tls.Config{ServerName: "moon.example", NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12})
		_ = c.Handshake() // it ends when the pipe is closed
	}()
	wire := make([]byte, 1<<14)
	n, err := ours.Read(wire)
	if err != nil {
		t.Fatal(err)
	}
	_ = ours.Close()
	wire = wire[:n]
	p := craft.Dissect(wire, layers.TLS)
	h := readHello(p)
	if h.sni != "moon.example" || !slices.Equal(h.alpn, []string{"h2", "http/1.1"}) || !slices.Contains(h.ciphers, any(uint64(tls.TLS_AES_128_GCM_SHA256))) {
		t.Errorf("read %+v", h)
	}
	if unknown := p.Layer(layers.TLSExtUnknown); p.Layer(craft.Raw) != nil || p.Layer(layers.TLSExtKeyShareCH) == nil || unknown != nil && unknown.Text("type") == "server_name" {
		t.Errorf("read %s", p.Show())
	}
	crafttest.Rebuilt(t, p, wire)
	p.Refresh()
	crafttest.Rebuilt(t, p, wire)
}

// TestGoReadsOurClientHello gives a crafted message to the standard library's server.
func TestGoReadsOurClientHello(t *testing.T) {
	wire, err := craft.Build(craft.Stack(layers.TLS.New("msg", layers.TLSClientHello.New("random_bytes", random28, "ciphers", []any{tls.TLS_AES_128_GCM_SHA256}, "ext", list(
		layers.TLSExtServerName.New("servernames", list(layers.ServerName.New("servername", "moon.example"))),
		layers.TLSExtALPN.New("protocols", list(layers.ProtocolName.New("protocol", "h2"), layers.ProtocolName.New("protocol", "http/1.1"))),
		layers.TLSExtSupportedVersionCH.New("versions", []any{"TLS 1.3", "TLS 1.2"}),
		layers.TLSExtSignatureAlgorithms.New("sig_algs", "sha256+ecdsa"),
		layers.TLSExtKeyShareCH.New("client_shares", list(layers.KeyShareEntry.New("group", "x25519", "key_exchange", strings.Repeat("k", 32)))),
		layers.TLSExtSupportedGroups.New("groups", "x25519"))))), nil)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := net.Pipe()
	defer func() { _ = ours.Close() }()
	seen := make(chan *tls.ClientHelloInfo, 1)
	enough := errors.New("enough seen")
	go func() {
		s := tls.Server(theirs, &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			seen <- h
			return nil, enough
		}})
		_ = s.SetDeadline(time.Now().Add(time.Second))
		_ = s.Handshake()
	}()
	if _, err := ours.Write(wire); err != nil {
		t.Fatal(err)
	}
	select {
	case h := <-seen:
		if h.ServerName != "moon.example" || !slices.Equal(h.SupportedProtos, []string{"h2", "http/1.1"}) || !slices.Equal(h.SupportedVersions, []uint16{tls.VersionTLS13, tls.VersionTLS12}) {
			t.Errorf("the server reads %+v", h)
		}
	case <-time.After(5 * time.Second):
		t.Error("the server reads no ClientHello")
	}
}

func TestVectorsOfClientHellosAreRead(t *testing.T) {
	found := 0
	for _, v := range vectors(t) {
		if v.Hello == nil {
			continue
		}
		found++
		h := readHello(craft.Dissect(crafttest.Unhex(t, v.Wire), v.First))
		if h.sni != v.Hello.SNI || !slices.Equal(h.alpn, v.Hello.ALPN) {
			t.Errorf("%s: read %+v, want %+v", v, h, v.Hello)
		}
		if !slices.EqualFunc(h.ciphers, v.Hello.Ciphers, func(a any, b uint64) bool { return a == b }) {
			t.Errorf("%s: ciphers %v, want %v", v, h.ciphers, v.Hello.Ciphers)
		}
	}
	if found < 5 {
		t.Errorf("%d vectors", found)
	}
}

func TestTLSMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		layer *craft.Layer
		field string
		value any
		want  string
	}{
		{layers.TLSClientHello.New(), "ciphers", "TLS_NONE", "TLSClientHello.ciphers: element 1: want a number of 16 bits, got TLS_NONE"},
		{layers.TLSClientHello.New(), "extlen", 70000, "TLSClientHello.extlen: want number in 0..65535, got 70000"},
		{layers.TLS.New(), "type", "handshaking", `TLS.type: want number or name in 0..255, got "handshaking"`},
	} {
		if err := c.layer.Set(c.field, c.value); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	big := craft.Stack(layers.TLS.New("msg", layers.TLSApplicationData.New("data", strings.Repeat("x", 70000))))
	if _, err := craft.Build(big, nil); err == nil || err.Error() != "craft: TLS.len: want at most 65535 bytes, got 70000: set len yourself to send it" {
		t.Errorf("got %v", err)
	}
}
