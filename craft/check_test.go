package craft_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

func TestDefinitionsThatCannotBeAreRefused(t *testing.T) {
	with := func(f ...craft.Field) craft.Spec { return craft.Spec{Name: "X", Fields: f} }
	optional := func(f ...craft.Field) craft.Spec {
		return craft.Spec{Name: "X", Fields: f, Options: []craft.OptionSpec{{Kind: 2, Name: "two"}}}
	}
	cases := []struct {
		name string
		d    craft.Spec
		want string
	}{
		{"a name that is no word", craft.Spec{Name: "a b"}, "want a name"},
		{"a built-in name", craft.Spec{Name: layers.TCP}, "TCP is a built-in protocol"},
		{"half a byte", with(craft.Field{Name: "a", Bits: 4}), "want fields of whole bytes together, got 4 bits"},
		{"two of a name", with(craft.Field{Name: "a"}, craft.Field{Name: "a"}), "a: there are two fields of that name"},
		{"too wide", with(craft.Field{Name: "a", Bits: 65}), "a: want at most 64 bits for a number, got 65"},
		{"a default that does not fit", with(craft.Field{Name: "a", Value: 256}), "X.a: default: want number in 0..255, got 256"},
		{"a length told by nobody", with(craft.Field{Name: "a", Kind: craft.Bytes, Length: &craft.Measure{Field: "b"}}), "a: length: want a field before it"},
		{"a condition on a later field", with(craft.Field{Name: "a", When: []craft.Condition{{Field: "b"}}}, craft.Field{Name: "b"}), "a: when:"},
		{"a sum that does not fit", with(craft.Field{Name: "a", Computed: craft.Computes(craft.MessageSum)}), "a: computed: want 16 bits for a checksum, got 8"},
		{"a default that nothing takes", with(craft.Field{Name: "a", Default: 7, Computed: craft.Computes(craft.Total)}), "a: computed: want no default beside it: nothing would take it"},
		{"a count of bytes", with(craft.Field{Name: "n"}, craft.Field{Name: "a", Kind: craft.Bytes, Length: &craft.Measure{Field: "n", Count: true}}), "a: length: want a list for a count of elements, got bytes"},
		{"a count of letters", with(craft.Field{Name: "n"}, craft.Field{Name: "a", Kind: craft.Text, Length: &craft.Measure{Field: "n", Count: true}}), "a: length: want a list for a count of elements, got text"},
		{"a length in less than bytes", with(craft.Field{Name: "n"}, craft.Field{Name: "a", Kind: craft.Bytes, Length: &craft.Measure{Field: "n", Unit: -4}}), "a: length: want a unit of at least 1, got -4"},
		{"a computed length in less than bytes", with(craft.Field{Name: "a", Computed: &craft.Computation{What: craft.Total, Unit: -4}}), "a: computed: want unit and times of at least 1, got -4 and 0"},
		{"a condition that cannot hold", with(craft.Field{Name: "n"}, craft.Field{Name: "a", When: craft.GivenAny("n", 300)}), "a: when: want values and masks of n in 0..255"},
		{"a mask of bits that are not there", with(craft.Field{Name: "n"}, craft.Field{Name: "a", When: craft.GivenBits("n", 0x100)}), "a: when: want values and masks of n in 0..255"},
		{"addresses of another width", with(craft.Field{Name: "a", Kind: craft.Values, Item: craft.Item{Kind: craft.IPv6Address, Bytes: 4}}), "a: want elements of 128 bits for an IPv6 address, got 32"},
		{"numbers that are too wide", with(craft.Field{Name: "a", Kind: craft.Values, Item: craft.Item{Bytes: 16}}), "a: want elements of 8, 16, ... 64 bits, got 128"},
		{"a list of texts", with(craft.Field{Name: "a", Kind: craft.Values, Item: craft.Item{Kind: craft.Text}}), "a: want a list of numbers or addresses, got a list of text"},
		{"filled up to nothing", craft.Spec{Name: "X", Pad: &craft.Pad{}}, "pad: want a multiple of 1, 2, 4, 8, ... bytes, got 0"},
		{"filled up to three", craft.Spec{Name: "X", Pad: &craft.Pad{To: 3}}, "pad: want a multiple of 1, 2, 4, 8, ... bytes, got 3"},
		{"filled up to be counted by nothing", craft.Spec{Name: "X", Pad: &craft.Pad{To: 4, Counted: true}}, "pad: want a field that is computed from a length"},
		{"a key that is not", craft.Spec{Name: "X", Keys: []string{craft.LayerBelow, "q"}}, `keys: there is no field "q"`},
		{"recognised by nothing", craft.Spec{Name: "X", Identity: []string{"q"}}, `identity: there is no field "q"`},
		{"a fragment by nothing", craft.Spec{Name: "X", Fragments: craft.Given("q")}, `fragments: there is no field "q"`},
		{"an address of no family", craft.Spec{Name: "X", Fields: []craft.Field{{Name: "a"}}, Addresses: []craft.AddressFamily{{Field: "a", By: "q"}}}, `addresses: there is no field "q"`},
		{"options of which nothing is said", with(craft.Field{Name: "a", Kind: craft.Options}), "a: want a table of its options beside the fields"},
		{"options in the middle", optional(craft.Field{Name: "a", Kind: craft.Options}, craft.Field{Name: "b"}), "a: want options at the end of the header"},
		{"options behind bytes", optional(craft.Field{Name: "b", Kind: craft.Bytes}, craft.Field{Name: "a", Kind: craft.Options}), "a: want no other field of variable length"},
		{"options without an end", optional(craft.Field{Name: "a", Kind: craft.Options}), "a: want a field that is computed from the header's length"},
		{"a fraction without a width", with(craft.Field{Name: "a", Kind: craft.Fixed}), "a: want its width in bits"},
		{"a fraction of more than all", with(craft.Field{Name: "a", Kind: craft.Fixed, Bits: 8, Fraction: 9}), "a: want a fraction of 0..8 bits, got 9"},
		{"like nothing", craft.Spec{Name: "X", Like: "Y"}, "next: want a field that announces what it carries, as one of Y does"},
		{"a quote", craft.Spec{Name: "X", Quotes: layers.TCP}, "quotes: only a protocol that is installed"},
		{"elements of nothing", with(craft.Field{Name: "a", Kind: craft.Packets, Of: "Y"}), `want the protocol of its elements, got "Y"`},
		{"over nothing", craft.Spec{Name: "X", Binds: []craft.Binding{craft.Over("Y", "z", 1)}}, `there is no protocol "Y"`},
		{"over a field that is not", craft.Spec{Name: "X", Binds: []craft.Binding{craft.Over(layers.UDP, "z", 1)}}, `UDP has no field "z"`},
		{"over a port that is none", craft.Spec{Name: "X", Binds: []craft.Binding{craft.Over(layers.UDP, "dport", 70000)}}, "UDP.dport: want port in 0..65535, got 70000"},
		{"an address of an odd width", with(craft.Field{Name: "a", Kind: craft.IPv6Address, Bits: 64}), "a: want 128 bits for an IPv6 address, got 64"},
		{"bytes off their place", with(craft.Field{Name: "a", Bits: 4}, craft.Field{Name: "b", Kind: craft.Bytes, Bits: 8}), "b: want it to begin on a whole byte"},
		{"a word of Lua's", with(craft.Field{Name: "end"}), `"end" is a word of Lua's own`},
		{"a name of a value out of range", with(craft.Field{Name: "a", Kind: craft.Enum, Names: map[uint64]string{300: "y"}}), "a: names: want numbers in 0..255"},
		{"several payloads and nothing to tell", craft.Spec{Name: "X", Carries: map[uint64]craft.Name{5: layers.IP}}, "carries: want next"},
		{"bytes that are to tell the payload", craft.Spec{Name: "X", Fields: []craft.Field{{Name: "a", Kind: craft.Bytes, Bits: 16}}, Next: []string{"a"}}, "next: want one of its fields that is a number"},
		{"answers by nothing", craft.Spec{Name: "X", Matches: &craft.AnswerRule{Same: []string{"q"}}}, `answers: there is no field "q"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			table := craft.NewTable()
			_, err := table.Define(c.d)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if p := table.Lookup("X"); p != nil {
				t.Errorf("it is declared all the same")
			}
		})
	}
}
