package layers_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// seeds are the bytes of all golden packets and vectors, with the protocol they begin with.
func seeds(t testing.TB) (wires [][]byte, first []craft.Name) {
	t.Helper()
	add := func(text string, name craft.Name) {
		wire, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		wires, first = append(wires, wire), append(first, name)
	}
	for _, g := range golden {
		add(g.wire, g.packet().Layers()[0].Name())
	}
	for _, s := range crafttest.Decoded() {
		add(s.Wire, craft.Name(s.Name))
	}
	files, err := filepath.Glob("testdata/scapy/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors: ", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var vectors []struct {
			Wire  string
			First craft.Name
		}
		if err := json.Unmarshal(data, &vectors); err != nil {
			t.Fatal(err)
		}
		for _, v := range vectors {
			add(v.Wire, v.First)
		}
	}
	return wires, first
}

// foreign are protocols that gopacket reads.
var foreign = func() (names []craft.Name) {
	for _, s := range crafttest.Decoded() {
		names = append(names, craft.Name(s.Name))
	}
	return append(names, "GTPv1U")
}()

// protocolOf is the protocol that a fuzzed number stands for.
func protocolOf(which uint16) craft.Name {
	all := craft.Protocols()
	n := int(which) % (len(all) + len(foreign))
	if n < len(all) {
		return all[n].Name()
	}
	return foreign[n-len(all)]
}

// numberOf is the number of a protocol for protocolOf.
func numberOf(name craft.Name) uint16 {
	for i, p := range craft.Protocols() {
		if p.Name() == name {
			return uint16(i)
		}
	}
	if i := slices.Index(foreign, name); i >= 0 {
		return uint16(len(craft.Protocols()) + i)
	}
	return 0
}

// FuzzDissect feeds any bytes to every protocol: no panic, whatever is done with the packet, and building back gives the
// same bytes.
func FuzzDissect(f *testing.F) {
	wires, first := seeds(f)
	for i, wire := range wires {
		f.Add(wire, numberOf(first[i]))
	}
	f.Add([]byte("\x4f\x00\x00\x14"+strings.Repeat("\x00", 30)), numberOf(layers.IP))
	f.Fuzz(func(t *testing.T, wire []byte, which uint16) { protocoltest.Bytes(t, protocolOf(which), wire) })
}

// FuzzRoundTrip holds, for the protocol that is part of the input, that a field can be assigned what it was read as: its
// value is the same afterwards, and so are the bytes.
func FuzzRoundTrip(f *testing.F) {
	wires, first := seeds(f)
	for i, wire := range wires {
		f.Add(wire, numberOf(first[i]))
	}
	f.Fuzz(func(t *testing.T, wire []byte, which uint16) { protocoltest.OwnValues(t, protocolOf(which), wire) })
}
