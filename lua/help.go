package lua

import (
	"fmt"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/binding"
	"github.com/moonwire/moonwire/lua/lists"
	"github.com/moonwire/moonwire/lua/vm"
	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// helpFunctions describe what there is.
func (s *State) helpFunctions() []function {
	return []function{
		{"help", "help(x)", "what x is and takes: a function, a layer, a value, or the name of an experiment", nil, s.help},
		{"ls", "ls(TCP, {options})", "the fields of a layer, or of a packet with their values; ls() lists the layers", lsOptions, s.ls},
		{"rfc", "rfc(TCP)", "the header of a layer as RFCs draw it", nil, s.rfc},
		{"lsc", "lsc()", "the functions, one to a line", nil, func(l *glua.LState) int { return s.say(l, s.functionList()) }},
	}
}

// say prints text for the user to read.
func (s *State) say(l *glua.LState, text string) int {
	return binding.Say(l, s.config.Stdout, text)
}

const overview = `Type a packet, send it, see who answers:

  IP{dst="192.168.11.2"}/TCP{dport=80, flags="S"}    a packet; what is left out is filled in
  sr1(IP{dst="192.168.11.2"}/ICMP{})                 send it and wait for the answer; _ is the last value
  ans, unans = sr(IP{dst="10.0.0.0/30"}/ICMP{})      many packets: answers and what got none
  p = _; p[TCP].flags, p:show()                      look at one
  run("handshake"), run("./mine.lua")                a bundled experiment, a file of this folder

Layers: %s
  and %d more: ls() lists them, ls("icmp") those with icmp in their name
Experiments: %s

%s
help(sr1) and ls(TCP) say more, Tab completes, Ctrl-C stops a call, Ctrl-D leaves.
`

// wellKnown are the layers that the overview names: what people look for first.
var wellKnown = []craft.Name{
	layers.Ether, layers.ARP, layers.Dot1Q, layers.IP, layers.ICMP, layers.IPv6, layers.ICMPv6EchoRequest, layers.TCP, layers.UDP, layers.DNS, layers.DNSQR,
	layers.BOOTP, layers.DHCP, layers.GRE, layers.VXLAN, layers.MPLS, layers.SCTP, layers.NTP, layers.SNMP, layers.TFTP, craft.Raw, craft.Padding,
}

// wrapped writes names side by side, in lines of a width.
func wrapped(names []craft.Name, width int) string {
	var b strings.Builder
	at := 0
	for _, name := range names {
		if at > 0 && at+len(name) > width {
			b.WriteString("\n ")
			at = 0
		}
		at += len(name) + 1
		b.WriteString(" " + string(name))
	}
	return strings.TrimSpace(b.String())
}

// help is help(x).
func (s *State) help(l *glua.LState) int {
	if l.GetTop() == 0 {
		return s.say(l, fmt.Sprintf(overview, wrapped(wellKnown, 70), len(s.table.Names())-len(wellKnown), strings.Join(experimentNames(), " "), s.functionList()))
	}
	v := l.Get(1)
	if name, ok := v.(glua.LString); ok {
		return s.say(l, s.helpByName(string(name)))
	}
	return s.say(l, s.helpFor(v))
}

// helpByName is help for what is named by a string.
func (s *State) helpByName(name string) string {
	if f, ok := s.function(name); ok {
		return f.help()
	}
	if script, err := scripts.Find(name); err == nil {
		return experimentHelp(script)
	}
	if v := s.variable(name); v != glua.LNil {
		return s.helpFor(v)
	}
	if text := s.methodHelp(name); text != "" {
		return text
	}
	known := append(s.globalNames(), experimentNames()...)
	return fmt.Sprintf("nothing is called %q%s; help() lists what there is", name, didYouMean(name, known))
}

// helpFor is help for a value: what it is and what can be done with it.
func (s *State) helpFor(v glua.LValue) string {
	switch v := v.(type) {
	case *glua.LFunction:
		if at, ok := s.declared[v]; ok {
			return s.functions[at].help()
		}
		return "a function of Lua's own, or of yours"
	case *glua.LUserData:
		if p, ok := v.Value.(*craft.Protocol); ok {
			return p.Doc() + "\n\n" + protocolFields(p, false)
		}
	case *glua.LTable:
		if text := s.familyHelp(v); text != "" {
			return text
		}
	case *glua.LNilType:
		return "nil is no value: no layer, function or variable has that name, or no answer came"
	}
	if methods := s.methodsOf(v); methods != nil {
		text := fmt.Sprintf("a %s\n\n%s", vm.KindOf(v), methodList(methods))
		if gives := s.lists.Gives(v); gives != "" {
			text += "\nFunctions and loops get " + gives
		}
		return text
	}
	return fmt.Sprintf("a %s: %s", vm.KindOf(v), s.vm.Describe(v))
}

// methodHelp is help for the methods and fields of that name, of whatever value; "" when there is none.
func (s *State) methodHelp(name string) string {
	var found []string
	for _, m := range s.everyMethod() {
		if text := explained(m.usage, m.doc); m.name == name && !slices.Contains(found, text) {
			found = append(found, text)
		}
	}
	return strings.Join(found, "")
}

// everyMethod are the methods and fields of all kinds of values.
func (s *State) everyMethod() []method {
	return slices.Concat(packetMethods, layerMethods, setMethods, randomMethods, captureMethods, streamFields, resultFields, connectionMethods, ofLists(s.lists.EveryMethod()))
}

// familyHelp is help for a table of functions, as judge is; "" for any other table.
func (s *State) familyHelp(t *glua.LTable) string {
	var b strings.Builder
	for _, f := range s.functions {
		if table, _, ok := strings.Cut(f.name, "."); ok && s.vm.Global(table) == t {
			b.WriteString(explained(f.usage, f.brief()))
		}
	}
	return b.String()
}

// help is a function's usage, what it does, and its options.
func (f function) help() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n    %s\n", f.usage, f.doc)
	if len(f.options) > 0 {
		b.WriteString("\noptions:\n")
	}
	for _, o := range f.options {
		fmt.Fprintf(&b, "    %-10s %s\n", o.name, o.doc)
	}
	return b.String()
}

