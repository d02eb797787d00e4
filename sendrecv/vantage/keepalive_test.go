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
	verdict(t, taps, vantage.Keepalive(taps, nil), nothing, swallowed, forwarded, middlebox)
	// A middlebox between host and server answers.
	taps = ladder(t, passing+strings.ReplaceAll(strings.ReplaceAll(passing, "guest", "#"), "host  ", "server ")+`
		guest 5000.0 > A 1003 9004
		host  5000.1 > A 1003 9004
		host  5000.2 < A 9004 1004
		guest 5000.3 < A 9004 1004
		guest 6000.0 > A 1003 9004
		host  6000.1 > A 1003 9004
		host  6000.2 < A 9004 1004
		guest 6000.3 < A 9004 1004
		guest 7000.0 > FA 1004 9004
		host  7000.1 > FA 1004 9004
		server 7000.2 > FA 1004 9004`)
	verdict(t, taps, vantage.Keepalive(taps, nil), middlebox)
}

func TestTheCut(t *testing.T) {
	cut := []vantage.Mark{{Time: 3, Says: "cut"}}
	for _, c := range []struct{ name, ladder, ends string }{
		{"the proxy answers on", proxied + `
			guest 5000.0 > A 1003  64005
			guest 5000.1 < A 64005 1004
			guest 6000.0 > A 1003  64005
			guest 6000.1 < A 64005 1004
			guest 7000   > PA 1004 64005 len=2
			host  7000.1 > PA 7004 9004 len=2
			host  8000.1 > PA 7004 9004 len=2`, "2 keepalive probes: all answered, none seen at tap host: false alive, the connection looks well whatever became of the server"},
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
