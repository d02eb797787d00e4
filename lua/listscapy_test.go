package lua_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listsOfScapy is a capture, and what scapy 2.5.0 makes of it as a list (lists.py writes both).
const listsOfScapy = "testdata/lists"

// scapysLists is what scapy made of the capture: text, or places of packets.
type scapysLists struct {
	Counts   string
	Sessions [][]any // name, places
	TCP      []int
	Layers   []string
	Some     []int
	Line     string
	Hex      string   `json:"rawhexdump"`
	Replaced []string `json:"replaced"`
	All      []string `json:"replaced all"`
	Table    string   `json:"make_table"`
	Lined    string   `json:"make_lined_table"`
	Tex      string   `json:"make_tex_table"`
	SR       [2]any   `json:"sr"` // pairs of places, and the places of what is left
	Multi    [2]any   `json:"sr multi"`
}

// TestListsAreScapys holds that lists have scapy's methods with its results, in Lua's spelling.
func TestListsAreScapys(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(listsOfScapy, "lists.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want scapysLists
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	s := newShell(t, nil)
	s.check(t, `list = rdpcap("`+listsOfScapy+`/lists.pcap")
		place = {} for i, p in ipairs(list) do place[p] = i end
		function places(l) local t = {} for p in l do t[#t+1] = place[p] end return "[" .. table.concat(t, " ") .. "]" end
		function pairsOf(l) local t = {} for s, r in l do t[#t+1] = "[" .. place[s] .. " " .. place[r] .. "]" end return "[" .. table.concat(t, " ") .. "]" end
		function hexes(l) local t = {} for p in l do if not p:has(IPerror) then t[#t+1] = hex(p) end end return table.concat(t, "\n") end
		function cells(p) return p[IP].src, p[TCP].dport, p[TCP].flags end`, "")
	sessions := make([]string, len(want.Sessions))
	for i, row := range want.Sessions {
		sessions[i] = fmt.Sprint(row...)
	}
	for _, c := range []struct{ name, chunk, want string }{
		{"counts", `print((tostring(list):gsub("^<%d+ packets: (.*)>$", "%1")))`, want.Counts},
		{"sessions", `for name, l in list:sessions() do print(name .. " " .. places(l)) end`, strings.ReplaceAll(strings.Join(sessions, "\n"), "[", " [")},
		{"those with a layer", `print(places(list[TCP]))`, fmt.Sprint(want.TCP)},
		{"layers", `list:getlayer(ARP):summary()`, strings.Join(want.Layers, "\n")},
		{"filter", `print(places(list:filter(function(p) return p:has(ICMP) end)))`, fmt.Sprint(want.Some)},
		{"summary", `list:summary(function(p) return p:sprintf("%Ether.src%{IP: %IP.src%}") end, function(p) return p:has(Ether) end)`, want.Line},
		{"summary by names", `list:summary{lfilter=function(p) return p:has(Ether) end, prn=function(p) return p:sprintf("%Ether.src%{IP: %IP.src%}") end}`, want.Line},
		{"rawhexdump", `list:rawhexdump()`, want.Hex},
		{"replace", `print(hexes(list:replace("IP.dst", "10.0.0.2", "10.0.0.3")))`, strings.Join(want.Replaced, "\n")},
		{"replace several", `print(hexes(list:replace({"IP.ttl", 9}, {"TCP.dport", 80, 81})))`, strings.Join(want.All, "\n")},
		{"make_table", `list[TCP]:make_table(cells)`, want.Table},
		{"make_table as text", `print(list[TCP]:make_table(cells, {dump=true}))`, want.Table + "\n"},
		{"make_lined_table", `list[TCP]:make_lined_table(cells)`, want.Lined},
		{"make_tex_table", `list[TCP]:make_tex_table(cells)`, want.Tex},
		{"sr", `local ans, unans = list:sr() print(pairsOf(ans)) print(places(unans))`, fmt.Sprintf("%v\n%v", want.SR[0], want.SR[1])},
		{"sr with many answers", `local ans, unans = list:sr(true) print(pairsOf(ans)) print(places(unans))`, fmt.Sprintf("%v\n%v", want.Multi[0], want.Multi[1])},
		{"sr with many answers by name", `local ans, unans = list:sr{multi=true} print(pairsOf(ans)) print(places(unans))`, fmt.Sprintf("%v\n%v", want.Multi[0], want.Multi[1])},
	} {
		t.Run(c.name, func(t *testing.T) { s.check(t, c.chunk, strings.TrimSuffix(c.want, "\n")) })
	}
}
