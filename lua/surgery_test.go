package lua_test

import (
	"context"
	"strings"
	"testing"
)

func TestSurgery(t *testing.T) {
	const tunnel = `local p = Ether/IP{ttl=9}/IP{ttl=8}/TCP/"x" `
	cases := []struct{ name, chunk, want string }{
		// What scapy 2.5.0 does with p[TCP] = q and del p[TCP].
		{"a layer set to another", `p[TCP] = UDP/"yy" print(p)`, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=udp |<UDP  |<Raw  load="yy" |>>>>>`},
		{"the first of two", `p[IP] = IP{ttl=1} print(p)`, `<Ether  type=IPv4 |<IP  ttl=1 |>>`},
		{"the outermost", `p[Ether] = UDP{} print(p)`, `<UDP  |>`},
		{"a layer set to nil", `p[TCP] = nil print(p)`, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 |>>>`},
		{"the first of two to nil", `p[IP] = nil print(p)`, `<Ether  |>`},
		{"by the name in quotes", `p["TCP"] = UDP print(p["UDP"], p["TCP"])`, "<UDP  |>\tnil"},
		{"a layer set to itself and more", `p[TCP] = p[TCP]/"y" print(p[TCP])`, `<TCP  |<Raw  load="x" |<Raw  load="y" |>>>`},
		{"the payload", `print(p[TCP].payload, p[Raw].payload, p.payload.payload.ttl)`, "<Raw  load=\"x\" |>\tnil\t8"},
		{"the payload set", `p[TCP].payload = "yy" print(p[TCP])`, `<TCP  |<Raw  load="yy" |>>`},
		{"the payload of the second", `p:layer(IP, 2).payload = UDP{} print(p)`, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=udp |<UDP  |>>>>`},
		{"the packet's own payload", `p.payload = ARP print(p)`, `<Ether  type=ARP |<ARP  |>>`},
		{"the payload to nil", `p[TCP].payload = nil print(p[TCP])`, `<TCP  |>`},
		// What scapy has no word for.
		{"append", `print(p:append(UDP/"z"):append("!")[TCP])`, `<TCP  |<Raw  load="x" |<UDP  |<Raw  load="z" |<Raw  load="!" |>>>>>`},
		{"append copies", `local q = UDP{dport=1} p:append(q) q.dport = 2 print(p[UDP].dport)`, "1"},
		{"append itself", `local q = IP/TCP q:append(q) print(table.concat(q:layers(), " "))`, "IP TCP IP TCP"},
		{"remove", `print(p:remove(IP))`, `<Ether  type=IPv4 |<IP  ttl=8 proto=tcp |<TCP  |<Raw  load="x" |>>>>`},
		{"remove the second", `print(p:remove(IP, 2))`, `<Ether  type=IPv4 |<IP  ttl=9 proto=tcp |<TCP  |<Raw  load="x" |>>>>`},
		{"remove from a layer on", `p:layer(IP, 2):remove(IP) print(p[IP].ttl)`, "9"},
		{"replace", `print(p:replace(TCP, UDP))`, `<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=8 proto=udp |<UDP  |<Raw  load="x" |>>>>>`},
		{"replace the second by two", `print(p:replace(IP, IP{ttl=1}/IP{ttl=2}, 2))`,
			`<Ether  type=IPv4 |<IP  ttl=9 proto=ipencap |<IP  ttl=1 proto=ipencap |<IP  ttl=2 proto=tcp |<TCP  |<Raw  load="x" |>>>>>>`},
		{"a layer lives on when it was cut out", `local t = p[TCP] p[TCP] = nil t.dport = 9 print(t, p[TCP])`, "<TCP  dport=9 |<Raw  load=\"x\" |>>\tnil"},
		{"a removed layer is alone", `local t = p[TCP] p:remove(TCP) print(t, hex(t))`, "<TCP  |>\t0014005000000000000000005002200000000000"},
		{"refresh a layer", `local q = dissect(bytes(IP/UDP/"x")) q[UDP]:refresh() print(q[IP].len, q[UDP].len)`, "29\tnil"},
		{"the payload of no layers", `local e = dissect("", IP) e.payload = IP/TCP print(e:summary())`, "IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S"},
		{"append to no layers", `print(dissect("", IP):append(IP/TCP):summary())`, "IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S"},
		{"no layers upon layers and under them", `local e = dissect("", IP) print((IP/e)[IP].ttl, (e/IP)[IP].ttl, #bytes(e/e), e == e:copy())`, "64\t64\t0\ttrue"},
		{"no layers in place of all", `local q = IP/TCP q[IP] = dissect("", IP) print(#bytes(q), q[IP], q.payload, #q:layers()) q.payload = UDP print(q[UDP].dport)`, "0\tnil\tnil\t0\n53"},
		{"views of one layer are equal", `print(p[TCP] == p[TCP], p[TCP] == p[IP])`, "true\tfalse"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, tunnel+c.chunk, c.want) })
	}
}

func TestSurgerySaysWhatIsWrong(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"a layer by number", `print((IP/TCP)[1])`, "layers are found by name, not by number: p[TCP], the second one p:layer(IP, 2)"},
		{"a layer set by number", `local p = IP/TCP p[2] = UDP{}`, "layers are found by name, not by number"},
		{"a layer that is not there", `local p = IP/TCP p[UDP] = UDP{}`, "no such layer: UDP in IP/TCP; p:append(q) puts layers on top"},
		{"one that is not there to nil", `local p = IP/TCP p[UDP] = nil`, "no such layer: UDP in IP/TCP"},
		{"the outermost to nil", `local p = IP/TCP p[IP] = nil`, "IP is the outermost layer: nothing would be left; p:remove(IP) takes out that one only"},
		{"remove the last", `IP{}:remove(IP)`, "IP is the only layer: nothing would be left"},
		{"remove the third", `(IP/IP):remove(IP, 3)`, "no such layer: IP in IP/IP"},
		{"a number as a layer", `local p = IP/TCP p[TCP] = 7`, "want a packet, got number"},
		{"a method", `local p = IP/TCP p.summary = 1`, "summary is a method and cannot be set: p:summary(...)"},
		{"a layer of none", `local p = dissect("", IP) p[TCP] = UDP`, "no such layer: TCP in a packet without layers"},
		{"a field of none", `print(dissect("", IP).ttl)`, `no field or method "ttl" in a packet without layers`},
		{"a number as payload", `local p = IP/TCP p[TCP].payload = 7`, "want a packet, got number"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := newShell(t, nil).Run(context.Background(), "test", c.chunk)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
