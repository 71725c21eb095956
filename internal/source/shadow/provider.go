package shadow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/watertight/watertight/internal/source/shadow/schema"
)

// provider answers Terraform for one provider source. What Terraform checks against the schema by itself is not checked again.
type provider struct {
	config Config
	source string
	schema *schema.Provider
	book   *book
}

var _ tfprotov5.ProviderServer = (*provider)(nil)

// failed is an error as Terraform shows it.
func failed(err error) []*tfprotov5.Diagnostic {
	return []*tfprotov5.Diagnostic{{
		Severity: tfprotov5.DiagnosticSeverityError, Summary: "Planning without AWS failed", Detail: err.Error(),
	}}
}

func lacks(source, kind, typ string) error {
	return fmt.Errorf("the schema of provider %s that is served has no %s %s", source, kind, typ)
}

// --- schema ---

var capabilities = &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true, PlanDestroy: true, MoveResourceState: true}

func (p *provider) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	out := &tfprotov5.GetMetadataResponse{ServerCapabilities: capabilities}
	for _, n := range slices.Sorted(maps.Keys(p.schema.Resources)) {
		out.Resources = append(out.Resources, tfprotov5.ResourceMetadata{TypeName: n})
	}
	for _, n := range slices.Sorted(maps.Keys(p.schema.DataSources)) {
		out.DataSources = append(out.DataSources, tfprotov5.DataSourceMetadata{TypeName: n})
	}
	for _, n := range slices.Sorted(maps.Keys(p.schema.Ephemeral)) {
		out.EphemeralResources = append(out.EphemeralResources, tfprotov5.EphemeralResourceMetadata{TypeName: n})
	}
	for _, n := range slices.Sorted(maps.Keys(functions[p.source])) {
		out.Functions = append(out.Functions, tfprotov5.FunctionMetadata{Name: n})
	}
	return out, nil
}

func (p *provider) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		ServerCapabilities: capabilities, Provider: p.schema.Config,
		ResourceSchemas: p.schema.Resources, DataSourceSchemas: p.schema.DataSources, EphemeralResourceSchemas: p.schema.Ephemeral,
		Functions: signatures(p.source),
		// Public modules tell AWS's provider who they are.
		ProviderMeta: &tfprotov5.Schema{Block: &tfprotov5.SchemaBlock{Attributes: []*tfprotov5.SchemaAttribute{
			{Name: "user_agent", Type: tftypes.List{ElementType: tftypes.String}, Optional: true},
		}}},
	}, nil
}

func (p *provider) GetResourceIdentitySchemas(context.Context, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov5.ResourceIdentitySchema{}}, nil
}

// --- the provider block ---

func (p *provider) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (p *provider) ConfigureProvider(ctx context.Context, r *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	if p.source != schema.AWSSource {
		p.configure(ctx, &settings{})
		return &tfprotov5.ConfigureProviderResponse{}, nil
	}
	x, err := decode(r.Config, p.schema.Config.Block)
	if err != nil {
		return &tfprotov5.ConfigureProviderResponse{Diagnostics: failed(err)}, nil
	}
	p.configure(ctx, p.newSettings(x))
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (p *provider) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

// --- validation ---

func (p *provider) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (p *provider) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (p *provider) ValidateEphemeralResourceConfig(context.Context, *tfprotov5.ValidateEphemeralResourceConfigRequest) (*tfprotov5.ValidateEphemeralResourceConfigResponse, error) {
	return &tfprotov5.ValidateEphemeralResourceConfigResponse{}, nil
}

// --- what is there already ---

// UpgradeResourceState reads an instance of the state. What the schema does not have is left out, and what has another type there is converted if it can
// be: the state may be of any version of the provider.
func (p *provider) UpgradeResourceState(ctx context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	out := &tfprotov5.UpgradeResourceStateResponse{}
	s, ok := p.schema.Resources[r.TypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "resource", r.TypeName))
		return out, nil
	}
	x, err := stateOf(r.RawState)
	if err == nil && x != nil {
		p.adopt(ctx, r.TypeName, s.Block, x)
	}
	if err == nil {
		out.UpgradedState, err = encode(x, s.Block)
	}
	if err != nil {
		out.Diagnostics = failed(fmt.Errorf("the state of %s cannot be read: %w", r.TypeName, err))
	}
	return out, nil
}

// stateOf is what a state says of an instance.
func stateOf(raw *tfprotov5.RawState) (map[string]any, error) {
	if raw == nil || raw.JSON == nil {
		return nil, fmt.Errorf("it is of Terraform 0.11 or older, and has to be upgraded by Terraform 0.13")
	}
	var x map[string]any
	return x, json.Unmarshal(raw.JSON, &x)
}

