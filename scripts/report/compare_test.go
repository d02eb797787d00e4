package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/scripts/report"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// comparison is a comparison of two files with a connection and its keepalive. The findings are written here: the page is
// tested, not the judge.
func comparison() *report.Comparison {
	guest, nat, server := netip.MustParseAddrPort("10.0.2.100:4000"), netip.MustParseAddrPort("192.168.10.1:39000"), netip.MustParseAddrPort("192.168.11.2:57212")
	shake := func(tap string, client netip.AddrPort, at float64, mine, theirs uint32) vantage.View {
		return vantage.View{Name: tap, Clock: tap + ".pcap", Segments: []vantage.Segment{
			{N: 1, Time: at, Dir: "out", Flags: "S", Seq: mine, Src: client, Dst: server},
			{N: 2, Time: at + 0.01, Dir: "in", Flags: "SA", Seq: theirs, Ack: mine + 1, Src: server, Dst: client},
			{N: 3, Time: at + 0.02, Dir: "out", Flags: "A", Seq: mine + 1, Ack: theirs + 1, Src: client, Dst: server},
		}}
	}
	path := vantage.Finding{Verdict: vantage.HandshakeOnSYNProxy, Order: vantage.Undecided, Candidates: []vantage.Verdict{}, Between: []string{"guest", "host"},
		Evidence: []vantage.Evidence{{Says: "the guest sent 1 SYN", Frames: []vantage.FrameRef{{Tap: "guest", N: 1}}}}, Next: "send a SYN to a closed port"}
	return &report.Comparison{
		Result: &vantage.Result{Experiment: "compare", Finding: path, Taps: []vantage.View{shake("guest", guest, 0, 100, 7000), shake("host", nat, 0.001, 555, 9000)}},
		Keepalive: vantage.Finding{Verdict: vantage.AnsweredByMiddlebox, Candidates: []vantage.Verdict{},
			Evidence: []vantage.Evidence{{Says: "2 probes were answered and none passed", Frames: []vantage.FrameRef{{Tap: "guest", N: 3}}}}, Next: "cut the path"},
		Connections: []vantage.Connection{{Client: guest, Server: server, Upstream: nat, Path: path, Keepalive: vantage.Finding{Verdict: vantage.AnsweredByMiddlebox}}},
		Files:       []report.File{{Tap: "guest", Name: "guest.pcap", Frames: 12}, {Tap: "host", Name: "host.pcapng", Frames: 3, Ended: "cut off after frame 3"}},
		Server:      server, Found: "the only one that every file has a connection to",
	}
}

