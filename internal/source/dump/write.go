package dump

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/watertight/watertight/internal/network"
)

// Write writes a network as a folder that [Read] reads back as the same network, except for origins and problems. The folder is
// made when it is missing; what is in it already must not be a dump.
//
// Of every account and Region that was collected, the lists without objects are in Empty.json, so that they count as collected;
// those that the network has a Gap for are absent, or are failures in snapshot.json.
func Write(dir string, n *network.Network) error {
	if _, err := os.Stat(filepath.Join(dir, snapshotFile)); err == nil {
		return fmt.Errorf("%s holds a network already: write to another folder, or remove it first", dir)
	}
	w := &writer{dir: dir, network: n, written: map[place]map[string]bool{}}
	for _, p := range n.Collected {
		w.places = append(w.places, place{p.Account, p.Region})
	}
	if len(w.places) == 0 {
		w.guessPlaces()
	}
	w.objects()
	w.rest()
	if w.err != nil {
		return fmt.Errorf("writing the network to %s: %w", dir, w.err)
	}
	return nil
}

type writer struct {
	dir     string
	network *network.Network
	places  []place                   // collected, sorted
	written map[place]map[string]bool // lists that have a file
	err     error                     // the first one: nothing is written after it
}

// guessPlaces takes every place of what is in VPCs for collected.
func (w *writer) guessPlaces() {
	seen := map[place]bool{}
	for _, o := range w.network.VPCs.All() {
		seen[place{o.Account, o.Region}] = true
	}
	for _, o := range w.network.Interfaces.All() {
		seen[place{o.Account, o.Region}] = true
	}
	for _, o := range w.network.SecurityGroups.All() {
		seen[place{o.Account, o.Region}] = true
	}
	w.places = slices.SortedFunc(maps.Keys(seen), comparePlaces)
}

func comparePlaces(a, b place) int {
	return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region))
}

