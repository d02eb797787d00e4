package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/spelling"
	"github.com/moonwire/moonwire/lua/vm"
)

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
	"null":        "nil",
	"isinstance":  "p:has(TCP), or type(x)",
	"int":         "tonumber(x)",
	"io":          "scripts read and write captures: rdpcap, wrpcap; print writes text",
	"os":          "now() is the time, sleep(seconds) waits; a script ends with return, or error(why)",
	"debug":       "error(why) says where it was raised",
	"load":        "scripts cannot load code",
	"loadstring":  "scripts cannot load code",
	"input":       "scripts take arguments: run(\"name\", ...)",
	"wireshark":   "wrpcap(\"file.pcap\", packets)",
	"srloop":      "for i = 1, 3 do sr(p):summary() sleep(1) end",
	"getmacbyip":  `sr1(Ether{dst="ff:ff:ff:ff:ff:ff"}/ARP{pdst="10.0.0.1"})[ARP].hwsrc`,
	"arp_mitm":    `send(Ether{dst="02:00:00:00:00:01"}/ARP{op="is-at", psrc="10.0.0.1", pdst="10.0.0.2"})`,
	"dnsd":        "sniff{prn=function(q) ... end} sees questions, and send answers them",
	"mdnsd":       "sniff{prn=function(q) ... end} sees questions, and send answers them",
	"nmap_fp":     `no fingerprints; sr sends probes, run("handshake") says who answers`,
	"p0f":         "no fingerprints; p[TCP].options and p[IP].ttl are what they are made of",
	"ScopedIP":    `the interface stands beside the packet: sr(p, {iface="eth0"})`,
}

// suggestion names what may be meant by a name that nothing has; "" when nothing is near.
func suggestion(name string, names []string) string {
	if instead, ok := scapysNames[name]; ok {
		return "; here: " + instead
	}
	return didYouMean(name, names)
}

// argsTable is the global with an experiment's arguments.
const argsTable = "args"

// mostListed is how many names of a library an error lists.
const mostListed = 40

// unknown is the error for a global that was never assigned, and for a name that a library, or the table of arguments, does not have.
func (s *State) unknown(u vm.Unknown) string {
	shown := u.Name
	if len(shown) > spelling.Longest {
		shown = shown[:spelling.Longest] + "..."
	}
	table, text := "_G", ""
	if u.Table == "" {
		text = shown + ": no layer, function or variable has that name" + suggestion(u.Name, slices.Concat(u.Near, s.globalNames(), []string{"nil", "true", "false"}))
	} else {
		table, text = u.Table, absent(u, shown)
	}
	if u.Tested {
		text += fmt.Sprintf("; what may be missing is read with rawget(%s, %q)", table, shown)
	}
	return text
}

// absent says that a table has no such name, and which it has.
func absent(u vm.Unknown, shown string) string {
	text := fmt.Sprintf("%s.%s: %s has no such name", u.Table, shown, u.Table)
	if u.Table == argsTable {
		text = fmt.Sprintf("%s.%s: the script has no argument of that name", u.Table, shown)
	}
	switch {
	case len(u.Near) == 0:
		text += ", and no other"
	case len(u.Near) <= mostListed:
		text += "; there are " + strings.Join(u.Near, ", ")
	}
	if near := spelling.Nearest(u.Name, u.Near); near != "" {
		text += fmt.Sprintf("; did you mean %s.%s?", u.Table, near)
	}
	return text
}

// hint is what there is to say of a fault behind Lua's words: why a value is nil that a call of ours gave, and what is written instead.
func (s *State) hint(f vm.Fault) string {
	if f.Value == glua.LNil {
		if why := s.whyNil(f); why != "" {
			return why
		}
	}
	if back := s.hiding(f); back != "" {
		return back
	}
	switch f.Doing {
	case "index":
		return s.indexHint(f)
	case "walk":
		if isPacket(f.Value) || vm.KindOf(f.Value) == "protocol" {
			return "; the packets that one stands for are walked with each: for q in p:each() do"
		}
		switch f.Value.Type() {
		case glua.LTNumber:
			return "; numbers are counted with an equals sign: for i = 1, 3 do"
		case glua.LTString:
			return `; the letters of a text are walked with for c in text:gmatch(".") do`
		}
	case "call":
		if f.Value == glua.LNil && (f.Name.Scope == "method" || f.Name.Scope == "field") {
			return suggestion(f.Name.Text, s.libraryNames())
		}
	case "perform arithmetic on":
		return operatorHint(f)
	case "concatenate":
		if f.Value.Type() == glua.LTUserData || f.Value.Type() == glua.LTTable {
			return "; its text is tostring(x)"
		}
	}
	return ""
}

// hiding says how what a variable of the prompt hides is brought back, where its value was taken for that.
func (s *State) hiding(f vm.Fault) string {
	name := f.Name.Text
	if f.Name.Scope == "global" && f.Doing == "call" && f.Value.Type() != glua.LTUserData && slices.ContainsFunc(s.functions, func(fn function) bool { return fn.name == name }) {
		return fmt.Sprintf("; %s was a function until it was assigned, and is again in a new session", name)
	}
	value, ok := s.scope.Value(name)
	if f.Name.Scope != "local" || !ok || value != f.Value || f.Doing != "call" && f.Doing != "index" {
		return ""
	}
	switch hidden := s.vm.Global(name); hidden.Type() {
	case glua.LTFunction, glua.LTUserData, glua.LTTable:
		return fmt.Sprintf("; the local variable hides the %s: local %s = _G.%s brings it back", vm.KindOf(hidden), name, name)
	}
	return ""
}

