package shadow

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"  //nolint:gosec // what the provider computes
	"crypto/sha1" //nolint:gosec // what the provider computes
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

func checksum(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }

// computeSmall answers the data sources of the small providers that need nobody else.
func (p *provider) computeSmall(f *filling, typ string) (map[string]any, error) {
	x := f.values
	switch typ {
	case "local_file", "local_sensitive_file":
		name := str(x["filename"])
		if p.config.Folder == "" && !filepath.IsAbs(name) {
			return nil, nil
		}
		if !filepath.IsAbs(name) {
			name = filepath.Join(p.config.Folder, name)
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, nil // made by a resource, perhaps
		}
		out := sums(content, "content_")
		out["content"], out["content_base64"], out["id"] = string(content), base64.StdEncoding.EncodeToString(content), out["content_sha1"]
		return out, nil
	case "template_file":
		vars, _ := x["vars"].(map[string]any)
		rendered := simpleHole.ReplaceAllStringFunc(str(x["template"]), func(h string) string {
			if v, ok := vars[simpleHole.FindStringSubmatch(h)[1]]; ok {
				return str(v)
			}
			return h
		})
		return map[string]any{"rendered": rendered, "id": hash(rendered)}, nil
	case "cloudinit_config", "template_cloudinit_config":
		rendered := mime(x)
		return map[string]any{"rendered": rendered, "id": fmt.Sprint(checksum(rendered))}, nil
	case "null_data_source":
		return map[string]any{"outputs": x["inputs"], "id": "static"}, nil
	}
	return nil, nil
}

// mime is a cloud-init configuration as hashicorp/cloudinit writes it.
func mime(x map[string]any) string {
	boundary := str(x["boundary"])
	if boundary == "" {
		boundary = "MIMEBOUNDARY"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%q\nMIME-Version: 1.0\r\n\r\n", boundary)
	for _, e := range list(x["part"]) {
		part, _ := e.(map[string]any)
		kind := str(part["content_type"])
		if kind == "" {
			kind = "text/plain"
		}
		fmt.Fprintf(&b, "--%s\r\n", boundary)
		if name := str(part["filename"]); name != "" {
			fmt.Fprintf(&b, "Content-Disposition: attachment; filename=%q\r\n", name)
		}
		fmt.Fprintf(&b, "Content-Transfer-Encoding: 7bit\r\nContent-Type: %s\r\nMime-Version: 1.0\r\n", kind)
		if merge := str(part["merge_type"]); merge != "" {
			fmt.Fprintf(&b, "X-Merge-Type: %s\r\n", merge)
		}
		fmt.Fprintf(&b, "\r\n%s\r\n", str(part["content"]))
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	text := b.String()
	zipped := x["gzip"] != false
	if zipped {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write([]byte(text)) // to memory: cannot fail
		_ = z.Close()
		text = packed.String()
	}
	if zipped || x["base64_encode"] != false {
		return base64.StdEncoding.EncodeToString([]byte(text))
	}
	return text
}

var simpleHole = regexp.MustCompile(`\$\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}`)

// sums are the checksums of a file, as hashicorp/local names them.
func sums(content []byte, prefix string) map[string]any {
	m, one, two, five := md5.Sum(content), sha1.Sum(content), sha256.Sum256(content), sha512.Sum512(content)
	return map[string]any{
		prefix + "md5": hex.EncodeToString(m[:]), prefix + "sha1": hex.EncodeToString(one[:]), prefix + "sha256": hex.EncodeToString(two[:]),
		prefix + "sha512": hex.EncodeToString(five[:]), prefix + "base64sha256": base64.StdEncoding.EncodeToString(two[:]),
		prefix + "base64sha512": base64.StdEncoding.EncodeToString(five[:]),
	}
}

// localFile is what a file of hashicorp/local computes of its content.
func localFile(f *filling, path string, _ map[string]any) any {
	content := []byte(str(f.values["content"]))
	for _, name := range []string{"sensitive_content"} {
		if s := str(f.values[name]); s != "" {
			content = []byte(s)
		}
	}
	if s := str(f.values["content_base64"]); s != "" {
		content, _ = base64.StdEncoding.DecodeString(s)
	}
	all := sums(content, "content_")
	maps.Copy(all, map[string]any{"id": all["content_sha1"]})
	return all[path]
}

func localFiles() map[string]shape {
	out := map[string]shape{}
	for _, name := range []string{"id", "content_md5", "content_sha1", "content_sha256", "content_sha512", "content_base64sha256", "content_base64sha512"} {
		out[name] = localFile
	}
	return out
}
