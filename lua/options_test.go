package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestOptionsOfScapysThatAreNotHere holds what is said in place of "did you mean" where nothing near is meant, from Lua and from Python.
func TestOptionsOfScapysThatAreNotHere(t *testing.T) {
	s := inLab(t, "vmnat")
	const (
		lfilter = "lfilter takes a function in place of tcpdump's words: lfilter=function(p) return p:has(UDP) end"
		chosen  = "only answers are returned anyway; some of them are ans:filter(function(s, r) return r:has(UDP) end)"
		ends    = "count= or timeout= ends it, and lfilter=function(p) return p:has(UDP) end says which packets count"
		listens = "sr(p, {multi=true}) listens before it sends, and returns every answer"
	)
	for chunk, want := range map[string]string{
		`sniff{filter="udp"}`:                                  `no option "filter" here: ` + lfilter,
		`sniff(filter="udp", count=1)`:                         `no option "filter" here: ` + lfilter,
		`sniff{count=1, filter="udp and port 53"}`:             `no option "filter" here: ` + lfilter,
		`sr(IP/UDP, {filter="udp"})`:                           `no option "filter" here: ` + chosen,
		`sr1(IP/UDP, {lfilter=print})`:                         `no option "lfilter" here: ` + chosen,
		`sr1(IP()/UDP(), filter="udp")`:                        `no option "filter" here: ` + chosen,
		`sniff{stop_filter=function(p) return p:has(TCP) end}`: `no option "stop_filter" here: ` + ends,
		`sniff(stop_filter=lambda p: p.haslayer(TCP))`:         `no option "stop_filter" here: ` + ends,
		`sniff{started=function() end}`:                        `no option "started" here: ` + listens,
		`sniff{started_callback=function() end}`:               `no option "started_callback" here: ` + listens,
		`send(IP/UDP, {count=3})`:                              `no option "count" here: a loop repeats the call: for i = 1, 3 do ... end`,
		`sniff{lfilter="udp"}`:                                 `sniff: lfilter: want a function, as in lfilter=function(p) return p:has(UDP) end, got string`,
		`sniff{prn="summary"}`:                                 `sniff: prn: want a function, as in prn=function(p) return p:summary() end, got string`,
		`sniff{lfiter=print}`:                                  `no option "lfiter"; there are iface, count, timeout,`,
	} {
		if _, _, err := s.Eval(context.Background(), "prompt", chunk); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}
