package values

import (
	"fmt"
	"time"
)

// Seconds is a time as the seconds since 1970 with nine digits behind the point: a floating-point number cannot hold all of them.
func Seconds(at time.Time) string {
	sec, nsec, sign := at.Unix(), at.Nanosecond(), ""
	if sec < 0 {
		sign, sec = "-", -sec
		if nsec > 0 {
			sec, nsec = sec-1, 1_000_000_000-nsec
		}
	}
	return fmt.Sprintf("%s%d.%09d", sign, sec, nsec)
}
