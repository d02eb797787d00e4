package lua_test

import (
	"context"
	"strings"
	"testing"
)

// TestAWalkThroughTheFieldsOfALayer holds p[TCP]:fields().
func TestAWalkThroughTheFieldsOfALayer(t *testing.T) {
	const list = `local function list(layer) local t = {} for name, value in layer:fields() do t[#t+1] = name .. "=" .. tostring(value) end print(table.concat(t, " ")) end `
	for _, c := range []struct{ name, chunk, want string }{
		{"in wire order", `list((IP/UDP{dport=9})[UDP])`, "sport=53 dport=9 len=nil chksum=nil"},
		{"as they were read", `list(dissect(bytes(IP/UDP{dport=9}/"x"))[UDP])`, "sport=53 dport=9 len=9 chksum=35227"},
		{"those of the layer's shape", `list((IP/ICMP)[ICMP])`, "type=8 code=0 chksum=nil id=0 seq=0"},
		{"of a declared one", `protocol{name="B", fields={{"b", bits=8}, {"a", bits=8, default=2}}} list(B{}[B])`, "b=0 a=2"},
		{"with names", `for name in (IP/ICMP)[ICMP]:fields() do io = name break end print(io, (IP/ICMP)[ICMP]:name(io))`, "type\techo-request"},
		{"while they change", `local p = IP/ICMP for name in p[ICMP]:fields() do p.type = 3 end print(p[ICMP].type)`, "3"},
		{"none", `list(dissect("", IP)[IP] or (IP/Raw)[Raw])`, "load="},
	} {
		t.Run(c.name, func(t *testing.T) { newShell(t, nil).check(t, list+c.chunk, c.want) })
	}
	for chunk, want := range map[string]string{
		`(IP/TCP):fields()`:                           "fields is a method of a layer: p[IP]:fields(...)",
		`local p = IP/TCP print(p[TCP].fields.dport)`: "attempt to index field 'fields' (a function value); it is a method: p:fields()",
		`print(TCP.fields_desc)`:                      "attempt to index global 'TCP' (a protocol value); ls(IP) lists a protocol's fields",
		`local p = IP/TCP p[TCP]:fields("x")`:         "fields: want no argument, got 1 (string)",
	} {
		_, err := newShell(t, nil).Run(context.Background(), "test", chunk)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", chunk, err, want)
		}
	}
}
