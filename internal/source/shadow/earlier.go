package shadow

// vpc is a VPC that was planned, the default one included; nil where none is known by that id.
func (p *provider) vpc(id string) map[string]any {
	if v := p.book.find("aws_vpc", id); v != nil {
		return v
	}
	if v := p.book.find("aws_default_vpc", id); v != nil {
		return v
	}
	return p.book.find("data.aws_vpc", id)
}

func (p *provider) subnet(id string) map[string]any {
	if s := p.book.find("aws_subnet", id); s != nil {
		return s
	}
	if s := p.book.find("aws_default_subnet", id); s != nil {
		return s
	}
	return p.book.find("data.aws_subnet", id)
}

// ownerOf is the account of an object that was planned; otherwise the one given.
func (p *provider) ownerOf(typ, id, otherwise string) string {
	if owner := str(p.book.find(typ, id)["owner_id"]); owner != "" {
		return owner
	}
	return otherwise
}

// vpcOf is the VPC of subnets.
func (f *filling) vpcOf(subnets []string, path string) string {
	for _, id := range subnets {
		if vpc := str(f.provider.subnet(id)["vpc_id"]); vpc != "" {
			return vpc
		}
	}
	return f.id("vpc", path)
}

// defaultGroup is the default security group of a VPC.
func (f *filling) defaultGroup(vpc, path string) string {
	if id := str(f.provider.vpc(vpc)["default_security_group_id"]); id != "" {
		return id
	}
	return f.id("sg", path)
}

func subnetIDs(blocks any) []string {
	var out []string
	each(blocks, func(m map[string]any) {
		if id := str(m["subnet_id"]); id != "" {
			out = append(out, id)
		}
	})
	return out
}
