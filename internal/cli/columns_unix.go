//go:build darwin || linux

package cli

import (
	"os"
	"syscall"
	"unsafe"
)

// columns is the width of the terminal that a file is, 0 when it is none.
func columns(f *os.File) int {
	var size struct{ rows, columns, x, y uint16 }
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size))); errno != 0 {
		return 0
	}
	if size.columns == 0 { // a terminal that does not know its size
		return 80
	}
	return int(size.columns)
}
