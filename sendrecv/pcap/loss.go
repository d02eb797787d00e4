package pcap

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// losses are what frames, and the files that they came from, said and the file that is written cannot hold.
type losses struct {
	counts   map[string]int // by what it is, in the plural
	names    []string       // of interfaces
	sections map[*section]bool
}

// What may be lost, as a notice names it, and what is counted of it.
const (
	lostComments   = "comments of packets"
	lostRemarks    = "other remarks on packets (direction, losses, ...)"
	lostWords      = "remarks on the file"
	lostDevices    = "remarks on interfaces"
	lostNames      = "names of hosts"
	lostStatistics = "statistics of interfaces"
	lostSecrets    = "secrets to decrypt with"
	lostBlocks     = "other blocks"
	lostTimes      = "packets without a time, which are of 1970 now"
	lostFar        = "times outside of 1970 to 2106, which are 1970 now"
	lostFine       = "nanoseconds of times, since the file counts microseconds"
	lostLong       = "packets of more than 262144 bytes are held, but other programs do not read them"
)

// maxLostNames is how many names of interfaces a notice has.
const maxLostNames = 8

func (l *losses) add(what string, n int) {
	if n == 0 {
		return
	}
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[what] += n
}

// frame counts what a pcap file does not hold of a frame.
func (l *losses) frame(info *craft.CaptureInfo) {
	if info == nil {
		return
	}
	l.add(lostComments, min(len(info.Comments), 1))
	if more, ok := info.More.(options); ok && len(more.list) > 0 {
		l.add(lostRemarks, 1)
	}
	if info.Interface == nil {
		return
	}
	_, heard := info.Interface.More.(sendrecv.Heard) // nobody expects a pcap file to name the interface where it was made
	if name := info.Interface.Name; name != "" && !heard && len(l.names) <= maxLostNames && !slices.Contains(l.names, name) {
		l.names = append(l.names, name)
	}
	if o := originOf(info); o != nil && o.section != nil && !l.sections[o.section] {
		if l.sections == nil {
			l.sections = map[*section]bool{}
		}
		l.sections[o.section] = true
	}
}

// section counts what a pcap file does not hold of a section.
func (l *losses) section(s *section) {
	faces, blocks := s.since(0, 0)
	l.add(lostWords, len(s.words.list))
	for _, face := range faces {
		if o, ok := face.More.(*origin); ok {
			l.add(lostDevices, len(o.remarks)+len(o.opts.without(optionCheckLength).list)+min(len(face.Description), 1))
		}
	}
	for _, b := range blocks {
		l.add(b.loss(), 1)
	}
	l.add(lostBlocks, s.refused())
}

// loss is what is lost with a block.
func (b keptBlock) loss() string {
	switch b.typ {
	case blockNames:
		return lostNames
	case blockStatistics:
		return lostStatistics
	case blockSecrets:
		return lostSecrets
	}
	return lostBlocks
}

// list is what was lost, a kind once.
func (l *losses) list() []string {
	for s := range l.sections {
		l.section(s)
	}
	l.sections = nil
	var list []string
	for _, what := range []string{
		lostComments, lostRemarks, lostWords, lostDevices, lostNames, lostStatistics, lostSecrets, lostBlocks, lostTimes, lostFar, lostFine, lostLong,
	} {
		if n := l.counts[what]; n > 0 {
			list = append(list, fmt.Sprintf("%s: %d", what, n))
		}
	}
	if len(l.names) > 0 {
		names := l.names
		if len(names) > maxLostNames {
			names = append(slices.Clone(names[:maxLostNames]), "...")
		}
		list = append(list, "names of interfaces: "+strings.Join(names, ", "))
	}
	return list
}
