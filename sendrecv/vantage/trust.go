package vantage

// What a capture shows and TCP never got: forged segments, and damaged ones.

// markForged finds what left through the same port as the guest's segments and yet claims to come from the server. left
// says which segments left through the tap's own port.
func markForged(segments []Segment, left []bool) {
	guestward := false
	for i, s := range segments {
		guestward = guestward || left[i] && s.Dir == "out"
	}
	for i := range segments {
		segments[i].Forged = guestward && left[i] && segments[i].Dir == "in"
	}
}

// forgiveOffload takes the mark of a wrong checksum off where most of several segments of a direction have one: there the network card
// was to fill it in, behind the capture.
func forgiveOffload(segments []Segment) {
	for _, dir := range []string{"out", "in"} {
		bad, all := 0, 0
		for _, s := range segments {
			if s.Dir == dir {
				all++
				if s.Bad {
					bad++
				}
			}
		}
		for i := range segments {
			if segments[i].Dir == dir && bad > 2 && 2*bad > all {
				segments[i].Bad = false
			}
		}
	}
}
