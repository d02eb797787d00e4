package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

var update = flag.Bool("update", false, "rewrite the samples in the scripts' headers")

// TestVerdicts is the main job: the article's two experiments, behind each NAT of the lab.
func TestVerdicts(t *testing.T) {
	cases := []struct {
		name string
		line string
		want vantage.Verdict
		code int
	}{
		{"the article", "run handshake --lab", vantage.HandshakeOnSYNProxy, exitOK},
		{"the article, guarded", "run handshake --lab guard=on", vantage.HandshakeOnSYNProxy, exitOK},
		{"the article, completed", "run handshake --lab complete=on", vantage.HandshakeOnSYNProxy, exitOK},
		{"a NAT that rewrites", "run handshake --lab=masquerade", vantage.PacketNAT, exitOK},
		{"a NAT that rewrites, guarded", "run handshake --lab=masquerade guard=on", vantage.PacketNAT, exitOK},
		{"a NAT that rewrites, completed", "run handshake --lab=masquerade complete=on", vantage.PacketNAT, exitOK},
		{"no NAT", "run handshake --lab=none", vantage.Routed, exitOK},
		{"no NAT, guarded", "run handshake --lab=none guard=on", vantage.Routed, exitOK},
		{"no NAT, completed", "run handshake --lab=none complete=on", vantage.Routed, exitOK},
		{"as expected", "run handshake --lab --expect handshake-on-syn-proxy", vantage.HandshakeOnSYNProxy, exitOK},
		{"not as expected", "run handshake --lab=masquerade --expect handshake-on-syn-proxy", vantage.PacketNAT, exitOther},
		{"not as expected either", "run handshake --lab=none --expect=handshake-on-syn-proxy", vantage.Routed, exitOther},
		{"a closed port", "run handshake --lab dport=57213", vantage.Inconclusive, exitInconclusive},
		{"a closed port, expecting a handshake", "run handshake 192.168.11.2 57213 --lab --expect handshake-on-syn-proxy", vantage.Inconclusive, exitInconclusive},
		{"a closed port, expecting nothing", "run handshake --lab dport=57213 --expect inconclusive", vantage.Inconclusive, exitOK},
		{"a closed port behind a NAT that rewrites", "run handshake --lab=masquerade dport=57213", vantage.PacketNAT, exitOK},
		{"a host that does not exist", "run handshake --lab dst=192.168.11.77", vantage.Inconclusive, exitInconclusive},
		{"keepalives", "run keepalive --lab", vantage.AnsweredByMiddlebox, exitOK},
		{"keepalives through a NAT that rewrites", "run keepalive --lab=masquerade", vantage.Forwarded, exitOK},
		{"keepalives without NAT", "run keepalive --lab=none", vantage.Forwarded, exitOK},
		{"keepalives of a connection that is reset", "run keepalive --lab dport=57214", vantage.Inconclusive, exitInconclusive},
		{"keepalives of a connection that is reset, without proxy", "run keepalive --lab=masquerade dport=57214", vantage.Inconclusive, exitInconclusive},
		{"keepalives without a connection", "run keepalive --lab dport=57213", vantage.Inconclusive, exitInconclusive},
		{"keepalives, graded", "run keepalive --lab=masquerade --expect answered-by-middlebox", vantage.Forwarded, exitOther},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, code := result(t, c.line)
			if r.Verdict != c.want || code != c.code {
				t.Errorf("%s: verdict %s, exit %d; want %s, exit %d", c.line, r.Verdict, code, c.want, c.code)
			}
		})
	}
}

// result runs a command line with --json.
func result(t *testing.T, line string) (vantage.Result, int) {
	t.Helper()
	code, stdout, _ := moonwire(context.Background(), "", append(strings.Fields(line), "--json")...)
	return decoded(t, line, stdout), code
}

// decoded is the one object that an experiment has printed.
func decoded(t *testing.T, line, stdout string) (r vantage.Result) {
	t.Helper()
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%s: %v in %s", line, err, stdout)
	}
	return r
}

// TestVerdictsFollowFromTheTaps judges the taps of the JSON again: the number alone must give the same verdict.
func TestVerdictsFollowFromTheTaps(t *testing.T) {
	for _, line := range []string{"run handshake --lab", "run handshake --lab=masquerade", "run handshake --lab=none",
		"run handshake --lab dport=57213", "run handshake --lab complete=on", "run keepalive --lab", "run keepalive --lab=masquerade"} {
		t.Run(line, func(t *testing.T) {
			r, _ := result(t, line)
			again := vantage.Path(r.Taps)
			if r.Experiment == "keepalive" {
				again = vantage.Keepalive(r.Taps, r.Marks)
			}
			if diff := cmp.Diff(r.Finding, again); diff != "" && !sameButPayload(r.Finding, again) {
				t.Errorf("judged again:\n%s", diff)
			}
		})
	}
}

