package raw

import (
	"errors"
	"fmt"
	"os"
)

// A missingRight is the error of a process that may not do what was asked.
type missingRight string

func (m missingRight) Error() string { return string(m) }

// Unwrap makes it an os.ErrPermission.
func (m missingRight) Unwrap() error { return os.ErrPermission }

// needRaw is the error of a process without CAP_NET_RAW that runs the given program.
func needRaw(program string) error {
	return missingRight(fmt.Sprintf("needs CAP_NET_RAW: run with sudo, or \"setcap cap_net_raw,cap_net_admin+ep %s\", or --lab", program))
}

// explainRight turns a refusal to make a socket into the right that is missing; other errors stay what they are.
func explainRight(err error) error {
	if !errors.Is(err, os.ErrPermission) {
		return err
	}
	program, unknown := os.Executable()
	if unknown != nil {
		program = os.Args[0]
	}
	return needRaw(program)
}
