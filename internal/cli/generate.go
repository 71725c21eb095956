package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/synth"
)

func newGenerate(t *terminal) *cobra.Command {
	var options synth.Options
	var out string
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Make a synthetic organization, to size hardware with",
		Long: `Writes the dump of an organization that does not exist: accounts, VPCs with tiers, roles that reference each other, peerings; from
seven large VPCs on transit gateways, firewalls, load balancers and private services as well. The
same flags give the same files. Ask it whatever a network of your size would be asked, and watch time and memory.`,
		Example: "watertight generate --interfaces 100000 --vpcs 200 -o synthetic",
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case out == "":
				return errors.New("where to? Give -o DIR, a folder that does not exist yet, or is empty")
			case options.Interfaces < 1:
				return fmt.Errorf("--interfaces %d: it is 1 or more", options.Interfaces)
			case options.VPCs < 0 || options.Accounts < 0 || options.Roles < 0:
				return errors.New("--vpcs, --accounts and --roles are 0 (which lets --interfaces decide) or more")
			}
			if list, err := os.ReadDir(out); err == nil && len(list) > 0 {
				return fmt.Errorf("%s is not empty: give a folder that does not exist yet, or is empty", out)
			} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%s cannot be used: %w", out, err)
			}
			options = options.Complete()
			n := network.New(synth.Generate(options))
			if err := dump.Write(out, n); err != nil {
				return &writeError{fmt.Errorf("the dump cannot be written: %w", err)}
			}
			_, err := fmt.Fprintf(t.out, "%s: %d interfaces, %d VPCs, %d security groups, %d peerings, seed %d\n", out,
				n.Interfaces.Len(), n.VPCs.Len(), n.SecurityGroups.Len(), n.PeeringConnections.Len(), options.Seed)
			if err != nil {
				return &writeError{err}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.IntVar(&options.Interfaces, "interfaces", 200, "network interfaces in all")
	f.IntVar(&options.VPCs, "vpcs", 0, "VPCs; 0 lets the number of interfaces decide")
	f.IntVar(&options.Accounts, "accounts", 0, "accounts; 0 lets the number of VPCs decide")
	f.IntVar(&options.Roles, "roles", 0, "security groups in a VPC; 0 lets the number of its interfaces decide")
	f.IntVar(&options.Peerings, "peerings", 0, "peerings; 0 is as many as VPCs, -1 none")
	f.Uint64Var(&options.Seed, "seed", 1, "another seed gives another organization of the same size")
	f.StringVarP(&out, "out", "o", "", "the folder to write")
	_ = cmd.MarkFlagDirname("out") // fails for flags that do not exist
	return cmd
}
