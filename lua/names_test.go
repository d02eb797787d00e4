package lua_test

import (
	"context"
	"strings"
	"testing"
)

func TestAFamilysNameFindsItsMembersInLua(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"EAP", `local p = Ether/EAPOL/EAP_MD5{} print(p:has(EAP), p[EAP].code, p["EAP"].code, p:layer(EAP).code, p:layer(EAP, 2), p:has("EAP"))`, "true\t1\t1\t1\tnil\ttrue"},
		{"NTP", `local p = IP/UDP/NTPHeader{} print(p:has(NTP), p[NTP].version, p[UDP][NTP].mode, p[UDP]["NTP"].mode)`, "true\t4\t3\t3"},
		{"a name that is no protocol", `print((IPv6/ICMPv6EchoRequest):has("ICMPv6"), (IPv6/ICMPv6EchoRequest)["ICMPv6"].type, (IPv6/UDP):has("ICMPv6"))`, "true\t128\tfalse"},
		{"a quote is no member", `print((IP/ICMP{type=3}/IPerror/TCPerror):has(TCP))`, "false"},
		{"inside a field", `print((IP/UDP/DNS{an={DNSRRMX{preference=7}}})[DNSRR].preference)`, "7"},
		{"a layer of a layer, inside a field", `print((IP/UDP/DNS)[UDP][DNSQR].qname)`, "www.example.com."},
		{"set", `local p = IP/UDP/NTPHeader{} p[NTP] = TFTP print(p:summary())`, "IP / UDP 127.0.0.1:53 > 127.0.0.1:69 / TFTP"},
		{"removed", `print((IP/UDP/NTPHeader{}/"x"):remove(NTP):summary())`, "IP / UDP 127.0.0.1:53 > 127.0.0.1:53 / Raw"},
		{"printed", `print((PPP/PPP_LCP_Echo{id=5}):sprintf("%PPP_LCP.id% {EAP:x}{!EAP:none}"))`, "0x5 none"},
		{"a layer that gopacket reads", `print((IP/TCP):has("OSPF"), (IP/TCP)["OSPF"], (IP/TCP):sprintf("%OSPF.x%"))`, "false\tnil\t??"},
		{"bytes", `print(NTP(unhex("160100000000000000000000")):layers()[1], IGMP(unhex("1164eeeb0000000000000000")):layers()[1], IGMPv3("\x11\x64\xee\xeb\0\0\0\0"):layers()[1])`,
			"NTPControl\tIGMPv3\tIGMP"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, c.chunk, c.want) })
	}
}

func TestNamesThatNoLayerHas(t *testing.T) {
	cases := []struct{ chunk, want string }{
		{`(IP/TCP):has("nonsense")`, `no layer is called "nonsense"; p:layers() names those of the packet, ls() all`},
		{`(IP/TCP):has("TPC")`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):layer("Tcp")`, `no layer is called "Tcp"; did you mean TCP?`},
		{`(IP/TCP):layer("IPv4", 2)`, `no layer is called "IPv4"; here: IP`},
		{`(IP/TCP):has("Ethernet")`, `no layer is called "Ethernet"; here: Ether`},
		{`return (IP/TCP)["Tcp"]`, `no field or method "Tcp" in IP / TCP 127.0.0.1:20 > 127.0.0.1:80 S; did you mean TCP?`},
		{`return (IP/TCP)["nonsense"]`, `no field or method "nonsense"`},
		{`(IP/TCP):remove("TPC")`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):replace("TPC", UDP)`, `no layer is called "TPC"; did you mean TCP?`},
		{`(IP/TCP):sprintf("%TPC.sport%")`, `no layer is called "TPC"`},
		{`(IP/TCP):sprintf("{TPC:x}")`, `no layer is called "TPC"`},
		{`dissect("abc", "TPC")`, `dissect: no protocol is called "TPC"; did you mean TCP?`},
		{`dissect("abc", "_ICMPv6")`, `dissect: no protocol is called "_ICMPv6"`},
	}
	for _, c := range cases {
		_, err := newShell(t, nil).Run(context.Background(), "test", c.chunk)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.chunk, err, c.want)
		}
	}
}
