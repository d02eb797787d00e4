package layers_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// A vector is one row of testdata/scapy, whose README tells what it holds.
type vector struct {
	family string

	Name, Python, Lua, Wire string

	First  craft.Name
	Exact  bool
	Layers []scapyLayer
	Hello  *struct { // what is in a TLS ClientHello
		SNI     string
		ALPN    []string
		Ciphers []uint64
	}
	Sure *int
}

func (v *vector) String() string { return v.family + "/" + v.Name }

// A scapyLayer is a layer as scapy reads it.
type scapyLayer struct {
	name   craft.Name
	fields map[string]any
}

// renamed are layers with another name here: NTP() makes an NTPHeader in scapy.
var renamed = map[craft.Name]craft.Name{"NTPHeader": layers.NTP}

func (l *scapyLayer) UnmarshalJSON(b []byte) error {
	var pair [2]any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&pair); err != nil {
		return err
	}
	var ok bool
	*l, ok = layerOf(pair[:])
	if here, other := renamed[l.name]; other {
		l.name = here
	}
	if !ok {
		return fmt.Errorf("want a name and its fields, got %s", b)
	}
	return nil
}

// layerOf takes a pair of a name and an object for a layer.
func layerOf(v any) (scapyLayer, bool) {
	pair, _ := v.([]any)
	if len(pair) != 2 {
		return scapyLayer{}, false
	}
	name, isName := pair[0].(string)
	fields, isObject := pair[1].(map[string]any)
	return scapyLayer{craft.Name(name), fields}, isName && isObject
}

// vectors are all the vectors of testdata/scapy.
func vectors(t *testing.T) []*vector {
	t.Helper()
	files, err := filepath.Glob("testdata/scapy/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var all []*vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rows []*vector
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range rows {
			v.family = strings.TrimSuffix(filepath.Base(file), ".json")
		}
		all = append(all, rows...)
	}
	return all
}

// constructor finds the layers in an expression.
var constructor = regexp.MustCompile(`\b([A-Z]\w+)\(`)

// notLayers are scapy's classes that stand for values here, and that need no protocol.
var notLayers = regexp.MustCompile(`^(IPOption(_\w+)?|TCPAOValue|Packet)$`)

// names are the protocols that a vector speaks of.
func (v *vector) names() []string {
	names := []string{string(v.First)}
	for _, m := range constructor.FindAllStringSubmatch(v.Python, -1) {
		names = append(names, m[1])
	}
	for i, l := range v.Layers {
		if v.Sure == nil || i < *v.Sure {
			names = append(append(names, string(l.name)), nestedNames(l.fields)...)
		}
	}
	return slices.DeleteFunc(names, notLayers.MatchString)
}

// nestedNames are the layers that stand in fields.
func nestedNames(v any) (names []string) {
	if l, ok := layerOf(v); ok {
		return append(nestedNames(l.fields), string(l.name))
	}
	switch v := v.(type) {
	case []any:
		for _, one := range v {
			names = append(names, nestedNames(one)...)
		}
	case map[string]any:
		for _, one := range v {
			names = append(names, nestedNames(one)...)
		}
	}
	return names
}

// each runs a test for every vector.
func each(t *testing.T, test func(t *testing.T, v *vector, wire []byte)) {
	t.Helper()
	for _, v := range vectors(t) {
		t.Run(v.String(), func(t *testing.T) { test(t, v, crafttest.Unhex(t, v.Wire)) })
	}
}

func TestVectorsAreOfProtocolsThatAreHere(t *testing.T) {
	for _, v := range vectors(t) {
		for _, name := range v.names() {
			if !strings.HasPrefix(name, "ASN1_") && craft.Lookup(craft.Name(name)) == nil {
				t.Errorf("%s: no protocol %s", v, name)
			}
		}
	}
}

func TestVectorsBuildBackUntouched(t *testing.T) {
	each(t, func(t *testing.T, v *vector, wire []byte) {
		crafttest.Rebuilt(t, craft.Dissect(slices.Clone(wire), v.First), wire)
	})
}

func TestVectorsRefreshToTheSameBytes(t *testing.T) {
	each(t, func(t *testing.T, v *vector, wire []byte) {
		if !v.Exact || slices.Contains(mended, v.String()) {
			t.Skip("something in it is wrong")
		}
		if slices.ContainsFunc(differences, func(d difference) bool { return d.covers(v, mismatch{layer: 99}) }) {
			t.Skip("its layers are others here, and so is what is computed")
		}
		p := craft.Dissect(slices.Clone(wire), v.First)
		p.Refresh()
		for _, l := range p.Layers() {
			if l.Has("segleft") { // a state of the packet on its way; scapy begins again
				if err := l.Clear("segleft"); err != nil {
					t.Fatal(err)
				}
			}
		}
		crafttest.Rebuilt(t, p, wire)
	})
}

