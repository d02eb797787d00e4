package layers_test

import (
	"slices"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// This file holds the deviations that several protocols have in common.

// paddingOfTheLast is a chunk whose last parameter is padded.
func paddingOfTheLast(name craft.Name, size uint64) deviation {
	return deviation{
		layer: name, why: "the padding of the last parameter is no part of the chunk's length (RFC 9260, section 3.2); scapy counts it",
		mend: func(p plan, i int) {
			if p[i].setting("params") != nil {
				p[i].pin("len", size)
			}
		},
		plan: plan{{name, []setting{{field: "params", tag: "packets", value: []plan{{{layers.SCTPChunkParamStateCookie, []setting{{field: "cookie", tag: "bytes", value: octets("a")}}}}}}}}},
	}
}

// jumbogram is a packet with a Jumbo Payload option.
func jumbogram(name craft.Name) deviation {
	return deviation{
		layer: name, why: "the length of a packet with a Jumbo Payload option is 0 (RFC 2675, section 3); scapy counts the payload",
		mend: func(p plan, i int) {
			if i+1 < len(p) && p[i+1].name == layers.IPv6ExtHdrHopByHop {
				p[i].pin("plen", 0)
			}
		},
		plan: plan{{name, hosts6}, {layers.IPv6ExtHdrHopByHop, []setting{{field: "options", tag: "packets", value: []plan{{{layers.Jumbo, []setting{{field: "jumboplen", tag: "number", value: uint64(8)}}}}}}}}},
	}
}

// homeAddress is an extension header with a home address among its options.
func homeAddress(options []plan) deviation {
	return deviation{
		layer: layers.IPv6ExtHdrDestOpt, why: "a checksum is summed with the home address wherever the option stands, if it is one; scapy looks for it only where there is no other",
		mend: func(p plan, i int) {
			s := p[i].setting("options")
			if s == nil {
				return
			}
			elements, _ := s.value.([]plan)
			isHome := func(e plan) bool { return e[0].name == layers.HAO }
			if at := slices.IndexFunc(elements, isHome); at >= 0 {
				elements[at][0].drop("optlen")
				elements[at][0].drop("otype")
				s.value = elements[at : at+1]
			}
		},
		plan: plan{
			{layers.IPv6, hosts6},
			{layers.IPv6ExtHdrDestOpt, []setting{{field: "options", tag: "packets", value: options}}},
			{layers.UDP, nil},
		},
	}
}

// alignedOptions is how the options of an extension header are put into their places.
func alignedOptions(name craft.Name) deviation {
	return deviation{
		layer: name, why: "options are aligned as who reads them does it: by their types and lengths; in scapy by the layers' names",
		mend: func(p plan, i int) {
			s := p[i].setting("options")
			if v, ok := p[i].number("autopad"); ok && v == 0 || s == nil {
				return
			}
			elements, _ := s.value.([]plan)
			for _, e := range elements {
				e[0].drop("optlen")
				if e[0].name != layers.HBHOptUnknown {
					e[0].drop("otype")
				} else if n, ok := e[0].number("otype"); ok && slices.Contains([]uint64{0, 1, 5, 194, 201}, n) {
					e[0].drop("otype")
				}
			}
		},
		plan: plan{{name, []setting{{field: "options", tag: "packets", value: []plan{{{layers.PadN, []setting{{field: "otype", tag: "number", value: uint64(201)}}}}}}}}},
	}
}

// emptyWord is the first line of a message of HTTP.
func emptyWord(name craft.Name, words ...string) deviation {
	return deviation{
		layer: name, why: "a word of no letters has its space all the same; scapy leaves it out, and sometimes the end of the line",
		mend: func(p plan, i int) {
			for _, word := range words {
				if s := p[i].setting(word); s != nil && s.value == "" {
					p[i].drop(word)
				}
			}
		},
		plan: plan{{name, []setting{{field: words[0], tag: "text", value: ""}}}},
	}
}
