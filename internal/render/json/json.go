package json

import (
	"encoding/json"
	"io"

	"github.com/watertight/watertight/internal/report"
)

// Write writes a document. The error is that of the writer.
func Write(w io.Writer, document report.Document) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}
