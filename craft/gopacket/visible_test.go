package gopacket_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// TestWhatIsReadIsShownVisibly reads payloads that somebody wrote for the terminal of whoever looks at them.
func TestWhatIsReadIsShownVisibly(t *testing.T) {
	const hostile = "\x1b]0;x\a\u009b2J\u202e\u200b\xff\x9b\r\n"
	random := rand.New(rand.NewPCG(1, 2))
	for _, begin := range []string{
		"", "INVITE sip:", "INVITE sip:a@b SIP/2.0\r\n", "SIP/2.0 200 OK\r\nVia: ", "\x00\x01\x00\x00\x00\x20\x01", "\x01\x05\x00\x19", "SIP/2.0 ", "GET /", "HTTP/1.1 ", "POST / HTTP/1.1\r\nHost: ", "\x00\x01", "\x01\x01\x06\x00", "\x12\x34\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00\x07",
		"\x16\x03\x01\x00\x40\x01", "\x30\x2c\x02\x01\x01\x04\x06", "\x02\x02", "\x45\x00\x00\x20",
	} {
		for _, port := range []int{53, 67, 69, 80, 123, 161, 443, 502, 520, 623, 1701, 1812, 2123, 3784, 4789, 5060, 5353, 5355, 6081, 6343} {
			payload := begin + hostile + strings.Repeat(hostile, random.IntN(3)) + string(rune(random.IntN(0x300)))
			for _, over := range []*craft.Layer{layers.UDP.New("dport", port, "sport", port), layers.TCP.New("dport", port, "sport", port)} {
				wire, err := craft.Build(craft.Stack(layers.IP.New(), over, craft.Raw.New("load", []byte(payload))), nil)
				if err != nil {
					t.Fatal(err)
				}
				p := craft.Dissect(bytes.Clone(wire), layers.IP)
				explained, err := craft.ExplainText(p, nil)
				if err != nil {
					t.Errorf("port %d, %q: %v", port, payload, err)
				}
				text, err := p.MarshalJSON()
				if err != nil {
					t.Errorf("port %d, %q: %v", port, payload, err)
				}
				for _, shown := range []string{p.Summary(), p.String(), p.Show(), p.Command(), string(text), explained, mistakes(p)} {
					if values.Visible(shown) != shown {
						t.Errorf("port %d, %q: %q", port, payload, shown)
					}
				}
			}
		}
	}
}

// mistakes are the errors of asking a packet for what it has not, and of setting what is in it to what was in it.
func mistakes(p *craft.Packet) string {
	var all []string
	for _, l := range p.Layers() {
		if _, err := l.Get("nonsense"); err != nil {
			all = append(all, err.Error())
		}
		for _, field := range l.Fields() {
			if err := l.Set(field, l.Text(field)); err != nil {
				all = append(all, err.Error())
			}
		}
	}
	return strings.Join(all, "\n")
}
