package dump

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/network/networktest"
)

var update = flag.Bool("update", false, "write what the tests found into testdata")

// Each archive of testdata is a folder and what reading it must say. Unless its first line ends with "as it is", the lists that it
// does not have are added, empty. A file NAME.json.gz is compressed first.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			first, _, _ := strings.Cut(string(archive.Comment), "\n")
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
				}
			}
			if want < 0 {
				t.Fatal("it has no file named want")
			}
			unpack(t, dir, slices.Delete(slices.Clone(archive.Files), want, want+1), !strings.HasSuffix(first, "as it is"))
			contents, err := Read(dir, nil)
			again, _ := Read(dir, nil)
			if diff := cmp.Diff(contents, again, networktest.Options...); diff != "" {
				t.Errorf("read twice, and different:\n%s", diff)
			}
			got := strings.ReplaceAll(said(contents, err), filepath.ToSlash(dir), "DIR")
			if *update {
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[want].Data), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// unpack writes the files of an archive, and, if fill is set, the lists that are not among them as empty ones.
func unpack(t *testing.T, dir string, files []txtar.File, fill bool) {
	have := map[string]string{}
	for _, f := range files {
		data := f.Data
		if strings.HasSuffix(f.Name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			z.Write(data)
			z.Close()
			data = b.Bytes()
		}
		file := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if f.Name != snapshotFile {
			have[path.Dir(f.Name)] += string(f.Data)
		}
	}
	if !fill {
		return
	}
	for folder, text := range have {
		var empty []string
		for i := range lists {
			if !strings.Contains(text, fmt.Sprintf("%q", lists[i].key)) {
				empty = append(empty, fmt.Sprintf("%q: []", lists[i].key))
			}
		}
		if err := os.WriteFile(filepath.Join(dir, folder, "zz.json"), []byte("{"+strings.Join(empty, ",")+"}"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// said is all that reading said, and the number of objects of each kind.
func said(c network.Contents, err error) string {
	if err != nil {
		return "error: " + err.Error() + "\n"
	}
	var out strings.Builder
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Type.Kind() == reflect.Slice && field.Type.Elem().Kind() == reflect.Pointer && v.Field(i).Len() > 0 {
			fmt.Fprintf(&out, "%s: %d\n", field.Name, v.Field(i).Len())
			for j := range v.Field(i).Len() {
				defects(&out, v.Field(i).Index(j).Elem(), v.Field(i).Index(j).Elem().Field(0).Addr().Interface().(*network.Object).ID)
			}
		}
	}
	absent := 0
	for _, g := range c.Gaps {
		if g.Reason == notCollected && !known[g.List].needed {
			absent++
			continue
		}
		fmt.Fprintf(&out, "gap: %s (%s)\n", &g, g.Origin)
	}
	if absent > 0 {
		fmt.Fprintf(&out, "lists not collected: %d\n", absent)
	}
	for _, p := range c.Problems {
		fmt.Fprintf(&out, "problem: %s\n", p)
	}
	if len(c.Unread) > 0 {
		fmt.Fprintf(&out, "unread: %v\n", c.Unread)
	}
	return out.String()
}

// defects prints the defects of an object and of its parts.
func defects(out *strings.Builder, v reflect.Value, of string) {
	switch v.Kind() {
	case reflect.Pointer:
		if d, ok := v.Interface().(*network.Defect); ok && d != nil {
			fmt.Fprintf(out, "  %s: %s\n", of, d)
		}
	case reflect.Slice:
		for i := range v.Len() {
			defects(out, v.Index(i), of)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				inner := of
				if field.Type.Kind() == reflect.Slice {
					inner += " " + field.Name
				}
				defects(out, v.Field(i), inner)
			}
		}
	}
}

// Progress is told, in the end about everything.
func TestProgress(t *testing.T) {
	dir := t.TempDir()
	unpack(t, dir, []txtar.File{{Name: "us-east-1/Vpcs.json", Data: []byte(`{"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]}`)},
		{Name: "us-east-1/Reservations.json", Data: []byte(`{"Reservations": [{}]}`)}}, false)
	var last Progress
	if _, err := Read(dir, func(p Progress) { last = p }); err != nil {
		t.Fatal(err)
	}
	if want := (Progress{Files: 2, AllFiles: 2, Objects: 2}); last != want {
		t.Errorf("%+v, want %+v", last, want)
	}
}

// One file alone is a network, too.
func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "all.json")
	if err := os.WriteFile(file, []byte(`{"Vpcs": [{"VpcId": "vpc-1", "OwnerId": "111111111111", "CidrBlock": "10.0.0.0/16"}], "Subnets": []}`), 0o666); err != nil {
		t.Fatal(err)
	}
	contents, err := Read(file, nil)
	if err != nil || len(contents.VPCs) != 1 {
		t.Fatal(contents, err)
	}
	if _, err := Read(file+"x", nil); err == nil {
		t.Error("a file that is not there must be an error")
	}
}

// FuzzRead: whatever the input is, the answer is an error, or every element is an object, a defect, a gap or a count.
func FuzzRead(f *testing.F) {
	archives, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	// One of everything, as Write gives it.
	dir := f.TempDir()
	for i := range lists {
		f.Add(fmt.Appendf(nil, `{%q: [{}, null, 5, {"OwnerId": "1"}]}`, lists[i].key))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file := filepath.Join(dir, "fuzz.json")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := Read(file, nil)
		if err != nil {
			if !strings.Contains(err.Error(), "fuzz.json") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		objects(&c, func(o *network.Object) {
			if o.ID == "" || o.Origin.Source == "" {
				t.Errorf("an object without identifier or origin: %+v", o)
			}
		})
		network.New(c)
	})
}
