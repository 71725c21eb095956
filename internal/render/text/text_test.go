package text

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/report"
)

var update = flag.Bool("update", false, "write what is rendered into the archives")

// TestRender renders the document of every archive, and compares with the page beside it: "want" as it stands by default, "explain"
// with every hop, "20 columns" on a terminal so narrow.
func TestRender(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			document := decode(t, archive.Files[0].Data)
			for i, page := range archive.Files[1:] {
				options := Options{Width: 100}
				options.Explain = page.Name == "explain"
				if n, narrow := strings.CutSuffix(page.Name, " columns"); narrow {
					if options.Width, err = strconv.Atoi(n); err != nil {
						t.Fatal(err)
					}
				}
				var b bytes.Buffer
				if err := Write(&b, document, options); err != nil {
					t.Fatal(err)
				}
				if *update {
					archive.Files[i+1].Data = b.Bytes()
				} else if diff := cmp.Diff(string(page.Data), b.String()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", page.Name, diff)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func decode(t *testing.T, data []byte) report.Document {
	var head struct{ Kind string }
	if err := json.Unmarshal(data, &head); err != nil {
		t.Fatal(err)
	}
	var document report.Document = &report.Table{}
	switch head.Kind {
	case report.KindCan:
		document = &report.Can{}
	case report.KindDiff:
		document = &report.Diff{}
	case report.KindCheck:
		document = &report.Check{}
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(document); err != nil {
		t.Fatal(err)
	}
	return document
}

// TestColor shows that colour adds nothing but escape sequences.
func TestColor(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/partial.txtar")
	if err != nil {
		t.Fatal(err)
	}
	document := decode(t, archive.Files[0].Data)
	var plain, colored bytes.Buffer
	if err := Write(&plain, document, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if err := Write(&colored, document, Options{Width: 100, Color: true}); err != nil {
		t.Fatal(err)
	}
	stripped := colored.String()
	for _, code := range []string{red, green, yellow, magenta, bold, dim, "0"} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+code+"m", "")
	}
	if diff := cmp.Diff(plain.String(), stripped); diff != "" {
		t.Errorf("colour changes the words (-plain +coloured):\n%s", diff)
	}
	if colored.String() == plain.String() {
		t.Error("nothing is coloured")
	}
}
