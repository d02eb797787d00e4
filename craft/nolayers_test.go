package craft_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestAPacketWithoutLayers does everything with packets that have none: the zero Packet, no bytes read, and one of which all
// layers were taken out. Nothing of it is a fault of the program.
func TestAPacketWithoutLayers(t *testing.T) {
	other := func() *craft.Packet { return craft.Stack(layers.IP.New(), layers.TCP.New()) }
	makers := map[string]func() *craft.Packet{
		"zero":    func() *craft.Packet { return &craft.Packet{} },
		"read":    func() *craft.Packet { return craft.Dissect(nil, layers.IP) },
		"emptied": func() *craft.Packet { p := craft.Stack(layers.IP.New()); p.Remove(layers.IP, 1); return p },
		"cut":     func() *craft.Packet { p := other(); p.SetPayload(-1, nil); return p },
		"stacked": func() *craft.Packet { return craft.Stack() },
	}
	asked := map[string]func(p *craft.Packet) error{
		"Build":   func(p *craft.Packet) error { _, err := craft.Build(p, nil); return err },
		"Resolve": func(p *craft.Packet) error { return p.Resolve(nil) },
		"Count":   func(p *craft.Packet) error { _, err := p.Count(); return err },
		"JSON":    func(p *craft.Packet) error { _, err := p.MarshalJSON(); return err },
		"Sprintf": func(p *craft.Packet) error { _, err := p.Sprintf("%IP.src% %src% {IP:x}%IP.payload%"); return err },
		"Explain": func(p *craft.Packet) error { _, err := craft.ExplainText(p, nil); return err },
		"Fuzz":    func(p *craft.Packet) error { _, err := craft.Build(craft.Fuzz(p, 1), nil); return err },
		"At":      func(p *craft.Packet) error { _, err := craft.Build(p.At(0), nil); return err },
		"Text":    func(p *craft.Packet) error { _, _, _, _ = p.Summary(), p.String(), p.Show(), p.Command(); return nil },
		"parts":   func(p *craft.Packet) error { _, _, _, _ = p.Copy(), p.From(0), p.Head(0), p.PayloadLen(-1); return nil },
		"layers":  func(p *craft.Packet) error { _, _ = p.Layer(layers.IP).Uint("ttl"), p.Has(layers.IP); return nil },
		"Refresh": func(p *craft.Packet) error { p.Refresh(); return nil },
		"absent": func(p *craft.Packet) error {
			p.Remove(layers.IP, 1)
			p.Replace(layers.IP, 1, layers.IP.New())
			return nil
		},
		"AboveTags": func(p *craft.Packet) error { p.AboveTags(0); return nil },
		"answers": func(p *craft.Packet) error {
			_, _ = craft.Why(p, other()), craft.Why(other(), p)
			craft.QuestionKeys(p)
			craft.ReplyKeys(p)
			return nil
		},
		"Compile":     func(p *craft.Packet) error { _, err := craft.Compile(p, nil); return err },
		"CompressDNS": func(p *craft.Packet) error { layers.CompressDNS(p); return nil },
		"in a field": func(p *craft.Packet) error {
			return layers.DNS.New().Set("qd", []*craft.Packet{p, p})
		},
	}
	filled := map[string]func(p *craft.Packet) *craft.Packet{
		"Append":     func(p *craft.Packet) *craft.Packet { p.Append(other().Layers()...); return p },
		"SetPayload": func(p *craft.Packet) *craft.Packet { p.SetPayload(0, other()); return p },
		"above all":  func(p *craft.Packet) *craft.Packet { p.SetPayload(-1, other()); return p },
		"far above":  func(p *craft.Packet) *craft.Packet { p.SetPayload(7, other()); return p },
		"Over":       func(p *craft.Packet) *craft.Packet { return p.Over(other()) },
		"under":      func(p *craft.Packet) *craft.Packet { return other().Over(p) },
	}
	want := crafttest.Build(t, other())
	for made, fresh := range makers {
		for name, ask := range asked {
			if err := ask(fresh()); err != nil {
				t.Errorf("%s, %s: %v", made, name, err)
			}
		}
		for name, fill := range filled {
			if got := crafttest.Build(t, fill(fresh())); string(got) != string(want) {
				t.Errorf("%s, %s: got %x, want %x", made, name, got, want)
			}
		}
	}
}