// adopt brings an instance of a state into the form of the schema, and remembers it.
func (p *provider) adopt(ctx context.Context, typ string, b *tfprotov5.SchemaBlock, x map[string]any) {
	s := p.settingsOf(ctx)
	if region, ok := x["region"]; ok && region == nil || !ok { // a state of provider 5 has none
		if p.source == schema.AWSSource && attribute(b, "region") != nil && attribute(b, "region").Computed {
			x["region"] = s.region
		}
	}
	o := &object{typ: typ, account: s.account, region: s.region, values: x}
	if region := str(x["region"]); region != "" {
		o.region = region
	}
	p.book.keep(o)
}

func attribute(b *tfprotov5.SchemaBlock, name string) *tfprotov5.SchemaAttribute {
	for _, a := range b.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (p *provider) UpgradeResourceIdentity(context.Context, *tfprotov5.UpgradeResourceIdentityRequest) (*tfprotov5.UpgradeResourceIdentityResponse, error) {
	return &tfprotov5.UpgradeResourceIdentityResponse{}, nil
}

// ReadResource is asked when Terraform refreshes, and after an import. Nothing has changed.
func (p *provider) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}, nil
}

// imported marks, in the private data of an instance, that it was imported in this run: nothing is known of it but its id.
var imported = []byte(`{"imported":true}`)

func (p *provider) ImportResourceState(_ context.Context, r *tfprotov5.ImportResourceStateRequest) (*tfprotov5.ImportResourceStateResponse, error) {
	out := &tfprotov5.ImportResourceStateResponse{}
	s, ok := p.schema.Resources[r.TypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "resource", r.TypeName))
		return out, nil
	}
	x := map[string]any{}
	if attribute(s.Block, "id") != nil {
		x["id"] = r.ID
	}
	state, err := encode(x, s.Block)
	if err != nil {
		out.Diagnostics = failed(err)
		return out, nil
	}
	out.ImportedResources = []*tfprotov5.ImportedResource{{TypeName: r.TypeName, State: state, Private: imported}}
	return out, nil
}

// MoveResourceState takes over an instance from another type: what both have stays.
func (p *provider) MoveResourceState(ctx context.Context, r *tfprotov5.MoveResourceStateRequest) (*tfprotov5.MoveResourceStateResponse, error) {
	out := &tfprotov5.MoveResourceStateResponse{TargetPrivate: r.SourcePrivate}
	s, ok := p.schema.Resources[r.TargetTypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "resource", r.TargetTypeName))
		return out, nil
	}
	x, err := stateOf(r.SourceState)
	if err == nil {
		p.adopt(ctx, r.TargetTypeName, s.Block, x)
		out.TargetState, err = encode(x, s.Block)
	}
	if err != nil {
		out.Diagnostics = failed(fmt.Errorf("the state of %s cannot be moved to %s: %w", r.SourceTypeName, r.TargetTypeName, err))
	}
	return out, nil
}

func (p *provider) GenerateResourceConfig(_ context.Context, r *tfprotov5.GenerateResourceConfigRequest) (*tfprotov5.GenerateResourceConfigResponse, error) {
	return &tfprotov5.GenerateResourceConfigResponse{Config: r.State}, nil
}

// ApplyResourceChange does what was planned, in the state only: whoever applies such a plan changes nothing in AWS.
func (p *provider) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	return &tfprotov5.ApplyResourceChangeResponse{NewState: r.PlannedState, Private: r.PlannedPrivate, UnsafeToUseLegacyTypeSystem: true}, nil
}

// --- ephemeral resources ---

func (p *provider) OpenEphemeralResource(ctx context.Context, r *tfprotov5.OpenEphemeralResourceRequest) (*tfprotov5.OpenEphemeralResourceResponse, error) {
	out := &tfprotov5.OpenEphemeralResourceResponse{}
	s, ok := p.schema.Ephemeral[r.TypeName]
	if !ok {
		out.Diagnostics = failed(lacks(p.source, "ephemeral resource", r.TypeName))
		return out, nil
	}
	x, err := decode(r.Config, s.Block)
	if err == nil {
		f := p.filling(p.settingsOf(ctx), "ephemeral."+r.TypeName, s.Block, x)
		f.seed = hash("ephemeral", r.TypeName, canonical(x)) // opened again and again, in every phase: always the same
		f.all()
		out.Result, err = encode(x, s.Block)
	}
	if err != nil {
		out.Diagnostics = failed(err)
	}
	return out, nil
}

func (p *provider) RenewEphemeralResource(context.Context, *tfprotov5.RenewEphemeralResourceRequest) (*tfprotov5.RenewEphemeralResourceResponse, error) {
	return &tfprotov5.RenewEphemeralResourceResponse{}, nil
}

func (p *provider) CloseEphemeralResource(context.Context, *tfprotov5.CloseEphemeralResourceRequest) (*tfprotov5.CloseEphemeralResourceResponse, error) {
	return &tfprotov5.CloseEphemeralResourceResponse{}, nil
}
