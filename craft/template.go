package craft

import (
	"iter"
)

// A Template makes the elements of a packet's sets fast: as bytes that are the same in all of them, and a small program
// that writes what differs and brings the checksums up to date. What it cannot do that way (sets of lengths, of options,
// of layouts, under checksums of other kinds) it builds one by one, so that its elements are always
// those of Build and At. It takes constant memory, however many elements there are. It is not safe for concurrent use.
type Template struct {
	p    *Packet
	env  Env
	n    uint64
	fast *program // nil: every element is built
}

// Compile makes a template of p as it is now. env is asked for addresses as in Build: once here for those that are the
// same in all elements, and for the others whenever one is made. The error is Count's.
func Compile(p *Packet, env Env) (*Template, error) {
	n, err := p.Count()
	if err != nil {
		return nil, err
	}
	t := &Template{p: p.Copy(), env: env, n: n}
	c := compiler{p: t.p, env: env}
	t.fast = c.compile()
	return t, nil
}

// Len is how many elements there are: the packet's Count.
func (t *Template) Len() uint64 { return t.n }

// Compiled reports whether elements are written by the program rather than built one by one.
func (t *Template) Compiled() bool { return t.fast != nil }

// Append appends the bytes of element i to dst and returns the extended slice: those of Build(p.At(i), env), in any
// order. The error is Build's.
func (t *Template) Append(dst []byte, i uint64) ([]byte, error) {
	if t.fast != nil {
		if out, ok := t.fast.append(dst, i); ok {
			return out, nil
		}
	}
	return AppendBuild(dst, t.p.At(i), t.env)
}

// Each makes n elements from first on, one after the other in the same memory: the bytes hold until the next one. An
// element that cannot be built comes as its error; the others go on.
func (t *Template) Each(first, n uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var walk walker
		if t.fast != nil {
			walk.start(t.fast)
		}
		var room []byte
		for k := range n {
			if t.fast != nil && walk.step(first+k) {
				if !yield(walk.out, nil) {
					return
				}
				continue
			}
			wire, err := AppendBuild(room[:0], t.p.At(first+k), t.env)
			if !yield(wire, err) {
				return
			}
			room = wire
		}
	}
}
