package json

import (
	"bytes"
	"testing"

	"github.com/watertight/watertight/internal/report"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	err := Write(&b, &report.Table{Schema: report.Schema, Kind: report.KindWho, Rows: []report.Row{}, Question: report.Question{Destination: "a<b>&c"},
		Sources: []string{"é"}, Destinations: []string{}, Assumptions: []string{}, NotModelled: []report.NotModelled{}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "schema": "watertight/v1",
  "kind": "who",
  "question": {
    "source": "",
    "destination": "a<b>&c",
    "protocol": "",
    "family": ""
  },
  "grouped_by": "",
  "rows": [],
  "sources": [
    "é"
  ],
  "destinations": [],
  "assumptions": [],
  "not_modelled": [],
  "problems": 0
}
`
	if b.String() != want {
		t.Errorf("got %s", b.String())
	}
}