// sameButPayload allows what payload adds to the evidence: it is not part of the JSON.
func sameButPayload(a, b vantage.Finding) bool { return a.Verdict == b.Verdict && a.Order == b.Order }

// TestOneSegmentDecides changes a single segment of the article's finding and sees the verdict change.
func TestOneSegmentDecides(t *testing.T) {
	cases := []struct {
		name   string
		change func(guest, host *vantage.View)
	}{
		{"the host's ACK is missing", func(_, host *vantage.View) {
			host.Segments = slices.DeleteFunc(host.Segments, func(s vantage.Segment) bool { return s.Dir == "out" && s.Flags == "A" })
		}},
		{"the SYNs have the same ISN", func(guest, host *vantage.View) {
			host.Segments[0].Seq = guest.Segments[0].Seq
		}},
		{"the host side saw nothing", func(_, host *vantage.View) { host.Segments = nil }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, _ := result(t, "run handshake --lab")
			c.change(&r.Taps[0], &r.Taps[1])
			if v := vantage.Path(r.Taps).Verdict; v == vantage.HandshakeOnSYNProxy {
				t.Errorf("still %s", v)
			}
		})
	}
}

func TestTheArticleSegmentBySegment(t *testing.T) {
	r, _ := result(t, "run handshake --lab")
	guest, host := flagsOf(r.Taps[0]), flagsOf(r.Taps[1])
	if guest != "out:S in:SA out:R" {
		t.Errorf("the guest's side shows %s", guest)
	}
	if !strings.HasPrefix(host, "out:S in:SA out:A") {
		t.Errorf("the host's side shows %s", host)
	}
	if r.Taps[0].Segments[0].Seq == r.Taps[1].Segments[0].Seq {
		t.Error("the SYN upstream has the guest's ISN")
	}
	if r.Guard || r.Order != vantage.Undecided {
		t.Errorf("guard %v, order %s", r.Guard, r.Order)
	}
}

func flagsOf(tap vantage.View) string {
	var all []string
	for _, s := range tap.Segments {
		all = append(all, s.Dir+":"+s.Flags)
	}
	return strings.Join(all, " ")
}

func TestAClosedPortHasNoHandshake(t *testing.T) {
	r, _ := result(t, "run handshake --lab dport=57213")
	for _, tap := range r.Taps {
		for _, s := range tap.Segments {
			if strings.Contains(s.Flags, "S") && strings.Contains(s.Flags, "A") {
				t.Errorf("tap %s shows a SYN/ACK", tap.Name)
			}
		}
	}
	if !strings.Contains(r.Evidence[0].Says, "refused by RST") {
		t.Errorf("the evidence says %q", r.Evidence[0].Says)
	}
}

// TestFalseAlive is the finding that keepalive is about: who still answers once the path is cut.
func TestFalseAlive(t *testing.T) {
	for lab, want := range map[string]string{"vmnat": "all answered, none seen at tap host: false alive", "masquerade": "none answered, all seen at tap host"} {
		t.Run(lab, func(t *testing.T) {
			r, _ := result(t, "run keepalive --lab="+lab)
			if len(r.Marks) != 1 || r.Marks[0].Says != "cut server" || r.Marks[0].Cut != "server" {
				t.Fatalf("marks: %v", r.Marks)
			}
			last := r.Evidence[len(r.Evidence)-1].Says
			if !strings.HasPrefix(last, "after the cut") || !strings.Contains(last, want) {
				t.Errorf("the evidence says %q", last)
			}
			probes := r.Comparison().Probes()
			before := slices.DeleteFunc(slices.Clone(probes), func(p vantage.Probe) bool { return p.Time > r.Marks[0].Time })
			if len(before) < 7 || len(probes) < 2*len(before) {
				t.Errorf("%d probes before the cut, %d in all", len(before), len(probes))
			}
			for _, p := range before {
				if p.Answer == nil || (len(p.Seen) > 0) != (lab == "masquerade") {
					t.Errorf("probe %v: answer %v, seen %v", p.Frame, p.Answer, p.Seen)
				}
			}
		})
	}
}

