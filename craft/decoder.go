package craft

import (
	"fmt"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// A Decoder reads protocols that have no table here, and knows what carries them. Its layers can be read, field by field, and
// are built from the bytes they came with. Package craft/gopacket is one: a program that imports it has it.
// Implementations are safe for concurrent use and never panic.
type Decoder interface {
	// Decode reads what data begins with as that protocol: usually one layer.
	Decode(data []byte, name Name) Decoded
	// Reads reports whether it reads a protocol of that name.
	Reads(name Name) bool
	// Carried names the payload of a layer when no binding does; Raw when it is not known here either, or when no more than a
	// port announces a protocol that it does not look like.
	Carried(l *Layer, payload []byte) Name
}

// Decoded is what a Decoder read. The zero Decoded is nothing.
type Decoded struct {
	// Layers are what was read, outermost first.
	Layers []DecodedLayer
	// Next names what stands behind them; "" and Raw are bytes.
	Next Name
	// Err says why reading ended; what is left stays Raw with a note.
	Err error
}

// A DecodedLayer is one layer that a Decoder read.
type DecodedLayer struct {
	// Name is the protocol.
	Name Name
	// Len is how many bytes are the layer's own, from where it begins.
	Len int
	// Payload is how many bytes behind them it carries; what is left behind these is a trailer.
	Payload int
	// By names who decoded it: "gopacket".
	By string
	// Fields lists the fields.
	Fields func() []string
	// Field is the value of one of them: uint64, int64, float64, string, []byte, []any or a Record, nil for a pointer to
	// nothing; and the word that stands for a number, "" for none.
	Field func(name string) (value any, word string)
}

// InstallDecoder makes d read what no table here does. It is called where a package variable is initialised, by one package
// of a program.
func InstallDecoder(d Decoder) struct{} {
	if builtin.decoder != nil {
		panic("craft: two packages install a Decoder")
	}
	builtin.decoder = d
	return struct{}{}
}

// carriedElsewhere asks the decoder what a layer carries without a binding.
func carriedElsewhere(l *Layer, payload []byte) Name {
	if builtin.decoder == nil {
		return Raw
	}
	return builtin.decoder.Carried(l, payload)
}

// foreign has the decoder read a protocol that has no table, and names what follows. Bytes that cannot be read stay Raw with a
// note.
func (d *dissector) foreign(data []byte, name Name) (next Name, rest []byte) {
	var read Decoded
	if builtin.decoder != nil {
		read = builtin.decoder.Decode(data, name)
	}
	for _, one := range read.Layers {
		n := min(one.Len, len(data))
		behind := data[n:]
		payload := behind[:min(one.Payload, len(behind))]
		d.add(foreignLayer(one, data[:n:n]))
		if more := behind[len(payload):]; len(more) > 0 {
			d.left = append(d.left, left{len(d.p.layers) - 1, more})
		}
		data = payload
	}
	if read.Err == nil && read.Next != "" && read.Next != Raw {
		return read.Next, data
	}
	raw := bytesLayer(Raw, data)
	if read.Err != nil {
		raw.SetNote(fmt.Sprintf("malformed: %s: %v", name, read.Err))
	}
	if len(data) > 0 {
		d.add(raw)
	}
	return Raw, nil
}

// foreignLayer is a layer that is built from one part, the bytes that it came with.
func foreignLayer(one DecodedLayer, contents []byte) *Layer {
	proto := compile(Spec{Name: one.Name, Doc: "decoded by " + one.By, Fields: []Field{{Name: "load", Kind: Bytes}}})
	return &Layer{proto: proto, shape: proto.spec.Shape, tail: contents, fixed: 1, extra: &extra{foreign: &one}}
}

// foreignLayer reports whether a Decoder read the layer.
func (l *Layer) foreignLayer() bool { return l.extra != nil && l.extra.foreign != nil }

// foreignValue is a field of such a layer.
func (l *Layer) foreignValue(field string) (Value, error) {
	if names := l.extra.foreign.Fields(); !slices.Contains(names, field) {
		return Value{}, fmt.Errorf("%s has no field %q; it has %s", l.proto.spec.Name, field, values.Listing(names))
	}
	value, word := l.extra.foreign.Field(field)
	switch v := value.(type) {
	case nil:
		return Value{kind: Values, none: true}, nil
	case uint64:
		if word != "" {
			return Value{kind: Enum, num: v, field: &Field{Kind: Enum, Names: map[uint64]string{v: word}}}, nil
		}
		return Value{kind: Number, num: v}, nil
	case string:
		return Value{kind: Bytes, bytes: []byte(v)}, nil
	case []byte:
		return Value{kind: Bytes, bytes: v}, nil
	}
	return Value{kind: Values, list: value}, nil
}
