package scenario

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/cli"
	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/report"
	"github.com/watertight/watertight/internal/source/dump"
)

// TestBeyond holds who and what to what can says of a network behind a gateway: unknown, and never left out (V-6, VPN-1).
func TestBeyond(t *testing.T) {
	contents, err := Parse("beyond", `
vpc prod 10.0.0.0/16
subnet app prod 10.0.1.0/24
table t-main prod main
  0.0.0.0/0 vgw-1
vgw vgw-1 prod
group sg-app prod
  in tcp 22 192.168.0.0/16
  out all 0.0.0.0/0
eni app-1 app 10.0.1.5 sg-app
`)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := dump.Write(dir, network.New(contents)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		verb    string
		outside func(report.Row) string
	}{
		{"who", func(r report.Row) string { return r.Source }},
		{"what", func(r report.Row) string { return r.Destination }},
	} {
		var out, errs bytes.Buffer
		cli.Run([]string{c.verb, "app-1", "--port", "22", "--json", "--from", dir}, strings.NewReader(""), &out, &errs, nil)
		var table report.Table
		if err := json.Unmarshal(out.Bytes(), &table); err != nil {
			t.Fatalf("%v\n%s", err, errs.String())
		}
		if !slices.ContainsFunc(table.Rows, func(r report.Row) bool {
			return strings.HasPrefix(c.outside(r), "outside ") && strings.Contains(c.outside(r), "192.168.0.0/16") && r.Verdict == report.Unknown
		}) {
			t.Errorf("%s does not say that the network behind the gateway is unknown: %+v", c.verb, table.Rows)
		}
	}
}
