package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// street is two namespaces with a cable between them: 10.9.0.1 at eth0 of the near one, and at the far one 10.9.0.2 and
// the gateway to everything else, 10.9.0.254. IPv6 is off, so that no kernel says anything unasked.
func street(t *testing.T) (far *watch, within []string) {
	t.Helper()
	there, _ := namespace(t, "far", "127.0.0.1")
	here, within := namespace(t, "near", "198.51.100.53")
	for _, ns := range []string{here, there} {
		ip(t, "netns", "exec", ns, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6")
	}
	ip(t, "-n", here, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", there)
	ip(t, "-n", there, "addr", "add", "10.9.0.2/24", "dev", "eth0")
	ip(t, "-n", there, "addr", "add", "10.9.0.254/24", "dev", "eth0")
	ip(t, "-n", there, "link", "set", "eth0", "up")
	ip(t, "-n", here, "addr", "add", "10.9.0.1/24", "dev", "eth0")
	ip(t, "-n", here, "link", "set", "eth0", "up")
	ip(t, "-n", here, "route", "add", "default", "via", "10.9.0.254")
	return watching(t, "netns:"+there+"/eth0"), within
}

// destinations are whom the frames that came from the near end were for, each once: "arp 10.9.0.2", "10.9.0.2".
func (w *watch) destinations() (all []string) {
	for _, f := range w.frames() {
		if f.Out {
			continue
		}
		p, to := craft.Dissect(f.Data, f.Link), fmt.Sprintf("%x", f.Data)
		switch {
		case p.Has(layers.ARP):
			to = "arp " + p.Layer(layers.ARP).Text("pdst")
		case p.Has(layers.IP):
			to = p.Layer(layers.IP).Text("dst")
		}
		if !slices.Contains(all, to) {
			all = append(all, to)
		}
	}
	return all
}

// TestNothingLeavesForOutside tries every way to send that a script has, and looks at the far end of the cable.
func TestNothingLeavesForOutside(t *testing.T) {
	far, within := street(t)
	for _, c := range []struct {
		name, chunk string
		want        string // of the error
	}{
		{"a neighbour", `sr1(IP{dst="10.9.0.3"}/ICMP{})`, "10.9.0.3 is outside --allow 10.9.0.2"},
		{"behind the gateway", `sr1(IP{dst="198.51.100.7"}/TCP{dport=80, flags="S"})`, "198.51.100.7 is outside"},
		{"the gateway itself", `send(IP{dst="10.9.0.254"}/ICMP{})`, "10.9.0.254 is outside"},
		{"by its interface", `send(IP{dst="10.9.0.3"}/ICMP{}, {iface="eth0"})`, "10.9.0.3 is outside"},
		{"a whole frame", `send(Ether{dst="ff:ff:ff:ff:ff:ff"}/IP{src="10.9.0.1", dst="10.9.0.254"}/ICMP{})`, "10.9.0.254 is outside"},
		{"a tagged frame", `send(Ether{dst="ff:ff:ff:ff:ff:ff"}/Dot1Q{vlan=5}/IP{src="10.9.0.1", dst="10.9.0.254"}/ICMP{})`, "10.9.0.254 is outside"},
		{"bytes", `send(Ether{dst="ff:ff:ff:ff:ff:ff", type=0x1234}/"hello")`, "EtherType 0x1234"},
		{"ARP", `sr1(ARP{pdst="10.9.0.254"})`, "ARP for 10.9.0.254"},
		{"a lie by ARP", `send(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{op=2, psrc="10.9.0.254", pdst="10.9.0.2"})`, "ARP that says where 10.9.0.254 is"},
		{"IPv6", `send(Ether{dst="ff:ff:ff:ff:ff:ff"}/IPv6{src="fe80::1", dst="ff02::1"}/UDP{dport=9})`, "ff02::1 is outside"},
		{"broadcast", `send(IP{dst="255.255.255.255"}/UDP{dport=9})`, "255.255.255.255 is outside"},
		{"a source route", `send(IP{dst="10.9.0.2", options={{"LSRR", "198.51.100.7"}}}/ICMP{})`, "the source route leads to 198.51.100.7"},
		{"a set", `sr(IP{dst="198.51.100.0/28"}/ICMP{})`, "198.51.100.0 is outside --allow 10.9.0.2"},
		{"a connection", `dial{dst="198.51.100.7", dport=80, timeout=1}`, "dial: 198.51.100.7 is outside"},
		{"loopback", `sr1(IP{dst="127.0.0.1"}/ICMP{})`, "127.0.0.1 is outside"},
		{"a name", `IP{dst="www.example"}`, "the name server 198.51.100.53:53 is outside --allow 10.9.0.2"},
		{"an experiment", `run("handshake", {dst="198.51.100.7"})`, "198.51.100.7 is outside"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, way := range [][]string{{"--allow", "10.9.0.2", "-e", c.chunk}, {"run", "-", "--allow=10.9.0.2"}, {"--allow=10.9.0.2"}} {
				code, stdout, stderr := runAs(t, within, c.chunk+"\n", way...)
				if code != exitScript || !strings.Contains(stderr, c.want) {
					t.Errorf("%v: exit %d, %q; want %q", way, code, stderr, c.want)
				}
				for _, to := range far.destinations() {
					if to != "arp 10.9.0.2" || !strings.Contains(c.chunk, `dst="10.9.0.2"`) { // who is inside may be asked for
						t.Errorf("%v: left for %s; printed %q", way, to, stdout)
					}
				}
			}
		})
	}
}

// TestWhatIsAllowedLeaves sends what is inside: straight, through a gateway that is not, and with others that are kept back.
func TestWhatIsAllowedLeaves(t *testing.T) {
	far, within := street(t)
	for _, c := range []struct {
		name, allow, chunk string
		out, err           string
		code               int
		want               []string
	}{
		{"a neighbour", "10.9.0.2", `print(sr1(IP{dst="10.9.0.2"}/ICMP{})[IP].src)`, "10.9.0.2\n", "", exitOK, []string{"arp 10.9.0.2", "10.9.0.2"}},
		{"behind a gateway that is not allowed", "198.51.100.0/24", `print(send(IP{dst="198.51.100.7"}/ICMP{}))`, "1\n", "", exitOK,
			[]string{"arp 10.9.0.254", "198.51.100.7"}},
		{"ARP in the host's own name", "10.9.0.2", `print(sr1(ARP{pdst="10.9.0.2"})[ARP].psrc)`, "10.9.0.2\n", "", exitOK, []string{"arp 10.9.0.2"}},
		{"a connection", "10.9.0.2", `print((dial{dst="10.9.0.2", dport=9, timeout=1}))`, "nil\n", "", exitOK, []string{"arp 10.9.0.2", "10.9.0.2"}},
		{"a part of a set", "10.9.0.2,10.8.0.0/16", `local a, u = sr(IP{dst={"198.51.100.7", "10.9.0.2", "10.9.0.3"}}/ICMP{}, {timeout=0.2}) print(#a, #u)`, "1\t2\n",
			"2 of 3 packets could not be sent and count as unanswered", exitOK, []string{"arp 10.9.0.2", "10.9.0.2"}},
		{"a part of what is sent", "10.9.0.2", `send(IP{dst={"198.51.100.7", "10.9.0.2", "10.9.0.3"}}/ICMP{})`, "", "2 of 3 packets could not be sent", exitScript,
			[]string{"arp 10.9.0.2", "10.9.0.2"}},
		{"the limited broadcast", "255.255.255.255", `print(send(IP{dst="255.255.255.255"}/UDP{dport=9}))`, "1\n", "", exitOK, []string{"255.255.255.255"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, stdout, stderr := runAs(t, within, "", "--allow", c.allow, "-e", c.chunk)
			if code != c.code || stdout != c.out || !strings.Contains(stderr, c.err) {
				t.Errorf("exit %d, %q, %q", code, stdout, stderr)
			}
			got := slices.DeleteFunc(far.destinations(), func(to string) bool { // a kernel that knows the neighbour does not ask again
				return to == "arp 10.9.0.2" && !slices.Contains(c.want, to)
			})
			for _, to := range got {
				if !slices.Contains(c.want, to) {
					t.Errorf("left for %s", to)
				}
			}
			if last := c.want[len(c.want)-1]; !slices.Contains(got, last) {
				t.Errorf("nothing left for %s: %v", last, got)
			}
		})
	}
}

// TestWrongNetworksAreUsage is what --allow does not take, and where it has no meaning.
func TestWrongNetworksAreUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--allow", "10.0.0", "-e", ""}, `--allow: want a network or an address, as in 10.0.0.0/24, 192.0.2.1 or 2001:db8::/32, got "10.0.0"`},
		{[]string{"--allow", "server", "--lab"}, `got "server"`},
		{[]string{"--allow", "10.0.0.0/33", "--lab", "run", "handshake"}, `got "10.0.0.0/33"`},
		{[]string{"--allow", "10.0.0.1/24", "--lab", "-e", ""}, "--allow: 10.0.0.1/24 has bits beyond its length: say 10.0.0.0/24 for the network, or 10.0.0.1 for the host"},
		{[]string{"--allow", "::ffff:10.0.0.1", "-e", ""}, "write the IPv4 network as such"},
		{[]string{"--allow", "fe80::1%eth0", "-e", ""}, `got "fe80::1%eth0"`},
		{[]string{"--allow", "", "-e", ""}, "got nothing"},
		{[]string{"--allow", "10.0.0.1,,", "-e", ""}, `got ""`},
		{[]string{"list", "--allow", "10.0.0.1"}, "list: --allow has no meaning here"},
		{[]string{"list", "--json"}, "list: --json has no meaning here"},
		{[]string{"version", "--lab"}, "version: --lab has no meaning here"},
		{[]string{"show", "handshake", "--allow", "10.0.0.1"}, "show: --allow has no meaning here"},
		{[]string{"compare", "guest=a.pcap", "host=b.pcap", "--allow", "10.0.0.1"}, "compare: --allow has no meaning here"},
	} {
		code, stdout, stderr := moonwire(t.Context(), "", c.args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit %d, %q, %q; want %q", c.args, code, stdout, stderr, c.want)
		}
	}
}

