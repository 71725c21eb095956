package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/intent"
)

// segmentationFile is the file that holds the segmentation where --intent names nothing else.
const segmentationFile = "watertight.hcl"

// segmentation is where the segmentation comes from.
type segmentation struct {
	*terminal
	paths []string
}

func (s *segmentation) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&s.paths, "intent", nil, "the segmentation: a file, or a folder of files; given several times, they are one (default "+segmentationFile+")")
	_ = cmd.MarkFlagFilename("intent", "hcl", "json") // fails for flags that do not exist
}

// where are the files and folders that hold the segmentation.
func (s *segmentation) where() ([]string, error) {
	if len(s.paths) > 0 {
		return s.paths, nil
	}
	if _, err := os.Stat(segmentationFile); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("which segmentation? There is no %s here, and --intent PATH names none: watertight init writes one", segmentationFile)
	}
	return []string{segmentationFile}, nil
}

// load reads the segmentation, and says on standard error what of it has expired.
func (s *segmentation) load() (*intent.Segmentation, error) {
	paths, err := s.where()
	if err != nil {
		return nil, err
	}
	loaded, err := intent.Load(paths...)
	if err != nil {
		return nil, err
	}
	now, err := today(s.terminal)
	if err != nil {
		return nil, err
	}
	for _, warning := range loaded.Expired(now) {
		fmt.Fprintln(s.err, "watertight: warning:", warning)
	}
	return loaded, nil
}

// overwrite replaces what is in a file, whole or not at all. The file keeps its permissions, and a link stays one.
func overwrite(name string, content []byte) error {
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if err := keep(name, content); err != nil {
		return err
	}
	return os.Chmod(name, info.Mode().Perm())
}
