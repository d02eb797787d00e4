package pcap

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// goOn makes the part a copy of the capture that it is to replace, and has the encoder go on behind it, as that one is written: it
// returns how it is compressed. Without a capture, or with an empty file, all is as for a new one.
func (w *Writer) goOn(p *part, how *compression, o Options) (*compression, error) {
	f, err := openOlder(p.path)
	if f == nil || err != nil {
		return how, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return how, err
	}
	r, err := newReader(io.NewSectionReader(f, 0, info.Size()), p.path)
	if err != nil {
		return nil, err
	}
	if r.how != nil && r.how.write == nil {
		return nil, fmt.Errorf(`append: nothing can stand behind %s; make another file of it: wrpcap("new.pcapng", rdpcap(f))`, r.how.name)
	}
	if err := readThrough(r); err != nil {
		return nil, err
	}
	if w.format, err = continued(r.format, o); err != nil {
		return nil, err
	}
	if w.size, err = copyAll(p, f); err != nil {
		return nil, err
	}
	return r.how, nil
}

// readThrough reads a capture to its end, which must be a proper one: behind a half frame nobody finds what is appended.
func readThrough(r *Reader) error {
	for {
		_, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("append: want a capture that is whole: %w; write what can be read of it first: wrpcap(f, rdpcap(f))", err)
		}
	}
}

// copyAll copies the bytes of a file into the part.
func copyAll(p *part, f *os.File) (int64, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	return io.Copy(p.file, f)
}

// continued is an encoder that goes on with a capture that was read to its end.
func continued(d decoder, o Options) (encoder, error) {
	explicit, err := o.explicit()
	if err != nil {
		return nil, err
	}
	switch d := d.(type) {
	case *ng:
		return continuedNG(d, explicit, o), nil
	case *classic:
		if d.isPlain() {
			return continuedClassic(d, explicit, o)
		}
	}
	return nil, errors.New(`append: want a pcap or pcapng file as programs of today write them; make one of it: wrpcap("new.pcapng", rdpcap(f))`)
}

// isPlain reports whether the records of a file are such as are written here: an older library's are longer, or have their lengths in
// another order, or stamps of another unit, under the same number.
func (c *classic) isPlain() bool {
	units := map[uint32]time.Duration{magicMicro: time.Microsecond, magicNano: time.Nanosecond}
	return c.head == classicRecord && c.swapped == capturedFirst && c.tick == units[c.magic]
}

// continuedClassic goes on with a pcap file: its header says what cannot be said again.
func continuedClassic(d *classic, explicit *linkType, o Options) (encoder, error) {
	switch {
	case o.Comments != nil:
		return nil, errors.New("comment: a pcap file holds none")
	case explicit != nil && *explicit != d.typ:
		return nil, fmt.Errorf("linktype: want %s as in the file's header, got %s: a pcap file has one link type, a pcapng file holds several", d.typ.name(nil), explicit.name(nil))
	}
	return &classicEncoder{order: d.order, tick: d.tick, typ: d.typ, typed: true, explicit: explicit, snaplen: d.snaplen, begun: true}, nil
}

// continuedNG goes on with the last section of a pcapng file, and with its interfaces whose stamps count nanoseconds. A section that
// says how long it is, or another comment, asks for a new one.
func continuedNG(d *ng, explicit *linkType, o Options) encoder {
	e := newNGEncoder(d.order, uint32(o.SnapLen), o.Comments)
	e.typ = explicit
	if d.section == nil || !d.unbounded || o.Comments != nil {
		return e
	}
	e.begun = true
	e.said = e.spoken(d.section.words)
	for i, face := range d.interfaces {
		if i == 0 {
			e.zero = face.face.SnapLen
		}
		if face.second == 1e9 && face.offset == 0 {
			e.ids[e.device(face.face, face.typ, face.face.SnapLen)] = uint32(i)
		}
		e.count++
	}
	return e
}
