package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watertight/watertight/internal/report"
)

// terraform skips a test where Terraform is not installed.
func terraform(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform is not installed")
	}
}

// sharedTool is the path of a program that lies beside the repository; the test is skipped where it does not.
func sharedTool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../../shared/tools", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not here", name)
	}
	return path
}

// allow are the rows of a matrix about all traffic, without what differs between a network to be and one that is: which interfaces there are.
func allow(t *testing.T, from string) []string {
	t.Helper()
	out := run(nil, "matrix", "--protocol", "any", "--json", "--from", from)
	if out.code != answered {
		t.Fatalf("%s: %s", from, out.stderr)
	}
	var table report.Table
	if err := json.Unmarshal([]byte(out.stdout), &table); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, r := range table.Rows {
		rows = append(rows, fmt.Sprintf("%s → %s %s %s %s %s %s %s %s", r.Source, r.Destination, r.Verdict, r.Family, r.Protocol, r.Ports, r.ClientPorts, r.ICMPTypes, r.Outside))
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// same compares what two networks allow, role by role.
func same(t *testing.T, one, other string, rows, otherRows []string) {
	t.Helper()
	if len(rows) < 5 {
		t.Errorf("%s has %d rows: too few to compare", one, len(rows))
	}
	for _, row := range rows {
		if strings.Contains(row, " unknown ") {
			t.Errorf("%s does not know: %s", one, row)
		}
		if !slices.Contains(otherRows, row) {
			t.Errorf("only %s: %s", one, row)
		}
	}
	for _, row := range otherRows {
		if !slices.Contains(rows, row) {
			t.Errorf("only %s: %s", other, row)
		}
	}
}

// TestCodeAndRecording compares the code of an example, planned without credentials, with what was recorded of it after it had been applied.
func TestCodeAndRecording(t *testing.T) {
	terraform(t)
	code, recorded := "../../examples/by-hand/terraform", "../../examples/by-hand/network"
	same(t, "planned", "recorded", allow(t, code), allow(t, recorded))
}

// TestThreeWays plans the same code without credentials, plans it with the real provider, and applies it to an emulated AWS and reads that back: the three networks
// allow the same, role by role.
func TestThreeWays(t *testing.T) {
	do, offline := emulated(t)
	dir := t.TempDir()
	code := filepath.Join(dir, "code")
	if err := os.CopyFS(code, os.DirFS("testdata/three-ways")); err != nil {
		t.Fatal(err)
	}

	began := time.Now()
	planned := filepath.Join(dir, "planned.json")
	if out := run(nil, "plan", code, "-o", planned); out.code != answered {
		t.Fatal(out.stderr)
	}
	ours := time.Since(began)

	do(offline, "-chdir="+code, "init", "-no-color")
	began = time.Now()
	do(offline, "-chdir="+code, "plan", "-no-color", "-out", "plan.bin")
	theirs := time.Since(began)
	t.Logf("planned by watertight in %s, by the real provider in %s", ours.Round(time.Millisecond), theirs.Round(time.Millisecond))
	if ours > theirs {
		t.Errorf("planned in %s without credentials, and in %s by the real provider: it must be faster", ours, theirs)
	}
	real := filepath.Join(dir, "real.json")
	if err := os.WriteFile(real, do(offline, "-chdir="+code, "show", "-json", "plan.bin"), 0o644); err != nil {
		t.Fatal(err)
	}

	do(offline, "-chdir="+code, "apply", "-no-color", "-auto-approve", "plan.bin")
	state := filepath.Join(code, "terraform.tfstate")
	read := filepath.Join(dir, "read")
	do("../../examples/by-hand/record.sh", read, "123456789012")

	expected := allow(t, planned)
	same(t, "planned without credentials", "planned by the real provider", expected, allow(t, real))
	same(t, "planned without credentials", "read back", expected, allow(t, read))
	same(t, "planned without credentials", "the state", expected, allow(t, state))
}

// emulated starts an emulated AWS, and returns what runs programs with it, and the one that runs Terraform with the real provider. The test is skipped where something of that is not on
// this machine.
func emulated(t *testing.T) (do func(program string, args ...string) []byte, offline string) {
	t.Helper()
	terraform(t)
	offline, emulator := sharedTool(t, "terraform-offline"), sharedTool(t, "aws-emulator")
	for _, program := range []string{"python3", "aws"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	port := freePort(t)
	endpoint := "http://127.0.0.1:" + port
	environment := append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint, "TMPDIR="+t.TempDir(), "AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=us-east-1", "AWS_PAGER=",
		"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_EC2_METADATA_DISABLED=true", "TERRAFORM_MIRROR="+realProvider(t))
	do = func(program string, args ...string) []byte {
		t.Helper()
		c := exec.Command(program, args...)
		c.Env = environment
		out, err := c.Output()
		if err != nil {
			var words []byte
			if failed, ok := err.(*exec.ExitError); ok {
				words = failed.Stderr
				if failed.ExitCode() == 3 && strings.HasPrefix(filepath.Base(program), "terraform-offline") {
					t.Skipf("%s", words)
				}
			}
			t.Fatalf("%s %s: %v\n%s%s", program, strings.Join(args, " "), err, out, words)
		}
		return out
	}
	// The emulated AWS of the examples, which gives NAT gateways the interfaces that AWS gives them; the tool beside the repository installs what it needs.
	do(emulator, "start", port)
	do(emulator, "stop", port)
	aws := exec.Command("python3", "../../examples/by-hand/emulator.py", port)
	aws.Env = environment
	if err := aws.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Process.Kill(); _ = aws.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	return do, offline
}

// realProvider is a binary of the AWS provider on this machine. The test is skipped where there is none.
func realProvider(t *testing.T) string {
	t.Helper()
	// What vanishes while it looks makes find fail, and changes nothing in what it found.
	found, _ := exec.Command("find", "/", "-xdev", "-type", "f", "-size", "+400M", "-path", "*/registry.terraform.io/hashicorp/aws/*/terraform-provider-aws*", "-not", "-path", "*/.terraform/*").Output()
	path, _, _ := strings.Cut(string(found), "\n")
	if path == "" {
		t.Skip("no AWS provider is on this machine")
	}
	return path
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
