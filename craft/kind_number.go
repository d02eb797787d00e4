package craft

import (
	"bytes"
	"encoding/binary"
	"strconv"

	"github.com/moonwire/moonwire/craft/values"
)

// numbers are the rules of numbers and ports. Names are read; numbers are shown.
type numbers struct{ plain }

func (numbers) text(l *Layer, i int, text string) error {
	if n, err := strconv.ParseUint(text, 0, 64); err == nil {
		return l.assignUint(i, n)
	}
	if n, ok := (&Field{Names: l.value(i).names()}).Number(text); ok {
		return l.assignUint(i, n)
	}
	if l.varies(i) {
		return l.assignPart(i, text)
	}
	return l.wants(i, text)
}

func (numbers) decoded(v Value) any { return v.num }

func (numbers) show(v Value) string {
	if v.field != nil && v.field.Hex {
		return "0x" + strconv.FormatUint(v.num, 16)
	}
	return strconv.FormatUint(v.num, 10)
}

func (numbers) draw(l *Layer, i int, seed uint64) values.Generator {
	if l.varies(i) {
		return values.RandByte(seed)
	}
	switch bits := l.shape.slots[i].bits; bits {
	case 8:
		return values.RandByte(seed)
	case 16:
		return values.RandShort(seed)
	case 32:
		return values.RandInt(seed)
	case 64:
		return values.RandLong(seed)
	default:
		return values.RandNum(0, 1<<bits-1, seed)
	}
}

func (numbers) literal(l *Layer, i int, v Value) string {
	if l.varies(i) {
		if b, err := newLayer(l.proto).encoded(i, v.num); err != nil || !bytes.Equal(b, l.part(i)) {
			return "raw" + values.Quote(l.part(i)) // a width that the number alone would not get
		}
	}
	return values.Literal(v.num)
}

func (numbers) encode(t Item, v any) []byte {
	n, ok := Uint(v)
	if !ok || t.Bytes < 8 && n>>(8*t.Bytes) != 0 {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, n)[8-t.Bytes:]
}

// enums are the rules of numbers that are shown by their names: those that are read as the same number.
type enums struct{ numbers }

func (e enums) show(v Value) string {
	names := v.names()
	if name, ok := names[v.num]; ok {
		if n, _ := (&Field{Names: names}).Number(name); n == v.num {
			return name
		}
	}
	return e.numbers.show(v)
}
