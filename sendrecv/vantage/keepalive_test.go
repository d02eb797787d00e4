package vantage_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// proxied and passing are idle connections with 3 bytes echoed, through a proxy and through a packet NAT: the guest's
// SND.NXT is 1004, the proxy's 7004.
const (
	proxied = dialFirstLadder
	passing = `
guest 0.0 > S  1000 0
host  0.1 > S  1000 0
host  0.2 < SA 9000 1001
guest 0.3 < SA 9000 1001
guest 0.4 > A  1001 9001
host  0.5 > A  1001 9001
guest 1.0 > PA 1001 9001 len=3
host  1.1 > PA 1001 9001 len=3
host  1.2 < PA 9001 1004 len=3
guest 1.3 < PA 9001 1004 len=3
`
)

const (
	forwarded  = vantage.Forwarded
	middlebox  = vantage.AnsweredByMiddlebox
	swallowed  = vantage.Swallowed
	unanswered = vantage.Unanswered
)

func TestKeepalive(t *testing.T) {
	for _, c := range []struct {
		name, ladder string
		want         vantage.Verdict
		candidates   []vantage.Verdict
		says         string
	}{
		{name: "forwarded and answered", ladder: passing + `
			guest 5000.0 > A 1003 9004
			host  5000.1 > A 1003 9004
			host  5000.2 < A 9004 1004
			guest 5000.3 < A 9004 1004`, want: forwarded, says: "1 keepalive probe: all answered, all seen at tap host"},
		{name: "forwarded and not answered", ladder: passing + `
			guest 5000.0 > A 1003 9004
			host  5000.1 > A 1003 9004`, want: forwarded, says: "none answered, all seen at tap host"},
		{name: "answered by the middlebox", ladder: proxied + `
			guest 5000.0  > A 1003  64005
			guest 5000.1  < A 64005 1004
			guest 10000.0 > A 1003  64005 len=1
			guest 10000.1 < PA 64005 1004`, want: middlebox, says: "2 keepalive probes: all answered, none seen at tap host"},
		{name: "the middlebox has a keepalive of its own", ladder: proxied + `
			guest 5000.0  > A 1003  64005
			guest 5000.1  < A 64005 1004
			host  15100.0 > A 7003  9004
			host  15100.1 < A 9004  7004`, want: middlebox, says: "tap host shows 1 keepalive probe in the middlebox's own connection: not the guest's"},
		{name: "swallowed while data flows", ladder: proxied + `
			guest 5000.0 > A  1003  64005
			guest 6000.0 > A  1003  64005
			guest 7000.0 > PA 1004  64005 len=2
			host  7000.1 > PA 7004  9004 len=2
			host  7000.2 < PA 9004  7006 len=2
			guest 7000.3 < PA 64005 1006 len=2`, want: swallowed, says: "still heard at tap guest and at tap host"},
		{name: "neither answered nor forwarded, then silence", ladder: proxied + `
			guest 5000.0 > A 1003 64005`, want: nothing, candidates: []vantage.Verdict{swallowed}, says: "looks alike"},
		{name: "the capture at the host lost one probe", ladder: passing + `
			guest 5000.0  > A 1003 9004
			host  5000.1  > A 1003 9004
			host  5000.2  < A 9004 1004
			guest 5000.3  < A 9004 1004
			guest 10000.0 > A 1003 9004
			guest 10000.3 < A 9004 1004`, want: forwarded, says: "all answered, 1 seen at tap host"},
		{name: "then the server is heard at the host only", ladder: proxied + `
			guest 5000.0 > A  1003 64005
			host  6000.0 < PA 9004 7004 len=2`, want: nothing, candidates: []vantage.Verdict{swallowed}, says: "looks alike"},
		{name: "then the middlebox alone hangs up", ladder: proxied + `
			guest 5000.0 > A  1003  64005
			guest 6000.0 < FA 64005 1004`, want: nothing, candidates: []vantage.Verdict{swallowed}, says: "looks alike"},
		{name: "data that the server sends by itself is no answer", ladder: proxied + `
			guest 5000.0 > A  1003  64005
			host  6000.0 < PA 9004  7004 len=2
			guest 6000.1 < PA 64005 1004 len=2`, want: swallowed, says: "none answered"},
		{name: "a reset is no answer", ladder: proxied + `
			guest 5000.0 > A  1003  64005
			guest 5000.1 < RA 64005 1004`, want: nothing, candidates: []vantage.Verdict{swallowed}, says: "none answered"},
		{name: "no keepalive", ladder: proxied, want: nothing, says: "no keepalive probe"},
		{name: "a retransmitted byte is no probe", ladder: proxied + `
			guest 5000.0 > PA 1004 64005 len=1
			guest 6000.0 > A  1004 64005 len=1`, want: nothing, says: "no keepalive probe"},
		{name: "a duplicate ACK is no probe", ladder: proxied + `
			guest 5000.0 > A 1004 64005`, want: nothing, says: "no keepalive probe"},
		{name: "probes before the handshake are none", ladder: `
			guest 0.0 > S 1000 0
			guest 1.0 > A 1000 0`, want: nothing, says: "no keepalive probe"},
		{name: "an idle connection without data", ladder: `
			guest 0.0    > S  1000  0
			guest 0.1    < SA 64001 1001
			guest 0.2    > A  1001  64002
			guest 5000.0 > A  1000  64002
			guest 5000.1 < A  64002 1001`, want: middlebox},
		{name: "numbers wrap", ladder: `
			guest 0.0    > S  4294967294 0
			guest 0.1    < SA 64001      4294967295
			guest 0.2    > A  4294967295 64002
			guest 1.0    > PA 4294967295 64002 len=1
			guest 1.1    < A  64002      0
			guest 5000.0 > A  4294967295 64002
			guest 5000.1 < A  64002      0`, want: middlebox, says: "1 keepalive probe: all answered"},
		{name: "the capture at the host began late", ladder: `
			guest 0.0    > S  1000 0
			guest 0.3    < SA 9000 1001
			guest 0.4    > A  1001 9001
			guest 5000.0 > A  1000 9001
			host  5000.1 > A  1000 9001
			host  5000.2 < A  9001 1001
			guest 5000.3 < A  9001 1001`, want: nothing, says: "whose handshake it missed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			taps := ladder(t, c.ladder)
			got := vantage.Keepalive(taps, nil)
			verdict(t, taps, got, c.want, c.candidates...)
			says(t, got, c.says)
		})
	}
}

