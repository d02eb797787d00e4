package lab

import (
	"bytes"
	"errors"
	"io"
)

// A pump moves what one connection receives to another, with backpressure: it reads on only when it got rid of the last.
// When from ends, to is ended too.
type pump struct {
	from, to *socket
	rest     []byte // read and not yet written
	done     bool   // from has ended, and to was ended for that
}

// run goes on as far as it can. An end other than an orderly one is in the failed of the connection that had it.
func (p *pump) run() {
	scratch := p.from.host.scratch
	for !p.done {
		data := p.rest
		if len(data) == 0 {
			n, err := p.from.read(scratch)
			if errors.Is(err, io.EOF) {
				p.to.closeWrite()
				p.done = true
			}
			if err != nil {
				return
			}
			data = scratch[:n]
		}
		n, err := p.to.write(data)
		p.rest = bytes.Clone(data[n:])
		if err != nil {
			return
		}
	}
}
