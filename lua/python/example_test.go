package python_test

import (
	"fmt"

	"github.com/moonwire/moonwire/lua/python"
)

func ExampleTranslate() {
	lua, ok := python.Translate(`sr1(IP(dst="192.168.11.2")/TCP(dport=57212,flags="S")),`)
	fmt.Println(lua, ok)
	lua, ok = python.Translate(`>>> ans, unans = sr(IP(dst="10.0.0.1")/TCP(dport=(1,1024)), timeout=2)`)
	fmt.Println(lua, ok)
	// Output:
	// sr1(IP{dst="192.168.11.2"}/TCP{dport=57212,flags="S"}) true
	// ans, unans = sr(IP{dst="10.0.0.1"}/TCP{dport=range(1,1024)}, {timeout=2}) true
}
