package scripts

import (
	"fmt"
	"slices"
	"strings"
)

// parts are the words that a part of a header begins with.
var parts = []string{"@question", "@usage", "@args", "@needs", "@verdicts", "@output"}

// HasHeader reports whether a file begins as an experiment does rather than being a plain chunk.
func HasHeader(source string) bool {
	text, _ := begin(source)
	return strings.HasPrefix(text, "---")
}

// begin cuts off what may stand before a script as before any of Lua's: a byte order mark, and a line for the system, as in
// "#!/usr/bin/env -S moonwire run". before is how many lines that are.
func begin(source string) (text string, before int) {
	text = strings.TrimPrefix(source, "\ufeff")
	if strings.HasPrefix(text, "#") {
		_, text, _ = strings.Cut(text, "\n")
		return text, 1
	}
	return text, 0
}

// Parse reads a script's header: a first line "--- summary", then comment lines, of which those with a word after an
// @ begin a part that goes on until the next one. The header ends at the first line that is no comment. What would be read
// over is an error: a word that no header has, a part, an argument or a verdict that is there twice, and a part that stands
// behind the end.
func Parse(name, source string) (Script, error) {
	s := Script{Name: name, Source: source}
	if !HasHeader(source) {
		return s, fmt.Errorf("%s:1: want a header that begins with \"--- summary\"", name)
	}
	text, before := begin(source)
	lines := strings.Split(text, "\n")
	s.Summary = strings.TrimSpace(strings.TrimPrefix(lines[0], "---"))
	h, end := header{script: &s, begun: map[string]int{}}, len(lines)
	for i, line := range lines[1:] {
		text, ok := strings.CutPrefix(line, "--")
		if !ok {
			end = i + 1
			break
		}
		n := before + i + 2
		if err := h.line(text, n); err != nil {
			return s, fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	if word, at := stray(lines[end:]); word != "" {
		return s, fmt.Errorf("%s:%d: %s stands behind the header, which ends at line %d: a header is comment lines without a blank line or code between them",
			name, before+end+at, word, before+end+1)
	}
	return s, nil
}

// CheckPlain is an error for a source without a header that has parts of one, which would all be read over.
func CheckPlain(name, source string) error {
	text, before := begin(source)
	if word, at := stray(strings.Split(text, "\n")); word != "" {
		return fmt.Errorf("%s:%d: %s stands in a file without a header: a header begins in line %d with three dashes, \"--- summary\"", name, before+at, word, before+1)
	}
	return nil
}

// stray finds a part of a header among lines that are none of it, counted from 1: any part before the code begins; behind that
// only those that would change how the script runs, since other tools have comments with the other words.
func stray(lines []string) (word string, at int) {
	known := parts
	for i, line := range lines {
		text, comment := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !comment {
			if text != "" {
				known = []string{"@args", "@verdicts"}
			}
			continue
		}
		if words := strings.Fields(text); len(words) > 0 && slices.Contains(known, words[0]) {
			return words[0], i + 1
		}
	}
	return "", 0
}

// A header is a script's header while it is read.
type header struct {
	script *Script
	part   string
	begun  map[string]int // the line that each part begins in
}

// line takes line n, without its dashes.
func (h *header) line(text string, n int) error {
	word, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !strings.HasPrefix(word, "@") {
		return h.add(text)
	}
	if !slices.Contains(parts, word) {
		return fmt.Errorf("want %s or %s, got %s", strings.Join(parts[:len(parts)-1], ", "), parts[len(parts)-1], word)
	}
	lists := word == "@args" || word == "@verdicts"
	if first := h.begun[word]; first > 0 && !lists {
		return fmt.Errorf("%s stands in line %d already; a part goes on in the lines behind it", word, first)
	}
	h.part, h.begun[word] = word, n
	if rest = strings.TrimSpace(rest); rest != "" {
		return h.add(rest)
	}
	if lists {
		return fmt.Errorf("%s: want %s, got nothing", word, map[string]string{"@args": argForm, "@verdicts": "the words that the script may end with"}[word])
	}
	return nil
}

// add takes the text of one line of the part that was begun last.
func (h *header) add(text string) error {
	s, trimmed := h.script, strings.TrimSpace(text)
	switch h.part {
	case "@question":
		s.Question = join(s.Question, trimmed)
	case "@usage":
		s.Usage = join(s.Usage, trimmed)
	case "@needs":
		s.Needs = join(s.Needs, trimmed)
	case "@verdicts":
		return s.addVerdicts(strings.FieldsFunc(trimmed, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }))
	case "@args":
		return s.addArg(trimmed)
	case "@output":
		s.Output += strings.TrimPrefix(text, " ") + "\n"
	}
	return nil
}

func join(a, b string) string { return strings.TrimSpace(a + " " + b) }

func (s *Script) addVerdicts(words []string) error {
	for _, w := range words {
		if strings.ContainsAny(w, "\"'`|") || strings.ContainsAny(w[len(w)-1:], ";:.") {
			return fmt.Errorf("@verdicts: want words without quotes, and blanks or commas between them, got %s", w)
		}
		if slices.Contains(s.Verdicts, w) {
			return fmt.Errorf("@verdicts: %s is there twice", w)
		}
		s.Verdicts = append(s.Verdicts, w)
	}
	return nil
}

func (s *Script) addArg(line string) error {
	if line == "" {
		return nil
	}
	a, err := parseArg(line)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.Args, func(other Arg) bool { return other.Name == a.Name }) {
		return fmt.Errorf("@args: %s is there twice", a.Name)
	}
	s.Args = append(s.Args, a)
	return nil
}
