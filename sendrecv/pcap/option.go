package pcap

import (
	"encoding/binary"
	"slices"
)

// Options of pcapng that mean something here. Numbers below 2 mean the same in all blocks.
const (
	optionEnd     = 0
	optionComment = 1

	optionName        = 2 // of an interface
	optionDescription = 3
	optionResolution  = 9
	optionFilter      = 11
	optionCheckLength = 13 // bytes of the frame check sequence
	optionOffset      = 14

	optionFlags     = 2 // of a packet
	optionDropCount = 4

	optionStart = 2 // of statistics
	optionEnded = 3
)

// Custom options, which begin with the number of who defined them. Two of them must not be copied by who does not know them.
const (
	customText        = 2988
	customBytes       = 2989
	customTextPrivate = 19372
	customDataPrivate = 19373
)

// maxOption is how many bytes an option has at most.
const maxOption = 0xffff

// An option is one of a block: what it says beside its fixed part.
type option struct {
	code uint16
	data []byte
}

// options are those of one block, with numbers in the order of bytes that the file has.
type options struct {
	order binary.ByteOrder
	list  []option
}

// readOptions takes options apart. Their bytes are those of b. One that is longer than what is left is a fault; the ones before are
// returned with it.
func readOptions(order binary.ByteOrder, b []byte) (options, error) {
	o := options{order: order}
	for len(b) >= 4 {
		code, size := order.Uint16(b), int(order.Uint16(b[2:]))
		b = b[4:]
		if code == optionEnd {
			break
		}
		if size > len(b) {
			return o, faulty("option %d: want at most %d bytes, got %d", code, len(b), size)
		}
		o.list = append(o.list, option{code, b[:size:size]})
		b = b[min((size+3)&^3, len(b)):]
	}
	return o, nil
}

// text is the first option of that code as text; "" when there is none.
func (o options) text(code uint16) string {
	for _, opt := range o.list {
		if opt.code == code {
			return string(opt.data)
		}
	}
	return ""
}

// comments are the comments among the options.
func (o options) comments() (list []string) {
	for _, opt := range o.list {
		if opt.code == optionComment {
			list = append(list, string(opt.data))
		}
	}
	return list
}

// without are the options that have none of these codes.
func (o options) without(codes ...uint16) options {
	rest := options{order: o.order}
	for _, opt := range o.list {
		if !slices.Contains(codes, opt.code) {
			rest.list = append(rest.list, opt)
		}
	}
	return rest
}

// checkLength is the option of pcapng for what the header of a pcap file says of the frame check sequence.
func checkLength(link uint32) options {
	const present, unit = 1 << 26, 2 // it counts 16 bits
	if link&present == 0 {
		return options{}
	}
	return options{binary.LittleEndian, []option{{optionCheckLength, []byte{byte(link>>28) * unit}}}}
}

// checkBits is checkLength the other way: the upper bits of the link type in the header of a pcap file.
func (o options) checkBits() uint32 {
	const present, unit = 1 << 26, 2
	length := o.text(optionCheckLength)
	if len(length) != 1 || length[0]%unit != 0 || length[0]/unit > 0xf {
		return 0
	}
	return uint32(length[0]/unit)<<28 | present
}

// layout is how the numbers in the data of an option lie: how many bytes each has; nil is text and bytes, which are the same in
// both orders.
type layout []int

// The layouts of options by the type of their block. What is not listed has none.
var layouts = map[uint32]map[uint16]layout{
	blockInterface:  {8: {8}, 10: {4}, optionOffset: {8}, 16: {8}, 17: {8}},
	blockEnhanced:   {optionFlags: {4}, optionDropCount: {8}, 5: {8}, 6: {4}, 7: {1, 8}},
	blockStatistics: {optionStart: {4, 4}, optionEnded: {4, 4}, 4: {8}, 5: {8}, 6: {8}, 7: {8}, 8: {8}},
}

// plainOptions are the highest numbers of the options that are known, by block: what is above may hold numbers.
var plainOptions = map[uint32]uint16{
	blockSection: 4, blockInterface: 18, blockEnhanced: 7, blockNames: 4, blockStatistics: 8, blockSecrets: 1,
}

// appendTo appends the options of a block of that type in another order of bytes, without an end, and counts those that it
// could not: unknown ones that may hold numbers, and those that forbid it.
func (o options) appendTo(b []byte, block uint32, order binary.ByteOrder) ([]byte, int) {
	lost := 0
	for _, opt := range o.list {
		data, ok := opt.data, opt.code != customTextPrivate && opt.code != customDataPrivate
		if ok && o.order != order {
			data, ok = opt.reordered(block, o.order, order)
		}
		if !ok {
			lost++
			continue
		}
		b = appendOption(b, order, opt.code, data)
	}
	return b, lost
}

// reordered is the data of an option with its numbers in another order of bytes; ok is false when it is not known where they are.
func (opt option) reordered(block uint32, from, to binary.ByteOrder) (data []byte, ok bool) {
	sizes := layouts[block][opt.code]
	switch {
	case opt.code == customText, opt.code == customBytes:
		sizes = layout{4}
	case opt.code > plainOptions[block]:
		return nil, false
	case block == blockInterface && opt.code == optionFilter && len(opt.data) > 0 && opt.data[0] != 0: // a program
		return nil, false
	}
	data = slices.Clone(opt.data)
	at := 0
	for _, size := range sizes {
		if at+size > len(data) {
			break
		}
		reverse(data[at:at+size], from, to)
		at += size
	}
	return data, true
}

// reverse turns the bytes of a number round when the orders differ.
func reverse(number []byte, from, to binary.ByteOrder) {
	if from != to {
		slices.Reverse(number)
	}
}

// appendOption appends one option of at most maxOption bytes, padded to 32 bits.
func appendOption(b []byte, order binary.ByteOrder, code uint16, data []byte) []byte {
	b = appendUint16(b, order, code)
	b = appendUint16(b, order, uint16(len(data)))
	b = append(b, data...)
	return append(b, make([]byte, -len(data)&3)...)
}

func appendUint16(b []byte, order binary.ByteOrder, v uint16) []byte {
	b = append(b, 0, 0)
	order.PutUint16(b[len(b)-2:], v)
	return b
}

func appendUint32(b []byte, order binary.ByteOrder, v uint32) []byte {
	b = append(b, 0, 0, 0, 0)
	order.PutUint32(b[len(b)-4:], v)
	return b
}
