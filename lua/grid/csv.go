package grid

import "strings"

// Quote is a cell of CSV, in quotes if it needs them (RFC 4180, section 2). So do the separators of other countries' spreadsheets:
// encoding/csv leaves a;=1+1 as it is, of which they make two cells and run the second.
func Quote(text, separator string) string {
	if !strings.ContainsAny(text, "\",;|\t\r\n"+separator) && text == strings.TrimSpace(text) {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// Inert is a text that no spreadsheet runs as a formula: one that looks like one begins with an apostrophe.
func Inert(text string) string {
	if strings.IndexAny(text, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + text
	}
	return text
}
