package dump

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

// owner is whose interface an interface is, as far as its own record tells.
func (e *element) owner(r *networkInterface) network.Owner {
	if r.Watertight != nil && r.Watertight.Owner != nil {
		return *r.Watertight.Owner
	}
	if a := r.Attachment; a != nil && a.InstanceId != "" {
		return network.Owner{Kind: network.OwnerInstance, ID: e.share(a.InstanceId), Sure: true}
	}
	owner := suggested(r.Description, network.InterfaceType(r.InterfaceType))
	managed := r.RequesterManaged || r.Attachment != nil && strings.HasPrefix(r.Attachment.InstanceOwnerId, "amazon-")
	if owner.Kind == "" && managed {
		owner = network.Owner{Kind: network.OwnerService, ID: cmp.Or(r.Description, r.RequesterId)}
	}
	owner.ID = e.share(owner.ID)
	return owner
}

// described are the descriptions that AWS gives to the interfaces it makes. The first group, if any, is the owner's identifier or name.
var described = []struct {
	start   string // cheap test before the pattern
	pattern *regexp.Regexp
	kind    network.OwnerKind
}{
	{"ELB ", regexp.MustCompile(`^ELB (\S+)$`), network.OwnerLoadBalancer},
	{"Interface for NAT", regexp.MustCompile(`^Interface for NAT Gateway (nat-\w+)$`), network.OwnerNAT},
	{"VPC Endpoint", regexp.MustCompile(`^VPC Endpoint Interface (vpce-\w+)$`), network.OwnerEndpoint},
	{"Network Interface for", regexp.MustCompile(`^Network Interface for Transit Gateway Attachment (tgw-attach-\w+)$`), network.OwnerTransitGateway},
	{"AWS Lambda VPC", regexp.MustCompile(`^AWS Lambda VPC ENI-(.+?)(?:-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})?$`), network.OwnerFunction},
	{"RDS", regexp.MustCompile(`^RDSNetworkInterface$`), network.OwnerDatabase},
	{"ElastiCache", regexp.MustCompile(`^ElastiCache (\S+)$`), network.OwnerCache},
	{"Redshift", regexp.MustCompile(`^RedshiftNetworkInterface$`), network.OwnerDatabase},
	{"DMS", regexp.MustCompile(`^DMSNetworkInterface$`), network.OwnerService},
	{"Amazon EKS", regexp.MustCompile(`^Amazon EKS (\S+)$`), network.OwnerService},
	{"ES ", regexp.MustCompile(`^ES (\S+)$`), network.OwnerService},
	{"EFS", regexp.MustCompile(`^EFS mount target for (fs-\w+)`), network.OwnerService},
	{"arn:aws", regexp.MustCompile(`^(arn:[a-z-]+:ecs:\S+:attachment/\S+)$`), network.OwnerService},
	{"Route 53", regexp.MustCompile(`^Route 53 Resolver: (rslvr-\w+-\w+)`), network.OwnerService},
}

// suggested is the owner that a description or a type suggests: never sure, for people may write descriptions as well.
func suggested(description string, kind network.InterfaceType) network.Owner {
	for _, d := range described {
		if !strings.HasPrefix(description, d.start) {
			continue
		}
		if m := d.pattern.FindStringSubmatch(description); m != nil {
			return network.Owner{Kind: d.kind, ID: strings.Join(m[1:], "")}
		}
	}
	switch kind {
	case network.TypeLambda:
		return network.Owner{Kind: network.OwnerFunction}
	case network.TypeNAT:
		return network.Owner{Kind: network.OwnerNAT}
	case network.TypeEndpoint, network.TypeGatewayLBEndpoint:
		return network.Owner{Kind: network.OwnerEndpoint}
	case network.TypeNetworkLoadBalancer, network.TypeGatewayLoadBalancer, network.TypeLoadBalancer:
		return network.Owner{Kind: network.OwnerLoadBalancer}
	case network.TypeTransitGateway:
		return network.Owner{Kind: network.OwnerTransitGateway}
	}
	return network.Owner{}
}

// owners confirm, from the lists of what owns interfaces, what descriptions suggest.
type owners struct {
	interfaces map[string]network.Owner         // named by their owners
	endpoints  map[string]network.Owner         // of an endpoint: its firewall, or itself
	balancers  map[string]*network.LoadBalancer // by "app/name/0123…", or place and name
	functions  map[string]*network.Workload     // by place and name
	found      map[network.OwnerKind][]*network.Interface
}

