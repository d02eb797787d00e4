package protocoltest_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/protocoltest"
)

// liar is a protocol that breaks one promise.
type liar struct {
	name   craft.Name
	broken string // the promise, as the output names it
	spec   craft.Spec
	wire   string
}

// liars break one promise each, as a hook does that is easily written wrong. The bytes are those of a header with the text "Ada".
func liars() []liar {
	shout := *craft.PlainText()
	shout.Wire = func(_ *craft.Layer, b []byte) []byte { return []byte(strings.ToUpper(string(b))) }
	initial := plain(craft.PlainText(), nil) // with its first letter as a field of its own, which is written in another way than it is read
	initial.Fields = append(initial.Fields, craft.Field{Name: "initial", Kind: craft.Text, Part: craft.PlainText(), View: &craft.View{
		Of:    "text",
		Read:  func(_ *craft.Layer, _ int, whole []byte) []byte { return whole[:min(1, len(whole))] },
		Write: func(_ *craft.Layer, _ int, whole, value []byte) []byte { return append(slices.Clone(value), whole...) },
	}})
	moody := plain(craft.PlainText(), func(l *craft.Layer, hdr []byte, unset uint64) {
		if unset>>1&1 == 1 {
			l.Put(hdr, "len", 3&^uint64(hdr[0])) // no length, whatever the row says
		}
	})
	moody.Fields[0].Computed = nil
	astray := plain(craft.PlainText(), nil)
	astray.Matches = &craft.AnswerRule{Same: []string{"nowhere"}}
	return []liar{
		{"LiarTable", "table", astray, "\x00\x03Ada"},
		{"LiarBytes", "builds", plain(craft.PlainText(), nil), "\x00\x04Ada"},
		{"LiarExplicit", "explicit_fields", plain(craft.PlainText(), func(l *craft.Layer, hdr []byte, _ uint64) {
			l.Put(hdr, "len", uint64(len(hdr)-2)) // set or not
		}), "\x00\x03Ada"},
		{"LiarSets", "sets", moody, "\x00\x03Ada"},
		{"LiarReads", "reads_as_written", plain(craft.PlainText(), nil), "\x00\x02Ada"},
		{"LiarOwn", "fields_assigned_to_themselves", initial, "\x00\x03Ada"},
		{"LiarBack", "truncations", plain(&shout, nil), "\x00\x03Ada"},
		{"LiarDamaged", "mutations", plain(&shout, nil), "\x00\x03Ada"},
		{"LiarRefresh", "refresh", plain(craft.PlainText(), func(l *craft.Layer, hdr []byte, unset uint64) {
			l.Put(hdr, "op", 7&-(unset&1))
		}), "\x09\x03Ada"},
	}
}

// plain is a protocol with a number, a length, which is computed by a row or by a hook, and a text.
func plain(text *craft.Part, derive func(l *craft.Layer, hdr []byte, unset uint64)) craft.Spec {
	s := craft.Spec{Doc: "it breaks a promise", Fields: []craft.Field{
		{Name: "op", Kind: craft.Number, Bits: 8},
		{Name: "len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("text")},
		{Name: "text", Kind: craft.Text, Part: text},
	}}
	if derive != nil {
		s.Fields[1].Computed = craft.Computes(craft.ByLayout)
		s.Derive = func(b *craft.Builder, i int, hdr, _ []byte, unset uint64) error {
			derive(b.Layer(i), hdr, unset)
			return nil
		}
		s.Fields[0].Computed = craft.Computes(craft.ByLayout) // so that the hook is asked when the length is set
	}
	return s
}

var _ = craft.Install(func() (specs []craft.Spec) {
	for _, l := range liars() {
		l.spec.Name = l.name
		specs = append(specs, l.spec)
	}
	return specs
})

// asLiar is set for the process that is to fail.
const asLiar = "MOONWIRE_LIARS"

// TestBrokenPromisesAreFound runs itself in a process of its own, where every liar must be found out.
func TestBrokenPromisesAreFound(t *testing.T) {
	if os.Getenv(asLiar) != "" {
		for _, l := range liars() {
			t.Run(string(l.name), func(t *testing.T) {
				protocoltest.Run(t, protocoltest.Case{Protocol: l.name, Frames: []protocoltest.Frame{
					{Name: "frame", Packet: craft.Stack(l.name.New("text", "Ada")), Wire: []byte(l.wire)},
				}})
			})
		}
		t.Run("NoField", func(t *testing.T) {
			protocoltest.Run(t, protocoltest.Case{Protocol: "LiarBytes", Values: map[string]any{"length": 1}})
		})
		t.Run("Nobody", func(t *testing.T) { protocoltest.Run(t, protocoltest.Case{Protocol: "Nobody"}) })
		return
	}
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	c.Env = append(os.Environ(), asLiar+"=1")
	out, err := c.CombinedOutput()
	if err == nil {
		t.Fatalf("nothing was found\n%s", out)
	}
	want := []string{
		"there is a value for LiarBytes.length, which has no such field", "LiarBytes stands in none of the 0 frames",
		`there is no protocol "Nobody"`,
	}
	for _, l := range liars() {
		in := "frame/" + l.broken
		if slices.Contains([]string{"table", "sets", "explicit_fields"}, l.broken) {
			in = l.broken
		}
		want = append(want, "--- FAIL: "+t.Name()+"/"+string(l.name)+"/"+in+" ")
	}
	for _, text := range want {
		if !strings.Contains(string(out), text) {
			t.Errorf("not found: %s", text)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
