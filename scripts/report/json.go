package report

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// JSON writes a result as one JSON object on one line. Lists that are nil are written empty, so that a reader can index
// them without asking first.
func JSON(w io.Writer, r *vantage.Result) error {
	whole := *r
	if whole.Candidates == nil {
		whole.Candidates = []vantage.Verdict{}
	}
	if whole.Evidence == nil {
		whole.Evidence = []vantage.Evidence{}
	}
	if whole.Taps == nil {
		whole.Taps = []vantage.View{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	if err := e.Encode(whole); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
