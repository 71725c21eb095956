package walker

import (
	"net/netip"

	"github.com/watertight/watertight/internal/network"
)

const kindPublicAccess = "VPC Block Public Access"

// blockPublicAccess is VPC Block Public Access at an internet or egress-only gateway of a VPC (BPA-1). The subnet is that of the interface or
// the NAT gateway behind it, nil for a regional NAT gateway, for which only the VPC can be excluded. egress tells that only connections from inside
// pass there: by a NAT gateway, or an egress-only gateway.
func (f *flow) blockPublicAccess(vpc string, subnet *network.Subnet, egress bool) *stop {
	return f.apply(f.publicAccess(vpc, subnet, egress))
}

// blockOutbound is the same for what leaves from a subnet. Where that is not its sender's own, as behind a firewall endpoint, it is not documented of which
// of the two the exclusions count.
func (f *flow) blockOutbound(vpc string, from *network.Subnet, source netip.Addr, egress bool) *stop {
	h := f.publicAccess(vpc, from, egress)
	home := ""
	if nat, ok := f.inside[placed{vpc, source}]; ok {
		home = nat.gateway.Subnet
	} else if i := f.network.InterfaceAt(vpc, source); i != nil {
		home = i.Subnet
	}
	if own, ok := f.network.Subnets.Get(home); ok && from != nil && own.ID != from.ID {
		if other := f.publicAccess(vpc, own, egress); other.Effect != h.Effect {
			h = Hop{kindPublicAccess, h.ID, Doubt, "whether the exclusions of " + own.ID + " or those of " + from.ID + " count is not known", codeUnknown}
		}
	}
	return f.apply(h)
}

// apply does what a filter does; one without an effect is not there.
func (f *flow) apply(h Hop) *stop {
	switch h.Effect {
	case Deny:
		return &stop{h, "VPC Block Public Access (" + h.Rule + ") of " + h.ID + " covers it"}
	case Doubt:
		f.doubt(h.Kind, h.ID, h.Code, h.Rule)
	case Allow:
		f.note(h)
	}
	return nil
}

// publicAccess is what VPC Block Public Access does, without an effect where it is off.
func (f *flow) publicAccess(vpc string, subnet *network.Subnet, egress bool) Hop {
	v, ok := f.network.VPCs.Get(vpc)
	if !ok {
		return Hop{kindPublicAccess, vpc, Doubt, "VPC " + vpc + ", and whether public access to it is blocked, is not known", codeUnknown}
	}
	mode, id, why := f.blockMode(v)
	if why != "" {
		return Hop{kindPublicAccess, id, Doubt, why, codeUnknown}
	}
	if mode == "off" {
		return Hop{}
	}
	lifted := map[string]bool{}
	for _, e := range f.network.Exclusions.All() {
		if e.Resource != vpc && (subnet == nil || e.Resource != subnet.ID) {
			continue
		}
		if e.Defect != nil {
			why = e.ID + " is not understood: " + e.Defect.String()
		} else if e.Active {
			lifted[e.Mode] = true
		}
	}
	switch {
	case lifted["allow-bidirectional"]:
		return Hop{kindPublicAccess, id, Allow, mode + ", excluded: allow-bidirectional", ""}
	case egress && mode == "block-ingress":
		return Hop{kindPublicAccess, id, Allow, mode + ": connections from inside pass", ""}
	case egress && lifted["allow-egress"]:
		return Hop{kindPublicAccess, id, Allow, mode + ", excluded: allow-egress", ""}
	}
	if gap := f.network.Gap("VpcBlockPublicAccessExclusions", v.Account, v.Region); gap != nil {
		why = "whether " + v.Label() + " is excluded from " + mode + " is not known: " + gap.String()
	}
	if why != "" {
		return Hop{kindPublicAccess, id, Doubt, why, codeUnknown}
	}
	return Hop{kindPublicAccess, id, Deny, mode, codeBPA}
}

// blockMode is the mode that holds for a VPC. Where nothing tells, it is off: that is what an account starts with.
func (f *flow) blockMode(v *network.VPC) (mode, id, why string) {
	mode = "off"
	for _, b := range f.network.BlockPublicAccess.All() {
		if b.Account != v.Account && b.Account != "" && v.Account != "" || b.Region != v.Region && b.Region != "" && v.Region != "" {
			continue
		}
		switch {
		case b.Defect != nil:
			return "", b.ID, "VPC Block Public Access of " + b.ID + " is not understood: " + b.Defect.String()
		case id != "" && b.Mode != mode:
			return "", b.ID, "which VPC Block Public Access holds for " + v.Label() + " is not known"
		case b.Mode != "off" && b.Mode != "block-bidirectional" && b.Mode != "block-ingress":
			return "", b.ID, "VPC Block Public Access of " + b.ID + " has the mode " + b.Mode + ", which is not understood"
		}
		mode, id = b.Mode, b.ID
	}
	if gap := f.network.Gap("VpcBlockPublicAccessOptions", v.Account, v.Region); gap != nil && id == "" {
		return "", v.ID, "the mode of VPC Block Public Access is not known: " + gap.String()
	}
	return mode, id, ""
}
