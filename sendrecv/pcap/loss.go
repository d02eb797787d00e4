package pcap

import (
	"fmt"
	"maps"
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
	odd      map[string]int // what the file holds, and others may read otherwise
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
	lostFarNG      = "times outside of 1970 to 2554, which are 1970 now"
	lostFine       = "nanoseconds of times, since the file counts microseconds"
)

// oddLong is what other programs do not read of what the file holds.
const oddLong = "packets of more than 262144 bytes, which other programs do not read"

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

// notice counts what is odd about a frame that is written under a link type, which was asked for or not.
func (l *losses) notice(f sendrecv.Frame, typ linkType, asked bool) {
	if len(f.Data) > int(typ.most(0)) {
		l.count(oddLong)
	}
	if asked {
		l.count(typ.misfit(f.Link))
	}
}

// count counts something odd; "" is nothing.
func (l *losses) count(what string) {
	if l.odd == nil {
		l.odd = map[string]int{}
	}
	if _, known := l.odd[what]; what != "" && (known || len(l.odd) < maxLostNames) {
		l.odd[what]++
	}
}

// oddities are what is odd, a kind once.
func (l *losses) oddities() []string {
	var list []string
	for _, what := range slices.Sorted(maps.Keys(l.odd)) {
		list = append(list, fmt.Sprintf("%s: %d", what, l.odd[what]))
	}
	return list
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
		lostComments, lostRemarks, lostWords, lostDevices, lostNames, lostStatistics, lostSecrets, lostBlocks, lostTimes, lostFar, lostFarNG, lostFine,
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
