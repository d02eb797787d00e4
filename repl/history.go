package repl

import (
	"io"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft/values"
)

const (
	// maxHistory is how many entries are kept.
	maxHistory = 1000
	// maxHistoryFile is how much of a history file is read, from its end, in bytes.
	maxHistoryFile = 1 << 20
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
	for line := range strings.Lines(lines) {
		if line = strings.TrimRight(line, "\r\n"); isEntry(line) {
			h.push(line)
		}
	}
	if strings.Count(lines, "\n") > 2*maxHistory {
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
		return whole, nil // the first line was cut
	}
	return string(text), nil
}

// rewrite cuts the file down to the entries that are kept.
func (h *history) rewrite() error {
	return replacePrivate(h.path, []byte(strings.Join(h.entries, "\n")+"\n"))
}

// isEntry refuses what recalling would show as something else than it is.
func isEntry(line string) bool {
	return strings.TrimSpace(line) != "" && values.VisibleBut(line, "\t") == line
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
	entry := flatten(source)
	if !isEntry(entry) || !h.push(entry) || h.path == "" {
		return nil
	}
	f, err := openPrivate(h.path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(entry + "\n")
	return firstError(err, f.Close())
}

func firstError(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// flatten writes an entry of several lines as one that means the same: comments go, a string's line ends are escaped.
func flatten(source string) string {
	if !strings.ContainsAny(source, "\r\n") {
		return strings.TrimRight(source, " \t")
	}
	var b strings.Builder
	for rest := source; rest != ""; {
		k, piece := lex(rest)
		rest = rest[len(piece):]
		lines := strings.ContainsAny(piece, "\r\n")
		switch {
		case k == comment, k == space && lines:
			if piece = " "; strings.HasSuffix(b.String(), " ") {
				piece = ""
			}
		case !lines:
		case k == quoted:
			piece = strings.NewReplacer("\\\r\n", `\n`, "\\\n", `\n`).Replace(piece)
		case k == bracket:
			piece = requote(piece)
		}
		b.WriteString(piece)
	}
	return strings.TrimSpace(b.String())
}

// requote writes a string in long brackets with quotes. A newline right behind the opening bracket is not part of it.
func requote(piece string) string {
	width := bracketLevel(piece) + 2
	text := strings.ReplaceAll(piece[width:max(width, len(piece)-width)], "\r\n", "\n")
	text = strings.TrimPrefix(text, "\n")
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\r", `\r`).Replace(text) + `"`
}