// mended are vectors with wrong counts and lengths in what scapy does not read, or makes: counting again mends them.
var mended = []string{"dns/wrong counts", "tls/a hello cut short", "ipv6_headers/hop by hop, jumbo"}

// A difference is where a packet is read otherwise than scapy reads it, on purpose.
type difference struct {
	vectors string // a pattern of path.Match
	layer   int    // the layers from this one on, counted from 0, when field is empty
	field   string // this field of any layer, "IP.options"
	why     string
}

func (d *difference) covers(v *vector, m mismatch) bool {
	if ok, _ := path.Match(d.vectors, v.String()); !ok {
		return false
	}
	return d.field == "" && m.layer >= d.layer || d.field != "" && m.field == d.field
}

func TestVectorsAreReadAsScapyReadsThem(t *testing.T) {
	each(t, func(t *testing.T, v *vector, wire []byte) {
		p := craft.Dissect(slices.Clone(wire), v.First)
		for _, m := range v.compare(p) {
			if !slices.ContainsFunc(differences, func(d difference) bool { return d.covers(v, m) }) {
				t.Errorf("layer %d: %s: %s", m.layer, m.field, m.text)
			}
		}
	})
}

func TestDeliberateDifferencesAreDifferences(t *testing.T) {
	used := make([]bool, len(differences))
	for _, v := range vectors(t) {
		for _, m := range v.compare(craft.Dissect(crafttest.Unhex(t, v.Wire), v.First)) {
			for i := range differences {
				used[i] = used[i] || differences[i].covers(v, m)
			}
		}
	}
	for i, d := range differences {
		if !used[i] {
			t.Errorf("%s %s is read as scapy reads it (%s)", d.vectors, d.field, d.why)
		}
	}
}

// A mismatch is one thing that is read otherwise than scapy reads it.
type mismatch struct {
	layer int
	field string // "IP.ttl"; the layer's name when it is another layer
	text  string
}

// compare lists what of a packet is not as scapy reads it, as far as scapy is to be believed.
func (v *vector) compare(p *craft.Packet) (found []mismatch) {
	if v.Layers == nil {
		return nil
	}
	got, want := p.Layers(), v.Layers
	if v.Sure != nil {
		got, want = got[:min(len(got), *v.Sure)], want[:*v.Sure]
	}
	for i := range max(len(got), len(want)) {
		name := craft.Name("nothing")
		if i < len(got) {
			name = got[i].Name()
		}
		switch {
		case i >= len(want):
			return append(found, mismatch{i, string(name), fmt.Sprintf("got %s, want nothing", name)})
		case name != want[i].name:
			return append(found, mismatch{i, string(name), fmt.Sprintf("got %s, want %s%s", name, want[i].name, note(got, i))})
		}
		for _, m := range compareLayer(got[i], want[i]) {
			m.layer = i
			found = append(found, m)
		}
	}
	return found
}

// note is what dissecting found wrong with layer i, if it is there.
func note(layers []*craft.Layer, i int) string {
	if i >= len(layers) || layers[i].Note() == "" {
		return ""
	}
	return " (" + layers[i].Note() + ")"
}

// compareLayer compares the fields of two layers of one name.
func compareLayer(got *craft.Layer, want scapyLayer) (found []mismatch) {
	name := func(field string) string { return string(want.name) + "." + field }
	for _, field := range got.Fields() {
		value, err := got.Get(field)
		if err != nil {
			found = append(found, mismatch{0, name(field), err.Error()})
			continue
		}
		w, ok := want.fields[field]
		switch g := plain(value); {
		case !ok && !empty(g) && !slices.Contains(oursAlone, field):
			found = append(found, mismatch{0, name(field), "scapy has no such field"})
		case ok && !same(g, w):
			found = append(found, mismatch{0, name(field), fmt.Sprintf("got %v, want %v", value, w)})
		}
	}
	for field, w := range want.fields {
		if !got.Has(field) && !empty(w) {
			found = append(found, mismatch{0, name(field), fmt.Sprintf("no such field, scapy has %v", w)})
		}
	}
	return found
}

// oursAlone are fields that scapy has nowhere: the tags and lengths of BER, all of HTTP's headers in their order.
var oursAlone = []string{"header", "list_header", "headers"}

// empty reports whether a field takes no bytes: such a field is absent or not, as one likes.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []byte:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case []craft.Option:
		return len(v) == 0
	case []*craft.Layer:
		return len(v) == 0
	}
	return false
}

// plain is a value as Go's own types: uint64, string, []byte, a list of these, or layers.
func plain(v craft.Value) any {
	switch d := v.Decoded().(type) {
	case netip.Addr, values.MAC:
		return fmt.Sprint(d)
	case []*craft.Packet:
		var layers []*craft.Layer
		for _, p := range d {
			layers = append(layers, p.Layers()...)
		}
		return layers
	case float64, string: // of numbers: the bits
		if k := v.Kind(); k == craft.Flags || k == craft.Fixed {
			return v.Uint()
		}
		return d
	default:
		return d
	}
}

