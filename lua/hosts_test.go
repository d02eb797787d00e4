package lua_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv/lab"
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

// TestNamesInTheLabAreTheLabsOwn resolves nothing outside the process: what the machine's own files know is refused too.
func TestNamesInTheLabAreTheLabsOwn(t *testing.T) {
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &shell{}
	s.State = lua.New(lua.Config{Session: l.Session(), Stdout: &s.out, Stderr: &s.notices})
	t.Cleanup(s.Close)
	s.check(t, `print(IP{dst="server", src="guest"}:command())`, `IP{src="10.0.2.100", dst="192.168.11.2"}`)
	s.check(t, `print(sr1(IP{dst="server"}/TCP{sport=4000, dport=57212, flags="S"})[TCP].flags)`, "SA")
	s.check(t, `print(ARP{pdst="nat"}.pdst, sr1(IP{dst="server", ttl=2}/ICMP{})[IP].src == IP{dst="router"}.dst)`, "10.0.2.2	true")
	for chunk, want := range map[string]string{
		`IP{dst="localhost"}`:                          `IP.dst: no address for the host "localhost": the built-in network has the hosts guest, nat, router, server, and asks nobody outside it`,
		`local p = IP{} p.dst = "a.test"`:              `IP.dst: no address for the host "a.test": the built-in network has`,
		`IPv6{dst="server"}`:                           `IPv6.dst: the host "server" has no IPv6 address`,
		`IPv6{dst="ip6-localhost"}`:                    `IPv6.dst: no address for the host "ip6-localhost": the built-in network has`,
		`IP{dst={"server", "a.test"}}`:                 `IP.dst: want`,
		`Net("a.test")`:                                `Net: want a network`,
		`range("a.test", "b.test")`:                    `range: want an address`,
		`dial{dst="a.test", dport=80}`:                 `dial: dst: no address for the host "a.test"`,
		`run("handshake", {dst="a.test"})`:             `run: handshake: dst: no address for the host "a.test"`,
		`judge.path(capture(), {dst="a.test"})`:        `dst: no address for the host "a.test"`,
		`sr1(IP{dst="server"}/ICMP{}, {iface="eth0"})`: `iface: no port "eth0" is open`,
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", chunk, err, want)
		}
	}
}

// TestAnExplicitLookupWinsOverTheLab gives an interpreter in a lab a resolver of its own.
func TestAnExplicitLookupWinsOverTheLab(t *testing.T) {
	l, err := lab.New(lab.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	s := &shell{}
	s.State = lua.New(lua.Config{Session: l.Session(), Stdout: &s.out, Stderr: &s.notices, Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
	}})
	t.Cleanup(s.Close)
	s.check(t, `print(IP{dst="server"}.dst)`, "192.0.2.1")
}
