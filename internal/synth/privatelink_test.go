package synth

import (
	"slices"
	"strings"
	"testing"

	"github.com/watertight/watertight/internal/network"
)

// An endpoint service has a network load balancer; whoever has an endpoint for it is connected, allowed, and in the zones of its nodes, and
// somebody in the VPC may use the endpoint.
func TestPrivateLink(t *testing.T) {
	n := network.New(Generate(large))
	services := map[string]*network.EndpointService{}
	ports := map[string][]int{}
	zones := map[string][]string{}
	for _, s := range n.EndpointServices.All() {
		services[s.Name] = s
		b, _ := n.LoadBalancers.Get(strings.Join(s.LoadBalancers, ""))
		if b == nil || b.Type != "network" || !b.Internal || b.Account != s.Account || b.Region != s.Region || (len(b.Groups) == 0) != (b.EnforceOnPrivateLink == "") {
			t.Fatalf("%s has the balancer %+v", s.Name, b)
		}
		for _, l := range b.Listeners {
			ports[s.Name] = append(ports[s.Name], l.Port)
		}
		for _, z := range b.Zones {
			zones[s.Name] = append(zones[s.Name], z.ZoneID)
		}
	}
	consumers, aws := map[string]bool{}, 0
	for _, e := range n.Endpoints.All() {
		if e.Type != network.EndpointInterface {
			continue
		}
		if len(e.Interfaces) != 3 || len(e.Groups) != 1 {
			t.Errorf("%s has %d interfaces, and the groups %s", e.ID, len(e.Interfaces), e.Groups)
		}
		for _, id := range e.Interfaces {
			i, _ := n.Interfaces.Get(id)
			if i == nil || i.Type != network.TypeEndpoint || i.Owner.ID != e.ID || i.VPC != e.VPC || !slices.Equal(i.Groups, e.Groups) || !slices.Contains(e.Subnets, i.Subnet) {
				t.Errorf("%s has the interface %+v", e.ID, i)
			}
		}
		if strings.HasPrefix(e.Service, "com.amazonaws."+e.Region) {
			aws++
			continue
		}
		s := services[e.Service]
		if s == nil || s.Region != e.Region {
			t.Fatalf("%s is for %s, which is not there", e.ID, e.Service)
		}
		consumers[e.VPC] = true
		c, _ := n.EndpointConnections.Get(s.ID + "/" + e.ID)
		if c == nil || c.Account != s.Account || c.EndpointOwner != e.Account || c.State != "available" {
			t.Errorf("%s is connected to %s by %+v", e.ID, s.ID, c)
		}
		if !slices.Contains(s.Principals, "*") && !slices.Contains(s.Principals, "arn:aws:iam::"+e.Account+":root") {
			t.Errorf("%s may not use %s: %s", e.Account, s.Name, s.Principals)
		}
		for _, id := range e.Subnets {
			if at, _ := n.Subnets.Get(id); !slices.Contains(zones[s.Name], at.ZoneID) {
				t.Errorf("%s is in %s, where %s has no node", e.ID, at.ZoneID, s.Name)
			}
		}
		g, _ := n.SecurityGroups.Get(e.Groups[0])
		for _, port := range ports[s.Name] {
			from := slices.IndexFunc(g.Inbound, func(r network.Rule) bool { return r.From == port })
			if from < 0 || g.Inbound[from].Group == "" {
				t.Errorf("%s: nobody may use port %d", e.ID, port)
			}
		}
	}
	if n.EndpointServices.Len() < 10 || len(consumers) < 20 || aws < n.VPCs.Len() || n.EndpointConnections.Len() < len(consumers) {
		t.Errorf("%d services, %d connections, used by %d VPCs; %d endpoints for AWS's", n.EndpointServices.Len(), n.EndpointConnections.Len(), len(consumers), aws)
	}
}
