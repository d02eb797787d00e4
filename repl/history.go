package repl

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

const (
	// maxHistory is how many entries are kept.
	maxHistory = 1000
	// maxHistoryFile is how much of a history file is read, from its end, in bytes.
	maxHistoryFile = 1 << 20
	// maxEntry is the longest entry that is kept, in bytes: it must not cost all the others.
	maxEntry = maxHistoryFile / 16
)

// A history is the entries of a person, oldest first, and the file that keeps them.
type history struct {
	path    string // "" keeps nothing
	entries []string
}

// openHistory reads a history and sees to it that nobody else can. With an error comes one that is not kept.
func openHistory(path string) (*history, error) {
	if path == "" {
		return &history{}, nil
	}
	h := &history{path: path}
	lines, err := h.load()
	if err != nil {
		return &history{}, err
	}
	read := 0
	for entry := range entriesOf(lines) {
		if read++; isEntry(entry) {
			h.push(entry)
		}
	}
	if read > 2*maxHistory {
		if err := h.rewrite(); err != nil {
			h.path = ""
			return h, err
		}
	}
	return h, nil
}

// load reads the end of the file, which is made when it is missing.
func (h *history) load() (string, error) {
	f, err := openPrivate(h.path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	start := max(0, info.Size()-maxHistoryFile)
	text, err := io.ReadAll(io.NewSectionReader(f, start, maxHistoryFile))
	if err != nil {
		return "", err
	}
	if _, whole, ok := strings.Cut(string(text), "\n"); ok && start > 0 {
		return whole, nil // the first line was cut, and the entry it belongs to may be
	}
	return string(text), nil
}

// rewrite cuts the file down to the entries that are kept.
func (h *history) rewrite() error {
	var b strings.Builder
	for _, entry := range h.entries {
		b.WriteString(kept(entry))
	}
	return replacePrivate(h.path, []byte(b.String()))
}

// A history file has an entry a line. An entry of several is kept as shells keep one: each of its lines but the last ends in a backslash.

// kept is how an entry stands in the file.
func kept(entry string) string {
	if strings.HasSuffix(entry, `\`) {
		entry += " " // or the next entry would seem to go on with it
	}
	return strings.ReplaceAll(entry, "\n", "\\\n") + "\n"
}

// entriesOf are the entries of a file.
func entriesOf(lines string) iter.Seq[string] {
	return func(yield func(string) bool) {
		entry := ""
		for line := range strings.Lines(lines) {
			line = strings.TrimRight(line, "\r\n")
			if more, ok := strings.CutSuffix(line, `\`); ok {
				entry += more + "\n"
				continue
			}
			if !yield(entry + line) {
				return
			}
			entry = ""
		}
		if entry != "" {
			yield(strings.TrimSuffix(entry, "\n"))
		}
	}
}

// isEntry refuses what recalling would show as something else than it is.
func isEntry(entry string) bool {
	return strings.TrimSpace(entry) != "" && values.Visible(entry) == entry
}

// push adds an entry unless it repeats the last one.
func (h *history) push(entry string) (added bool) {
	if n := len(h.entries); n > 0 && h.entries[n-1] == entry {
		return false
	}
	h.entries = append(h.entries, entry)
	if len(h.entries) > maxHistory {
		h.entries = slices.Delete(h.entries, 0, 1)
	}
	return true
}

// add adds an entry and saves it. An entry that begins with a space is its writer's secret.
func (h *history) add(source string) error {
	if strings.HasPrefix(source, " ") {
		return nil
	}
	entry := strings.TrimRight(strings.ReplaceAll(source, "\r", ""), " \t\n")
	if len(entry) > maxEntry || !isEntry(entry) || !h.push(entry) || h.path == "" {
		return nil
	}
	f, err := openPrivate(h.path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(kept(entry))
	return firstError(err, f.Close())
}

func firstError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}
