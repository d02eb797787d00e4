package declare

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// TestEveryKindHasItsRow names the kinds of fields that no declaration knows.
func TestEveryKindHasItsRow(t *testing.T) {
	seen := map[string]craft.Kind{}
	for k := craft.Kind(0); k <= craft.LastKind; k++ {
		row, ok := kinds[k]
		if !ok {
			t.Errorf("kinds has no row for %s", k)
		}
		if other, twice := seen[row.word]; twice && row.word != "" {
			t.Errorf("%q declares %s and %s", row.word, other, k)
		}
		seen[row.word] = k
	}
}