func TestKeepaliveFromOneTap(t *testing.T) {
	alive := ladder(t, proxied+"guest 5000.0 > A 1003 64005\nguest 5000.1 < A 64005 1004\n")[:1]
	verdict(t, alive, vantage.Keepalive(alive, nil), nothing, forwarded, middlebox)
	dead := ladder(t, proxied+"guest 5000.0 > A 1003 64005\n")[:1]
	verdict(t, dead, vantage.Keepalive(dead, nil), unanswered)
	verdict(t, nil, vantage.Keepalive(nil, nil), nothing)
}

func TestKeepaliveAcrossThreeTaps(t *testing.T) {
	// The cut is between host and server: nothing reaches the server, and nobody pretends that it does.
	taps := ladder(t, passing+strings.ReplaceAll(strings.ReplaceAll(passing, "guest", "#"), "host  ", "server ")+`
		guest 5000.0 > A 1003 9004
		host  5000.1 > A 1003 9004`)
	verdict(t, taps, vantage.Keepalive(taps, nil), forwarded)
	// A middlebox between host and server answers.
	taps = ladder(t, passing+strings.ReplaceAll(strings.ReplaceAll(passing, "guest", "#"), "host  ", "server ")+`
		guest 5000.0 > A 1003 9004
		host  5000.1 > A 1003 9004
		host  5000.2 < A 9004 1004
		guest 5000.3 < A 9004 1004`)
	verdict(t, taps, vantage.Keepalive(taps, nil), middlebox)
}

func TestTheCut(t *testing.T) {
	cut := []vantage.Mark{{Time: 3, Says: "cut"}}
	for _, c := range []struct{ name, ladder, ends string }{
		{"the proxy answers on", proxied + `
			guest 5000.0 > A 1003  64005
			guest 5000.1 < A 64005 1004`, "1 keepalive probe: all answered, none seen at tap host: false alive, the connection looks well whatever became of the server"},
		{"an honest path", passing + `
			guest 2000.0 > A 1003 9004
			host  2000.1 > A 1003 9004
			host  2000.2 < A 9004 1004
			guest 2000.3 < A 9004 1004
			guest 5000.0 > A 1003 9004
			host  5000.1 > A 1003 9004`, "1 keepalive probe: none answered, all seen at tap host: an honest path, the guest can tell"},
		{"the cut was elsewhere", passing + `
			guest 5000.0 > A 1003 9004
			host  5000.1 > A 1003 9004
			host  5000.2 < A 9004 1004
			guest 5000.3 < A 9004 1004`, "so the cut lies elsewhere"},
		{"nothing was tried", passing + `
			guest 2000.0 > A 1003 9004
			host  2000.1 > A 1003 9004`, "the guest sent 0 keepalive probes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantLast(t, vantage.Keepalive(ladder(t, c.ladder), cut), c.ends)
		})
	}
}