// explained is a usage and what it means, in two columns that fit 80 characters.
func explained(usage, doc string) string {
	const left, right = 38, 40
	line := fmt.Sprintf("  %-*s", left-2, usage)
	if len(usage) > left-3 {
		line += "\n" + strings.Repeat(" ", left)
	}
	used := 0
	for _, word := range strings.Fields(doc) {
		if used > 0 && used+1+len(word) > right {
			line += "\n" + strings.Repeat(" ", left)
			used = 0
		} else if used > 0 {
			line += " "
			used++
		}
		line += word
		used += len(word)
	}
	return line + "\n"
}

func (s *State) functionList() string {
	var b strings.Builder
	for _, f := range s.functions {
		b.WriteString(explained(f.usage, f.brief()))
	}
	return b.String()
}

func methodList(methods []method) string {
	var b strings.Builder
	for _, m := range methods {
		b.WriteString(explained(m.usage, m.doc))
	}
	return b.String()
}

// methodsOf are the methods and fields of a value; nil for a value without.
func (s *State) methodsOf(v glua.LValue) []method {
	switch v := v.(type) {
	case *glua.LUserData:
		switch v.Value.(type) {
		case *craft.Packet:
			return packetMethods
		case values.Set:
			return setMethods
		case values.Generator:
			return randomMethods
		case layerView:
			return append(append([]method{}, layerMethods...), packetMethods...)
		case *capture:
			return captureMethods
		case *stream:
			return streamFields
		case *vantage.Result:
			return resultFields
		case sendrecv.Conn:
			return connectionMethods
		}
	}
	return ofLists(s.lists.Methods(v))
}

// ofLists are methods of lists as help has them.
func ofLists(all []lists.Method) []method {
	var methods []method
	for _, m := range all {
		row := method{m.Name, m.Usage, m.Doc, nil}
		if m.Call != nil {
			row.call = func(s *State, l *glua.LState) int { return m.Call(s.lists, l) }
		}
		methods = append(methods, row)
	}
	return methods
}

func experimentHelp(script scripts.Script) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n%s\n\n    run(%q)\n\narguments:\n", script.Name, script.Summary, script.Question, script.Name)
	for _, a := range script.Args {
		fmt.Fprintf(&b, "    %-10s %s: %s\n", a.Name, a.Type, a.Doc)
	}
	if !script.Example() {
		fmt.Fprintf(&b, "verdicts: %s\n", strings.Join(script.Verdicts, ", "))
	}
	return b.String()
}

// experimentNames are the names of the bundled experiments.
func experimentNames() []string {
	var names []string
	all, err := scripts.All()
	if err != nil {
		return nil // a bundled script that cannot be read is for the tests to find
	}
	for _, script := range all {
		names = append(names, script.Name)
	}
	return names
}