// TestTheLabIsFencedToo has --allow in the built-in network, at the prompt too.
func TestTheLabIsFencedToo(t *testing.T) {
	if p, err := readNetwork("2001:db8::/32"); err != nil || p != netip.MustParsePrefix("2001:db8::/32") {
		t.Errorf("an IPv6 network: %v, %v", p, err)
	}
	const chunk = `print(sr1(IP{dst="server"}/ICMP{})[IP].src) sr1(IP{dst="192.168.11.3"}/ICMP{})`
	for _, args := range [][]string{{"--lab", "--allow", "192.168.11.2", "-e", chunk}, {"--lab", "--allow", "10.0.0.1,192.168.11.2"}, {"--lab", "run", "-", "--allow", "192.168.11.2/32"}} {
		code, stdout, stderr := moonwire(t.Context(), chunk+"\n", args...)
		if code != exitScript || stdout != "192.168.11.2\n" || !strings.Contains(stderr, "192.168.11.3 is outside --allow") {
			t.Errorf("%q: exit %d, %q, %q", args, code, stdout, stderr)
		}
	}
}

// TestAllowedNameServersAreAsked looks for the question on lo, where the only name server is; nobody answers it.
func TestAllowedNameServersAreAsked(t *testing.T) {
	name, within := namespace(t, "names", "127.0.0.1")
	lo := watching(t, "netns:"+name+"/lo")
	for _, c := range []struct {
		name, allow, host string
		code              int
		asks              bool
	}{
		{"a server outside", "192.0.2.1", "www.example", exitScript, false},
		{"a server inside", "192.0.2.1,127.0.0.1", "www.example", exitScript, true},
		{"a name in the machine's own file", "192.0.2.1", "localhost", exitOK, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, stderr := runAs(t, within, "", "--allow", c.allow, "-e", `IP{dst="`+c.host+`"}`)
			if code != c.code {
				t.Errorf("exit %d, %q; want %d", code, stderr, c.code)
			}
			if asked := len(lo.frames()) > 0; asked != c.asks {
				t.Errorf("asked: %v, want %v; %q", asked, c.asks, stderr)
			}
		})
	}
}
