package craft

import (
	"bytes"
	"slices"

	"github.com/moonwire/moonwire/craft/values"
)

// optionLists are the rules of lists of options.
type optionLists struct{ plain }

func (optionLists) text(l *Layer, i int, text string) error { return l.wants(i, text) }

func (optionLists) take(l *Layer, i int, value any) error {
	opts, ok := value.([]Option)
	if !ok {
		return l.wants(i, value)
	}
	b, err := appendOptions(nil, opts)
	if err != nil {
		return err
	}
	l.tail = b
	l.mark(i)
	return nil
}

func (optionLists) decoded(v Value) any                     { return v.Options() }
func (optionLists) show(v Value) string                     { return v.layer.proto.optionsText(v.Options()) }
func (optionLists) literal(_ *Layer, _ int, v Value) string { return v.String() }
func (optionLists) json(b []byte, v Value) []byte {
	return v.layer.proto.appendOptionsJSON(b, v.Options())
}
func (optionLists) draw(*Layer, int, uint64) values.Generator { return nil }

// coded are the rules of parts whose bytes say something that only the part can read.
type coded struct{ plain }

func (coded) text(l *Layer, i int, text string) error   { return l.assignPart(i, text) }
func (coded) decoded(v Value) any                       { return v.list }
func (coded) draw(*Layer, int, uint64) values.Generator { return nil }

func (coded) show(v Value) string {
	if names := v.names(); names != nil && v.list != nil {
		return values.Literal(named(v.List(), names))
	}
	return values.Literal(v.list)
}

// named is a list of numbers with their names in their places.
func named(list []any, names map[uint64]string) []any {
	list = slices.Clone(list)
	for i, v := range list {
		if n, ok := v.(uint64); ok && names[n] != "" {
			list[i] = names[n]
		}
	}
	return list
}

func (coded) literal(l *Layer, i int, v Value) string {
	if b, err := l.encoded(i, v.list); err != nil || !bytes.Equal(b, l.part(i)) || !countable(v.list) {
		return "raw" + values.Quote(l.part(i)) // not as encoding would write it
	}
	return v.String()
}

// countable reports whether Lua counts exactly all numbers of a list.
func countable(v any) bool {
	switch v := v.(type) {
	case uint64:
		return v <= values.Exact
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !countable(one) })
	}
	return true
}

// texts are the rules of strings that the wire spells in another way.
type texts struct{ coded }

func (texts) draw(_ *Layer, _ int, seed uint64) values.Generator {
	return values.RandString(values.Size{Random: values.RandNum(1, 32, seed+1)}, "", seed)
}

func (texts) part(f *Field) *Part {
	if f.Length != nil {
		return plainText
	}
	return zeroTerminated
}

// lists are the rules of lists of values.
type lists struct{ coded }

func (lists) part(f *Field) *Part {
	one := f.Item
	if one.Bytes == 0 {
		one.Bytes = max(kinds[one.Kind].bits/8, 1)
	}
	return ItemList(one)
}

// packetLists are the rules of packets that stand in a field.
type packetLists struct{ coded }

func (packetLists) part(f *Field) *Part { return LayersOf(f.Of) }
