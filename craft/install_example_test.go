package craft_test

import (
	"fmt"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// Bell is a protocol installed from outside craft: a question with a number, and its answer. It has equal rank with those of
// craft/layers. CONTRIBUTING.md explains the words; craft/protocoltest/testdata/outside is a module that uses nearly all of them.
const Bell craft.Name = "Bell"

var _ = craft.Install(func() []craft.Spec {
	return []craft.Spec{{
		Name: Bell, Doc: "a bell and its answer, an example",
		Fields: []craft.Field{
			{Name: "op", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "ring", 1: "heard"}, Doc: "question or answer"},
			{Name: "len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("who")},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.MessageSum), Hex: true},
			{Name: "id", Kind: craft.Number, Bits: 16, Doc: "which question"},
			{Name: "who", Kind: craft.Bytes, Doc: "who rings"},
		},
		Binds:   []craft.Binding{craft.Over(layers.UDP, "dport", 7001), craft.ReadOver(layers.UDP, "sport", 7001)},
		Matches: &craft.AnswerRule{Same: []string{"id"}, Reply: map[string]map[uint64]uint64{"op": {0: 1}}},
		Brief:   "Bell %Bell.op%",
	}}
})

// Detour is an extension header of IPv6 with no hook but Extends.
const Detour craft.Name = "Detour"

var _ = craft.Install(func() []craft.Spec {
	return []craft.Spec{{
		Name: Detour, Doc: "an extension header of IPv6, an example",
		Fields: []craft.Field{{Name: "nh", Kind: craft.Number, Bits: 8}, {Name: "turns", Kind: craft.Number, Bits: 56}},
		Binds:  []craft.Binding{craft.Over(layers.IPv6, "nh", 201)},
		Next:   []string{"nh"}, Like: layers.IPv6,
		Extends: true,
	}}
})

func TestAnExtensionHeaderNeedsNoOtherHook(t *testing.T) {
	question := craft.Stack(layers.IPv6.New("src", "::1", "dst", "::2"), Detour.New(), layers.UDP.New("sport", 4000, "dport", 53))
	reply := craft.Stack(layers.IPv6.New("src", "::2", "dst", "::1"), layers.UDP.New("sport", 53, "dport", 4000))
	for _, p := range []*craft.Packet{question, reply} {
		craft.QuestionKeys(craft.Dissect(crafttest.Build(t, p), layers.IPv6)) // which asks every header for its flow
	}
}

func ExampleInstall() {
	ring := craft.Stack(
		layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.UDP.New("sport", 4000, "dport", 7001),
		Bell.New("id", values.Range(1, 65535, 1), "who", "Ada"),
	)
	wire, err := craft.Build(ring, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	read := craft.Dissect(wire, layers.IP)
	fmt.Println(read.Summary())
	fmt.Println(read.Layer(Bell).Text("who"), read.Layer(Bell).Uint("len"))
	heard := craft.Stack(
		layers.IP.New("src", "10.0.0.2", "dst", "10.0.0.1"), layers.UDP.New("sport", 7001, "dport", 4000), Bell.New("op", "heard", "id", 1),
	)
	fmt.Println(craft.Why(heard, read))
	set, err := craft.Compile(ring, nil)
	fmt.Println(set.Len(), "packets, compiled:", set.Compiled(), err)
	// Output:
	// IP / UDP / Bell ring
	// "Ada" 3
	// yes: its fields fit the question's
	// 65535 packets, compiled: true <nil>
}
