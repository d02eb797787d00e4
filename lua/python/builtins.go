package python

import "strings"

// builtin writes a call of one of Python's own functions, or of scapy's by another name than ours. ok is false for all others:
// those that the user wrote, and those that are called alike in both languages.
func (w *writer) builtin(e *expr, name string) (l lua, ok bool) {
	if _, own := w.own(name); !w.ours(name) && (name != "print" || own) {
		return lua{}, false
	}
	if w.known(name) == Function && !oneOf(name, "range", "raw", "bytes", "hex", "sniff", "print") {
		return lua{}, false
	}
	for _, family := range []func(*writer, *expr, string) (lua, bool){
		(*writer).bytesBuiltin, (*writer).textBuiltin, (*writer).numberBuiltin, (*writer).listBuiltin, (*writer).foldBuiltin, (*writer).objectBuiltin, (*writer).scapysFunction,
	} {
		if l, ok := family(w, e, name); ok {
			return l, true
		}
	}
	return lua{}, false
}

// given is argument i of a call, without a name; a text without any when there is none.
func (w *writer) given(e *expr, i int) lua {
	if i >= len(e.items) || e.items[i].named() || e.items[i].value == nil {
		w.refuse()
		return lua{}
	}
	return w.argument(e.items[i].value)
}

// bytesBuiltin writes what makes bytes and numbers of them.
func (w *writer) bytesBuiltin(e *expr, name string) (lua, bool) {
	n := len(e.items)
	switch {
	case name == "raw" && n == 1 && e.items[0].value.form != textForm && e.at.opens("("):
		w.twofold = w.twofold || !w.slip
		return call("bytes"+e.gaps[0]+"("+w.argument(e.items[0].value).text+")", octets), true
	case oneOf(name, "bytes", "bytearray") && n >= 1:
		arg := e.items[0].value
		switch x := w.argument(arg); {
		case arg.form == listForm:
			return call("string.char("+w.separated(arg.items)+")", octets), true
		case x.is.text():
			return x, true
		case x.is == numeric:
			return call(`("\0"):rep(`+x.text+")", octets), true
		case x.is == list:
			return call("string.char(unpack("+x.text+"))", octets), true
		}
		return call("bytes"+e.gaps[0]+"("+w.argument(arg).text+")", octets), true
	case oneOf(name, "hex_bytes", "mac2str") && n == 1:
		return w.unhex(e.items[0].value, name == "hex_bytes"), true
	case oneOf(name, "bytes_hex", "hexlify") && n == 1:
		return call("hex("+w.given(e, 0).text+")", str), true
	case name == "unhexlify" && n == 1:
		return w.unhex(e.items[0].value, true), true
	case oneOf(name, "bytes_encode", "plain_str", "bytes_base64") && n == 1:
		return w.given(e, 0), true
	}
	return lua{}, false
}

// unhex writes unhex(text) without what may stand between the digits; anything is whether the text may be any
// expression.
func (w *writer) unhex(digits *expr, anything bool) lua {
	x := w.expr(digits)
	if digits.form != textForm && !anything {
		w.because(digits.at.line, `an address as bytes: unhex("001122334455")`)
	}
	if digits.form == textForm {
		x.text = strings.NewReplacer(" ", "", ":", "").Replace(x.text)
	}
	return call("unhex("+x.text+")", octets)
}

// textBuiltin writes what makes text, and asks about it.
func (w *writer) textBuiltin(e *expr, name string) (lua, bool) {
	if len(e.items) == 0 || e.items[0].named() {
		return lua{}, false
	}
	switch x := w.given(e, 0); name {
	case "str", "unicode":
		switch {
		case x.is == packet:
			return call("bytes("+x.text+")", octets), true
		case x.is.text():
			return x, true
		}
		return call("tostring("+x.text+")", str), true
	case "repr", "ascii":
		return call("tostring("+x.text+")", str), true
	case "ord":
		if x.is == numeric { // a byte is one already
			return x, true
		}
		return call(x.at(prefixLevel)+":byte()", numeric), true
	case "chr", "unichr":
		return call("string.char("+x.text+")", str), true
	case "hex":
		if x.is.text() || x.is == packet || x.is == protocol {
			return lua{}, false
		}
		w.twofold = true
		if w.slip {
			w.refuse()
		}
		return call(`("0x%x"):format(`+x.text+")", str), true
	case "oct":
		return call(`("%o"):format(`+x.text+")", str), true
	case "bin":
		w.because(e.at.line, "Lua writes no binary numbers: bit.band(n, 4) asks for a bit, (\"%x\"):format(n) is hexadecimal")
		return lua{}, true
	}
	return lua{}, false
}

