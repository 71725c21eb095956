//go:build !darwin && !linux

package cli

import "os"

// columns is the width of the terminal that a file is, 0 when it is none. These systems do not tell it in a simple way.
func columns(f *os.File) int {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return 0
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(info, null) {
		return 0
	}
	return 100
}
