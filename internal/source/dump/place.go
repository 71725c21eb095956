package dump

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/watertight/watertight/internal/network"
)

var (
	accountName = regexp.MustCompile(`^\d{12}$`)
	regionName  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d{1,2}$`)
	inZone      = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-\d`) // the Region in the name of a zone, be it a local one
)

// placeOf reads a place off the folders of a file: accounts/ACCOUNT/REGION, ACCOUNT/REGION or REGION, wherever they stand.
func placeOf(dir string) place {
	var p place
	for folder := range strings.SplitSeq(dir, "/") {
		switch {
		case accountName.MatchString(folder):
			p.account = folder
		case regionName.MatchString(folder):
			p.region = folder
		}
	}
	return p
}

// zoneRegion is the Region of a zone.
func zoneRegion(zone string) string { return inZone.FindString(zone) }

// resolve finds the accounts and Regions that folders do not tell, and fills them in.
func (d *dump) resolve(all *part) {
	sources := map[string]*file{}
	folders := map[string][]*file{}
	for _, f := range d.files {
		sources[f.name] = f
		if f.account == "" || f.region == "" && (len(f.keys) == 0 || regional(f.keys)) {
			folders[f.dir] = append(folders[f.dir], f)
		}
	}
	fill := func(origin network.Origin, account, region *string) {
		if f := sources[origin.Source]; f != nil {
			*account, *region = cmp.Or(*account, f.account), cmp.Or(*region, f.region)
		}
	}
	defer func() {
		for i := range all.Gaps {
			fill(all.Gaps[i].Origin, &all.Gaps[i].Account, &all.Gaps[i].Region)
		}
		ownersFirst(&all.Contents, sources)
	}()
	if len(folders) == 0 {
		return
	}
	owners, regions := map[string]map[string]int{}, map[string]map[string]int{}
	count := func(in map[string]map[string]int, o network.Origin, value string) {
		f := sources[o.Source]
		if f == nil || value == "" {
			return
		}
		if in[f.dir] == nil {
			in[f.dir] = map[string]int{}
		}
		in[f.dir][value]++
	}
	vote := func(o *network.Object) { // not every kind may: a peering, or an attachment, belongs to another account as often as not
		if accountName.MatchString(o.Account) {
			count(owners, o.Origin, o.Account)
		}
		count(regions, o.Origin, o.Region)
	}
	for _, o := range all.VPCs {
		vote(&o.Object)
	}
	for _, o := range all.SecurityGroups {
		vote(&o.Object)
	}
	for _, o := range all.RouteTables {
		vote(&o.Object)
	}
	for _, o := range all.Interfaces {
		vote(&o.Object)
	}
	for _, o := range all.LoadBalancers {
		vote(&o.Object)
	}
	for _, o := range all.Firewalls {
		vote(&o.Object)
	}
	// What belongs to a VPC is in the VPC's Region, which its subnets tell.
	vpcRegion := map[string]string{}
	for _, s := range all.Subnets {
		region := cmp.Or(s.Region, zoneRegion(s.Zone))
		count(regions, s.Origin, region)
		if s.VPC != "" && region != "" {
			vpcRegion[s.VPC] = region
		}
	}
	for _, z := range all.Zones {
		count(regions, z.Element.origin(""), cmp.Or(z.Record.RegionName, zoneRegion(z.Record.ZoneName)))
	}
	for _, dir := range slices.Sorted(maps.Keys(folders)) {
		where := network.Origin{Source: strings.TrimSuffix(folders[dir][0].name, folders[dir][0].name[strings.LastIndexByte(folders[dir][0].name, '/')+1:])}
		missing := func(what, why, folder string) {
			all.Problems = append(all.Problems, network.Problem{Origin: where, Message: fmt.Sprintf("the %s of this folder is not known: %s. Put its files in a folder named %s", what, why, folder)})
		}
		account, several := most(owners[dir])
		if folders[dir][0].account == "" {
			if account == "" {
				missing("account", "nothing in it has an OwnerId or an ARN, so everything is taken to be of one account", "accounts/ACCOUNT/REGION")
			} else if len(several) > 1 {
				missing("account", "it holds objects of "+strings.Join(several, ", ")+"; those that name no owner are taken to be of "+account, "accounts/ACCOUNT/REGION")
			}
		}
		region, several := most(regions[dir])
		if folders[dir][0].region == "" {
			if region == "" {
				missing("Region", "nothing in it names a zone or a Region, so everything is taken to be of one Region", "REGION, such as us-east-1")
			} else if len(several) > 1 {
				missing("Region", "it holds objects of "+strings.Join(several, ", ")+", and not all of them say where they are", "REGION, such as us-east-1")
				region = ""
			}
		}
		for _, f := range folders[dir] {
			f.account, f.region = cmp.Or(f.account, account), cmp.Or(f.region, region)
		}
	}
	inVPC := func(o *network.Object, vpc string) { o.Region = cmp.Or(o.Region, vpcRegion[vpc]) }
	for _, o := range all.Subnets {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.VPCs {
		inVPC(&o.Object, o.ID)
	}
	for _, o := range all.RouteTables {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.NetworkACLs {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.SecurityGroups {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.Interfaces {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.Instances {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.InternetGateways {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.NATGateways {
		inVPC(&o.Object, o.VPC)
	}
	for _, o := range all.Endpoints {
		inVPC(&o.Object, o.VPC)
	}
	objects(&all.Contents, func(o *network.Object) { fill(o.Origin, &o.Account, &o.Region) })
}

// ownersFirst leaves out what other accounts see of a shared object, where its owner's view is there: AWS shows others less.
func ownersFirst(c *network.Contents, sources map[string]*file) {
	v := reflect.ValueOf(c).Elem()
	for i := range v.NumField() {
		list := v.Field(i)
		if list.Kind() != reflect.Slice || list.Type().Elem().Kind() != reflect.Pointer || list.Type() == reflect.TypeFor[[]*network.PeeringConnection]() {
			continue // both sides of a peering see all of it
		}
		object := func(j int) *network.Object { return objectOf(list.Index(j)) }
		foreign := func(o *network.Object) bool {
			f := sources[o.Origin.Source]
			return f != nil && accountName.MatchString(o.Account) && f.account != "" && f.account != o.Account
		}
		seen := map[string]bool{} // by others; true when by the owner as well
		for j := range list.Len() {
			if o := object(j); foreign(o) {
				seen[o.ID] = false
			}
		}
		if len(seen) == 0 {
			continue
		}
		for j := range list.Len() {
			if o := object(j); !foreign(o) {
				if _, ok := seen[o.ID]; ok {
					seen[o.ID] = true
				}
			}
		}
		kept := reflect.MakeSlice(list.Type(), 0, list.Len())
		for j := range list.Len() {
			if o := object(j); !foreign(o) || !seen[o.ID] {
				kept = reflect.Append(kept, list.Index(j))
			}
		}
		list.Set(kept)
	}
}

// most is the value that occurs most often, the first of equals, and all values in order.
func most(counts map[string]int) (string, []string) {
	all := slices.Sorted(maps.Keys(counts))
	var best string
	for _, value := range all {
		if best == "" || counts[value] > counts[best] {
			best = value
		}
	}
	return best, all
}
