package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// JSON writes a result as one JSON object on one line. Lists that are nil are written empty, so that a reader can index
// them without asking first; a verdict that is missing, because the run came to no end, is null.
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
	if whole.Verdict == "" {
		return writeJSON(w, struct {
			vantage.Result
			Verdict *vantage.Verdict `json:"verdict"`
		}{Result: whole})
	}
	return writeJSON(w, whole)
}

// writeJSON writes a value as JSON on one line, with what is hidden in its texts escaped.
func writeJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if _, err := w.Write(values.VisibleJSON(b.Bytes())); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