// indexHint says what is meant by a field of a function or of a protocol.
func (s *State) indexHint(f vm.Fault) string {
	name := f.Name.Text
	switch {
	case f.Value.Type() == glua.LTFunction && (s.bound[name] == f.Value || s.boundLayer[name] == f.Value):
		return fmt.Sprintf("; it is a method: p:%s()", name)
	case vm.KindOf(f.Value) == "protocol":
		return "; ls(IP) lists a protocol's fields, IP{...} is a packet that has them"
	case f.Value.Type() == glua.LTUserData:
		return "; nothing of it can be set"
	}
	return ""
}

// operatorHint says what an operator is for here.
func operatorHint(f vm.Fault) string {
	switch {
	case f.Operator == "/" && f.Value.Type() != glua.LTString:
		return "; want a packet, a layer or a string on both sides of /, got " + vm.KindOf(f.Value)
	case f.Operator == "*" && f.Value.Type() != glua.LTNil:
		return `; text is repeated with ("A"):rep(20)`
	}
	return ""
}

// A gap is a nil that a value of ours gave for what it does not have, kept for the error of whoever takes it for a value.
type gap struct {
	packet *craft.Packet // that has no such layer; nil for a list
	layer  craft.Name
	list   string // the kind of a list that ends before
	at     int    // the index
	size   int    // how many elements it has
	name   string // that a table has not
	why    string // what there is to say of it
	field  string // that is computed, and has no value yet
}

// whyNil is why the value of a fault is nil, as far as that is known: where the code got it from, and what we gave last.
func (s *State) whyNil(f vm.Fault) string {
	from := f.Origin
	if from.Call == "sr1" {
		return s.unheard
	}
	switch g := s.gap; {
	case g.packet != nil && (from.Call == "layer" || from.Indexed && from.Index.Text == string(g.layer)):
		return fmt.Sprintf("; %s", lacks(g.packet, g.layer))
	case g.list != "" && from.Indexed && from.Index.Scope != "field":
		return fmt.Sprintf("; the %s has %s, and no number %d", g.list, binding.Plural(g.size, "element"), g.at)
	case g.name != "" && (f.Name.Text == g.name || from.Indexed && from.Index.Text == g.name):
		return g.why
	case g.field != "" && from.Indexed && strings.HasSuffix(g.field, "."+from.Index.Text):
		return fmt.Sprintf("; %s is computed when the packet is built, and nil before: dissect(bytes(p)) has it", g.field)
	}
	if s.isSilent(f) {
		return s.unheard
	}
	if s.unheard != "" && from.Call == "" && (from.Index.Scope == "field" || !from.Indexed) && s.ofPackets(f) {
		return s.unheard
	}
	return ""
}

// isSilent reports whether the value of a fault is of the variable, or the field, that the last sr1 gave its nil to.
func (s *State) isSilent(f vm.Fault) bool {
	if s.silent.Scope == "" || f.Name.Text != s.silent.Text {
		return false
	}
	switch f.Name.Scope {
	case "field":
		return s.silent.Scope == "field"
	case "global":
		return s.silent.Scope == "global"
	}
	if s.silent.Scope != "local" && s.silent.Scope != "upvalue" || f.Origin.Indexed {
		return false
	}
	return f.Origin.Call == "" || s.relayed
}

// ofPackets reports whether a fault is of what is done with packets: a method or field of theirs, a layer.
func (s *State) ofPackets(f vm.Fault) bool {
	switch key := f.Key.(type) {
	case glua.LString:
		name := string(key)
		if s.bound[name] != nil || s.boundLayer[name] != nil || s.table.Knows(craft.Name(name)) || slices.Contains([]string{"time", "wire", "payload"}, name) {
			return true
		}
		return slices.ContainsFunc(s.table.Protocols(), func(p *craft.Protocol) bool { return p.Has(name) })
	case *glua.LUserData:
		_, isProtocol := key.Value.(*craft.Protocol)
		return isProtocol
	}
	return f.Operator == "/" || f.Doing == "walk" || f.Doing == "get length of" || f.Doing == "pass"
}

// lacks says which layers a packet has in place of one.
func lacks(p *craft.Packet, name craft.Name) string {
	if len(p.Layers()) == 0 {
		return fmt.Sprintf("the packet has no %s, nor any other layer", name)
	}
	names := make([]string, len(p.Layers()))
	for i, layer := range p.Layers() {
		names[i] = string(layer.Name())
	}
	no := "no"
	if p.Has(name) {
		no = "no further"
	}
	return fmt.Sprintf("the packet has %s %s: its layers are %s; ask p:has(%s) before", no, name, strings.Join(names, ", "), name)
}

// libraryNames are the names of Lua's own functions behind a dot or a colon.
func (s *State) libraryNames() []string {
	var names []string
	for _, lib := range []string{glua.StringLibName, glua.TabLibName, glua.MathLibName, glua.CoroutineLibName, bitLibrary} {
		if t, ok := s.vm.Global(lib).(*glua.LTable); ok {
			t.ForEach(func(k, _ glua.LValue) { names = append(names, k.String()) })
		}
	}
	slices.Sort(names)
	return names
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
