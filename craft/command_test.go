package craft_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// TestCommandOfWhatNoFieldTells holds that a packet which fields alone do not make again is told by its bytes.
func TestCommandOfWhatNoFieldTells(t *testing.T) {
	for name, c := range map[string]struct {
		wire  string
		first craft.Name
	}{
		"a quote that is cut short":          {"0b00f4ff00000000" + "4500001c0001000040117cce7f0000017f000001" + "0035003500080172", layers.ICMP},
		"an address in the other byte order": {"00000002" + "450000140001000040007ce77f0000017f000001", layers.Loopback},
		"a chunk without its padding":        {"0400080001020304000000003f000008616263", layers.SCTP},
	} {
		t.Run(name, func(t *testing.T) {
			wire := crafttest.Unhex(t, c.wire)
			for n := range len(wire) {
				p := craft.Dissect(wire[:len(wire)-n], c.first)
				if len(p.Layers()) == 0 {
					continue
				}
				command := p.Command()
				if text, ok := strings.CutPrefix(command, "dissect("); ok && !strings.HasPrefix(text, values.Quote(wire[:len(wire)-n])) {
					t.Errorf("%d bytes: %s", len(wire)-n, command)
				}
			}
		})
	}
	p := craft.Dissect(crafttest.Unhex(t, "0400080001020304000000003f000008616263"), layers.SCTP)
	if got := p.Command(); !strings.HasPrefix(got, `dissect("`) || !strings.HasSuffix(got, ", SCTP)") {
		t.Error(got)
	}
}

func TestLongWindowsOfTypesAreRead(t *testing.T) {
	p := craft.Dissect([]byte(strings.Repeat("\xff", 271)), layers.DNSRRNSEC)
	if text := p.Show() + p.Command(); text == "" {
		t.Error("nothing to show")
	}
}

func TestAQuoteThatIsCutShortStaysSo(t *testing.T) {
	wire := crafttest.Unhex(t, "1225bf29cbe3947e")
	p := craft.Dissect(wire, layers.ICMPerror)
	crafttest.Set(t, p.Layers()[0], "type", 18)
	crafttest.Rebuilt(t, p, wire)
}
