package lua_test

import (
	"context"
	"testing"
)

// TestCommandInASession holds what p:command() prints, and that it makes the same packets again: those of protocols that the session
// declared, in fields too, and the packets that a set stands for.
func TestCommandInASession(t *testing.T) {
	for name, c := range map[string]struct{ before, packet, want string }{
		"a declared protocol":        {pingProtocol, `UDP/Pong{ball=7, words={1,2}}`, `UDP{}/Pong{ball=7, words={1, 2}}`},
		"one that was read":          {pingProtocol, `dissect(bytes(UDP/Pong{ball=7}), UDP)`, `/Pong{op=1, ball=7}`},
		"one in a field":             {pingProtocol, `ICMPv6NDOptRedirectedHdr{pkt=IPv6/UDP/Pong{words={3}}}`, `ICMPv6NDOptRedirectedHdr{pkt={IPv6{`},
		"sets":                       {"", `IP{dst="10.0.0.0/30"}/TCP{dport={80,443}, len=nil, seq=raw"abc"}`, `IP{dst="10.0.0.0/30"}/TCP{dport={80, 443}, seq=raw"abc"}`},
		"sets in layers in a field":  {"", `DNS{qd=DNSQR{qname={"a.","b."}}, an=raw"\192\12"}`, `DNS{qd={DNSQR{qname={"a.", "b."}}}, an=raw"\xc0\x0c"}`},
		"sets of bytes":              {"", `UDP/Raw{load={raw"a",raw"bc","d"}}`, `UDP{}/Raw{load={raw"a", raw"bc", "d"}}`},
		"options as bytes and words": {"", `TCP{options={{"MSS",1460},raw"\1\2\3",{1,"x"},{254,"ab"},"NOP"}}`, `TCP{options={{"MSS",1460},`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShell(t, nil)
			s.contains(t, c.before+"p = "+c.packet+" print(p:command())", c.want)
			printed, err := s.Run(context.Background(), "test", "return p:command()")
			if err != nil {
				t.Fatal(err)
			}
			s.check(t, `local q = `+printed[0]+`
				for i = 1, #p do if hex(p:at(i)) ~= hex(q:at(i)) then print(i, hex(p:at(i)), hex(q:at(i))) end end
				print(#p == #q, hex(p) == hex(q))`, "true\ttrue")
		})
	}
}
