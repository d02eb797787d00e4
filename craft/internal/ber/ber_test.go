package ber_test

import (
	"bytes"
	"math"
	"net/netip"
	"reflect"
	"testing"

	"github.com/moonwire/moonwire/craft/internal/ber"
)

// typeNamed is the type of that name.
func typeNamed(t *testing.T, name string) ber.Type {
	t.Helper()
	for _, one := range ber.Types() {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("no type %q", name)
	return ber.Type{}
}

func TestValuesAreWrittenAndReadBack(t *testing.T) {
	tests := []struct {
		typ   string
		value any
		want  []byte
		back  any
	}{
		{"INTEGER", 0, []byte{2, 1, 0}, uint64(0)},
		{"INTEGER", 127, []byte{2, 1, 0x7f}, uint64(127)},
		{"INTEGER", 128, []byte{2, 2, 0, 0x80}, uint64(128)},
		{"INTEGER", -1, []byte{2, 1, 0xff}, int64(-1)},
		{"INTEGER", float64(-129), []byte{2, 2, 0xff, 0x7f}, int64(-129)},
		{"COUNTER64", uint64(math.MaxUint64), []byte{0x46, 9, 0, 255, 255, 255, 255, 255, 255, 255, 255}, uint64(math.MaxUint64)},
		{"STRING", "public", append([]byte{4, 6}, "public"...), "public"},
		{"OID", "1.3.6.1.2.1", []byte{6, 5, 0x2b, 6, 1, 2, 1}, "1.3.6.1.2.1"},
		{"OID", ".2.999.3", []byte{6, 3, 0x88, 0x37, 3}, "2.999.3"},
		{"IPADDRESS", "192.168.11.2", []byte{0x40, 4, 192, 168, 11, 2}, netip.MustParseAddr("192.168.11.2")},
		{"NULL", nil, []byte{5, 0}, nil},
	}
	for _, test := range tests {
		b, err := ber.Encode(test.typ, test.value)
		if err != nil || !bytes.Equal(b, test.want) {
			t.Errorf("Encode(%q, %v): got % x, %v, want % x", test.typ, test.value, b, err, test.want)
			continue
		}
		typ := typeNamed(t, test.typ)
		content, ok := ber.Content(typ.Tag, b)
		if got := typ.Decode(content); !ok || !reflect.DeepEqual(got, test.back) {
			t.Errorf("Decode(% x): got %#v, %v, want %#v", b, got, ok, test.back)
		}
	}
}

func TestLengthsOfSeveralBytes(t *testing.T) {
	for _, n := range []int{0, 0x7f, 0x80, 0xff, 0x100, 70000} {
		b := ber.Wrap(ber.String, make([]byte, n))
		tag, head, got, err := ber.Read(b)
		if err != nil || tag != ber.String || got != n || head+n != len(b) {
			t.Errorf("%d bytes: got tag %#x, head %d, length %d, %v", n, tag, head, got, err)
		}
	}
}

func TestWhatIsNoValueIsRefused(t *testing.T) {
	for name, b := range map[string][]byte{
		"no length":             {2},
		"tag of several bytes":  {0x1f, 0x81, 1, 0},
		"indefinite length":     {0x30, 0x80, 0, 0},
		"length cut short":      {4, 0x82, 1},
		"length of 2 GB":        {4, 0x84, 0x80, 0, 0, 0},
		"length of five octets": {4, 0x85, 0, 0, 0, 0, 1},
	} {
		if _, _, _, err := ber.Read(b); err == nil {
			t.Errorf("%s: want an error, got none", name)
		}
	}
}

func TestValuesOfTheWrongKindAreRefused(t *testing.T) {
	for _, test := range []struct {
		typ   string
		value any
	}{
		{"INTEGER", "many"}, {"COUNTER32", -1}, {"OID", "1"}, {"OID", "3.1"}, {"IPADDRESS", "::1"}, {"STRING", 3}, {"FLOAT", 1},
	} {
		if b, err := ber.Encode(test.typ, test.value); err == nil {
			t.Errorf("Encode(%q, %v): want an error, got % x", test.typ, test.value, b)
		}
	}
}
