package lua

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/vm"
)

// called finds what a line of Lua calls or indexes.
var called = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)\s*[({"'.:\[/]`)

// quotedText finds the strings of a line.
var quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)

// scapysNames are what scapy's users look for here, and what stands in its place.
var scapysNames = map[string]string{
	"srp":         "sr takes packets that begin with Ether too",
	"srp1":        "sr1 takes packets that begin with Ether too",
	"sendp":       "send takes packets that begin with Ether too",
	"haslayer":    "p:has(TCP)",
	"IPv4":        "IP",
	"Ethernet":    "Ether",
	"getlayer":    "p:layer(TCP, 1), of lists list:getlayer(TCP)",
	"nsummary":    "of lists: list:nsummary()",
	"make_table":  "of lists: ans:make_table(function(s, r) return s[IP].dst, s[TCP].dport, r[TCP].flags end)",
	"traceroute":  "sr(IP{dst=..., ttl=range(1,20)}/TCP{dport=80, flags=\"S\"})",
	"arping":      "sr(Ether{dst=\"ff:ff:ff:ff:ff:ff\"}/ARP{pdst=\"10.0.0.0/24\"})",
	"len":         "#list counts, #bytes(p) measures a packet",
	"str":         "bytes(p), or tostring(x)",
	"defragment6": "defragment(list) takes both versions of IP",
	"TCPSession":  "streams(packets)",
	"sessions":    "list:sessions(), and streams(packets) for what TCP carried",
	"conf":        "options stand in each call's second table",
	"mac2str":     `unhex("001122334455")`,
	"str2mac":     "hex(text)",
	"del":         "x = nil",
	"isinstance":  "p:has(TCP), or type(x)",
	"int":         "tonumber(x)",
	"input":       "scripts take arguments: run(\"name\", ...)",
	"wireshark":   "wrpcap(\"file.pcap\", packets)",
}

// suggestion names what may be meant by a name that nothing has; "" when nothing is near.
func suggestion(name string, names []string) string {
	if instead, ok := scapysNames[name]; ok {
		return "; here: " + instead
	}
	return didYouMean(name, names)
}

// Bounds of hints, which nothing interrupts: each name of a line is looked for in the whole chunk.
const (
	maxHinted = 1000     // bytes of the error's text, and of the line
	maxChunk  = 64 << 10 // bytes of the chunk
)

// hint turns the interpreter's words about a nil into the name that is nil: it only knows that something was.
func (s *State) hint(text string) string {
	if len(text) > maxPosition+maxHinted || len(s.source) > maxChunk {
		return text
	}
	m := position.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	var verb string
	switch what := m[3]; {
	case strings.Contains(what, "attempt to call a non-function object"):
		verb = "be called"
	case strings.Contains(what, "attempt to index a non-table object(nil)"):
		verb = "be indexed"
	case strings.Contains(what, "cannot perform div operation"):
		verb = "be stacked"
	case strings.Contains(what, "cannot perform mul operation"):
		return fmt.Sprintf(`%s:%s: %s; text is repeated with ("A"):rep(20)`, m[1], m[2], what)
	case walksNoTable.MatchString(what):
		return fmt.Sprintf("%s:%s: %s walks lists; the packets that one stands for: for q in p:each() do", m[1], m[2], walksNoTable.FindStringSubmatch(what)[1])
	default:
		return text
	}
	line, _ := strconv.Atoi(m[2])
	lines := strings.Split(s.source, "\n")
	if line < 1 || line > len(lines) || len(lines[line-1]) > maxHinted {
		return text
	}
	source := quotedText.ReplaceAllString(lines[line-1], `""`)
	for _, c := range called.FindAllStringSubmatch(source, -1) {
		name := c[1]
		if slices.Contains(keywords, name) || s.local(name) || s.hasVariable(name) {
			continue
		}
		return fmt.Sprintf("%s:%s: %s is nil and cannot %s: no layer, function or variable has that name%s",
			m[1], m[2], name, verb, suggestion(name, s.globalNames()))
	}
	switch {
	case verb == "be indexed":
		return fmt.Sprintf("%s:%s: nil cannot be indexed: there is no such layer or no such value (%s)", m[1], m[2], strings.TrimSpace(lines[line-1]))
	case verb == "be called" && s.walksPacket(source):
		return fmt.Sprintf("%s:%s: the packets that one stands for are walked with each: for q in p:each() do", m[1], m[2])
	}
	return text
}

// walksNoTable finds ipairs and pairs of a packet or a set.
var walksNoTable = regexp.MustCompile(`^bad argument #1 to (ipairs|pairs) \(table expected, got userdata\)`)

// walked finds what a for walks: its first name, and what comes behind that.
var walked = regexp.MustCompile(`\bfor\s+[\w\s,]+\bin\s+([A-Za-z_]\w*)\s*(.?)`)

// walksPacket reports whether a for walks a packet as if it were a list.
func (s *State) walksPacket(source string) bool {
	m := walked.FindStringSubmatch(source)
	if m == nil {
		return false
	}
	v := s.variable(m[1])
	return isPacket(v) || vm.KindOf(v) == "protocol"
}

// local guesses from the source whether a name is a local variable or a parameter somewhere.
func (s *State) local(name string) bool {
	for _, form := range []string{`local\s+[^=\n]*\b`, `function[^()\n]*\([^)\n]*\b`, `for\s+[^\n]*\b`} {
		if ok, err := regexp.MatchString(form+name+`\b`, s.source); ok && err == nil {
			return true
		}
	}
	return false
}

// hasVariable reports that a name has a variable: a local one of the prompt, or a global with a value.
func (s *State) hasVariable(name string) bool {
	_, local := s.scope.Value(name)
	return local || s.vm.Global(name) != glua.LNil
}

// globalNames are the names that an entry can use: those of globals, and of the prompt's local variables.
func (s *State) globalNames() []string {
	names := s.scope.Names()
	s.l.G.Global.ForEach(func(k, _ glua.LValue) {
		names = append(names, k.String())
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// isPacket reports whether a value is a packet.
func isPacket(v glua.LValue) bool {
	ud, ok := v.(*glua.LUserData)
	if !ok {
		return false
	}
	_, ok = ud.Value.(*craft.Packet)
	return ok
}
