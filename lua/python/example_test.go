package python_test

import (
	"fmt"

	"github.com/moonwire/moonwire/lua/python"
)

// A prompt reads what was pasted.
func ExampleRead() {
	known := func(name string) python.Kind {
		if name == "p" {
			return python.Packet
		}
		return python.Unknown
	}
	for _, entry := range []string{
		`sr1(IP(dst="192.168.11.2")/TCP(dport=57212,flags="S")),`,
		`>>> ans, unans = sr(IP(dst="10.0.0.1")/TCP(dport=(1,1024)), timeout=2)`,
		`p.show()`,
		`[q.ttl for q in ans]`,
		`for q in p: print(q.ttl)`,
		`with open("x") as f: pass`,
	} {
		r := python.Read(entry, python.Whole{}, known)
		fmt.Println(r.Lua + r.Hint)
	}
	// Output:
	// sr1(IP{dst="192.168.11.2"}/TCP{dport=57212,flags="S"})
	// ans, unans = sr(IP{dst="10.0.0.1"}/TCP{dport=range(1,1024)}, {timeout=2})
	// p:show()
	// (function() local l = {} for _, q in ipairs(ans) do l[#l+1] = q.ttl end return l end)()
	// for q in p:each() do print(q.ttl) end
	// Lua has no with: files are read by rdpcap("f.pcap") and written by wrpcap("f.pcap", packets)
}
