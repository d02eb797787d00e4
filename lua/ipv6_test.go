package lua_test

import (
	"context"
	"strings"
	"testing"
)

func TestIPv6(t *testing.T) {
	cases := []struct{ name, chunk, want string }{
		{"bytes without a route", `print(hex(IPv6{dst="2001:db8::1"}/TCP))`, "60000000001406400000000000000000000000000000000020010db80000000000000000000000010014005000000000000000005002200061c50000"},
		{"bytes of a loopback packet", `print(hex(IPv6{dst="::1"}/UDP))`, "60000000000811400000000000000000000000000000000100000000000000000000000000000001003500350008ff72"},
		{"the frame of a group", `print(hex(Ether{src="02:00:00:00:00:01"}/IPv6{dst="ff02::1"}/ICMPv6ND_NS{tgt="fe80::1"}):sub(1, 28))`, "33330000000102000000000186dd"},
		{"bytes that begin with IPv6", `print(dissect(bytes(IPv6{dst="::1"}/UDP)):summary())`, "IPv6 / UDP ::1:53 > ::1:53"},
		{"options in a header", `local p = IPv6/IPv6ExtHdrHopByHop{options={RouterAlert{value=3}, Jumbo}} print(#p[IPv6ExtHdrHopByHop].options, p[IPv6ExtHdrHopByHop].options[1].value)`, "2\t3"},
		{"options that stay as they are", `print(hex(IPv6ExtHdrHopByHop{autopad=0, options={RouterAlert}}))`, "3b0005020000"},
		{"addresses in a header", `print(table.concat((IPv6/IPv6ExtHdrRouting{addresses={"::1", "::2"}})[IPv6ExtHdrRouting].addresses, " "))`, "::1 ::2"},
		{"records in a message", `print((IPv6/ICMPv6MLReport2{records={ICMPv6MLDMultAddrRec{dst="ff02::5"}}})[ICMPv6MLReport2].records[1].dst)`, "ff02::5"},
		{"a frame that says where it goes", `print(send(Ether{dst="02:00:00:00:00:09"}/IPv6{dst="2001:db8::1", src="2001:db8::2"}/UDP))`, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { inLab(t, "masquerade").check(t, c.chunk, c.want) })
	}
}

// TestSendingIPv6TellsWhatIsMissing holds that it is silence, as for IPv4 without a route, and that a notice says the way out.
func TestSendingIPv6TellsWhatIsMissing(t *testing.T) {
	for _, c := range []struct{ name, chunk, out, notice string }{
		{"no source", `print(sr1(IPv6{dst="2001:db8::1"}/UDP))`, "nil\n", "not sent: no route to 2001:db8::1: the lab has IPv4 alone: set IPv6.src, and put Ether{dst=...} below\n"},
		{"no next hop", `print(send(IPv6{dst="fe80::77", src="2001:db8::2"}/UDP))`, "0\n", "not sent: no route to fe80::77: the lab has IPv4 alone: put Ether{dst=...} below\n"},
		{"a set", `local a, u = sr(IPv6{dst={"2001:db8::1", "2001:db8::2"}}/UDP) print(#a, #u)`, "0\t2\n",
			"2 of 2 packets could not be sent and count as unanswered: no route to 2001:db8::1 and 2001:db8::2: the lab has IPv4 alone: set IPv6.src, and put Ether{dst=...} below\n"},
		{"beside IPv4", `print(send({IPv6{dst="fe80::77"}/UDP, IP{dst="192.168.11.2"}/UDP}))`, "1\n", "1 of 2 packets could not be sent: no route to fe80::77: the lab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			_, err := s.Run(context.Background(), "test", c.chunk)
			if err != nil || s.out.String() != c.out || !strings.HasPrefix(s.notices.String(), c.notice) {
				t.Errorf("%v, %q, %q; want %q, %q", err, s.out.String(), s.notices.String(), c.out, c.notice)
			}
		})
	}
}
