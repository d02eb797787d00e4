package python

import "strings"

// An idiom writes what stands at a word as Lua; it reports whether the word was that.
type idiom func(s *sequence, word node) bool

// idioms are the words that mean more than a name.
func idioms() []idiom {
	return []idiom{(*sequence).length, (*sequence).rangeCall, (*sequence).within, (*sequence).hexText, (*sequence).fromHex,
		(*sequence).numbers, (*sequence).rawBytes}
}

// argument is the group at i, if it is a call with one argument.
func (s *sequence) argument(i int) (call node, arg []node, ok bool) {
	call = s.node(i)
	if !call.opens("(") {
		return call, nil, false
	}
	items, _ := call.elements()
	if len(items) != 1 || named(items[0]) {
		return call, nil, false
	}
	_, core, _ := trim(items[0])
	return call, core, true
}

// within writes TCP in p as p:has(TCP), and TCP not in p.
func (s *sequence) within(word node) bool {
	at := s.ahead(s.at + 1)
	negated := s.node(at).kind == name && s.node(at).source == "not"
	if negated {
		at = s.ahead(at + 1)
	}
	if in := s.node(at); in.kind != name || in.source != "in" {
		return false
	}
	first := s.last.kind == end || s.last.is("=") || s.last.is(",") || s.last.kind == name && roleOf(s.last.source) != plain
	from := s.ahead(at + 1)
	to := from
	for to < len(s.nodes) && (s.nodes[to].kind == name && roleOf(s.nodes[to].source) == plain || s.nodes[to].is(".") || s.nodes[to].kind == group) {
		to++
	}
	packet, next := s.nodes[min(from, to):to], s.node(s.ahead(to))
	ended := next.kind == end || next.is(",") || next.is(";") || next.kind == name && roleOf(next.source) == binary
	if !first || !ended || !layer(word) || len(packet) == 0 || packet[0].kind != name || !primary(packet) {
		s.refuse()
		return true
	}
	if negated {
		s.write("not ")
	}
	s.expression(packet)
	s.write(":has(" + word.lua + ")")
	s.at = to - 1
	return true
}

// hexText writes scapy's hex_bytes("4500") and mac2str("00:11:22:33:44:55") as unhex.
func (s *sequence) hexText(word node) bool {
	at := s.ahead(s.at + 1)
	call, arg, ok := s.argument(at)
	if !ok || word.source != "hex_bytes" && word.source != "mac2str" || s.last.is(".") {
		return false
	}
	s.at = at
	s.unhex(call, arg, word.source == "hex_bytes")
	return true
}

// fromHex writes bytes.fromhex("45 00") as unhex("4500").
func (s *sequence) fromHex(word node) bool {
	dot := s.ahead(s.at + 1)
	field := s.ahead(dot + 1)
	at := s.ahead(field + 1)
	call, arg, ok := s.argument(at)
	if !ok || word.source != "bytes" && word.source != "bytearray" || !s.node(dot).is(".") || s.node(field).source != "fromhex" {
		return false
	}
	s.at = at
	s.unhex(call, arg, true)
	return true
}

// unhex writes unhex(text) without what may stand between the digits; anything is whether the text may be any
// expression.
func (s *sequence) unhex(call node, arg []node, anything bool) {
	digits := sole(arg)
	if digits.kind != text && !anything {
		s.refuse()
		return
	}
	s.write("unhex(")
	if digits.kind == text {
		s.write(strings.NewReplacer(" ", "", ":", "").Replace(digits.lua))
	} else {
		s.expression(arg)
	}
	s.close(call, ")")
}

// numbers writes bytes([1,2,3]) as string.char(1,2,3).
func (s *sequence) numbers(word node) bool {
	at := s.ahead(s.at + 1)
	call, arg, ok := s.argument(at)
	list := sole(arg)
	if !ok || word.source != "bytes" && word.source != "bytearray" || !list.opens("[") || s.last.is(".") {
		return false
	}
	s.at = at
	s.write("string.char(")
	s.each(list, false, func(_ int, item []node) {
		if tuple(item) {
			s.refuse()
		}
		s.expression(item)
	})
	s.close(call, ")")
	return true
}

// rawBytes writes scapy's raw(p), which is bytes(p): raw is another function here.
func (s *sequence) rawBytes(word node) bool {
	at := s.ahead(s.at + 1)
	call, arg, ok := s.argument(at)
	if !ok || word.source != "raw" || len(arg) == 0 || sole(arg).kind == text || s.last.is(".") {
		return false
	}
	s.twofold = s.twofold || !s.slip
	s.at = at
	s.write("bytes")
	s.parentheses(call)
	return true
}