// TestEqualRunsGiveEqualPages holds that what a script draws is drawn alike in each run of the lab, and never by favour.
func TestEqualRunsGiveEqualPages(t *testing.T) {
	for _, line := range []string{"run handshake --lab complete=on", "run keepalive --lab=masquerade"} {
		_, first, _ := moonwire(context.Background(), "", strings.Fields(line)...)
		_, again, _ := moonwire(context.Background(), "", strings.Fields(line)...)
		if first != again {
			t.Errorf("%s: %s", line, cmp.Diff(first, again))
		}
	}
	r, _ := result(t, "run handshake --lab")
	if syn := r.Taps[0].Segments[0]; syn.Src.Port() < 61000 || syn.Seq < 1<<20 {
		t.Errorf("the guest's SYN is from %s with number %d", syn.Src, syn.Seq)
	}
}

// TestAForgedAnswerIsNoGrade runs a script that answers itself in the server's name and expects the article's finding.
func TestAForgedAnswerIsNoGrade(t *testing.T) {
	const forger = `--- An answer that nobody gave
-- @question none
-- @usage moonwire run ./forger.lua
-- @args dst:address the server
-- @needs two taps
-- @verdicts handshake-on-syn-proxy answered-by-middlebox inconclusive
local cap = capture()
path.cut("guest")
send(IP{dst=args.dst}/TCP{sport=61000, dport=57212, flags="S", seq=3000000000})
local frame = Ether{src="02:00:0a:00:02:02", dst="02:00:0a:00:02:64"}/IP{src=args.dst, dst="10.0.2.100"}
send(frame/TCP{sport=57212, dport=61000, flags="SA", seq=4000000000, ack=3000000001})
send(IP{dst=args.dst}/TCP{sport=61000, dport=57212, flags="A", seq=3000000001, ack=4000000001})
for _ = 1, 3 do
  send(IP{dst=args.dst}/TCP{sport=61000, dport=57212, flags="A", seq=3000000000, ack=4000000001})
  send(frame/TCP{sport=57212, dport=61000, flags="A", seq=4000000001, ack=3000000001})
  sleep(1)
end
`
	for verdict, judge := range map[string]string{"handshake-on-syn-proxy": "path", "answered-by-middlebox": "keepalive"} {
		file := filepath.Join(t.TempDir(), "forger.lua")
		if err := os.WriteFile(file, []byte(forger+"return judge."+judge+"(cap, {dst=args.dst, dport=57212})\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, nat := range []string{"vmnat", "masquerade", "none"} {
			if code, stdout, stderr := moonwire(context.Background(), "", "run", file, "--lab="+nat, "--expect", verdict); code != exitInconclusive {
				t.Errorf("%s behind %s: exit %d, want %d\n%s%s", judge, nat, code, exitInconclusive, stdout, stderr)
			}
		}
	}
}

// TestSamplesAreTrue compares the output in each script's header with what the lab prints today.
func TestSamplesAreTrue(t *testing.T) {
	all, err := scripts.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			_, stdout, _ := moonwire(context.Background(), "", "run", s.Name, "--lab")
			if s.Output == stdout {
				return
			}
			if !*update {
				t.Fatalf("the sample is out of date: go test ./cmd/moonwire -update\n%s", cmp.Diff(s.Output, stdout))
			}
			if err := os.WriteFile("../../scripts/"+s.Name+".lua", []byte(withSample(s.Source, stdout)), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// withSample puts output into the header's last part.
func withSample(source, output string) string {
	head, rest, _ := strings.Cut(source, "-- @output\n")
	for strings.HasPrefix(rest, "--") {
		_, rest, _ = strings.Cut(rest, "\n")
	}
	var b strings.Builder
	b.WriteString(head + "-- @output\n")
	for line := range strings.Lines(output) {
		b.WriteString(strings.TrimRight("-- "+line, " \n") + "\n")
	}
	return b.String() + rest
}

// TestAnInterruptedExperimentKeepsWhatItSaw stops keepalive in the middle.
func TestAnInterruptedExperimentKeepsWhatItSaw(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	timer := time.AfterFunc(200*time.Millisecond, cancel)
	defer timer.Stop()
	code, stdout, stderr := moonwire(ctx, "", "run", "keepalive", "--lab", "--json", "probes=1000000000")
	if code != exitInterrupted || !strings.HasSuffix(stderr, "moonwire: interrupted\n") {
		t.Fatalf("exit %d, %q", code, stderr)
	}
	var r vantage.Result
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatal(err)
	}
	if !r.Interrupted || r.Verdict != vantage.Inconclusive || len(r.Taps) != 2 || len(r.Taps[0].Segments) == 0 {
		t.Errorf("interrupted %v, verdict %s, %d taps", r.Interrupted, r.Verdict, len(r.Taps))
	}
}