// numberBuiltin writes what computes.
func (w *writer) numberBuiltin(e *expr, name string) (lua, bool) {
	if len(e.items) == 0 || e.items[0].named() {
		return lua{}, false
	}
	switch name {
	case "len":
		return w.length(e), true
	case "range", "xrange":
		return w.rangeOf(e), true
	case "int", "long", "float":
		return w.converted(e, name), true
	case "abs":
		return call("math.abs("+w.given(e, 0).text+")", numeric), true
	case "round":
		if len(e.items) == 1 {
			return call("math.floor("+w.given(e, 0).at(sumLevel)+" + 0.5)", numeric), true
		}
		if n, ok := e.items[1].value.integer(); ok && n >= 0 && n < 10 {
			return call(`tonumber(("%.`+string(rune('0'+n))+`f"):format(`+w.given(e, 0).text+"))", numeric), true
		}
		w.refuse()
		return lua{}, true
	case "pow":
		return lua{w.given(e, 0).at(valueLevel) + "^" + w.given(e, 1).at(unaryLevel), powerLevel, numeric, false}, true
	case "max", "min":
		if len(e.items) > 1 && e.items[len(e.items)-1].named() {
			w.because(e.at.line, "the greatest by something: table.sort(list, function(a, b) return a.time < b.time end), then list[#list]")
			return lua{}, true
		}
		if len(e.items) == 1 {
			return call("math."+name+"(unpack("+w.given(e, 0).text+"))", numeric), true
		}
		return call("math."+name+"("+strings.TrimSpace(w.separated(e.items))+")", numeric), true
	}
	return lua{}, false
}

// length writes len(x) as #x; a packet is measured by its bytes.
func (w *writer) length(e *expr) lua {
	if len(e.items) != 1 {
		w.refuse()
		return lua{}
	}
	x := w.given(e, 0)
	if x.is == packet {
		return lua{"#bytes(" + x.text + ")", unaryLevel, numeric, false}
	}
	if x.is == dict || x.is == set { // # counts no names
		return call("(function() local n = 0 for _ in pairs("+x.text+") do n = n + 1 end return n end)()", numeric)
	}
	if x.is == lists {
		x.text, x.level = "{"+x.text+"}", valueLevel
	}
	return lua{"#" + x.at(prefixLevel), unaryLevel, numeric, false}
}

// converted writes int(x), int(x, 16) and float(x).
func (w *writer) converted(e *expr, name string) lua {
	arg := e.items[0].value
	if layer, ok := w.flagsOf(arg); ok && name != "float" {
		if of := arg.bare(); of.form == fieldForm && of.kids[0].form == indexForm {
			return call("tonumber("+w.expr(of.kids[0].kids[0]).at(prefixLevel)+`:sprintf("%r,`+of.kids[0].layerRead()+`.flags%"))`, numeric)
		}
		w.because(e.at.line, "the number of flags: tonumber("+layer+`:sprintf("%r,TCP.flags%"))`)
	}
	x := w.given(e, 0)
	switch {
	case arg.form == callForm && arg.kids[0].layer() && strings.HasPrefix(arg.kids[0].at.source, "Rand"):
		w.because(e.at.line, "a random number: math.random(0, 65535)")
	case len(e.items) > 1:
		return call("tonumber("+x.text+", "+w.given(e, 1).text+")", numeric)
	case x.is == numeric && name != "float":
		return call("math.floor("+x.text+")", numeric)
	}
	return call("tonumber("+x.text+")", numeric)
}

// rangeOf writes Python's range, which leaves its end out, as Lua's, which has it.
func (w *writer) rangeOf(e *expr) lua {
	w.twofold = w.twofold || len(e.items) > 1
	last := 1
	switch len(e.items) {
	case 1:
		last = 0
	case 3:
		if step, ok := e.items[2].value.integer(); !ok || step < 1 {
			w.because(e.at.line, "a range runs up, in steps of a number: range(1, 9, 2)")
		}
	case 2:
	default:
		w.refuse()
	}
	text := "range("
	if last == 0 {
		text += "0,"
	}
	for i, it := range e.items {
		if i > 0 {
			text += ","
		}
		x := w.expr(it.value)
		if i == last {
			x.text = w.less(x)
		}
		text += it.before + x.text + it.after
	}
	return call(text+e.rest+")", unknown)
}

// less writes the number before another one.
func (w *writer) less(x lua) string {
	if x.level >= unaryLevel {
		return w.plus(x, -1)
	}
	return w.plus(lua{"(" + x.text + ")", prefixLevel, x.is, false}, -1)
}

