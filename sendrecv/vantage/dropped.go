package vantage

// Dropped is the candidate, never the verdict, when nothing of the guest's arrives: a firewall drops it, or the path is dead.
// What the far tap shows is somebody else's.
const Dropped Verdict = "dropped"

// dropped is a box that lets nothing through.
//
//	guest                  box                    server
//	  |--- SYN x ----------->|                        |
//	  |--- SYN x ----------->|                        |
func dropped() model {
	return model{Dropped, "dropped", []rule{nothingAnswered}}
}
