package python

// The parts of Read, for tests of each.
var (
	Translated = translated
	Corrected  = corrected
	Hint       = hint
)
