package raw

import (
	"errors"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// A queue is the kernel's queue of frames for one receiver: an AF_PACKET socket, and where its frames are read into.
//
// Closing such a socket waits until every CPU has let go of it, some 10 ms: a hundred times as long as a round trip on
// a local link. A receiver that is closed therefore leaves its queue to the next one.
type queue struct {
	link link
	file *os.File
	conn syscall.RawConn

	buf, control []byte
}

// openQueue makes a queue that holds what passes from now on, in the calling thread's namespace.
func (l link) openQueue(o sendrecv.ListenOptions) (*queue, error) {
	file, err := l.openReceiver(o)
	if err != nil {
		return nil, err
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &queue{link: l, file: file, conn: conn, buf: make([]byte, frameLimit), control: make([]byte, 256)}, nil
}

// rest ends the queueing and forgets what is queued.
func (q *queue) rest() error {
	return q.onSocket(func(fd int) error {
		if err := attach(fd, nothing()); err != nil {
			return err
		}
		return q.empty(fd)
	})
}

// resume begins the queueing again, and the counting from 0.
func (q *queue) resume() error {
	return q.onSocket(func(fd int) error {
		if isGone(fd) {
			return q.link.gone()
		}
		if err := q.empty(fd); err != nil { // what was on its way when the rest began
			return err
		}
		if _, err := unix.GetsockoptTpacketStats(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err != nil {
			return os.NewSyscallError("getsockopt PACKET_STATISTICS", err)
		}
		if q.link.medium == tunnel {
			return attach(fd, onlyIPv4())
		}
		return os.NewSyscallError("setsockopt SO_DETACH_FILTER", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0))
	})
}

// empty forgets what is queued.
func (q *queue) empty(fd int) error {
	for {
		_, _, _, _, err := unix.Recvmsg(fd, q.buf[:1], nil, unix.MSG_DONTWAIT)
		switch {
		case errors.Is(err, unix.EAGAIN):
			return nil
		case err != nil:
			return os.NewSyscallError("recvmsg", err)
		}
	}
}

// onSocket runs do on the socket and returns its error, or why it could not be run.
func (q *queue) onSocket(do func(fd int) error) error {
	var failed error
	err := q.conn.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

// maxSpare is how many queues a port keeps for receivers to come: an exchange and what resolves its next hop.
const maxSpare = 2

// spares are the queues of a port that no receiver has.
type spares struct {
	mu     sync.Mutex
	queues []*queue
	closed bool
}

// take is a queue that holds what passes from now on; nil when there is none to spare.
func (s *spares) take() *queue {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queues) > 0 {
		q := s.queues[len(s.queues)-1]
		s.queues = s.queues[:len(s.queues)-1]
		if q.resume() == nil {
			return q
		}
		_ = q.file.Close() // what is wrong shows at the new one
	}
	return nil
}

// put keeps a queue for later, or closes it.
func (s *spares) put(q *queue) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.queues) == maxSpare || q.rest() != nil {
		return q.file.Close()
	}
	s.queues = append(s.queues, q)
	return nil
}

// end hands out the sockets of the queues, for closing; none is kept any more.
func (s *spares) end() []*os.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	var files []*os.File
	for _, q := range s.queues {
		files = append(files, q.file)
	}
	s.queues, s.closed = nil, true
	return files
}

// closeTogether closes sockets at the same time, since each takes its 10 ms.
func closeTogether(files []*os.File) error {
	errs := make([]error, len(files))
	var wg sync.WaitGroup
	for i, f := range files {
		wg.Go(func() { errs[i] = f.Close() })
	}
	wg.Wait()
	return errors.Join(errs...)
}
