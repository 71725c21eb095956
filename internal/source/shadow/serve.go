package shadow

import (
	"context"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-log/tfsdklog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/stats"
)

// maxMessage is what Terraform itself allows in one message.
const maxMessage = 256 << 20

// newGRPC makes the server that Terraform attaches to. It does what HashiCorp's go-plugin does for a provider in test mode, and leaves the standard
// streams and the signals of the process alone, which are ours.
func newGRPC(name string, p *provider) (*grpc.Server, error) {
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage), grpc.StatsHandler(connections{}))
	plugin := &tf5server.GRPCProviderPlugin{Name: name, GRPCProvider: func() tfprotov5.ProviderServer { return p }}
	if err := plugin.GRPCServer(nil, server); err != nil {
		return nil, err
	}
	alive := health.NewServer()
	alive.SetServingStatus("plugin", grpc_health_v1.HealthCheckResponse_SERVING)
	grpc_health_v1.RegisterHealthServer(server, alive)
	return server, nil
}

// connections gives every connection a place for the configuration that Terraform sends over it: every provider block (every alias) has a connection of its own.
type connections struct{}

type connectionKey struct{}

// connection is what is known of a connection.
type connection struct {
	lock     sync.Mutex
	settings *settings
}

func (connections) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context {
	// Without a sink, the library writes every request to our standard error. This one writes where and what TF_LOG says, as Terraform does.
	ctx = tfsdklog.ContextWithTestLogging(ctx, "shadow")
	return context.WithValue(ctx, connectionKey{}, &connection{})
}
func (connections) HandleConn(context.Context, stats.ConnStats)                     {}
func (connections) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }
func (connections) HandleRPC(context.Context, stats.RPCStats)                       {}

// settingsOf is the configuration of the provider block that a request belongs to.
func (p *provider) settingsOf(ctx context.Context) *settings {
	c, ok := ctx.Value(connectionKey{}).(*connection)
	if !ok {
		return p.unconfigured()
	}
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.settings == nil { // Terraform asks some things without a configuration: functions, states
		return p.unconfigured()
	}
	return c.settings
}

func (p *provider) configure(ctx context.Context, s *settings) {
	if c, ok := ctx.Value(connectionKey{}).(*connection); ok {
		c.lock.Lock()
		c.settings = s
		c.lock.Unlock()
	}
}
