package lua_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// forger is what the forging scripts share: a segment of the guest's, and one that the guest writes in the server's name. The
// latter goes to a station on the guest's link: to the guest's own address it goes nowhere, but the tap sees it leave; the
// gateway would carry it back.
const forger = `
local server, me = args.dst, "10.0.2.100"
local own, gateway = "02:00:0a:00:02:64", "02:00:0a:00:02:02"
local X, Y = 3000000000, 4000000000 -- the guest's ISN, and the one that is made up
local function guest(flags, seq, ack, o)
  o = o or {}
  return IP{dst=server, src=o.src, ttl=o.ttl or 64}/TCP{sport=o.sport or 61000, dport=57212, flags=flags, seq=u32(seq), ack=u32(ack or 0)}/(o.data or "")
end
local function forged(to, flags, seq, ack)
  return Ether{src=to == own and gateway or own, dst=to}/IP{src=server, dst=me}/TCP{sport=57212, dport=61000, flags=flags, seq=u32(seq), ack=u32(ack)}
end
local cap = capture()
guard(61000, 5000)
`

// A forgery is a script that writes evidence itself.
type forgery struct {
	name   string
	script string
	dst    string // the server's address; empty is the lab's own
	// void are the NATs behind which nothing but inconclusive is right: all that the guest saw was made up.
	void []string
}

// alone are probes and answers, all from the guest's own port.
const alone = `
	send(forged(own, "SA", Y, X+1))
	send(guest("A", X+1, Y+1, {ttl=TTL}))
	for _ = 1, 4 do
		sleep(0.7)
		send(guest("A", X, Y+1, {ttl=TTL}))
		send(forged(own, "A", Y+1, X+1))
	end`

// spoof makes a connection in another's name to the server, which only the far side sees in full: the NAT's own address, or a
// host that is not there. learn tells the server's number, which the far tap shows.
const spoof = `
	local function learn()
		for _ = 1, 100 do
			sleep(0.001)
			for _, p in ipairs(cap.host) do
				if p[TCP] and p[TCP]:flag("S") and p[TCP]:flag("A") then return p[TCP].seq end
			end
		end
		return 0
	end
	local function handshake(o)
		send(guest("S", X + 7e8, 0, o))
		sleep(0.001)
		send(guest("A", X + 7e8 + 1, learn() + 1, o))
	end
	send(guest("S", X, 0, {ttl=1}))
	sleep(0.001)`

// hello begins a connection of the guest's and has a word echoed.
const hello = `
	local answer = sr1(guest("S", X))
	local next, ack = X + 1, answer[TCP].seq + 1
	send(guest("A", next, ack))
	local function echo(word)
		for _, a in ipairs((sr(guest("PA", next, ack, {data=word}), {multi=true, timeout=0.1}))) do
			if a.answer[Raw] then ack = a.answer[TCP].seq + #a.answer[Raw].load end
		end
		next = next + #word
		send(guest("A", next, ack))
	end
	echo("before")`

