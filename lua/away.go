package lua

import (
	"errors"

	"github.com/moonwire/moonwire/scripts"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// keep takes the error of a call whose interface went away in the middle for what it is: what came until then stays, a notice
// tells of it, and there is no error. A call that had nothing yet, and all other errors, get theirs back.
func (s *State) keep(err error, had bool, came string) error {
	if !sendrecv.IsAway(err) {
		return err
	}
	s.away = err
	if !had {
		return err
	}
	s.notice("the interface went away after %s: %s", came, err)
	return nil
}

// cutShort is the result of a run that failed because an interface went away, as far as the taps had seen, with the error that
// says so: the script is not to blame, whatever it made of the silence. Without a capture, or when every interface stayed,
// there is no result, and the error is what it was.
func (s *State) cutShort(name string, args scripts.Values, err error) (*vantage.Result, error) {
	s.drain()
	if s.away == nil {
		return nil, err
	}
	var e *Error
	if errors.As(err, &e) {
		e.cause = ErrUnsent
	}
	return s.partial(name, args, "an interface went away before the end of the run: "+s.away.Error()), err
}
