package pcap

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// A form is what the name of a capture says of how it is written.
type form struct {
	ng   bool // pcapng; otherwise pcap
	gzip bool
}

// formOf reads the form out of the name of a file that is to be written. A name that is no capture's is refused: a script
// that runs as root must not make a crontab, or a shell's start-up file, out of packets.
func formOf(path string) (form, error) {
	name := strings.ToLower(filepath.Base(path))
	plain, zipped := strings.CutSuffix(name, ".gz")
	ext := filepath.Ext(plain)
	switch {
	case ext != ".pcap" && ext != ".pcapng" && ext != ".cap", !strings.HasSuffix(strings.ToLower(path), name): // "folder.pcap/" has a separator at its end
		return form{}, fmt.Errorf("%q: want a name that ends in .pcap, .pcapng or .cap, or in one of these and .gz: captures are written under no other", path)
	case strings.ContainsFunc(path, unicode.IsControl):
		return form{}, fmt.Errorf("%q: want a name without control characters", path)
	case filepath.Separator == '\\' && strings.Contains(name, ":"):
		return form{}, fmt.Errorf("%q: want the name of a file, got that of a stream within one", path)
	}
	return form{ng: ext == ".pcapng", gzip: zipped}, nil
}