// objects writes every list that has objects.
func (w *writer) objects() {
	n := w.network
	emit(w, "Vpcs", n.VPCs.All(), writeVPC)
	emit(w, "Subnets", n.Subnets.All(), writeSubnet)
	emit(w, "RouteTables", n.RouteTables.All(), writeRouteTable)
	emit(w, "NetworkAcls", n.NetworkACLs.All(), writeNetworkACL)
	emit(w, "SecurityGroups", n.SecurityGroups.All(), writeSecurityGroup)
	emitAll(w, "SecurityGroupVpcAssociations", n.SecurityGroups.All(), func(g *network.SecurityGroup) []groupAssociation {
		return pick(g.VPCs, func(vpc string) groupAssociation { return groupAssociation{g.ID, vpc, g.Account, associated} })
	})
	emit(w, "NetworkInterfaces", n.Interfaces.All(), writeInterface)
	emit(w, "Reservations", n.Instances.All(), writeReservation)
	own := func(p *network.PrefixList) bool { return !p.AWS }
	blocks := func(p *network.PrefixList) bool { return p.AWS && p.Defect == nil }
	lists := n.PrefixLists.All()
	emit(w, "PrefixLists", only(lists, blocks), writeAWSPrefixList)
	emit(w, "ManagedPrefixLists", lists, writeManagedPrefixList)
	emit(w, "ManagedPrefixListEntries", only(lists, func(p *network.PrefixList) bool { return own(p) && (p.Defect == nil || len(p.Entries) > 0) }), writePrefixListEntries)

	emit(w, "InternetGateways", n.InternetGateways.All(), writeInternetGateway)
	emit(w, "EgressOnlyInternetGateways", n.EgressOnlyGateways.All(), writeEgressOnlyGateway)
	emit(w, "CarrierGateways", n.CarrierGateways.All(), writeCarrierGateway)
	emit(w, "NatGateways", n.NATGateways.All(), writeNATGateway)
	emit(w, "VpcPeeringConnections", n.PeeringConnections.All(), writePeering)
	emit(w, "VpnGateways", n.VPNGateways.All(), writeVPNGateway)
	emit(w, "VpnConnections", n.VPNConnections.All(), writeVPNConnection)
	emit(w, "CustomerGateways", n.CustomerGateways.All(), writeCustomerGateway)

	emit(w, "VpcEndpoints", n.Endpoints.All(), writeEndpoint)
	emit(w, "VpcEndpointConnections", n.EndpointConnections.All(), writeEndpointConnection)
	emit(w, "ServiceConfigurations", n.EndpointServices.All(), writeEndpointService)
	emit(w, "VpcEndpointServicePermissions", only(n.EndpointServices.All(), func(s *network.EndpointService) bool { return s.PrincipalsKnown }), writePermissions)
	emit(w, "VpcBlockPublicAccessOptions", n.BlockPublicAccess.All(), writeBlockOptions)
	emit(w, "VpcBlockPublicAccessExclusions", n.Exclusions.All(), writeExclusion)

	emit(w, "TransitGateways", n.TransitGateways.All(), writeTransitGateway)
	attachments := n.TransitAttachments.All()
	emit(w, "TransitGatewayAttachments", attachments, writeTransitAttachment)
	emit(w, "TransitGatewayVpcAttachments", only(attachments, func(a *network.TransitAttachment) bool { return a.Detailed && a.Type == "vpc" }), writeTransitVPCAttachment)
	emit(w, "TransitGatewayPeeringAttachments", only(attachments, func(a *network.TransitAttachment) bool { return a.Detailed && a.Type == "peering" }),
		writeTransitPeeringAttachment)
	tables := n.TransitRouteTables.All()
	emit(w, "TransitGatewayRouteTables", tables, writeTransitRouteTable)
	searched := func(t *network.TransitRouteTable) bool {
		return t.RoutesKnown || slices.ContainsFunc(t.Routes, func(r network.TransitRoute) bool { return r.PrefixList == "" || !t.ListsKnown })
	}
	emit(w, "TransitGatewayRoutes", only(tables, func(t *network.TransitRouteTable) bool { return t.AllRoutes && searched(t) }), writeTransitRoutes)
	emit(w, "TransitGatewayStaticRoutes", only(tables, func(t *network.TransitRouteTable) bool { return !t.AllRoutes && searched(t) }), writeTransitRoutes)
	emit(w, "TransitGatewayPropagations", only(tables, func(t *network.TransitRouteTable) bool { return t.PropagationsKnown }), writeTransitPropagations)
	emit(w, "TransitGatewayPrefixListReferences", only(tables, func(t *network.TransitRouteTable) bool {
		return t.ListsKnown && !slices.ContainsFunc(w.network.Gaps, func(g network.Gap) bool { // what is assumed stays so
			return g.Assumed && g.List == "TransitGatewayPrefixListReferences" && g.Account == t.Account && g.Region == t.Region
		})
	}), writeTransitPrefixLists)

	classics := func(b *network.LoadBalancer) bool { return b.Type == "classic" }
	balancers := only(n.LoadBalancers.All(), func(b *network.LoadBalancer) bool { return !classics(b) })
	emit(w, "LoadBalancers", balancers, writeLoadBalancer)
	emit(w, "LoadBalancerAttributes", only(balancers, func(b *network.LoadBalancer) bool { return b.Attributes != nil }),
		func(b *network.LoadBalancer) balancerAttributes {
			return balancerAttributes{b.ID, writeAttributes(b.Attributes)}
		})
	emit(w, "LoadBalancerListeners", only(balancers, func(b *network.LoadBalancer) bool { return b.ListenersKnown }), writeListeners)
	emitAll(w, "ListenerRules", balancers, func(b *network.LoadBalancer) []listenerRules {
		return pick(only(b.Listeners, func(l network.Listener) bool { return l.RulesKnown && l.ID != "" }), writeListenerRules)
	})
	emit(w, "LoadBalancerDescriptions", only(n.LoadBalancers.All(), classics), writeClassic)
	groups := n.TargetGroups.All()
	emit(w, "TargetGroups", groups, writeTargetGroup)
	emit(w, "TargetGroupAttributes", only(groups, func(g *network.TargetGroup) bool { return g.Attributes != nil }), func(g *network.TargetGroup) targetAttributes {
		return targetAttributes{g.ID, writeAttributes(g.Attributes)}
	})
	emit(w, "LoadBalancerTargetHealth", only(groups, func(g *network.TargetGroup) bool { return g.TargetsKnown }), writeTargetHealth)

	emit(w, "Firewalls", n.Firewalls.All(), writeFirewall)
	emit(w, "FirewallPolicies", n.FirewallPolicies.All(), writeFirewallPolicy)
	emit(w, "RuleGroups", n.FirewallRuleGroups.All(), writeRuleGroup)
	emitAll(w, "VpcEndpointAssociations", n.Firewalls.All(), writeEndpointAssociations)

	emit(w, "HostedZones", n.HostedZones.All(), writeHostedZone)
	emit(w, "ResourceRecordSets", only(n.HostedZones.All(), func(z *network.HostedZone) bool { return z.RecordsKnown || len(z.Records) > 0 }), writeZoneRecords)

	kind := func(list string) []*network.Workload {
		return only(n.Workloads.All(), func(w *network.Workload) bool { return listOf(w) == list })
	}
	emit(w, "DBInstances", kind("DBInstances"), writeDatabase)
	emit(w, "CacheClusters", kind("CacheClusters"), writeCacheCluster)
	emit(w, "CacheSubnetGroups", kind("CacheClusters"), writeCacheSubnetGroup)
	emit(w, "Functions", kind("Functions"), writeFunction)
	emit(w, "DomainStatusList", kind("DomainStatusList"), writeDomain)
	emit(w, "EksClusters", kind("EksClusters"), writeCluster)
	emit(w, "services", kind("services"), writeService)
}

// only is the part of a list for which something holds.
func only[A any](list []A, holds func(A) bool) []A {
	return slices.DeleteFunc(slices.Clone(list), func(a A) bool { return !holds(a) })
}

// emit writes a list with one record for each object.
func emit[A, R any](w *writer, key string, all []*A, record func(*A) R) {
	emitAll(w, key, all, func(a *A) []R { return []R{record(a)} })
}

