package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is what is in a folder.
type Folder struct {
	Path string
	// Compiled are the files that the compiler wrote, by their names below the folder, with slashes.
	Compiled map[string][]byte
	others   map[string]bool // files and folders of people
}

// Read reads a folder, and where each root has one of its own, its subfolders. One that does not exist is empty. Compiled tells files of the compiler by what is in them.
func Read(path string, subfolders bool, compiled func(content []byte) bool) (*Folder, error) {
	f := &Folder{Path: path, Compiled: map[string][]byte{}, others: map[string]bool{}}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file, and should be a folder", path)
	}
	return f, f.read("", subfolders, compiled)
}

func (f *Folder) read(below string, subfolders bool, compiled func([]byte) bool) error {
	list, err := os.ReadDir(filepath.Join(f.Path, below))
	if err != nil {
		return err
	}
	for _, entry := range list {
		name := filepath.ToSlash(filepath.Join(below, entry.Name()))
		switch {
		case strings.HasPrefix(entry.Name(), "."): // .terraform, .git
		case entry.IsDir() && subfolders:
			if err := f.read(name, false, compiled); err != nil {
				return err
			}
		case !entry.Type().IsRegular():
			f.others[name] = true
		default:
			content, err := os.ReadFile(filepath.Join(f.Path, filepath.FromSlash(name)))
			if err != nil {
				return err
			}
			if compiled(content) {
				f.Compiled[name] = content
			} else {
				f.others[name] = true
			}
		}
	}
	return nil
}

// Change is a file that is not as it should be.
type Change struct {
	Name string // below the folder, with slashes
	// Old is what is in it, and New what should be; nil: there is no such file.
	Old, New []byte
}

// Changes are what makes the compiled files of a folder those that are given. Sorted by name. The error names files that are to be written, and that a person wrote.
func (f *Folder) Changes(files map[string][]byte) ([]Change, error) {
	var taken []string
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(files)) {
		old, known := f.Compiled[name]
		switch {
		case f.others[name]:
			taken = append(taken, filepath.Join(f.Path, filepath.FromSlash(name)))
		case !known:
			changes = append(changes, Change{Name: name, New: files[name]})
		case !bytes.Equal(old, files[name]):
			changes = append(changes, Change{Name: name, Old: old, New: files[name]})
		}
	}
	for name, old := range f.Compiled {
		if _, kept := files[name]; !kept {
			changes = append(changes, Change{Name: name, Old: old})
		}
	}
	if len(taken) > 0 {
		return nil, fmt.Errorf("%s: written by hand, and the compiler would write a file of that name. Nothing was written: rename it, or compile into another folder with -o", strings.Join(taken, ", "))
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Name, b.Name) })
	return changes, nil
}

// Apply makes changes. Each file is written whole or not at all, and none is touched before all of them are on the disk.
func (f *Folder) Apply(changes []Change) (err error) {
	temporary := map[string]string{} // by the name of the file
	defer func() {
		for _, name := range temporary {
			_ = os.Remove(name) // what was renamed is not there any more
		}
	}()
	for _, c := range changes {
		if c.New == nil {
			continue
		}
		at := f.at(c)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if temporary[c.Name], err = beside(at, c.New); err != nil {
			return err
		}
	}
	for _, c := range changes {
		if c.New == nil {
			err = os.Remove(f.at(c))
		} else {
			err = os.Rename(temporary[c.Name], f.at(c))
		}
		if err != nil {
			return err
		}
	}
	for _, c := range changes {
		if dir := filepath.Dir(f.at(c)); c.New == nil && dir != filepath.Clean(f.Path) {
			_ = os.Remove(dir) // fails unless it is empty
		}
	}
	return nil
}

func (f *Folder) at(c Change) string { return filepath.Join(f.Path, filepath.FromSlash(c.Name)) }

// beside writes a temporary file into the folder of another one.
func beside(at string, content []byte) (name string, err error) {
	temporary, err := os.CreateTemp(filepath.Dir(at), ".watertight-*")
	if err != nil {
		return "", err
	}
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Chmod(temporary.Name(), 0o644)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return "", err
	}
	return temporary.Name(), nil
}
