package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

func TestEveryFieldIsExplained(t *testing.T) {
	p := craft.Stack(layers.IP.New("dst", "10.0.0.2", "len", 1000), layers.TCP.New("dport", values.Range(80, 82, 1)))
	text, err := craft.ExplainText(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"IP.version":  "4 default",
		"IP.ihl":      "5 computed: header length in words of 4 bytes",
		"IP.len":      "1000 set; computed it would be 40",
		"IP.proto":    "tcp told by TCP above",
		"IP.src":      "0.0.0.0 asked of this host: source address",
		"IP.dst":      "10.0.0.2 set",
		"TCP.sport":   "20 default",
		"TCP.dport":   "80 the first of 3 values",
		"TCP.dataofs": "5 computed: header length in words of 4 bytes",
	} {
		found := ""
		for line := range strings.Lines(text) {
			if words := strings.Fields(line); len(words) > 0 && words[0] == field {
				found = strings.Join(words[1:], " ")
			}
		}
		if found != want {
			t.Errorf("%s: got %q, want %q", field, found, want)
		}
	}
}

// TestExplainedValuesAreOnTheWire dissects what is built and compares.
func TestExplainedValuesAreOnTheWire(t *testing.T) {
	for _, g := range golden {
		p := g.packet()
		all, err := craft.Explain(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		wire, err := craft.Build(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		read := craft.Dissect(wire, p.Layers()[0].Name())
		for _, e := range all {
			if e.Layer >= len(read.Layers()) || read.Layers()[e.Layer].Name() != p.Layers()[e.Layer].Name() || e.Field == "options" {
				continue // wrong on purpose: it is not read as it was written
			}
			if got := read.Layers()[e.Layer].Text(e.Field); got != e.Value {
				t.Errorf("%s: %s is explained as %s, on the wire it is %s", g.name, e.Field, e.Value, got)
			}
		}
	}
}

func TestExplainAfterDissecting(t *testing.T) {
	wire, err := craft.Build(craft.Stack(layers.IP.New("chksum", 0xdead), layers.UDP.New()), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := craft.ExplainText(craft.Dissect(wire, layers.IP), nil)
	if err != nil || !strings.Contains(text, "0xdead     as it arrived, or set; computed it would be 0x7cce") {
		t.Errorf("%v\n%s", err, text)
	}
}
