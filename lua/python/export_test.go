package python

// The parts of Read, for tests of each.
var (
	Translated = translated
	Mend       = mend
	Hint       = hint
)
