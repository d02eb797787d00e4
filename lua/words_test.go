package lua_test

import (
	"context"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// TestErrorsSayWhatWasWrittenAndTheWayOut holds the words of errors that name a field of several layers, one that a layer lacks as it stands, or a
// number that does not fit.
func TestErrorsSayWhatWasWrittenAndTheWayOut(t *testing.T) {
	s := lua.New(lua.Config{})
	t.Cleanup(s.Close)
	const lacks = `not in the layer as it stands, which has flags, reserved1, vni and reserved2; set flags=`
	for chunk, want := range map[string]string{
		`print((IP{}/IP{ttl=3}).ttl)`:              `"ttl" is a field of several layers IP: say p[IP].ttl or p:layer(IP, 2).ttl`,
		`local p = IP{}/IP{} p.ttl = 3`:            `"ttl" is a field of several layers IP: say p[IP].ttl or p:layer(IP, 2).ttl`,
		`print((IP/UDP/VXLAN/Ether/IP/UDP).dport)`: `"dport" is a field of several layers UDP: say p[UDP].dport or p:layer(UDP, 2).dport`,
		`print((Ether/IP/TCP/IP).src)`:             `"src" is a field of both Ether and IP: say p[Ether].src or p[IP].src`,
		`VXLAN{NextProtocol=3}`:                    `VXLAN.NextProtocol: ` + lacks + `"NextProtocol+Instance", for one, to have it`,
		`VXLAN{}.gpid = 3`:                         `VXLAN.gpid: ` + lacks + `"Instance+G", for one, to have it`,
		`print((IP/UDP/VXLAN).gpid)`:               `VXLAN.gpid: ` + lacks + `"Instance+G", for one, to have it`,
		`print(dissect("\69\0", IP)[IP].ttl)`:      `IP.ttl: the header is cut short and has version, ihl and tos`,
		`TCP{options={{300, "a"}}}`:                `TCP.options: element 1: want an option kind in 0..255, got 300`,
		`IP{options={{1}, {2^40, "a"}}}`:           `IP.options: element 2: want an option kind in 0..255, got 1099511627776`,
		`TCP{options={{-1, "a"}}}`:                 `TCP.options: element 1: want an option kind in 0..255, got -1`,
		`TCP{options={{1.5, "a"}}}`:                `TCP.options: element 1: want an option kind in 0..255, got 1.5`,
		`TCP{options={{1e30, RandNum(1, 2)}}}`:     `want an option kind in 0..255, got 1e+30`,
		`TCP{options={{RandNum(1, 2), "a"}}}`:      `TCP.options: element 1: want an option kind in 0..255, got RandNum(1,2)`,
		`TCP{options={{}}}`:                        `TCP.options: element 1: want an option such as {"MSS", 1460}, got an empty table`,
	} {
		_, err := s.Run(context.Background(), "test", chunk)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", chunk, err, want)
		}
	}
}
