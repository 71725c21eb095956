package dump

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
)

// batch is some elements of one list of one file. One worker decodes it; its results are put together in the order of file and number.
type batch struct {
	*worker
	file  *file
	list  *list
	path  string // of the list, or of the only element
	first int    // index of the first element; -1 when the list is an object
	raw   []byte // the elements, one after the other
	ends  []int  // where each ends in raw
	out   *part
}

// batchSize is the JSON in a batch: large enough to make handing it over cheap, small enough to keep little in memory.
const batchSize = 256 << 10

// source opens a file, and decompresses it when its name ends with .gz.
func source(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil || !strings.HasSuffix(path, ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(bufio.NewReaderSize(f, 64<<10))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: it is not compressed by gzip: %w", path, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{z, f}, nil
}

// split reads a file and hands out its elements in batches. Its error is about the file as a whole: it cannot be read, or is not JSON.
func (f *file) split(hand func(*batch)) error {
	in, err := source(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	buffered := bufio.NewReaderSize(in, 64<<10)
	head, _ := buffered.Peek(3)
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return fmt.Errorf("%s:1:1: the file is UTF-16, as PowerShell's > writes it: save it as UTF-8", f.name)
	}
	mark := 0
	if bytes.Equal(head, []byte("\xef\xbb\xbf")) { // a byte order mark is harmless, but not JSON
		mark, _ = buffered.Discard(3)
	}
	dec := jsontext.NewDecoder(buffered)
	if err := f.lists(dec, hand); err != nil {
		return f.explain(err, int64(mark))
	}
	return nil
}

// lists walks the top-level object of a file.
func (f *file) lists(dec *jsontext.Decoder, hand func(*batch)) error {
	if dec.PeekKind() != '{' {
		if err := dec.SkipValue(); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return err
		}
		f.odd("", "holds no object with a list under the API's key, such as {\"Vpcs\": [...]}")
		return end(dec)
	}
	dec.ReadToken()
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return err
		}
		if err := f.member(dec, name.String(), hand); err != nil {
			return err
		}
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	return end(dec)
}

// end makes sure that nothing follows the top-level value.
func end(dec *jsontext.Decoder) error {
	switch _, err := dec.ReadToken(); {
	case err == nil:
		return &jsontext.SyntacticError{ByteOffset: dec.InputOffset(), Err: errors.New("there is more after the end of the document: one document to a file")}
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// member reads one member of the top-level object.
func (f *file) member(dec *jsontext.Decoder, name string, hand func(*batch)) error {
	path := "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
	kind := dec.PeekKind()
	l := known[name]
	if name == "PrefixLists" && strings.HasPrefix(f.base, "ManagedPrefixLists") { // so does describe-managed-prefix-lists name what it answers
		l = known["ManagedPrefixLists"]
	}
	switch {
	case metadata[name]:
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		f.remark(name, path, value)
		return nil
	case l == nil || l.idle:
		count := 1
		if kind == '[' {
			count = 0
			dec.ReadToken()
			for ; dec.PeekKind() != ']'; count++ {
				if err := dec.SkipValue(); err != nil {
					return err
				}
			}
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
		} else if err := dec.SkipValue(); err != nil {
			return err
		}
		switch {
		case l != nil:
			f.holds(l.key)
		case kind == '[' || kind == '{':
			f.skipped(name, path, count)
		default:
			f.odd(path, "is no list of the API")
		}
		return nil
	case kind == '[':
		f.holds(l.key)
		return f.elements(dec, l, path, hand)
	case kind == '{' && l.object:
		f.holds(l.key)
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		hand(&batch{file: f, list: l, path: path, first: -1, raw: bytes.Clone(value), ends: []int{len(value)}})
		return nil
	default:
		if err := dec.SkipValue(); err != nil {
			return err
		}
		f.holds(l.key)
		f.odd(path, "is not a list: the API answers "+name+" as [...]")
		f.gap(l.key, "its file holds no list", network.Origin{Source: f.name, Path: path})
		return nil
	}
}

// elements hands out the elements of a list.
func (f *file) elements(dec *jsontext.Decoder, l *list, path string, hand func(*batch)) error {
	dec.ReadToken()
	b := &batch{file: f, list: l, path: path}
	index := 0
	for ; dec.PeekKind() != ']'; index++ {
		value, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if len(b.raw) > 0 && len(b.raw)+len(value) > batchSize {
			hand(b)
			b = &batch{file: f, list: l, path: path, first: index, raw: make([]byte, 0, batchSize)}
		}
		b.raw = append(b.raw, value...)
		b.ends = append(b.ends, len(b.raw))
	}
	if len(b.ends) > 0 {
		hand(b)
	}
	_, err := dec.ReadToken()
	return err
}

// run decodes the elements of a batch.
func (b *batch) run(w *worker) {
	b.worker, b.out = w, &part{}
	start := 0
	for i, end := range b.ends {
		e := &element{batch: b, path: b.path}
		if b.first >= 0 {
			e.path = b.path + "/" + strconv.Itoa(b.first+i)
		}
		b.list.read(e, b.raw[start:end])
		start = end
	}
	b.raw, b.ends = nil, nil
}

// explain makes an error of a syntax error: file, line, column, and the line itself when it is short.
func (f *file) explain(err error, offset int64) error {
	wrong, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: the file ends too early: it is empty, or was cut off", f.name)
		}
		return fmt.Errorf("reading %s: %w", f.name, err)
	}
	offset += wrong.ByteOffset
	reason := wrong.Err.Error()
	if errors.Is(wrong.Err, io.ErrUnexpectedEOF) {
		reason = "the file ends too early: it was cut off"
	}
	line, column, text := locate(f.path, offset)
	message := fmt.Sprintf("%s:%d:%d: not JSON: %s", f.name, line, column, reason)
	if wrong.JSONPointer != "" {
		message += " (in " + string(wrong.JSONPointer) + ")"
	}
	if text != "" {
		message += "\n\t" + text
	}
	return errors.New(message)
}

// locate finds the line and the column of an offset, and the text of the line when it is short.
func locate(path string, offset int64) (line, column int, text string) {
	const short = 160
	line, column = 1, 1
	in, err := source(path)
	if err != nil {
		return line, column, ""
	}
	defer in.Close()
	reader := bufio.NewReader(in)
	var current []byte
	for i := int64(0); ; i++ {
		c, err := reader.ReadByte()
		if err != nil || c == '\n' && i >= offset || len(current) > short && i >= offset {
			break
		}
		if c == '\n' {
			line, column, current = line+1, 1, current[:0]
			continue
		}
		if i < offset {
			column++
		}
		if len(current) <= short {
			current = append(current, c)
		}
	}
	if len(current) <= short {
		text = strings.TrimSpace(string(current))
	}
	return line, column, text
}
