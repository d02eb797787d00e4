package layers_test

import (
	"bytes"
	"encoding/hex"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// What the rules of scapy_reading_test.go look for in a layer.

// holdsVerbatim reports whether a field of a layer could not be read.
func holdsVerbatim(l *craft.Layer) bool {
	return slices.ContainsFunc(l.Fields(), func(field string) bool {
		v, err := l.Get(field)
		return err == nil && (isVerbatim(v.Decoded()) || slices.ContainsFunc(v.List(), isVerbatim))
	})
}

// holdsNothing reports whether a layer without fields stands in a field as scapy reads it.
func holdsNothing(v any) bool {
	if l, ok := layerOf(v); ok {
		return len(l.fields) == 0 || slices.ContainsFunc(slices.Collect(maps.Values(l.fields)), holdsNothing)
	}
	list, _ := v.([]any)
	return slices.ContainsFunc(list, holdsNothing)
}

// isVerbatim reports whether a value, or one in it, could not be read.
func isVerbatim(v any) bool {
	list, _ := v.([]any)
	_, ok := v.(craft.Verbatim)
	return ok || slices.ContainsFunc(list, isVerbatim)
}

// sameNumber reports whether an option of IP has no name, and another one with its number has one: the copy flag and the
// class are a part of the kind here.
func sameNumber(p *craft.Protocol, o craft.Option) bool {
	if p.OptionName(o) != "" {
		return false
	}
	for high := range 8 {
		if p.OptionName(craft.Option{Kind: high<<5 | o.Kind&31}) != "" {
			return true
		}
	}
	return false
}

// oddLetters reports whether a text in a layer has bytes beyond ASCII.
func oddLetters(l *craft.Layer) bool {
	return slices.ContainsFunc(l.Fields(), func(field string) bool {
		v, err := l.Get(field)
		return err == nil && bytes.ContainsFunc(v.Bytes(), func(c rune) bool { return c > 0x7e })
	})
}

func isMRD(l *craft.Layer) bool { return strings.HasPrefix(string(l.Name()), "ICMPv6MRD_") }

// matches compares a name with a pattern of path.Match.
func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// hasElement reports whether a layer of that name stands in a field.
func hasElement(l *craft.Layer, field string, name craft.Name) bool {
	return slices.ContainsFunc(elementsOf(l, field), func(e *craft.Layer) bool { return e.Name() == name })
}

// hasBareRecord reports whether a record of a type that has a layer of its own is read without it.
func hasBareRecord(l *craft.Layer) bool {
	return slices.ContainsFunc([]string{"an", "ns", "ar"}, func(field string) bool {
		return slices.ContainsFunc(elementsOf(l, field), func(e *craft.Layer) bool { return e.Name() == layers.DNSRR && e.Uint("type") > 5 })
	})
}

// hasOddName reports whether a record has a name with a letter that needs a backslash.
func hasOddName(l *craft.Layer) bool {
	return slices.ContainsFunc([]string{"qd", "an", "ns", "ar"}, func(field string) bool {
		return slices.ContainsFunc(elementsOf(l, field), func(e *craft.Layer) bool {
			return strings.Contains(e.Text("rrname")+e.Text("qname"), "\\")
		})
	})
}

// hasBitmaps reports whether a record with a list of types stands in one of the layers.
func hasBitmaps(layers []*craft.Layer) bool {
	return slices.ContainsFunc(layers, func(l *craft.Layer) bool {
		return slices.ContainsFunc([]string{"an", "ns", "ar"}, func(field string) bool {
			return slices.ContainsFunc(elementsOf(l, field), func(e *craft.Layer) bool { return e.Has("typebitmaps") })
		})
	})
}

// younger are protocols that scapy 2.5.0 has not.
var younger = []craft.Name{"DNSRRHINFO", "DNSRRNAPTR", "DNSRRSVCB", "DNSRRHTTPS", "EDNS0COOKIE", "EDNS0ExtendedDNSError", "EDNS0DAU", "EDNS0DHU", "EDNS0N3U"}

// elements are the layers that stand in the field of a mismatch, and in their fields.
func (r *reading) elements(m mismatch) []*craft.Layer {
	_, field, _ := strings.Cut(m.field, ".")
	got := r.got(m.layer)
	if got == nil || !got.Has(field) {
		return nil
	}
	return elementsOf(got, field)
}

func elementsOf(l *craft.Layer, field string) (all []*craft.Layer) {
	v, err := l.Get(field)
	if err != nil {
		return nil
	}
	for _, p := range v.Packets() {
		for _, inner := range p.Layers() {
			all = append(all, inner)
			for _, f := range inner.Fields() {
				all = append(all, elementsOf(inner, f)...)
			}
		}
	}
	return all
}

// sameBytes reports whether a field that both read as something else has the same bytes.
func sameBytes(r *reading, m mismatch) bool {
	_, field, _ := strings.Cut(m.field, ".")
	v, err := r.got(m.layer).Get(field)
	if err != nil {
		return false
	}
	b := v.Addr().AsSlice()
	if v.Kind() == craft.Hardware {
		mac, _ := values.ParseMAC(v.String())
		b = mac[:]
	}
	return r.want(m.layer).fields[field] == hex.EncodeToString(b)
}

// broken reports whether a layer in a field could not be read.
func broken(l *craft.Layer) bool { return l.Note() != "" || l.Name() == craft.Raw }
