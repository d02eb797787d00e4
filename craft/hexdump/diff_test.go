package hexdump_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestHexdiffIsScapys compares with what scapy 2.5.0 prints, blanks at the ends of rows aside.
func TestHexdiffIsScapys(t *testing.T) {
	syn := crafttest.Build(t, craft.Stack(layers.IP.New(), layers.TCP.New()))
	other := crafttest.Build(t, craft.Stack(layers.IP.New("src", "192.0.2.2", "dst", "1.2.3.4"), layers.TCP.New("dport", 443), craft.Raw.New("load", "x")))
	cases := []struct {
		name, want string
		a, b       []byte
	}{
		{"another address, port and payload", `
0000        45 00 00 28 00 01 00 00  40 06 7C CD 7F 00 00 01   E..(....@.|.....
     0000   45 00 00 29 00 01 00 00  40 06 B4 C6 C0 00 02 02   E..)....@.......
0010        7F 00 00 01 00 14 00 50  00 00 00 00 00 00 00 00   .......P........
     0010   01 02 03 04 00 14 01 BB  00 00 00 00 00 00 00 00   ................
0020        50 02 20 00 91 7C 00 00                            P. ..|..
     0020   50 02 20 00 50 0A 00 00  78                        P. .P...x
`, syn, other},
		{"the same", `
0000 0000   61 61 61 61 61 61 61 61  61 61 61 61 61 61 61 61   aaaaaaaaaaaaaaaa
0010 0010   61 61 61 61 61 61 61 61                            aaaaaaaa
`, bytes.Repeat([]byte("a"), 24), bytes.Repeat([]byte("a"), 24)},
		{"nothing and something", `
     0000   61 62 63                                           abc
`, nil, []byte("abc")},
		{"something and nothing", `
0000        61 62 63                                           abc
`, []byte("abc"), nil},
		{"nothing", "\n", nil, nil},
		{"the offsets of either side", `
0000        68 65 6C 6C 6F                    20 77 6F 72 6C   hello       worl
     0000   68 65 6C 6C 6F 20 74 68  65 72 65 20 77 6F 72 6C   hello there worl
000a        64 20 74 68 69 73 20 69  73 20 78                  d this is x
     0010   64 20 74 68 69 73 20 69  73 20 79                  d this is y
`, []byte("hello world this is x"), []byte("hello there world this is y")}, // scapy 2.5.0 writes 0010 twice
		{"nothing is left out", `
0000        61 61 61 61 58 58 58 62  62 62 62                  aaaaXXXbbbb
     0000   61 61 61 61       59 62  62 62 62                  aaaa  Ybbbb
`, []byte("aaaaXXXbbbb"), []byte("aaaaYbbbb")}, // scapy 2.5.0 loses the last two
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := trimmed(hexdump.Diff(c.a, c.b)); got != c.want[1:] {
				t.Errorf("got\n%swant%s", got, c.want)
			}
		})
	}
}

func TestHexdiffOfLongStringsEnds(t *testing.T) {
	long := strings.Repeat("ab", 32<<10)
	cases := []struct {
		name, a, b string
		rows       int
	}{
		{"one byte more", long, long[1:], 1 + 4096},
		{"other ends", "x" + long + "y", "z" + long[1:] + "w", 2 * 4097},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if rows := strings.Count(hexdump.Diff([]byte(c.a), []byte(c.b)), "\n"); rows != c.rows {
				t.Errorf("%d rows", rows)
			}
		})
	}
}

// trimmed is text without blanks at the ends of its lines.
func trimmed(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
