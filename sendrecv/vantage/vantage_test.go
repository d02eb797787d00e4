package vantage_test

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// ladder reads segments written by hand: "guest 0.5 > SA 64001 1001" is tap, milliseconds, direction (> away from the
// guest), flags, seq and ack; "len=3", "port=57213" (the server's), "from=10.0.2.100:40005" (the client's),
// "icmp=host-unreachable" and other fields of a segment may follow. The taps are guest and host unless a line names others; empty lines and what
// follows # do not count.
func ladder(t *testing.T, text string) []vantage.View {
	t.Helper()
	clients := map[string]string{"guest": "10.0.2.100:20", "host": "192.168.10.1:59526", "server": "192.168.10.1:59526"}
	taps := []vantage.View{{Name: "guest", Segments: []vantage.Segment{}}, {Name: "host", Segments: []vantage.Segment{}}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		i := slices.IndexFunc(taps, func(tap vantage.View) bool { return tap.Name == w[0] })
		if i < 0 {
			i = len(taps)
			taps = append(taps, vantage.View{Name: w[0]})
		}
		s := segment(t, w, clients[w[0]])
		s.N = len(taps[i].Segments) + 1
		taps[i].Segments = append(taps[i].Segments, s)
	}
	return taps
}

func segment(t *testing.T, w []string, client string) vantage.Segment {
	t.Helper()
	if len(w) < 6 {
		t.Fatalf("ladder: want tap, time, direction, flags, seq, ack, got %q", w)
	}
	ms, err := strconv.ParseFloat(w[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	s := vantage.Segment{Time: ms / 1000, Dir: "out", Flags: strings.Trim(w[3], "-"), Seq: number(t, w[4]), Ack: number(t, w[5])}
	server := "192.168.11.2:57212"
	if strings.Contains(strings.Join(w, " "), "from=[") {
		server = "[2001:db8::2]:57212"
	}
	for _, extra := range w[6:] {
		key, value, _ := strings.Cut(extra, "=")
		switch key {
		case "len":
			s.Len = int(number(t, value))
		case "port":
			server = "192.168.11.2:" + value
		case "from":
			client = value
		case "icmp":
			s.ICMP = value
		case "ttl":
			s.TTL = uint8(number(t, value))
		case "macs":
			s.MACs = value
		case "iface":
			s.Iface = number(t, value)
		case "sum":
			s.Sum = number(t, value)
		case "bad":
			s.Bad = true
		case "forged":
			s.Forged = true
		case "zerowindow":
			s.ZeroWindow = true
		default:
			t.Fatalf("ladder: no field %q", extra)
		}
	}
	s.Src, s.Dst = netip.MustParseAddrPort(client), netip.MustParseAddrPort(server)
	if w[2] == "<" {
		s.Dir, s.Src, s.Dst = "in", s.Dst, s.Src
	}
	return s
}

func number(t *testing.T, text string) uint32 {
	t.Helper()
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

// without drops the lines of a ladder that contain text; there must be one.
func without(t *testing.T, ladder, text string) string {
	t.Helper()
	var kept strings.Builder
	for line := range strings.Lines(ladder) {
		if !strings.Contains(line, text) {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(ladder) {
		t.Fatalf("no line with %q in the ladder", text)
	}
	return kept.String()
}

// replaced changes one place of a ladder; it must be there.
func replaced(t *testing.T, ladder, before, after string) string {
	t.Helper()
	if strings.Count(ladder, before) != 1 {
		t.Fatalf("want %q once in the ladder", before)
	}
	return strings.Replace(ladder, before, after, 1)
}

// wantLast checks how the last sentence of the evidence ends.
func wantLast(t *testing.T, f vantage.Finding, end string) {
	t.Helper()
	if last := f.Evidence[len(f.Evidence)-1].Says; !strings.HasSuffix(last, end) {
		t.Errorf("got %q, want it to end %q", last, end)
	}
}

// verdict checks verdict and candidates, and that a finding is whole: lists are not nil, frames exist.
func verdict(t *testing.T, taps []vantage.View, got vantage.Finding, want vantage.Verdict, candidates ...vantage.Verdict) {
	t.Helper()
	if got.Verdict != want || !slices.Equal(got.Candidates, candidates) {
		t.Errorf("got %s %v, want %s %v\n%s", got.Verdict, got.Candidates, want, candidates, show(got))
	}
	if got.Candidates == nil || len(got.Evidence) == 0 || want == vantage.Inconclusive && got.Next == "" {
		t.Errorf("want candidates, evidence and a next test:\n%s", show(got))
	}
	for _, e := range got.Evidence {
		if e.Frames == nil {
			t.Errorf("%q has nil frames", e.Says)
		}
		for _, r := range e.Frames {
			if !exists(taps, r) {
				t.Errorf("%q points at %s %d, which does not exist", e.Says, r.Tap, r.N)
			}
		}
	}
}

func exists(taps []vantage.View, r vantage.FrameRef) bool {
	return slices.ContainsFunc(taps, func(t vantage.View) bool { return t.Name == r.Tap && 1 <= r.N && r.N <= len(t.Segments) })
}

// TestALostFrameLeavesNoVerdict takes the article's finding and has the host's tap lose one frame.
func TestALostFrameLeavesNoVerdict(t *testing.T) {
	taps := ladder(t, `
		guest 0    > S 0 0
		host  0.1  > S  7000 0
		host  1    < SA 9000 7001
		host  1.1  > A  7001 9001
		guest 1.2  < SA 64001 1
		guest 1.3  > R  1 0`)
	if f := vantage.Path(taps); f.Verdict != vantage.HandshakeOnSYNProxy {
		t.Fatalf("without loss: %s", f.Verdict)
	}
	taps[1].Dropped = 1
	f := vantage.Path(taps)
	if f.Verdict != vantage.Inconclusive || !slices.Equal(f.Candidates, []vantage.Verdict{vantage.HandshakeOnSYNProxy}) || f.Order != "" {
		t.Errorf("got %s (%s), candidates %v", f.Verdict, f.Order, f.Candidates)
	}
	if want := "tap host lost 1 frame: what it does not show may have passed"; f.Evidence[0].Says != want {
		t.Errorf("the evidence says %q, want %q", f.Evidence[0].Says, want)
	}
}
