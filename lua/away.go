package lua

import "github.com/moonwire/moonwire/sendrecv"

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
