package craft_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

const diagramHead = ` 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
`

// TestDiagramsAreScapys compares with what scapy 2.5.0 prints, but for the row of options, which it draws as 16 bits, and
// the border below a short row.
func TestDiagramsAreScapys(t *testing.T) {
	cases := []struct {
		layer *craft.Layer
		want  string
	}{
		{layers.UDP.New(), `|             SPORT             |             DPORT             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|              LEN              |             CHKSUM            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                             Fig. UDP
`},
		{layers.IP.New(), `|VERSION|  IHL  |      TOS      |              LEN              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|               ID              |FLAGS|           FRAG          |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|      TTL      |     PROTO     |             CHKSUM            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              SRC                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              DST                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/                            OPTIONS                            /
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                             Fig. IP
`},
		{layers.TCP.New(), `|             SPORT             |             DPORT             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              SEQ                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                              ACK                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|DATAOFS|RESER|      FLAGS      |             WINDOW            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|             CHKSUM            |             URGPTR            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/                            OPTIONS                            /
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                             Fig. TCP
`},
		{layers.Ether.New(), `|                              DST                              |
+                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               |              SRC              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
|                                                               |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|              TYPE             |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                            Fig. Ether
`},
		{layers.ICMP.New(), `|      TYPE     |      CODE     |             CHKSUM            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|               ID              |              SEQ              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                            Fig. ICMP
`},
		{layers.ICMP.New("type", 5), `|      TYPE     |      CODE     |             CHKSUM            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                               GW                              |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

                            Fig. ICMP
`},
	}
	for _, c := range cases {
		t.Run(string(c.layer.Name())+" "+c.layer.Text("type"), func(t *testing.T) {
			if got := c.layer.Diagram(); got != diagramHead+c.want {
				t.Errorf("got\n%s\nwant\n%s%s", got, diagramHead, c.want)
			}
		})
	}
}

// TestEveryProtocolHasADiagram looks for every field in every protocol's, in order and by as much of its name as fits.
func TestEveryProtocolHasADiagram(t *testing.T) {
	for _, p := range craft.Protocols() {
		fields := craft.NewLayer(p).Fields()
		for line := range strings.Lines(strings.TrimPrefix(p.Diagram(), diagramHead)) {
			if len(line) > len("+-")*32+len("+\n") {
				t.Errorf("%s: a line is too long: %s", p.Name(), line)
			}
			if line[0] != '|' && line[0] != '/' {
				continue
			}
			for cell := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == '|' || r == '/' || r == '\n' }) {
				cell, _, _ = strings.Cut(strings.TrimSpace(cell), " (")
				if cell == "" {
					continue
				}
				if len(fields) == 0 || !strings.HasPrefix(strings.ToUpper(strings.ReplaceAll(fields[0], "_", " ")), cell) {
					t.Fatalf("%s: %q, and %q are left", p.Name(), cell, fields)
				}
				fields = fields[1:]
			}
		}
		if len(fields) > 0 {
			t.Errorf("%s: %q are not drawn", p.Name(), fields)
		}
	}
}
