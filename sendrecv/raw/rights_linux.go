package raw

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/psx"
)

// capabilities is a set of them: bit n is the capability with number n.
type capabilities uint64

const capSysAdmin = capabilities(1 << unix.CAP_SYS_ADMIN)

// capabilities are those that the rights stand for.
func (r Rights) capabilities() (c capabilities) {
	for i, more := range []capabilities{
		FileRights:      1 << unix.CAP_DAC_OVERRIDE,
		SendRights:      1<<unix.CAP_NET_RAW | 1<<unix.CAP_NET_ADMIN,
		NamespaceRights: capSysAdmin,
	} {
		if Rights(i) <= r {
			c |= more
		}
	}
	return c
}

func limit(keep Rights) error {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		return fmt.Errorf("giving up rights: /proc, which names the threads, is not there: %w", err) // psx would end the process
	}
	// A call is its thread's own, and Go has several: psx makes each of them do it. With NO_NEW_PRIVS the bounding set, which
	// bounds what a program that is started may gain, decides nothing more. It stays: to empty it takes 40 calls, 3 ms.
	if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		return fmt.Errorf("giving up rights: prctl PR_SET_NO_NEW_PRIVS: %w", errno)
	}
	has, err := threadSets()
	if err != nil {
		return err
	}
	want := sets{permitted: has.permitted & keep.capabilities()}
	want.effective = want.permitted &^ capSysAdmin // entering a namespace raises it
	if want == has {
		return nil
	}
	head, data := want.encoded()
	// Without an inheritable set there is no ambient one: the kernel sees to that.
	_, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(head)), uintptr(unsafe.Pointer(data)), 0)
	if errno != 0 {
		return fmt.Errorf("giving up rights: capset: %w", errno)
	}
	return nil
}

// sets are the capabilities of a thread.
type sets struct{ permitted, effective, inheritable capabilities }

// threadSets are those of the calling thread.
func threadSets() (sets, error) {
	head, data := sets{}.encoded()
	if err := unix.Capget(head, &data[0]); err != nil {
		return sets{}, fmt.Errorf("reading this process's rights: capget: %w", err)
	}
	both := func(low, high uint32) capabilities { return capabilities(high)<<32 | capabilities(low) }
	return sets{
		both(data[0].Permitted, data[1].Permitted),
		both(data[0].Effective, data[1].Effective),
		both(data[0].Inheritable, data[1].Inheritable),
	}, nil
}

// set gives the calling thread, and no other, these sets.
func (s sets) set() error {
	head, data := s.encoded()
	if err := unix.Capset(head, &data[0]); err != nil {
		return fmt.Errorf("capset: %w", err)
	}
	return nil
}

// encoded is how capset takes sets: two halves of 32 bits.
func (s sets) encoded() (*unix.CapUserHeader, *[2]unix.CapUserData) {
	var data [2]unix.CapUserData
	for i := range data {
		data[i] = unix.CapUserData{
			Permitted:   uint32(s.permitted >> (32 * i)),
			Effective:   uint32(s.effective >> (32 * i)),
			Inheritable: uint32(s.inheritable >> (32 * i)),
		}
	}
	return &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data
}

// errRaised is wrapped by the error of a thread that has kept a right which it was to have for a moment only: it must do
// nothing more.
var errRaised = errors.New("a right could not be laid down again")

// asAdmin calls f with CAP_SYS_ADMIN in effect on the calling thread, which the caller has locked. It changes nothing where
// the thread has it in effect already, or has it not at all: then f says what is missing.
func asAdmin(f func() error) error {
	has, err := threadSets()
	if err != nil {
		return err
	}
	if has.effective&capSysAdmin != 0 || has.permitted&capSysAdmin == 0 {
		return f()
	}
	raised := has
	raised.effective |= capSysAdmin
	if err := raised.set(); err != nil {
		return err
	}
	err = f()
	if lowered := has.set(); lowered != nil {
		return errors.Join(fmt.Errorf("%w: %w", errRaised, lowered), err)
	}
	return err
}
