package gopacket

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/gopacket"
	protocols "github.com/google/gopacket/layers"

	"github.com/moonwire/moonwire/craft"
)

// decodedLayer describes a layer of gopacket: its fields are the exported ones of its struct, named in lower case, those of a
// struct that it embeds included. What they hold is read as deep as it goes, when somebody asks.
func decodedLayer(l gopacket.Layer, own, payload int) craft.DecodedLayer {
	return craft.DecodedLayer{
		Name: ownSpelling(l.LayerType()), Len: own, Payload: payload, By: "gopacket",
		Fields: func() []string {
			var names []string
			for _, f := range structFields(reflect.ValueOf(l)) {
				names = append(names, f.name)
			}
			return names
		},
		Field: func(name string) (value any, word string) {
			for _, f := range structFields(reflect.ValueOf(l)) {
				if f.name == name {
					return plainValue(f.value, 0), wordOf(f.value)
				}
			}
			return nil, ""
		},
	}
}

// wordOf is gopacket's name for a number; "" for none.
func wordOf(v reflect.Value) string {
	if name := textOf(v); strings.Trim(name, "0123456789") != "" && !strings.Contains(name, "nknown") {
		return name
	}
	return ""
}

// A structField is a field of a struct by our name for it.
type structField struct {
	name  string
	value reflect.Value
}

// structFields are the exported fields of a struct, or of what a pointer to one points to. The bytes that every layer of
// gopacket has are none of them.
func structFields(v reflect.Value) (fields []structField) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	var embedded []structField
	for f, fv := range v.Fields() {
		switch {
		case f.Type == reflect.TypeFor[protocols.BaseLayer]():
		case f.Anonymous:
			embedded = append(embedded, structFields(fv)...)
		case f.IsExported() && f.Type.Kind() != reflect.Func && f.Type.Kind() != reflect.Chan:
			name := strings.ToLower(f.Name)
			if hasField(fields, name) {
				name = f.Name // RUDP has a flag ACK and a number Ack
			}
			fields = append(fields, structField{name, fv})
		}
	}
	for _, e := range embedded {
		if !hasField(fields, e.name) {
			fields = append(fields, e)
		}
	}
	return fields
}

func hasField(fields []structField, name string) bool {
	return slices.ContainsFunc(fields, func(f structField) bool { return f.name == name })
}

// deepest bounds how deep values are read: a packet in a sample of a packet is enough.
const deepest = 8

// plainValue is a value without Go's types: uint64 for numbers and truth values, int64 for negative numbers, float64,
// string for text and addresses, []byte, []any for a list, a Record for a struct; nil for a pointer to nothing.
func plainValue(v reflect.Value, depth int) any {
	if depth > deepest {
		return "..."
	}
	switch v.Kind() {
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		return v.Uint()
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		if v.Int() < 0 {
			return v.Int()
		}
		return uint64(v.Int())
	case reflect.Bool:
		if v.Bool() {
			return uint64(1)
		}
		return uint64(0)
	case reflect.Float32, reflect.Float64:
		return v.Float()
	case reflect.String:
		return v.String()
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if v.CanInterface() {
			if p, ok := v.Interface().(gopacket.Packet); ok {
				return packetNames(p)
			}
		}
		return plainValue(v.Elem(), depth+1)
	case reflect.Struct:
		return plainStruct(v, depth)
	case reflect.Slice, reflect.Array:
		return plainList(v, depth)
	case reflect.Map:
		return plainMap(v, depth)
	default:
		return v.String()
	}
}

// plainStruct is a struct of gopacket as a Record, and one of the standard library (a time, a network) as its text.
func plainStruct(v reflect.Value, depth int) any {
	if text := textOf(v); text != "" && !strings.HasPrefix(v.Type().PkgPath(), reflect.TypeFor[protocols.BaseLayer]().PkgPath()) {
		return text
	}
	record := craft.Record{}
	for _, f := range structFields(v) {
		record = append(record, craft.RecordField{Name: f.name, Value: plainValue(f.value, depth+1)})
	}
	return record
}

// plainList is a list, a byte string, or an address, which prints itself.
func plainList(v reflect.Value, depth int) any {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if text := textOf(v); text != "" && v.Len() > 0 {
			return text
		}
		b := make([]byte, v.Len())
		for i := range b {
			b[i] = byte(v.Index(i).Uint())
		}
		return b
	}
	values := []any{}
	for i := range v.Len() {
		values = append(values, plainValue(v.Index(i), depth+1))
	}
	return values
}

// plainMap is a map as a Record, in the order of its keys.
func plainMap(v reflect.Value, depth int) any {
	record := craft.Record{}
	for _, k := range v.MapKeys() {
		record = append(record, craft.RecordField{Name: fmt.Sprint(plainValue(k, depth+1)), Value: plainValue(v.MapIndex(k), depth+1)})
	}
	slices.SortFunc(record, func(a, b craft.RecordField) int { return strings.Compare(a.Name, b.Name) })
	return record
}

// packetNames are the layers of a packet within a layer, which is a sample of another packet.
func packetNames(p gopacket.Packet) any {
	values := []any{}
	for _, l := range p.Layers() {
		values = append(values, string(foreignName(l.LayerType())))
	}
	return values
}

// textOf is how a value prints itself; "" when it does not, or cannot: some of gopacket's names panic for numbers that
// they do not know.
func textOf(v reflect.Value) (text string) {
	defer func() {
		if recover() != nil {
			text = ""
		}
	}()
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return s.String()
	}
	return ""
}
