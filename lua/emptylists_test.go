package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestEmptyListsAreSentAtOnce holds what asking with an empty list comes to: nothing, and a notice. scapy's users ask the unanswered
// again until nobody is left.
func TestEmptyListsAreSentAtOnce(t *testing.T) {
	const notice = "nothing to send: the list is empty\n"
	for chunk, want := range map[string]string{
		`local ans, unans = sr({}) print(#ans, #unans)`:           "0\t0",
		`local ans, unans = sr(PacketList()) print(#ans, #unans)`: "0\t0",
		`print(sr1({}), sr1({}, {timeout=1}))`:                    "nil\tnil",
		`print(send({}), send({}, {pps=10}))`:                     "0\t0",
		`print(#fragment({}), #fragment6({}, 1280))`:              "0\t0",
		`local _, _, left = defrag({}) print(send(left))`:         "0",
		`local ans, unans = sr(IP{dst="192.168.11.2"}/ICMP) for i = 1, 3 do ans, unans = sr(unans) end print(#ans, #unans)`: "0\t0",
	} {
		s := inLab(t, "vmnat")
		s.check(t, chunk, want)
		if told := strings.Contains(s.notices.String(), notice); told == strings.Contains(chunk, "fragment") {
			t.Errorf("%s: it said %q", chunk, s.notices.String())
		}
	}
	s := newShell(t, nil) // nothing needs a port
	s.check(t, `print(#sr({}), send({}), sr1({}))`, "0\t0\tnil")
	for chunk, want := range map[string]string{
		`sr(nil)`:                  "bad argument #1: want a packet, got nil",
		`sr()`:                     "bad argument #1: want a packet, got nil",
		`sr({}, {tmeout=1})`:       `no option "tmeout"`,
		`send({}, {pps=-1})`:       "pps: want a number of at least 0, got -1",
		`sr{dst="192.168.11.2"}`:   "bad argument #1: want a packet or a list of packets, got a table with dst=",
		`why({}, IP)`:              "bad argument #1: want the packet that was asked with, got an empty list",
		`sr(dissect(""))`:          "a packet without layers cannot be sent",
		`x = sr1({}) print(x.src)`: "the last sr1 was given an empty list, and returned nil",
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.HasPrefix(err.Error(), "test:1: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sendrecv") {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}
