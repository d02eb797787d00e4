package grid_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua/grid"
)

func TestRank(t *testing.T) {
	texts := []string{"", "b", "10.0.0.10", "9", "10.0.0.9", "::1", "10", "-3", "1.5", "a", "80/tcp", "inf", "+7"}
	slices.SortFunc(texts, func(a, b string) int { return grid.OfText(a).Compare(grid.OfText(b)) })
	if got, want := fmt.Sprintf("%q", texts), `["-3" "1.5" "+7" "9" "10" "10.0.0.9" "10.0.0.10" "::1" "" "80/tcp" "a" "b" "inf"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	ranks := []grid.Rank{grid.OfTruth(false), grid.OfTruth(true), grid.OfNumber(-1), grid.OfText("0"), grid.OfText("10.0.0.1"), grid.OfText("x"), grid.Nothing()}
	if !slices.IsSortedFunc(ranks, grid.Rank.Compare) {
		t.Error("the classes are out of order")
	}
}

func TestGridsOfNothing(t *testing.T) {
	g := grid.New()
	if got, want := fmt.Sprintf("%q", []string{g.Plain(), g.Lined(), g.TeX()}), `[" \n" "-+\n | \n-+\n-+\n" "\\hline\n \\\\\n\\hline\n\\hline\n"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	g.Put("é", "row", "v")
	g.Put("é", "row", "wider")
	if got := g.Plain(); got != "    é     \nrow wider \n" || g.Size() < len(got) || !g.HasColumn("é") || g.HasColumn("row") {
		t.Errorf("got %q of about %d bytes", got, g.Size())
	}
}

func TestElide(t *testing.T) {
	for n, want := range map[int]string{0: "h", 2: "h 1 2", 31: "", 32: "", 1000: ""} {
		got := strings.ReplaceAll(grid.Elide(n, "h", func(i int) string { return fmt.Sprint(i) }), "\n", " ")
		if want != "" && got != want {
			t.Errorf("%d lines: got %s, want %s", n, got, want)
		}
		if shown := len(slices.Collect(grid.Shown(n))); shown != min(n, 30) && n != grid.Most {
			t.Errorf("%d lines: %d are shown", n, shown)
		}
		if left := fmt.Sprintf(" 20   ...  %d more %d", n-30, n-9); (n > grid.Most) != strings.Contains(got, left) {
			t.Errorf("%d lines: got %s", n, got)
		}
	}
}

func TestCSV(t *testing.T) {
	for _, text := range []string{"", "plain", "a,b", "a;b", `say "x"`, "two\nlines", " blank", "tab\t", "'"} {
		for _, separator := range []string{",", ";", "\t", " "} {
			r := csv.NewReader(strings.NewReader(grid.Quote(text, separator) + separator + "end\n"))
			r.Comma = rune(separator[0])
			if row, err := r.Read(); err != nil || len(row) != 2 || row[0] != text {
				t.Errorf("%q behind %q: read as %q, %v", text, separator, row, err)
			}
		}
	}
	for text, want := range map[string]string{"=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\tx": "'\tx", "＝1": "'＝1", "1=": "1=", "": "", "'=": "'="} {
		if got := grid.Inert(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
