package schema

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
)

// AWSSource is the source address of the AWS provider, as Terraform abbreviates it.
const AWSSource = "hashicorp/aws"

// Provider is the schema of a provider, reduced to the types that somebody asked for.
type Provider struct {
	Source      string                       // "hashicorp/aws": without the registry where that is Terraform's own
	Version     string                       // "6.47.0"; empty where the schema holds for many versions, or is inferred
	Config      *tfprotov5.Schema            // the provider block
	Resources   map[string]*tfprotov5.Schema // by type
	DataSources map[string]*tfprotov5.Schema
	Ephemeral   map[string]*tfprotov5.Schema
	Inferred    bool // made up by Infer
}