// emitAll writes a list with any number of records for each object, in a file for each place.
func emitAll[A, R any](w *writer, key string, all []*A, records func(*A) []R) {
	in := map[place][]*A{}
	for _, each := range all {
		p := w.home(objectOf(reflect.ValueOf(each)))
		in[p] = append(in[p], each)
	}
	for _, p := range slices.SortedFunc(maps.Keys(in), comparePlaces) {
		w.file(p, key, func(put func(any)) {
			for _, each := range in[p] {
				for _, r := range records(each) {
					put(r)
				}
			}
		})
	}
}

// home is the place whose folder an object goes to. What AWS owns goes to some place of its Region.
func (w *writer) home(o *network.Object) place {
	p := place{o.Account, o.Region}
	if accountName.MatchString(p.account) || slices.Contains(w.places, p) {
		return p
	}
	for _, other := range w.places {
		if other.region == p.region {
			return other
		}
	}
	return place{region: p.region}
}

func (w *writer) folder(p place) string {
	folder := w.dir
	if p.account != "" {
		folder = filepath.Join(folder, "accounts", p.account)
	}
	if p.region != "" {
		folder = filepath.Join(folder, p.region)
	}
	return folder
}

// file writes one list, element by element. A list without elements gives no file.
func (w *writer) file(p place, key string, elements func(put func(any))) {
	var out *bufio.Writer
	var f *os.File
	elements(func(record any) {
		if w.err != nil {
			return
		}
		if f == nil {
			if w.err = os.MkdirAll(w.folder(p), 0o777); w.err != nil {
				return
			}
			if f, w.err = os.Create(filepath.Join(w.folder(p), key+".json")); w.err != nil {
				return
			}
			out = bufio.NewWriterSize(f, 256<<10)
			fmt.Fprintf(out, "{%q: [\n", key)
		} else {
			out.WriteString(",\n")
		}
		w.err = json.MarshalWrite(out, record, json.Deterministic(true))
	})
	if f == nil {
		return
	}
	if w.written[p] == nil {
		w.written[p] = map[string]bool{}
	}
	w.written[p][key] = true
	out.WriteString("\n]}\n")
	w.err = cmp.Or(w.err, out.Flush(), f.Close())
}

// rest writes what there is none of, and snapshot.json.
func (w *writer) rest() {
	s := snapshot{Version: 1, Places: []asked{}, Failures: []failure{}, Unread: w.network.Unread}
	missing := map[place]map[string]bool{}
	assumed := map[place][]string{}
	collected := map[place]bool{}
	for _, p := range w.places {
		collected[p], missing[p] = true, map[string]bool{}
	}
	for _, g := range w.network.Gaps {
		p := place{g.Account, g.Region}
		if known[g.List] != nil && collected[p] && g.Reason == notCollected && !w.written[p][g.List] {
			missing[p][g.List] = true
			if g.Assumed {
				assumed[p] = append(assumed[p], g.List)
			}
			continue
		}
		s.Failures = append(s.Failures, failure{Account: g.Account, Region: g.Region, List: g.List, Code: g.Reason})
	}
	for _, p := range w.places {
		s.Places = append(s.Places, asked{Account: p.account, Region: p.region, Assumed: assumed[p]})
		var empty []string
		for i := range lists {
			if l := &lists[i]; !l.idle && !w.written[p][l.key] && !missing[p][l.key] && !(l.global && w.written[place{p.account, ""}][l.key]) {
				empty = append(empty, fmt.Sprintf("%q: []", l.key))
			}
		}
		if len(empty) > 0 {
			w.text(filepath.Join(w.folder(p), "Empty.json"), "{\n "+strings.Join(empty, ",\n ")+"\n}\n")
		}
	}
	if w.err != nil {
		return
	}
	raw, err := json.Marshal(s, jsontext.Multiline(true), json.Deterministic(true))
	if w.err = err; err == nil {
		w.text(filepath.Join(w.dir, snapshotFile), string(raw)+"\n")
	}
}

func (w *writer) text(path, text string) {
	if w.err == nil {
		w.err = os.MkdirAll(filepath.Dir(path), 0o777)
	}
	if w.err == nil {
		w.err = os.WriteFile(path, []byte(text), 0o666)
	}
}

// mark is what the record of an object has when its Name is a tag.
func mark(o *network.Object) record { return record{tags(o, true), flaw(o.Defect)} }

// markUnnamed is what the record of an object has when its Name stands elsewhere.
func markUnnamed(o *network.Object) record { return record{tags(o, false), flaw(o.Defect)} }

func tags(o *network.Object, named bool) []tag {
	var list []tag
	if named && o.Name != "" {
		list = append(list, tag{"Name", o.Name})
	}
	for _, t := range o.Tags {
		list = append(list, tag(t))
	}
	return list
}

// flaw keeps a defect: AWS has no word for it.
func flaw(d *network.Defect) *extra {
	if d == nil {
		return nil
	}
	return &extra{Defect: d.Reason}
}
