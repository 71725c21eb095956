package shadow

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"google.golang.org/grpc"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// Config says what to serve, and with which knowledge.
type Config struct {
	// Schemas by provider source ("hashicorp/aws", or with a registry's host before it). Only the types in use need be in them.
	Schemas map[string]*schema.Provider
	// Lookup answers a data source with the attributes that it knows (plain JSON values: string, float64, bool, []any, map[string]any, nil). ok is false
	// where nobody knows. Nil knows nothing. It is called by several goroutines.
	Lookup func(provider, typ string, config map[string]any, account, region string) (attributes map[string]any, ok bool)
	// Env reads a variable of the environment; nil reads none. AWS_REGION and AWS_DEFAULT_REGION count, and AWS_PROFILE tells credentials apart.
	Env func(string) string
	// Keys are the keys that configurations read of computed maps, by data source type and attribute ("external.result" -> "commit"): without
	// them such a map is empty.
	Keys map[string][]string
	// Address is the name of an argument of resources in which the configuration says the address of the instance: what cannot be told apart otherwise, is then.
	// It is added to schemas, and left out of what is planned. Empty adds none.
	Address string
	// Folder is where paths begin that local data sources read (data.local_file); empty reads no files.
	Folder string
}

// Record is what was planned and looked up so far. Everything in it is sorted.
type Record struct {
	Planned []Planned
	// Lookups are the data sources of which something is a placeholder.
	Lookups  []Lookup
	Warnings []string
	// Accounts that no configuration names, with what stands for them there ("profile \"shared\"", "the default credentials").
	Accounts map[string]string
}

// Planned is a resource instance that Terraform asked a plan for. Terraform does not tell a provider the address: the plan has it, by type and ID.
type Planned struct {
	Provider, Type  string // "hashicorp/aws", "aws_vpc"
	ID              string // the attribute id, or arn where the type has none
	Account, Region string // of the provider's configuration, or of the resource's own argument "region"; empty for other providers
	// Placeholders stand for what the service will choose: text -> path of the attribute ("firewall_status[0].sync_states[1].attachment[0].endpoint_id").
	// Texts are distinctive: none of them is written in a configuration by chance.
	Placeholders map[string]string
	// Within are the blocks of the planned subnets in which private IPv4 addresses among the placeholders are to be: text -> "10.0.1.0/24". The text itself lies in
	// no subnet, so that it is never what a configuration writes.
	Within map[string]string
	// Chosen are paths of attributes with an ordinary value (a zone, a number, a bool) that the service may choose differently.
	Chosen []string
}

// Lookup is a data source of which (some) attributes are placeholders.
type Lookup struct {
	Provider, Type  string
	Config          map[string]any // arguments that are set
	ID              string         // its attribute id
	Placeholders    map[string]string
	Chosen          []string
	Account, Region string
	// Answered: what was asked for is known, from Config.Lookup or from what the same run plans; placeholders are the rest, and no flag would answer them.
	Answered bool
}

// Server serves providers, until it is closed.
type Server struct {
	book    *book
	servers []*grpc.Server
	folder  string // of the sockets
	attach  map[string]attachment
}

// attachment is an entry of TF_REATTACH_PROVIDERS.
type attachment struct {
	Protocol        string
	ProtocolVersion int
	Pid             int
	Test            bool // Terraform lets the process live
	Addr            struct{ Network, String string }
}

// Start serves every provider of the configuration, each on a socket of its own that only this user reaches (on Windows: a port of the loopback interface).
func Start(c Config) (*Server, error) {
	if c.Env == nil {
		c.Env = func(string) string { return "" }
	}
	if c.Lookup == nil {
		c.Lookup = func(string, string, map[string]any, string, string) (map[string]any, bool) { return nil, false }
	}
	s := &Server{book: newBook(), attach: map[string]attachment{}}
	for _, source := range slices.Sorted(maps.Keys(c.Schemas)) {
		if err := s.serve(c, source); err != nil {
			return nil, errors.Join(fmt.Errorf("serving provider %s: %w", source, err), s.Close())
		}
	}
	return s, nil
}

func (s *Server) serve(c Config, source string) error {
	listener, err := s.listen(len(s.servers))
	if err != nil {
		return err
	}
	full := source
	if strings.Count(source, "/") == 1 {
		full = "registry.terraform.io/" + source
	}
	server, err := newGRPC(full, &provider{config: c, source: schema.Short(source), schema: addressed(c.Schemas[source], c.Address), book: s.book})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(listener) }() // ends with an error when the server is stopped, and not before
	a := attachment{Protocol: "grpc", ProtocolVersion: 5, Pid: os.Getpid(), Test: true}
	a.Addr.Network, a.Addr.String = listener.Addr().Network(), listener.Addr().String()
	s.attach[full] = a
	if full != source { // OpenTofu has a registry of its own
		s.attach["registry.opentofu.org/"+source] = a
	}
	return nil
}

// addressed is a schema whose resources have one more argument.
func addressed(p *schema.Provider, argument string) *schema.Provider {
	if argument == "" {
		return p
	}
	out := *p
	out.Resources = map[string]*tfprotov5.Schema{}
	for typ, s := range p.Resources {
		with, block := *s, *s.Block
		block.Attributes = append(slices.Clip(block.Attributes), &tfprotov5.SchemaAttribute{Name: argument, Type: tftypes.String, Optional: true})
		with.Block = &block
		out.Resources[typ] = &with
	}
	return &out
}

func (s *Server) listen(n int) (net.Listener, error) {
	if runtime.GOOS == "windows" {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	if s.folder == "" {
		folder, err := os.MkdirTemp("", "shadow") // mode 0700; short, since the path of a socket has at most 104 bytes
		if err != nil {
			return nil, err
		}
		s.folder = folder
	}
	return net.Listen("unix", filepath.Join(s.folder, fmt.Sprintf("%d.sock", n)))
}

// Reattach is the value of TF_REATTACH_PROVIDERS.
func (s *Server) Reattach() string {
	out, err := json.Marshal(s.attach)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return string(out)
}

// Record is what happened so far.
func (s *Server) Record() Record { return s.book.record() }

// Close ends all that Start began.
func (s *Server) Close() error {
	for _, server := range s.servers {
		server.Stop()
	}
	if s.folder == "" {
		return nil
	}
	return os.RemoveAll(s.folder)
}
