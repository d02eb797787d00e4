package python

import (
	"slices"
	"strings"
)

// call writes f(x, y=1).
func (w *writer) call(e *expr) lua {
	e = w.once(e)
	f := e.kids[0]
	switch f.form {
	case nameForm:
		if l, ok := w.builtin(e, f.at.source); ok {
			return l
		}
	case fieldForm:
		if l, ok := w.method(e, f); ok {
			return l
		}
	case methodForm:
		l := w.called(e, w.expr(f), nil)
		return l
	}
	callee := w.expr(f)
	if !e.at.opens("(") { // raw"x", IP{}: it is Lua
		is := unknown
		if callee.is == protocol {
			is = packet
		}
		return call(callee.at(prefixLevel)+e.gaps[0]+w.expr(e.items[0].value).text, is)
	}
	return w.called(e, callee, w.signature(f))
}

// signature are the names of a function's arguments where its keywords say which argument they are.
func (w *writer) signature(f *expr) []string {
	if f.form != nameForm {
		return nil
	}
	if p, ok := w.parameters(f.at.source); ok {
		return p
	}
	if w.ours(f.at.source) {
		return signatures[f.at.source]
	}
	return nil
}

// signatures are the arguments of functions that take no table of options, by scapy's names.
var signatures = map[string][]string{
	"rdpcap": {"filename", "count"}, "wrpcap": {"filename", "pkt", more}, "send": {"x", more}, "sr": {"x", more}, "sr1": {"x", more},
	"hexdump": {"x", more}, "hexstr": {"x", more}, "fragment": {"pkt", "fragsize"}, "fragment6": {"pkt", "fragSize"},
	"RandNum": {"min", "max"}, "RandIP": {"iptemplate"}, "RandIP6": {"ip6template"}, "RandMAC": {"template"},
	"RandString": {"size", "chars"}, "RandTermString": {"size", "term"}, "RandBin": {"size"}, "RandNumGauss": {"mu", "sigma"},
	"RandNumExpo": {"lambd", "base"}, "RandNumGamma": {"alpha", "beta"}, "RandTCPOptions": {"size"}, "RandEnum": {"min", "max"},
	"IncrementalValue": {"start", "step", "restart"}, "CorruptedBytes": {"s", "p", "n"}, "CorruptedBits": {"s", "p", "n"},
	"AutoTime": {"base", "diff"}, "Net": {"net", "stop"},
}

// more stands for a table of options behind the arguments that have a place.
const more = "..."

// called writes a call of callee: keywords alone go in braces instead of parentheses, keywords behind other arguments in a
// table, unless the function has a name for each of its arguments.
func (w *writer) called(e *expr, callee lua, signature []string) lua {
	is := w.gives(e.kids[0], callee)
	head := callee.at(prefixLevel) + e.gaps[0]
	if signature != nil {
		if args, ok := w.positions(e, signature); ok {
			return call(head+"("+strings.Join(args, ", ")+")", is)
		}
	}
	first := first(e.items)
	for _, it := range e.items[first:] {
		if !it.named() {
			w.refuse()
			return lua{}
		}
	}
	opening, closing := "(", ")"
	if first == 0 && len(e.items) > 0 {
		w.userDefined(e, callee)
		opening, closing = "{", "}"
	}
	text := head + opening
	for i, it := range e.items {
		if i > 0 {
			text += ","
		}
		text += it.before
		if i < first {
			text += w.argument(it.value).text
		} else {
			if first > 0 && i == first {
				w.userDefined(e, callee)
				text += "{"
			}
			text += w.keyword(e, it)
		}
		if first > 0 && i >= first && i == len(e.items)-1 {
			text += "}"
		}
		text += it.after
	}
	return call(text+e.rest+closing, is)
}

// first is the place of the first keyword among a call's arguments.
func first(items []item) int {
	if i := slices.IndexFunc(items, item.named); i >= 0 {
		return i
	}
	return len(items)
}

// userDefined refuses keywords for a function that the user wrote, which would take them as one table.
func (w *writer) userDefined(e *expr, callee lua) {
	if callee.is == userMade {
		w.because(e.at.line, "Lua's functions take arguments by their place: "+callee.text+"(x, y)")
	}
}

