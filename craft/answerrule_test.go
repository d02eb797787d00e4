package craft_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// TestAnAnswerIsRefusedForTheSameReasonEachTime: of several fields that do not answer, the first by name is said.
func TestAnAnswerIsRefusedForTheSameReasonEachTime(t *testing.T) {
	one := map[uint64]uint64{0: 1}
	_, p := declared(t, craft.Spec{
		Name: "X", Fields: []craft.Field{{Name: "c"}, {Name: "a"}, {Name: "b"}},
		Matches: &craft.AnswerRule{Reply: map[string]map[uint64]uint64{"a": one, "b": one, "c": one}},
	})
	q := craft.Stack(layer(t, p))
	for _, c := range []struct {
		reply *craft.Layer
		want  string
	}{
		{layer(t, p), "its a does not answer the question's a"},
		{layer(t, p, "a", 1), "its b does not answer the question's b"},
		{layer(t, p, "a", 1, "b", 1, "c", 1), "its fields fit the question's"},
	} {
		for range 20 {
			if why := craft.Why(craft.Stack(c.reply), q); !strings.Contains(why, c.want) {
				t.Fatalf("got %q, want %q", why, c.want)
			}
		}
	}
}
