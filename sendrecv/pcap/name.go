package pcap

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// A form is what the name of a capture says of how it is written.
type form struct {
	ng         bool         // pcapng; otherwise pcap
	compressed *compression // nil is not at all
}

// formOf reads the form out of the name of a file that is to be written. A name that is no capture's is refused: a script
// that runs as root must not make a crontab, or a shell's start-up file, out of packets.
func formOf(path string) (form, error) {
	var f form
	name := strings.ToLower(filepath.Base(path))
	plain := name
	var suffixes []string
	for _, c := range compressions() {
		if short, ok := strings.CutSuffix(name, c.suffix); ok {
			plain, f.compressed = short, &c
		}
		suffixes = append(suffixes, c.suffix)
	}
	ext := filepath.Ext(plain)
	switch {
	case ext != ".pcap" && ext != ".pcapng" && ext != ".cap", !strings.HasSuffix(strings.ToLower(path), name): // "folder.pcap/" has a separator at its end
		return f, fmt.Errorf("%q: want a name that ends in .pcap, .pcapng or .cap, or in one of these and %s: captures are written under no other", path, strings.Join(suffixes, ", "))
	case strings.ContainsFunc(path, unicode.IsControl):
		return f, fmt.Errorf("%q: want a name without control characters", path)
	case filepath.Separator == '\\' && strings.Contains(name, ":"):
		return f, fmt.Errorf("%q: want the name of a file, got that of a stream within one", path)
	}
	f.ng = ext == ".pcapng"
	return f, nil
}
