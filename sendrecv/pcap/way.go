package pcap

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is how many links a way may have, as for the kernel.
const maxLinks = 40

// checkWay refuses a file whose folder is reached through a link that somebody else may have put where others may put files, as
// into /tmp: it would say where root writes. Linux does so itself where fs.protected_symlinks is on, in sticky folders. What
// cannot be looked at, whoever opens the file tells.
func checkWay(path string) error {
	at := string(filepath.Separator)
	dir := folderOf(path)
	if here, err := os.Getwd(); err == nil && !filepath.IsAbs(dir) {
		dir = here + at + dir
	}
	steps := strings.Split(dir, at)
	for links := 0; len(steps) > 0 && links <= maxLinks; {
		next := filepath.Join(at, steps[0]) // no link is left in at, so that ".." means the one above
		steps = steps[1:]
		info, err := os.Lstat(next)
		if err != nil {
			return nil
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		links++
		folder, err := os.Lstat(at)
		if err != nil {
			return nil
		}
		if isPlanted(info, folder) && !sameOwner(info, folder) {
			return refused("%s: want no link of somebody else's on the way, got %s in a folder where others may put files", path, next)
		}
		target, err := os.Readlink(next)
		if err != nil {
			return nil
		}
		if filepath.IsAbs(target) {
			at = string(filepath.Separator)
		}
		steps = append(strings.Split(target, string(filepath.Separator)), steps...)
	}
	return nil
}

// folderOf is the folder of a file, as the system reads its path: what stands before ".." may be a link.
func folderOf(path string) string {
	if dir, _ := filepath.Split(path); dir != "" {
		return dir
	}
	return "."
}
