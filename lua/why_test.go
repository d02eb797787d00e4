package lua_test

import (
	"strings"
	"testing"
)

// TestWhySaysOfAnAnswerWhatSrDecided asks questions of every kind and has why explain the answer by the question as it was written, whose
// addresses the host filled in when it was sent.
func TestWhySaysOfAnAnswerWhatSrDecided(t *testing.T) {
	for _, c := range []struct{ name, question, want string }{
		{"a SYN", `IP{dst="192.168.11.2"}/TCP{dport=57212, flags="S"}`, "yes: ports are swapped and the numbers fit"},
		{"a closed port", `IP{dst="192.168.11.2"}/TCP{dport=57213}`, "yes: ports are swapped and the numbers fit"},
		{"an echo", `IP{dst="192.168.11.2"}/ICMP{id=9}/"x"`, "yes: it has the question's id and seq"},
		{"a datagram", `IP{dst="192.168.11.2"}/UDP{dport=57212}/"x"`, "yes: it comes to the question's port"},
		{"a datagram that nobody takes", `IP{dst="192.168.11.2"}/UDP{dport=9}/"x"`, "yes: an ICMP error that quotes the question"},
		{"a hop that ends it", `IP{dst="192.168.11.2", ttl=1}/TCP{dport=80}`, "yes: an ICMP error that quotes the question"},
		{"a frame", `Ether/IP{dst="192.168.11.2"}/TCP{dport=57212}`, "yes: ports are swapped and the numbers fit"},
		{"ARP", `Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst="10.0.2.2"}`, "yes: it tells the address that was asked for"},
		{"ARP without a frame", `ARP{pdst="10.0.2.2"}`, "yes: it tells the address that was asked for"},
		{"a port that is drawn", `IP{dst="192.168.11.2"}/TCP{sport=RandNum(40000, 50000), dport=57212}`, "yes: ports are swapped and the numbers fit"},
		{"the second of a set", `IP{dst="192.168.11.2"}/TCP{dport={57212, 57213}}`, "yes: ports are swapped and the numbers fit (packet 1 of 2)"},
		{"one of a list", `{IP{dst="192.168.11.3"}/ICMP, IP{dst="192.168.11.2"}/ICMP}`, "yes: it has the question's id and seq (packet 2 of 2)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			s.check(t, `local q = `+c.question+` local ans = sr(q, {timeout=1}) print(why(q, ans[1].answer)) assert(why(ans[1].sent, ans[1].answer):find("^yes"))`, c.want)
		})
	}
	s := inLab(t, "masquerade")
	s.check(t, `local q = IP{dst="192.168.11.2"}/TCP{dport=57212} local r = sr1(q)
		print(why(Ether/q, r)) print(why(q, Ether/r)) print(why(q, q)) print(why(IP{dst="192.168.11.2"}/TCP{dport={1,2}}, r)) print(why(IP{dst="192.168.11.2", src="10.9.9.9"}/TCP{dport=57212}, r))`,
		"yes: ports are swapped and the numbers fit\nyes: ports are swapped and the numbers fit\nno: it is the question itself\n"+
			"no: it answers none of the 2 packets; not the first one: the ports are not swapped\nno: it is not addressed to the question's source")
	_, err := s.Run(t.Context(), "test", `local q = IP{dst="192.168.11.3"}/ICMP print(why(q, sr1(q, {timeout=0.5})))`)
	if want := "bad argument #2: want a packet, got nil: why(question, reply); nobody answered the last sr1 (IP / ICMP 10.0.2.100 > 192.168.11.3 echo-request 0) within 500 ms"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