func (d *dump) owners(all *part) *owners {
	o := &owners{map[string]network.Owner{}, map[string]network.Owner{}, map[string]*network.LoadBalancer{}, map[string]*network.Workload{},
		map[network.OwnerKind][]*network.Interface{}}
	for _, g := range all.NATGateways {
		for _, a := range g.Addresses {
			if a.Interface != "" {
				o.interfaces[a.Interface] = network.Owner{Kind: network.OwnerNAT, ID: g.ID, Sure: true}
			}
		}
	}
	for _, f := range all.Firewalls {
		for _, e := range f.Endpoints {
			o.endpoints[e.ID] = network.Owner{Kind: network.OwnerFirewall, ID: f.ID, Sure: true}
		}
	}
	for _, e := range all.Endpoints {
		owner, ok := o.endpoints[e.ID]
		if !ok {
			owner = network.Owner{Kind: network.OwnerEndpoint, ID: e.ID, Sure: true}
		}
		for _, id := range e.Interfaces {
			o.interfaces[id] = owner
		}
	}
	for _, b := range all.LoadBalancers {
		if b.Type == "classic" {
			o.balancers[b.Account+"/"+b.Region+"/"+b.Name] = b
		} else if _, id, ok := strings.Cut(b.ID, ":loadbalancer/"); ok {
			o.balancers[id] = b
		}
	}
	for _, w := range all.Workloads {
		if w.Kind == network.OwnerFunction {
			o.functions[w.Account+"/"+w.Region+"/"+w.Name] = w
		}
	}
	for _, a := range all.TransitAttachments {
		o.endpoints[a.Attachment] = network.Owner{Kind: network.OwnerTransitGateway, ID: a.Attachment, Sure: true}
	}
	for _, t := range all.Tasks {
		r, e := t.open(all)
		for _, id := range r.interfaces() {
			o.interfaces[id] = network.Owner{Kind: network.OwnerService, ID: e.share(r.service()), Sure: true}
		}
	}
	return o
}

// own settles the owner of an interface.
func (o *owners) own(i *network.Interface) {
	if i.Owner.Sure {
		return
	}
	if owner, ok := o.interfaces[i.ID]; ok {
		i.Owner = owner
		return
	}
	switch i.Owner.Kind {
	case network.OwnerEndpoint, network.OwnerTransitGateway:
		if owner, ok := o.endpoints[i.Owner.ID]; ok {
			i.Owner = owner
		}
	case network.OwnerLoadBalancer:
		b := o.balancers[i.Owner.ID]
		if b == nil {
			b = o.balancers[i.Account+"/"+i.Region+"/"+i.Owner.ID]
		}
		if b != nil && b.VPC == i.VPC && slices.ContainsFunc(b.Zones, func(z network.LoadBalancerZone) bool { return z.Subnet == i.Subnet }) {
			i.Owner = network.Owner{Kind: network.OwnerLoadBalancer, ID: b.ID, Sure: true}
			if b.Type == "classic" {
				i.Owner.ID = b.Name
			}
		}
	case network.OwnerFunction:
		if w := o.functions[i.Account+"/"+i.Region+"/"+i.Owner.ID]; w != nil && couldBeOf(i, w) {
			i.Owner.Sure = true
		}
	}
	if i.Owner.Kind == network.OwnerDatabase || i.Owner.Kind == network.OwnerCache || i.Owner.Kind == network.OwnerFunction || i.Owner.Kind == network.OwnerService {
		o.found[i.Owner.Kind] = append(o.found[i.Owner.Kind], i)
	}
}

// couldBeOf tells whether an interface has what all interfaces of a workload have.
func couldBeOf(i *network.Interface, w *network.Workload) bool {
	return slices.Equal(i.Groups, w.Groups) && slices.Contains(w.Subnets, i.Subnet) && (w.VPC == "" || w.VPC == i.VPC)
}

// workloads finds the interfaces of workloads that AWS does not tell: those of its kind with the same groups, in its subnets.
func (o *owners) workloads(all *part) {
	for _, w := range all.Workloads {
		if len(w.Interfaces) > 0 || w.Guessed {
			continue
		}
		for _, i := range o.found[w.Kind] {
			named := i.Owner.ID != "" && (w.Kind == network.OwnerCache && i.Owner.ID == w.Name || w.Kind == network.OwnerService && i.Owner.ID == w.Name)
			unnamed := w.Kind == network.OwnerDatabase || w.Kind == network.OwnerFunction // functions share interfaces
			if (unnamed && couldBeOf(i, w)) || named && (len(w.Subnets) == 0 || slices.Contains(w.Subnets, i.Subnet)) {
				w.Interfaces = append(w.Interfaces, i.ID)
				w.Guessed = true
			}
		}
		slices.Sort(w.Interfaces)
	}
}