// objectBuiltin writes what asks about a value's kind and fields.
func (w *writer) objectBuiltin(e *expr, name string) (lua, bool) {
	switch {
	case name == "isinstance" && len(e.items) == 2:
		return w.instance(e), true
	case name == "getattr" && len(e.items) >= 2:
		l := prefixed(w.given(e, 0).at(prefixLevel)+"["+w.given(e, 1).text+"]", unknown)
		if len(e.items) > 2 {
			return lua{l.text + " or " + w.given(e, 2).at(andLevel), orLevel, unknown, false}, true
		}
		return l, true
	case name == "hasattr" && len(e.items) == 2:
		return lua{w.given(e, 0).at(prefixLevel) + "[" + w.given(e, 1).text + "] ~= nil", compareLevel, boolean, false}, true
	case oneOf(name, "dir", "vars") && len(e.items) == 1:
		return call("help("+w.given(e, 0).text+")", nothingAtAll), true
	case name == "print" && len(e.items) > 0 && e.items[len(e.items)-1].named():
		w.because(e.at.line, "print puts tabs between its values and ends the line: print(a .. b), print(table.concat(list, \",\"))")
		return lua{}, true
	case oneOf(name, "input", "raw_input"):
		w.because(e.at.line, "a script takes arguments: moonwire run ./mine.lua name=value, then args.name")
		return lua{}, true
	case name == "open":
		w.because(e.at.line, `captures are read with rdpcap("f.pcap") and written with wrpcap("f.pcap", packets); other files are not`)
		return lua{}, true
	case oneOf(name, "explore", "ls") && w.missing(name):
		return call("ls("+strings.TrimSpace(w.separated(e.items))+")", nothingAtAll), true
	}
	return lua{}, false
}

// instance writes isinstance(x, type).
func (w *writer) instance(e *expr) lua {
	x, of := w.given(e, 0), e.items[1].value
	if of.form == nameForm {
		switch of.at.source {
		case "str", "bytes", "unicode", "bytearray":
			return lua{"type(" + x.text + `) == "string"`, compareLevel, boolean, false}
		case "int", "float", "long":
			return lua{"type(" + x.text + `) == "number"`, compareLevel, boolean, false}
		case "list", "dict", "tuple", "set":
			return lua{"type(" + x.text + `) == "table"`, compareLevel, boolean, false}
		case "Packet":
			return lua{"type(" + x.text + `) == "userdata"`, compareLevel, boolean, false}
		}
	}
	if of.layer() {
		return lua{x.at(prefixLevel) + `:layers()[1] == "` + of.at.source + `"`, compareLevel, boolean, false}
	}
	w.because(e.at.line, `the type of a value: type(x) == "string"; a layer in a packet: p:has(TCP)`)
	return lua{}
}

// scapysFunction writes scapy's functions that have another name here, or take other arguments.
func (w *writer) scapysFunction(e *expr, name string) (lua, bool) {
	renamed := map[string]string{"srp": "sr", "srp1": "sr1", "sendp": "send", "PcapReader": "pcap", "RawPcapReader": "pcap", "PcapNgReader": "pcap",
		"RawVal": "raw", "wrpcapng": "wrpcap", "hexstring": "hex", "sr1flood": "sr1"}
	switch to, ok := renamed[name]; {
	case ok:
		if !w.missing(name) {
			return lua{}, false
		}
		as := *e
		as.kids = []*expr{{form: nameForm, at: node{kind: nameKind, source: to, lua: to}}}
		return w.called(&as, prefixed(to, unknown), signatures[to]), true
	case name == "sniff":
		w.callbacks(e, packets)
		if len(e.items) > 0 && !e.items[0].named() {
			as := *e
			as.items = append([]item{}, e.items...)
			as.items[0].name, as.items[0].equals = node{kind: nameKind, source: "count", lua: "count"}, "="
			return w.called(&as, prefixed("sniff", unknown), nil), true
		}
		return w.called(e, prefixed("sniff", unknown), nil), true
	case oneOf(name, "PcapWriter", "PcapNgWriter", "RawPcapWriter"):
		w.because(e.at.line, `a capture is written with wrpcap("f.pcap", p), and goes on with wrpcap("f.pcap", p, {append=true})`)
		return lua{}, true
	case name == "PacketList" && len(e.items) >= 1:
		return w.given(e, 0), true
	case name == "load_module":
		w.because(e.at.line, "there are no modules to load: lsc() lists the functions, ls() the layers")
		return lua{}, true
	case name == "AsyncSniffer":
		w.because(e.at.line, "sniff waits: sniff{timeout=20}, or capture() around what is to be seen")
		return lua{}, true
	}
	return lua{}, false
}

// nameKind is the kind of a name, where the word name is taken.
const nameKind = name