// positions are the arguments of a call in the order of the names that a function has for them.
func (w *writer) positions(e *expr, names []string) (args []string, ok bool) {
	given, named, last := make([]string, len(names)), false, 0
	var options []string
	places := slices.Index(names, more)
	for i, it := range e.items {
		if !it.named() {
			if i >= len(names) || named {
				return nil, false
			}
			given[i], last = w.argument(it.value).text, i+1
			continue
		}
		named = true
		at := slices.Index(names, it.name.source)
		switch {
		case at >= 0 && given[at] != "", at < 0 && places < 0:
			return nil, false
		case at < 0:
			options = append(options, w.keyword(e, it))
			continue
		}
		given[at], last = w.argument(it.value).text, max(last, at+1)
	}
	switch {
	case named && places > 0 && slices.Contains(given[:places], ""):
		w.because(e.at.line, "its first arguments have a place: "+e.kids[0].at.source+"("+strings.Join(names[:places], ", ")+", {option=value})")
	case !named, places > 0 && len(options) == len(e.items)-first(e.items):
		return nil, false // as it is written
	case len(options) > 0:
		last = len(names)
		given[last-1] = "{" + strings.Join(options, ", ") + "}"
	}
	for i := range given[:last] {
		if given[i] == "" {
			given[i] = "nil"
		}
	}
	return given[:last], true
}

// argument writes a value that is given to a function.
func (w *writer) argument(e *expr) lua {
	if e.form == bareFor {
		return w.comprehension(e)
	}
	return w.expr(e)
}

// once is a call of send without loop=0, which is what it does anyhow. Many of them are a statement (repeatedSend), not a value.
func (w *writer) once(e *expr) *expr {
	if !e.kids[0].is("send") && !e.kids[0].is("sendp") {
		return e
	}
	as := *e
	as.items = nil
	for _, it := range e.items {
		switch n, ok := it.value.integer(); {
		case !it.named() || it.name.source != "loop":
			as.items = append(as.items, it)
		case !ok && !it.value.is("False") || n != 0:
			w.because(e.at.line, "packets are sent again and again by a loop: while true do send(p) sleep(1) end")
		}
	}
	return &as
}

// keyword writes name=value. Whatever is a layer's field may be a range, and what is a switch is true or false here.
func (w *writer) keyword(e *expr, it item) string {
	name := it.name.source
	if !isName(name) {
		w.because(it.name.line, name+" is a word of Lua's own: another name")
		return ""
	}
	return it.name.lua + it.equals + w.option(e, name, it.value).text
}

// option writes the value of a keyword.
func (w *writer) option(e *expr, name string, v *expr) lua {
	layer := e.kids[0].layer() || e.kids[0].form == nameForm && w.typeOf(e.kids[0].at.source) == protocol
	switch {
	case v.form == tupleForm && layer:
		return w.interval(v)
	case layer && name == "flags" && v.form == listForm:
		return w.flagList(v)
	case layer && name == "qd" && v.is("None"):
		return value("{}", list)
	case !layer && oneOf(name, switches...):
		if n, ok := v.integer(); ok && (n == 0 || n == 1) {
			return value(map[int64]string{0: "false", 1: "true"}[n], boolean)
		}
	}
	return w.expr(v)
}

// switches are options that are true or false, which Python's users write as 1 and 0.
var switches = []string{"store", "multi", "promisc", "append", "dump", "guard", "loop", "nofilter", "sync", "threaded", "quiet",
	"onlyhex", "onlyasc", "delete_checksums", "raw", "lines", "header", "reverse", "little"}

// flagList writes flags=["S","A"], which sets both; one that cannot be meant so stays a set of values.
func (w *writer) flagList(v *expr) lua {
	var letters []string
	join := ""
	for _, it := range v.items {
		if it.value.form != textForm || len(it.value.texts) != 1 {
			return w.expr(v)
		}
		switch name := it.value.at.body; {
		case oneOf(name, "MF", "DF", "evil"):
			join = "+"
		case len(name) != 1:
			return w.expr(v)
		}
		letters = append(letters, it.value.at.body)
	}
	return value(`"`+strings.Join(letters, join)+`"`, str)
}

// gives is what a call of a function returns.
func (w *writer) gives(f *expr, callee lua) typ {
	if callee.is == protocol {
		return packet
	}
	if f.form != nameForm {
		return unknown
	}
	switch f.at.source {
	case "sr1", "dissect", "fuzz", "Ether", "IP", "TCP":
		return packet
	case "sr":
		return lists
	case "rdpcap", "sniff", "fragment", "fragment6", "defragment":
		return packets
	case "pcap", "streams":
		return walker
	case "bytes", "unhex":
		return octets
	case "hex", "hexstr":
		return str
	case "now", "u32":
		return numeric
	case "tostring":
		return str
	}
	if f.layer() && w.missing(f.at.source) {
		return packet
	}
	return unknown
}
