package lua

// Complete lists what can stand at the end of an entry that is being written: each candidate replaces what stands from
// start on. help is one line about what is being written (a call's options, a field's kind); empty when there is
// nothing to say.
func (s *State) Complete(entry string) (candidates []string, start int, help string) {
	return nil, len(entry), ""
}
