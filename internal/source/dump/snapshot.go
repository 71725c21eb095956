package dump

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// snapshotFile is at the root of a folder that watertight wrote.
const snapshotFile = "snapshot.json"

// snapshot says what a dump is: which accounts and Regions were asked, when, and what failed.
type snapshot struct {
	Version  int            `json:"version"` // 1
	Time     string         `json:"time,omitzero"`
	Places   []asked        `json:"places"`
	Failures []failure      `json:"failures"`
	Unread   map[string]int `json:"unread,omitzero"` // what was there and not understood, by the API's key
	Rest     jsontext.Value `json:",embed"`          // of later versions
}

// asked is an account and Region of a snapshot.
type asked struct {
	Account string            `json:"account"`
	Region  string            `json:"region"`
	Lists   map[string]string `json:"lists,omitzero"` // list to the time when it was read
	// Assumed are lists that are absent and taken to be empty, as they were in a folder without a snapshot.json ([network.Gap]).
	Assumed []string `json:"assumed,omitzero"`
}

// failure is a call that failed: its list is incomplete, or absent.
type failure struct {
	Account string `json:"account,omitzero"`
	Region  string `json:"region,omitzero"`
	List    string `json:"list"`
	Code    string `json:"code"` // AWS's: "AccessDenied"
	Message string `json:"message,omitzero"`
}

func readSnapshot(path string) (*snapshot, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &snapshot{}
	if err := json.Unmarshal(raw, s); err != nil {
		if wrong, ok := errors.AsType[*json.SemanticError](err); ok {
			return nil, fmt.Errorf("%s: %s %s", path, wrong.JSONPointer, misfit(wrong))
		}
		return nil, (&file{path: path, name: filepath.ToSlash(path)}).explain(err, 0)
	}
	if s.Version != 1 {
		return nil, fmt.Errorf("%s: its version is %d, and this program reads version 1: use the version of watertight that wrote it", path, s.Version)
	}
	return s, nil
}
