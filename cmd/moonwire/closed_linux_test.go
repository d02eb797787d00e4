package main

import (
	"strings"
	"testing"
)

// TestNothingLeavesTheLab runs the command where every name server is on lo, and counts what passes there. That the same words
// without the lab are asked there shows that the count counts.
func TestNothingLeavesTheLab(t *testing.T) {
	name, within := namespace(t, "closed", "127.0.0.1")
	lo := watching(t, "netns:"+name+"/lo")
	const script = `for _, n in ipairs{"server", "nowhere.example", "localhost", "ip6-localhost"} do
		print(pcall(IP, {dst=n})) print(pcall(IPv6, {dst=n}))
		print(pcall(dial, {dst=n, dport=80, timeout=1})) print(pcall(run, "handshake", {dst=n}))
		print(pcall(IP, {dst={n, n}})) print(pcall(DNSRR, {rrname=n, type="A", rdata=n}))
	end print(sr1(IP{dst="server"}/ICMP{})[IP].src) print(dial{dst="192.168.11.2", dport=57212})`
	cases := []struct {
		name  string
		stdin string
		args  []string
	}{
		{"a chunk", "", []string{"--lab", "-e", script}},
		{"a file on standard input", script, []string{"--lab=masquerade", "run", "-"}},
		{"lines at the prompt", strings.ReplaceAll(script, "\n", " ") + "\n", []string{"--lab=none"}},
		{"an experiment", "", []string{"--lab", "run", "handshake"}},
		{"an experiment on a name", "", []string{"--lab", "run", "handshake", "dst=nowhere.example"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runAs(t, within, c.stdin, c.args...)
			if code != exitOK && !strings.Contains(stderr, "nowhere.example") {
				t.Errorf("exit %d, %s", code, stderr)
			}
			if got := lo.frames(); len(got) > 0 {
				t.Errorf("%d frames left the lab, the first is %x; printed:\n%s%s", len(got), got[0].Data, stdout, stderr)
			}
		})
	}
	if _, _, stderr := runAs(t, within, "", "-e", `IP{dst="nowhere.example"}`); len(lo.frames()) == 0 {
		t.Errorf("without the lab nobody was asked for the name either: the count shows nothing: %s", stderr)
	}
}