// same compares a value with scapy's: a byte string is hex there, and so is most text; the values of an option may stand
// in a list of their own; what is empty may be null.
func same(got, want any) bool {
	switch got := got.(type) {
	case nil:
		return want == nil
	case uint64:
		n, ok := want.(json.Number)
		return ok && n.String() == fmt.Sprint(got) || want == nil && got == 0
	case []byte:
		return want == hex.EncodeToString(got) || want == string(got) || want == nil && len(got) == 0
	case craft.Verbatim:
		return same([]byte(got), want)
	case string:
		return want == got || want == hex.EncodeToString([]byte(got)) || sameAddr(got, want) || want == nil && got == ""
	case netip.Addr, values.MAC:
		return same(fmt.Sprint(got), want)
	case []*craft.Layer:
		return sameLayers(got, want)
	case []craft.Option:
		return sameOptions(got, want)
	case []any:
		return sameList(got, want)
	}
	n, ok := want.(json.Number)
	return ok && n.String() == fmt.Sprint(got)
}

func sameAddr(got string, want any) bool {
	text, _ := want.(string)
	a, err := netip.ParseAddr(got)
	b, err2 := netip.ParseAddr(text)
	return err == nil && err2 == nil && a == b
}

func sameLayers(got []*craft.Layer, want any) bool {
	list, ok := want.([]any)
	if want != nil && !ok || len(list) != len(got) {
		return false
	}
	for i, l := range got {
		w, ok := layerOf(list[i])
		if !ok || w.name != l.Name() || len(compareLayer(l, w)) > 0 {
			return false
		}
	}
	return true
}

// sameOptions compares options with TCP's, which scapy has as pairs of a name or number and a value, and with IP's, which
// are layers there. How many ends of list there are behind the others is a question of padding.
func sameOptions(got []craft.Option, want any) bool {
	list, _ := want.([]any)
	for len(got) > 0 && got[len(got)-1].Kind == 0 {
		got = got[:len(got)-1]
	}
	for len(list) > 0 && isEOL(list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return slices.EqualFunc(got, list, func(o craft.Option, w any) bool {
		if l, ok := layerOf(w); ok {
			return sameIPOption(o, l)
		}
		tcp := craft.Lookup(layers.TCP)
		one := []any{tcp.OptionName(o)}
		if one[0] == "" {
			one[0] = uint64(max(o.Kind, 0))
		}
		if values, ok := tcp.OptionValues(o); ok && len(values) > 0 {
			one = append(one, values...)
		} else if len(o.Data) > 0 {
			one = append(one, o.Data)
		}
		return sameList(one, w)
	})
}

func isEOL(w any) bool {
	if l, ok := layerOf(w); ok {
		return l.name == "IPOption_EOL"
	}
	pair, _ := w.([]any)
	return len(pair) > 0 && pair[0] == "EOL"
}

// sameIPOption compares the name, the bits of the kind and the length; the bytes are compared elsewhere.
func sameIPOption(o craft.Option, want scapyLayer) bool {
	number := func(field string) int {
		n, _ := want.fields[field].(json.Number)
		i, _ := n.Int64()
		return int(i)
	}
	if name := craft.Lookup(layers.IP).OptionName(o); name != "" && string(want.name) != "IPOption_"+name {
		return false
	}
	return o.Kind == number("copy_flag")<<7|number("optclass")<<5|number("option") && (o.Kind < 2 || len(o.Data)+2 == number("length"))
}

func sameList(got []any, want any) bool {
	if pairs, isMap := want.(map[string]any); isMap { // {{"X-Name", "value"}} is {"X-Name": "value"}
		return len(got) == len(pairs) && !slices.ContainsFunc(got, func(one any) bool {
			pair, _ := one.([]any)
			return len(pair) != 2 || !same(pair[1], pairs[hex.EncodeToString([]byte(fmt.Sprint(pair[0])))])
		})
	}
	list, ok := want.([]any)
	if len(got) > 0 && !ok && want != nil { // a type of ASN.1 and its value: scapy keeps the type apart
		switch _, isName := got[0].(string); {
		case isName && len(got) == 2:
			return same(got[1], want)
		case got[0] == "NULL":
			return same(uint64(0), want)
		}
	}
	if want == nil || !ok {
		return len(got) == 1 && same(got[0], want) || want == nil && len(got) == 0
	}
	if len(got) != len(list) && len(list) > 0 { // ["Timestamp", [1, 2]] is {"Timestamp", 1, 2}, ["NOP", null] is {"NOP"}
		last, isList := list[len(list)-1].([]any)
		if isList || list[len(list)-1] == nil || list[len(list)-1] == "" {
			list = append(list[:len(list)-1:len(list)-1], last...)
		}
	}
	return slices.EqualFunc(got, list, same)
}
