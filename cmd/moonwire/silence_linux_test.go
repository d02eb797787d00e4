package main

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// TestAbsentNeighboursAreSilence sends, on real interfaces, to neighbours that are not there, to a network without a route, and to a
// gateway that is not there.
func TestAbsentNeighboursAreSilence(t *testing.T) {
	host, within := namespace(t, "absent", "127.0.0.1")
	ip(t, "-n", host, "link", "add", "mw0", "type", "veth", "peer", "name", "mw1")
	ip(t, "-n", host, "addr", "add", "10.9.0.1/24", "dev", "mw0")
	ip(t, "-n", host, "link", "set", "mw0", "up")
	ip(t, "-n", host, "link", "set", "mw1", "up")
	ip(t, "-n", host, "route", "add", "198.51.100.0/24", "via", "10.9.0.254")
	ip(t, "-n", host, "neigh", "add", "10.9.0.2", "lladdr", "02:00:00:00:00:02", "dev", "mw0", "nud", "permanent")
	const absent = "no answer to ARP from 10.9.0.9 on mw0 (3 requests in 1.5 s): is it up, and in this network?\n"
	for _, c := range []struct {
		name, chunk, out, err string
		code                  int
	}{
		{"sr1", `print(sr1(IP{dst="10.9.0.9"}/ICMP{}))`, "nil\n", "not sent: " + absent, exitOK},
		{"send", `print(send(IP{dst="10.9.0.9"}/ICMP{}))`, "0\n", "not sent: " + absent, exitOK},
		{"the script goes on", `local a = sr1(IP{dst="10.9.0.9"}/ICMP{}) if not a then print("silent") end`, "silent\n", "not sent: " + absent, exitOK},
		{"a gateway", `print(sr1(IP{dst="198.51.100.7"}/ICMP{}))`, "nil\n", "not sent: next hop 10.9.0.254 to 198.51.100.7: no answer to ARP from 10.9.0.254", exitOK},
		{"no route", `print(sr1(IP{dst="203.0.113.7"}/ICMP{}))`, "nil\n", "not sent: no route to 203.0.113.7: nothing in the routing table leads there (ip route)\n", exitOK},
		{"no route for IPv6", `print(sr1(IPv6{dst="fe80::77"}/ICMPv6EchoRequest))`, "nil\n",
			"not sent: no route to fe80::77: IPv6 routes and neighbours are not asked for: set IPv6.src, and put Ether{dst=...} below\n", exitOK},
		{"one without a destination, the first", `print(send({IP/ICMP, IP{dst="10.9.0.2"}/ICMP}))`, "1\n", "1 of 2 packets could not be sent: IP.dst: want a destination", exitOK},
		{"no packet of this link's", `sr1(Raw{load="x"})`, "", "not with Raw", exitScript},
		{"one of several, the first", `local a, u = sr({IP{dst="203.0.113.7"}/ICMP{}, IP{dst="10.9.0.9"}/ICMP{}, IP{dst="10.9.0.2"}/ICMP{}}, {timeout=0.1}) print(#a, #u)`, "0\t3\n",
			"2 of 3 packets could not be sent and count as unanswered: 1: no route to 203.0.113.7: nothing in the routing table leads there (ip route); 1: " + absent, exitOK},
		{"a network", `print(send(IP{dst=range("10.9.0.2", "10.9.0.20")}/ICMP{}))`, "1\n", "18 of 19 packets could not be sent: no answer to ARP from 10.9.0.3, 10.9.0.4, 10.9.0.5 and 15 more\n", exitOK},
		{"a frame that is too long", `print(send({IP{dst="10.9.0.2"}/UDP/("x"):rep(3000), IP{dst="10.9.0.2"}/UDP}))`, "1\n",
			"1 of 2 packets could not be sent: mw0 takes no frame of 3042 bytes: its MTU is 1500\n", exitOK},
		{"only one that is too long", `send(IP{dst="10.9.0.2"}/UDP/("x"):rep(3000))`, "", "takes no frame of 3042 bytes", exitCannotRun},
		{"an interface that is not there", `sr1(IP{dst="10.9.0.9"}/ICMP{}, {iface="nosuch0"})`, "", `no interface "nosuch0"`, exitScript},
		{"ARP by hand", `print(sr1(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst="10.9.0.9"}, {timeout=0.1}))`, "nil\n", "", exitOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := runAs(t, within, "", "-e", c.chunk)
			if code != c.code || stdout != c.out || !strings.Contains(stderr, c.err) || strings.Count(stderr, "\n") > 1 {
				t.Errorf("exit %d, %q, %q; want exit %d, %q, %q", code, stdout, stderr, c.code, c.out, c.err)
			}
		})
	}
	t.Run("an experiment", func(t *testing.T) {
		t.Parallel()
		code, stdout, stderr := runAs(t, within, "", "run", "handshake", "dst=10.9.0.9", "--json")
		r := decoded(t, "an experiment", stdout)
		if code != exitInconclusive || r.Verdict != vantage.Inconclusive || r.Error != "" || !strings.Contains(stderr, "not sent: "+absent) {
			t.Errorf("exit %d, verdict %s, error %q, %q", code, r.Verdict, r.Error, stderr)
		}
	})
}
