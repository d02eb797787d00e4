package raw

// Rights is what a process may keep of what Linux lets the superuser do (capabilities).
type Rights int

// The rights that a process may keep, each with those before it.
const (
	// NoRights is what the built-in network needs.
	NoRights Rights = iota
	// FileRights is CAP_DAC_OVERRIDE: the files of a user who ran sudo.
	FileRights
	// SendRights is CAP_NET_RAW and CAP_NET_ADMIN: sockets, and the guard.
	SendRights
	// NamespaceRights is CAP_SYS_ADMIN: sessions and taps in network namespaces. It is in effect on a thread that enters or
	// leaves one, and only for that moment.
	NamespaceRights
)

// Limit takes from this process, on all its threads and for good, every right but those that are to be kept, as far as it
// has them: from the permitted, effective, inheritable and ambient sets. No program that it starts gains any
// (NO_NEW_PRIVS). It is for the main function of a program, before anything of a stranger's runs; nothing in this package
// calls it. After an error the process may hold more than it should and must end. On systems other than Linux there is
// nothing to give up.
func Limit(keep Rights) error { return limit(keep) }
