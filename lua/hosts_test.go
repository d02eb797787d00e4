package lua_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

func TestHostNamesAreResolvedWhenTheyAreSet(t *testing.T) {
	hosts := map[string]string{"ip4 web.example": "192.0.2.80", "ip6 web.example": "2001:db8::80", "ip4 localhost": "127.0.0.1"}
	asked := 0
	s := &shell{}
	s.State = lua.New(lua.Config{Stdout: &s.out, Stderr: &s.notices, Lookup: func(_ context.Context, network, host string) ([]netip.Addr, error) {
		asked++
		if a, ok := hosts[network+" "+host]; ok {
			return []netip.Addr{netip.MustParseAddr(a)}, nil
		}
		return nil, errors.New("no such host")
	}})
	t.Cleanup(s.Close)
	s.check(t, `p = IP{dst="web.example"} print(p.dst, p:command())`, `192.0.2.80	IP{dst="192.0.2.80"}`)
	s.check(t, `print(IPv6{dst="web.example"}.dst)`, "2001:db8::80")
	s.check(t, `p = IP{} p.dst = "localhost" print(p.dst)`, "127.0.0.1")
	asked = 0
	for chunk, want := range map[string]string{
		`IP{dst="no.such.example"}`: `IP.dst: no address for the host "no.such.example": no such host`,
		`IP{dst="10.0.0.256"}`:      `IP.dst: want IPv4 address, got "10.0.0.256"`,
		`TCP{dport="web.example"}`:  `TCP.dport: want port`,
		`IP{dst="a b"}`:             `IP.dst: want IPv4 address, got "a b"`,
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", chunk, err, want)
		}
	}
	if asked != 1 {
		t.Errorf("%d names were asked for", asked)
	}
}
