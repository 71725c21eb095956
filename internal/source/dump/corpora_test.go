package dump

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// Folders that other people collected are read without an error, a defect or a stray list.
func TestOthers(t *testing.T) {
	folders, _ := filepath.Glob("../../../../shared/corpora/*")
	if len(folders) == 0 {
		t.Skip("../shared/corpora, beside the repository, is not here")
	}
	for _, folder := range folders {
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			continue
		}
		t.Run(filepath.Base(folder), func(t *testing.T) {
			contents, err := Read(folder, nil)
			if err != nil {
				t.Fatal(err)
			}
			objects(&contents, func(o *network.Object) {
				if o.Defect != nil {
					t.Errorf("%s: %s", o.ID, o.Defect)
				}
			})
			n := network.New(contents)
			for _, p := range n.Problems {
				t.Log(p)
			}
			t.Log(n.Collected, len(n.Gaps), n.VPCs.Len(), n.Interfaces.Len(), n.Unread)
			if n.VPCs.Len() == 0 || n.Interfaces.Len() == 0 || n.SecurityGroups.Len() == 0 {
				t.Error("there must be VPCs, interfaces and groups")
			}
		})
	}
}