func forgeries() []forgery {
	all, routers := []string{"vmnat", "masquerade", "none"}, []string{"masquerade", "none"} // a proxy does not look at the TTL
	return []forgery{
		{name: "the guest's wire is cut", script: `local TTL = 64 path.cut("guest") send(guest("S", X))` + alone, void: all},
		{name: "the guest's wire was cut before", script: `local TTL = 64 path.cut("guest") local cap = capture() send(guest("S", X))` + alone, void: all},
		{name: "the guest's wire is cut and mended", script: `local TTL = 64 path.cut("guest") path.mend("guest") send(guest("S", X))` + alone, void: all},
		{name: "a SYN that does not live long", script: `local TTL = 1 send(guest("S", X, 0, {ttl=1}))` + alone, void: routers},
		{name: "a host that is silent", script: `local TTL = 64 send(guest("S", X))` + alone, dst: "192.168.11.3"},
		{name: "an answer before the true one", script: `send(guest("S", X)) send(forged(own, "SA", Y, X+1)) sleep(1)`},
		{name: "an answer before the true one, taken", script: `
			send(guest("S", X)) send(forged(own, "SA", Y, X+1)) send(guest("A", X+1, Y+1)) sleep(1)`},
		{name: "a connection in the NAT's name", script: spoof + `handshake{src="192.168.10.1", sport=5000} send(forged(own, "SA", Y, X+1))`},
		{name: "a connection in the name of nobody", script: spoof + `handshake{src="10.0.2.50", sport=5000} send(forged(own, "SA", Y, X+1))`},
		{name: "a connection in the name of nobody, with small numbers", script: spoof + `
			X = 1000 - 7e8 handshake{src="10.0.2.50", sport=5000} X = 3000000000 send(forged(own, "SA", Y, X+1))`},
		{name: "the NAT's number, known beforehand", script: `send(guest("S", 73020769)) sleep(1)`},
		{name: "a mark that says what was not done", script: `cap:mark("cut guest") send(guest("S", X)) sleep(1)`},

		{name: "captured packets that are edited into another path's", script: `
			send(guest("S", X)) sleep(1)
			for _, tap in ipairs{"guest", "host"} do
				for i = 1, #cap[tap] do
					local p = cap[tap][i]
					if p[TCP] then
						p[TCP].seq, p[TCP].ack, p[IP].ttl, p[IP].id = X, Y, tap == "guest" and 64 or 63, 7
						p:refresh()
					end
				end
				for i = 1, #cap[tap] do assert(not cap[tap][i][TCP] or cap[tap][i][TCP].seq == X) end
			end`},
		{name: "captured packets that are edited, and sent again", script: `
			send(guest("S", X)) sleep(1)
			for _, p in ipairs(cap.host) do
				if p[TCP] and p[TCP].flags == "S" then p[TCP].seq, p[IP].src, p[TCP].sport, p[IP].ttl = X, me, 61000, 63 p:refresh() end
				if p[TCP] and p[TCP].flags == "SA" then p[TCP].ack, p[IP].dst = X + 1, me p:refresh() send(p) end
			end`},

		{name: "an answer that the gateway carries back", script: spoof + `
			handshake{src="10.0.2.50", sport=5000} send(forged(gateway, "SA", Y, X+1))`},
		{name: "a handshake that the gateway carries back, and then the SYN", script: `
			send(guest("S", X, 0, {ttl=1})) send(forged(gateway, "SA", Y, X+1)) sleep(0.01)
			send(guest("A", X+1, Y+1, {ttl=1})) sleep(0.6)
			local answer = sr1(guest("S", X)) send(guest("A", X+1, answer[TCP].seq+1))`},
		{name: "another answer that the gateway carries back", script: `
			send(guest("S", X)) send(forged(gateway, "SA", Y, X+1)) sleep(0.001) send(guest("A", X+1, Y+1))`},
		{name: "a handshake in a tunnel", script: `
			local function tunnel(sport, inner)
				send(IP{dst=server}/UDP{sport=sport, dport=57212}/VXLAN{vni=1}/Ether{src=own, dst=gateway}/inner)
				sleep(0.02)
			end
			for _, taken in ipairs{4788, 4790} do -- the NAT gives the guest's 4788 and 4789 the next free ports: 4789 and 4791
				send(IP{dst=server, src="10.0.2.50"}/UDP{sport=taken, dport=57212}/"x")
				send(IP{dst=server}/UDP{sport=4788, dport=57212}/"x")
				sleep(0.1)
			end
			local far = IP{src="192.168.10.1", dst=server}
			send(guest("S", X, 0, {ttl=1}))
			sleep(0.001)
			tunnel(4788, far/TCP{sport=5000, dport=57212, flags="S", seq=Y+1e8})
			tunnel(4788, IP{src=server, dst="192.168.10.1"}/TCP{sport=57212, dport=5000, flags="SA", seq=Y+2e8, ack=Y+1e8+1})
			tunnel(4788, far/TCP{sport=5000, dport=57212, flags="A", seq=Y+1e8+1, ack=Y+2e8+1})
			tunnel(4789, IP{src=server, dst=me}/TCP{sport=57212, dport=61000, flags="SA", seq=Y, ack=X+1})`},
		{name: "probes that expire, and something else that is answered", script: hello + `
			for _ = 1, 4 do
				send(guest("A", next-1, ack, {ttl=1})) sleep(0.001) send(guest("A", next-3, ack)) sleep(1)
			end
			echo("after")`},
		{name: "probes with a wrong sum, and something else that is answered", script: hello + `
			for _ = 1, 4 do
				local probe = guest("A", next-1, ack) probe[IP].chksum = 1
				send(probe) sleep(0.001) send(guest("A", next-3, ack)) sleep(1)
			end
			echo("after")`},
		{name: "probes to a station that is not there, and something else that is answered", script: hello + `
			for _ = 1, 4 do
				send(Ether{src=own, dst="02:00:00:00:00:99"}/guest("A", next-1, ack)) sleep(0.001) send(guest("A", next-3, ack)) sleep(1)
			end
			echo("after")`},
		{name: "probes that expire, answered by way of the gateway", script: hello + `
			for _ = 1, 4 do
				send(guest("A", next-1, ack, {ttl=1})) sleep(0.001) send(forged(gateway, "A", ack, next)) sleep(1)
			end
			echo("after")`},
		{name: "probes that expire", script: hello + `
			for _ = 1, 4 do send(guest("A", next-1, ack, {ttl=1})) sleep(1) end
			echo("after")`},
	}
}

// TestAScriptCannotWriteItsOwnVerdict lets scripts forge what the judge reads: it must find what is true, or nothing.
func TestAScriptCannotWriteItsOwnVerdict(t *testing.T) {
	truth := map[string][2]vantage.Verdict{ // of the path, of keepalives
		"vmnat":      {vantage.HandshakeOnSYNProxy, vantage.AnsweredByMiddlebox},
		"masquerade": {vantage.PacketNAT, vantage.Forwarded},
		"none":       {vantage.Routed, vantage.Forwarded},
	}
	for _, f := range forgeries() {
		for nat, right := range truth {
			for i, judge := range []string{"path", "keepalive"} {
				t.Run(f.name+"/"+nat+"/"+judge, func(t *testing.T) { f.try(t, nat, judge, right[i]) })
			}
		}
	}
}

func (f forgery) try(t *testing.T, nat, judge string, right vantage.Verdict) {
	if slices.Contains(f.void, nat) {
		right = vantage.Inconclusive
	}
	if f.dst == "" {
		f.dst = "192.168.11.2"
	}
	r := inLab(t, nat).experiment(t, forger+f.script+fmt.Sprintf("\nsleep(1) return judge.%s(cap, {dst=server, dport=57212})", judge), f.dst)
	if r.Verdict == vantage.Inconclusive || r.Verdict == right {
		return
	}
	t.Errorf("verdict %s, want %s or none", r.Verdict, right)
	for _, e := range r.Evidence {
		t.Log(e.Says, e.Frames)
	}
}

// experiment runs a script as one and returns its result.
func (s *shell) experiment(t *testing.T, source, dst string) *vantage.Result {
	t.Helper()
	script := scripts.Script{Name: "test", Source: source, Verdicts: []string{"inconclusive"}}
	r, err := s.Experiment(context.Background(), script, scripts.Values{"dst": netip.MustParseAddr(dst), "dport": 57212})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