func pageOf(t *testing.T, c *report.Comparison, o report.Options) string {
	t.Helper()
	var page strings.Builder
	if err := c.Terminal(&page, o); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

func TestComparePage(t *testing.T) {
	golden(t, "compare.txt", []byte(pageOf(t, comparison(), report.Options{})))
}

func TestCompareJSON(t *testing.T) {
	c := comparison()
	c.OneClock = true
	var b bytes.Buffer
	if err := c.JSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `{"path":{"verdict":"handshake-on-syn-proxy","order":"undecided","candidates":[],"between":["guest","host"],"next":"send a SYN to a closed port"},` +
		`"keepalive":{"verdict":"answered-by-middlebox","candidates":[],"next":"cut the path"},` +
		`"connections":[{"client":"10.0.2.100:4000","server":"192.168.11.2:57212","upstream":"192.168.10.1:39000",` +
		`"path":{"verdict":"handshake-on-syn-proxy","order":"undecided","candidates":[]},"keepalive":{"verdict":"answered-by-middlebox"}}],` +
		`"evidence":[{"says":"the guest sent 1 SYN","frames":[{"tap":"guest","n":1}]},{"says":"2 probes were answered and none passed","frames":[{"tap":"guest","n":3}]}],` +
		`"server":"192.168.11.2:57212","clock":"one","files":[{"tap":"guest","file":"guest.pcap","frames":12},` +
		`{"tap":"host","file":"host.pcapng","frames":3,"ended":"cut off after frame 3"}],"taps":`
	if got, _, _ := strings.Cut(b.String(), `[{"name"`); got != want {
		t.Error(cmp.Diff(want, got))
	}
	if n := bytes.Count(b.Bytes(), []byte("\n")); n != 1 || !bytes.HasSuffix(b.Bytes(), []byte("\n")) {
		t.Errorf("got %d line ends, want one object on one line", n)
	}
}

// TestCompareJSONHasNoNull holds that a reader can index every list, also of a comparison that found nothing.
func TestCompareJSONHasNoNull(t *testing.T) {
	c := &report.Comparison{Result: &vantage.Result{}, Connections: []vantage.Connection{{}}, Server: netip.MustParseAddrPort("192.168.11.2:0")}
	var b bytes.Buffer
	if err := c.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("got %s", b.String())
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got["server"] != "192.168.11.2" || got["clock"] != "unknown" {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestCompareLeavesOutKeepalives holds that a page without probes does not speak of them.
func TestCompareLeavesOutKeepalives(t *testing.T) {
	c := comparison()
	c.Keepalive = vantage.Finding{Verdict: vantage.Inconclusive, Evidence: []vantage.Evidence{{Says: "no probe is in view"}}, Next: "keep a connection idle"}
	page := pageOf(t, c, report.Options{})
	if strings.Contains(page, "eepalive") || strings.Contains(page, "in view") || strings.Contains(page, "idle") {
		t.Errorf("got\n%s", page)
	}
}

// TestComparePagesFit checks pages of many taps, connections and segments at several widths.
func TestComparePagesFit(t *testing.T) {
	many := comparison()
	for i := range 200 {
		x := many.Connections[0]
		x.Client = netip.AddrPortFrom(x.Client.Addr(), uint16(4001+i))
		x.Upstream = netip.AddrPort{}
		many.Connections = append(many.Connections, x)
	}
	long := comparison()
	last := long.Result.Taps[0].Segments[2]
	for i := range 1000 {
		last.N, last.Len, last.Seq, last.Time = 4+i, 1+i%7, last.Seq+uint32(last.Len), last.Time+0.01
		long.Result.Taps[0].Segments = append(long.Result.Taps[0].Segments, last)
	}
	long.Result.Evidence[0].Frames = append(long.Result.Evidence[0].Frames, vantage.FrameRef{Tap: "guest", N: 900})
	for name, c := range map[string]*report.Comparison{"two": comparison(), "many connections": many, "many segments": long} {
		for _, width := range []int{0, 74, 80, 133} {
			page := pageOf(t, c, report.Options{Width: width})
			for line := range strings.Lines(page) {
				line = strings.TrimSuffix(line, "\n")
				if utf8.RuneCountInString(line) > max(width, 80) || strings.HasSuffix(line, " ") {
					t.Errorf("%s at %d columns: %q", name, width, line)
				}
			}
		}
	}
	wantPage(t, pageOf(t, many, report.Options{}), "Each connection alone:\n", "10.0.2.100:4001 -> nothing known: path", "and 161 more, which --json lists")
	wantPage(t, pageOf(t, long, report.Options{}), "The ladder leaves out 902 segments", "─ 900 ACK", "─ 100 ACK")
	if strings.Contains(pageOf(t, long, report.Options{}), "─ 101 ACK") {
		t.Error("the ladder shows segment 101 too")
	}
}

func wantPage(t *testing.T, page string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in\n%s", want, page)
		}
	}
}

// TestCompareManyTaps holds that every tap has a lane, however many there are.
func TestCompareManyTaps(t *testing.T) {
	c := comparison()
	for i := range 30 {
		tap := c.Result.Taps[1]
		tap.Name = fmt.Sprint("t", i)
		c.Result.Taps = append(c.Result.Taps, tap)
	}
	wantPage(t, pageOf(t, c, report.Options{}), "tap t29")
}

func TestCompareColours(t *testing.T) {
	if page := pageOf(t, comparison(), report.Options{Color: true}); !strings.Contains(page, "\x1b[1mhandshake-on-syn-proxy (order: undecided)\x1b[0m") {
		t.Errorf("the verdict is not bold:\n%q", page)
	}
	if page := pageOf(t, comparison(), report.Options{}); strings.Contains(page, "\x1b") {
		t.Errorf("colours nobody asked for:\n%q", page)
	}
}

func TestCompareToAWriterThatEnds(t *testing.T) {
	if err := comparison().Terminal(closed{}, report.Options{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Terminal: got %v, want %v", err, os.ErrClosed)
	}
	if err := comparison().JSON(closed{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("JSON: got %v, want %v", err, os.ErrClosed)
	}
}
