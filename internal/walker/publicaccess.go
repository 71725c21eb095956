package walker

import "github.com/watertight/watertight/internal/network"

// blockPublicAccess is VPC Block Public Access at an internet or egress-only gateway of a VPC (BPA-1). The subnet is that of the interface or
// the NAT gateway behind it, nil for a regional NAT gateway, for which only the VPC can be excluded. egress tells that only connections from inside
// pass there: by a NAT gateway, or an egress-only gateway.
func (f *flow) blockPublicAccess(vpc string, subnet *network.Subnet, egress bool) *stop {
	const kind = "VPC Block Public Access"
	v, ok := f.network.VPCs.Get(vpc)
	if !ok {
		f.doubt(kind, vpc, codeUnknown, "VPC "+vpc+", and whether public access to it is blocked, is not known")
		return nil
	}
	mode, id, why := f.blockMode(v)
	if why != "" {
		f.doubt(kind, id, codeUnknown, why)
		return nil
	}
	if mode == "off" {
		return nil
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
		f.meet(kind, id, Allow, mode+", excluded: allow-bidirectional")
		return nil
	case egress && mode == "block-ingress":
		f.meet(kind, id, Allow, mode+": connections from inside pass")
		return nil
	case egress && lifted["allow-egress"]:
		f.meet(kind, id, Allow, mode+", excluded: allow-egress")
		return nil
	}
	if gap := f.network.Gap("VpcBlockPublicAccessExclusions", v.Account, v.Region); gap != nil {
		why = "whether " + v.Label() + " is excluded from " + mode + " is not known: " + gap.String()
	}
	if why != "" {
		f.doubt(kind, id, codeUnknown, why)
		return nil
	}
	return drop(kind, id, mode, codeBPA, "VPC Block Public Access ("+mode+") covers "+v.Label())
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
