package tfplan

import (
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// clusterShape is where a cluster of databases says how its databases are placed.
func clusterShape(typ string) shape {
	typ = strings.TrimSuffix(typ, "_instance")
	s := shape{kind: network.OwnerDatabase, name: "cluster_identifier", within: "db_subnet_group_name", withinType: "aws_db_subnet_group", groups: "vpc_security_group_ids"}
	switch typ {
	case "aws_docdb_cluster":
		s.withinType = "aws_docdb_subnet_group"
	case "aws_neptune_cluster":
		s.within, s.withinType = "neptune_subnet_group_name", "aws_neptune_subnet_group"
	}
	return s
}

// databaseCluster is a cluster of databases. Its interfaces are those of its databases; where the plan has none, it has some of its own.
func (i *instance) databaseCluster() {
	i.later(func() {
		s := clusterShape(i.typ)
		p, _ := i.placed(s)
		i.groupsOf(s, &p)
		var members []string
		for _, w := range i.out.Workloads {
			if i.crew().clusters[w] == i {
				members = append(members, w.Interfaces...)
			}
		}
		if len(members) == 0 {
			i.staff(s, p, false)
			return
		}
		w := &network.Workload{Kind: s.kind, VPC: p.vpc, Groups: p.groups, Subnets: p.subnets, Interfaces: members}
		w.Name = i.called(s.name)
		slices.Sort(w.Interfaces)
		i.enlist(w, i.identifier())
	})
}

// databaseOfCluster is a database of a cluster, which says which groups it carries, and in which subnets it is.
func (i *instance) databaseOfCluster() {
	s := clusterShape(i.typ)
	name := i.get("cluster_identifier").identity()
	c := i.named(strings.TrimSuffix(i.typ, "_instance"), name, "cluster_identifier", "id", "arn")
	var p placement
	own := i.get(s.within).literal()
	switch {
	case c == nil && name != "":
		i.fault("cluster_identifier", "is "+name+", a cluster that is not in the plan: where it is, and which security groups it carries, is not known")
		p.unplaced = true
	case c == nil:
		p.unplaced = true
	case own != "" && own != "default" || i.get(s.within).hole():
		p, _ = i.placed(s)
	default:
		if p.subnets = i.borrowPlace(c, s, "cluster_identifier"); p.subnets == nil {
			p.unplaced = true
		}
		p.vpc = i.vpcAmong(p.subnets)
	}
	if c != nil {
		before := len(i.faults)
		if p.groups = i.borrow(c, s.groups, "cluster_identifier"); len(p.groups) == 0 && len(i.faults) == before {
			p.groups = i.usualGroups(p.vpc, "cluster_identifier")
		}
	}
	s.name = "identifier"
	w := i.staff(s, p, i.get("publicly_accessible").perhaps())
	if c != nil {
		i.crew().clusters[w] = c
	}
}

// borrowPlace are the subnets of the subnet group that another instance names, which this one names at a path.
func (i *instance) borrowPlace(other *instance, s shape, at string) []string {
	n := other.get(s.within)
	set := i.subnetGroup(s.withinType, n.peek())
	switch name := n.literal(); {
	case n.hole():
		i.fault(at, "is "+other.address+", of which "+s.within+" is not known before the plan is applied")
	case name == "default" || name == "" && set == nil:
		i.fault(at, "is "+other.address+", which names no subnet group: AWS then uses the default VPC, and its subnets are not in the plan")
	case set == nil:
		i.fault(at, "is "+other.address+", whose subnet group "+name+" is not in the plan")
	default:
		return i.borrow(set, "subnet_ids", at)
	}
	return nil
}
