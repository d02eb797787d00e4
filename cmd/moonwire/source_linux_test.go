package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTheSourceBeforeTheFirstSend looks at packets in a host with two interfaces, as root and as somebody who may not send: the
// routing table says with which source each would leave.
func TestTheSourceBeforeTheFirstSend(t *testing.T) {
	host, within := namespace(t, "sources", "127.0.0.1")
	for i, addr := range []string{"10.9.0.1/24", "10.8.0.1/24"} {
		device := []string{"mw0", "mw1"}[i]
		ip(t, "-n", host, "link", "add", device, "type", "veth", "peer", "name", device+"peer")
		ip(t, "-n", host, "link", "set", device+"peer", "up")
		ip(t, "-n", host, "link", "set", device, "address", []string{"02:00:00:00:00:a0", "02:00:00:00:00:a1"}[i])
		ip(t, "-n", host, "addr", "add", addr, "dev", device)
		ip(t, "-n", host, "link", "set", device, "up")
	}
	ip(t, "-n", host, "neigh", "add", "10.9.0.254", "lladdr", "02:00:00:00:00:fe", "dev", "mw0", "nud", "permanent")
	ip(t, "-n", host, "route", "add", "198.51.100.0/24", "via", "10.8.0.254")
	ip(t, "-n", host, "route", "add", "default", "via", "10.9.0.254")
	ip(t, "-n", host, "route", "add", "unreachable", "203.0.113.0/24")
	program := program(t, "")
	for _, c := range []struct{ name, chunk, want string }{
		{"on the link", `print(IP{dst="10.9.0.7"}:summary())`, "10.9.0.1 > 10.9.0.7 hopopt\n"},
		{"on the other link", `print(IP{dst="10.8.0.7"}:summary())`, "10.8.0.1 > 10.8.0.7 hopopt\n"},
		{"behind a gateway", `print((IP{dst="198.51.100.7"}/UDP):summary())`, "IP / UDP 10.8.0.1:53 > 198.51.100.7:53\n"},
		{"the host's own", `print(IP{dst="10.8.0.1"}:summary())`, "10.8.0.1 > 10.8.0.1 hopopt\n"},
		{"loopback", `print(hex(IP{dst="127.0.0.5"}):sub(25, 32))`, "7f000001\n"},
		{"hex", `print(hex(IP{dst="198.51.100.7"}/TCP):sub(25, 32))`, "0a080001\n"},
		{"bytes", `print(dissect(bytes(IP{dst="192.0.2.7"}/TCP))[IP].src)`, "10.9.0.1\n"},
		{"bytes of a layer", `print(#bytes((IP{dst="192.0.2.7"}/TCP)[TCP]))`, "20\n"},
		{"sprintf", `print(IP{dst="192.0.2.7"}:sprintf("%IP.src%"))`, "10.9.0.1\n"},
		{"show", `print(IP{dst="192.0.2.7"}:show{dump=true}:match("src%s+= (%S+)"))`, "10.9.0.1\n"},
		{"show2", `print((IP{dst="192.0.2.7"}/TCP):show2{dump=true}:match("src%s+= (%S+)"))`, "10.9.0.1\n"},
		{"json", `print(IP{dst="192.0.2.7"}:json():match('"src":"(%S-)"'))`, "10.9.0.1\n"},
		{"hexdump", `print((IP{dst="192.0.2.7"}:hexdump():gsub("\n.*", "")))`, "0000  45 00 00 14 00 01 00 00 40 00 AE D8 0A 09 00 01  E.......@.......\n"},
		{"explain", `explain(IP{dst="192.0.2.7"})`, "asked of this host: source address\nIP.dst"},
		{"a set", `for p in IP{dst={"10.9.0.7", "10.8.0.7"}}:each() do print(p:summary()) end`, "10.9.0.1 > 10.9.0.7 hopopt\n10.8.0.1 > 10.8.0.7 hopopt\n"},
		{"a frame", `local p = Ether/IP{dst="192.0.2.7"} print(hex(p):sub(1, 24))`, "02000000" + "00fe" + "02000000" + "00a0" + "\n"},
		{"ARP", `print(ARP{pdst="10.8.0.7"}:sprintf("%ARP.psrc%"))`, "10.8.0.1\n"},
		{"a file", `wrpcap("made.pcap", IP{dst="198.51.100.7"}) print(rdpcap("made.pcap")[1].src)`, "10.8.0.1\n"},
		{"a fragment", `print(fragment(IP{dst="198.51.100.7"}/UDP/("x"):rep(3000))[1]:summary():match("%S+ > %S+"))`, "10.8.0.1 > 198.51.100.7\n"},
		{"a source that is set", `print(IP{src="1.2.3.4", dst="10.8.0.7"}:summary())`, "1.2.3.4 > 10.8.0.7 hopopt\n"},
		{"no route", `print(IP{dst="203.0.113.7"}:summary())`, "0.0.0.0 > 203.0.113.7 hopopt\n"},
		{"why there is none", `explain(Ether/IP{dst="203.0.113.7"})`, "asked of this host: source address; no route to 203.0.113.7: the routing table says unreachable (ip route)\n"},
		{"why there is none for IPv6", `explain(IPv6{dst="2001:db8::7"})`, "no route to 2001:db8::7: IPv6 routes and neighbours are not asked for: set IPv6.src, and put Ether{dst=...} below\n"},
		{"why the next hop is open", `explain(Ether/IP{dst="203.0.113.7"})`, "destination; the next hop's address; no route to 203.0.113.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for who, before := range map[string][]string{"root": within, "nobody": append(slices.Clone(within), nobody...)} {
				chunk := strings.ReplaceAll(c.chunk, "made.pcap", filepath.Join(open(t, 0o700, 65534), "made.pcap"))
				ways := [][]string{{"-e", chunk}, {"run", "-"}, {"-e", chunk, "--allow", "10.9.0.0/24,192.0.2.0/24"}}
				if who == "nobody" {
					ways = ways[:1]
				}
				for _, args := range ways {
					words := slices.Concat(before, []string{program}, args)
					cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
					cmd.Env = append(os.Environ(), asCommand+"=1", "HOME=/nonexistent")
					var out, errs strings.Builder
					cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(chunk), &out, &errs
					_ = cmd.Run() // its exit code tells
					if code := cmd.ProcessState.ExitCode(); code != exitOK || !strings.Contains(out.String(), c.want) || errs.String() != "" {
						t.Errorf("%s, %q: exit %d, %q, %q; want %q", who, args, code, out.String(), errs.String(), c.want)
					}
				}
			}
		})
	}
}
