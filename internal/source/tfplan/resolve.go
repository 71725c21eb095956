package tfplan

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// configuration is the code of a plan, as far as the plan tells.
type configuration struct {
	Providers map[string]providerConfig `json:"provider_config"`
	Root      configModule              `json:"root_module"`

	resources map[string]*configResource // by address without indexes
	modules   map[string]*configModule   // by path without indexes
}

type providerConfig struct {
	Name        string         `json:"name"`
	Expressions map[string]any `json:"expressions"`
}

type configModule struct {
	Resources []configResource      `json:"resources"`
	Calls     map[string]configCall `json:"module_calls"`
	Outputs   map[string]struct {
		Expression any `json:"expression"`
	} `json:"outputs"`
}

type configCall struct {
	Module      configModule   `json:"module"`
	Expressions map[string]any `json:"expressions"`
	ForEach     any            `json:"for_each_expression"`
	Count       any            `json:"count_expression"`
}

type configResource struct {
	Address     string         `json:"address"`
	Mode        string         `json:"mode"`
	Type        string         `json:"type"`
	Name        string         `json:"name"`
	Key         string         `json:"provider_config_key"`
	DependsOn   []string       `json:"depends_on"`
	Expressions map[string]any `json:"expressions"`
	ForEach     any            `json:"for_each_expression"`
	Count       any            `json:"count_expression"`
}

func (c *configuration) index() {
	c.resources, c.modules = map[string]*configResource{}, map[string]*configModule{}
	var visit func(path string, m *configModule)
	visit = func(path string, m *configModule) {
		c.modules[path] = m
		for i := range m.Resources {
			address := m.Resources[i].Address
			if path != "" {
				address = path + "." + address
			}
			c.resources[address] = &m.Resources[i]
		}
		for name, call := range m.Calls {
			child := "module." + name
			if path != "" {
				child = path + "." + child
			}
			visit(child, &call.Module)
		}
	}
	visit("", &c.Root)
}

// merge puts together what a plan knows of a value and what it does not.
func (r *reader) merge(i *instance, path string, value, unknown any) any {
	if b, ok := unknown.(bool); ok && b {
		return r.missing(i, path)
	}
	if i.left[path] {
		text, _ := value.(string)
		return chosen{text}
	}
	switch v := value.(type) {
	case map[string]any:
		holes, _ := unknown.(map[string]any)
		for key, each := range v {
			v[key] = r.merge(i, join(path, key), each, holes[key])
		}
		for key, hole := range holes {
			if _, ok := v[key]; !ok {
				if merged := r.merge(i, join(path, key), nil, hole); merged != nil {
					v[key] = merged
				}
			}
		}
		return v
	case []any:
		holes, _ := unknown.([]any)
		for n := range v {
			var hole any
			if n < len(holes) {
				hole = holes[n]
			}
			v[n] = r.merge(i, fmt.Sprintf("%s[%d]", path, n), v[n], hole)
		}
		return v
	case nil:
		// What a plan knows nothing of can be a list with holes alone.
		switch holes := unknown.(type) {
		case map[string]any:
			out := map[string]any{}
			for key, hole := range holes {
				if merged := r.merge(i, join(path, key), nil, hole); merged != nil {
					out[key] = merged
				}
			}
			if len(out) > 0 {
				return out
			}
		case []any:
			var out []any
			for n, hole := range holes {
				out = append(out, r.merge(i, fmt.Sprintf("%s[%d]", path, n), nil, hole))
			}
			if len(out) > 0 {
				return out
			}
		}
		return nil
	case string:
		return r.placeholder(i, v)
	}
	return value
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// undecided are the addresses out of which placeholders for public ones, and for blocks that nobody knows, are taken.
var undecided = netip.MustParsePrefix("240.0.0.0/4")

// placeholder finds out what a string is: one that stands for something of the instance itself is left to AWS; one that stands for what a data source
// would say, and is no identifier, is not known.
func (r *reader) placeholder(i *instance, s string) any {
	if r.notes == nil || s == "" {
		return s
	}
	owner, ok := r.notes.Placeholders[s]
	switch {
	case ok && owner == i.address:
		return chosen{s}
	case ok:
		if strings.Contains(owner, "data.") && isAddress(s) {
			return unresolved{owner}
		}
		return s
	case isAddress(s):
		text, _, _ := strings.Cut(s, "/")
		if owner, ok := r.notes.Placeholders[text]; ok { // a block of one address
			if owner == i.address {
				return chosen{s}
			}
			if strings.Contains(owner, "data.") {
				return unresolved{owner}
			}
			return s
		}
		if a, err := netip.ParseAddr(text); err == nil && undecided.Contains(a) {
			return unresolved{r.calculatedFrom(a)}
		}
	}
	return s
}

// calculated is what a value hangs on that is calculated from a placeholder.
const calculated = "what it is calculated from"

// calculatedFrom is what has the smallest block around an address: what was calculated from it, such as a part of it, is not known either.
func (r *reader) calculatedFrom(a netip.Addr) string {
	if r.blocks == nil {
		r.blocks = map[netip.Prefix]string{}
		for text, owner := range r.notes.Placeholders {
			if p, err := netip.ParsePrefix(text); err == nil {
				r.blocks[p.Masked()] = owner
			}
		}
	}
	for bits := a.BitLen(); bits > 0; bits-- {
		if p, err := a.Prefix(bits); err == nil && r.blocks[p] != "" {
			return r.blocks[p]
		}
	}
	return calculated
}

// bears notes that the network has what a data source would say: a placeholder of it, or its address.
func (r *reader) bears(s string) {
	switch {
	case s == calculated:
		r.loose = true
	case r.notes == nil:
	case strings.Contains(s, "data."):
		r.bearing[s] = true
	default:
		if owner, ok := r.notes.Placeholders[s]; ok {
			r.bearing[owner] = true
		}
	}
}

// isAddress tells cheaply whether a string may be an address or a block.
func isAddress(s string) bool {
	return len(s) >= 2 && len(s) <= 43 && (isDigit(s[0]) || strings.Contains(s, ":")) && !strings.ContainsAny(s, "gGhHiIjJkKlLmMnNoOpPqQrRsStTuUvVwWxXyYzZ-_ ")
}

// missing is a value that a plan does not know: left to AWS, or set by the code.
func (r *reader) missing(i *instance, path string) any {
	switch {
	case path == "":
		return chosen{}
	case r.notes != nil: // what is left to AWS has a placeholder there: this is something that the code makes of what is not known
		return unresolved{}
	}
	c := r.config.resources[plain(i.address)]
	if c == nil {
		return unresolved{}
	}
	top, _, nested := strings.Cut(path, ".")
	top, _, indexed := strings.Cut(top, "[")
	if _, ok := c.Expressions[top]; !ok {
		if nested || indexed { // of a dynamic block, of which the plan shows no code
			return unresolved{}
		}
		return chosen{}
	}
	references, ok := referencesAt(c.Expressions, path)
	if !ok {
		return chosen{}
	}
	return pending{references, strings.HasSuffix(path, "vpc_endpoint_id")}
}

// pending is a value that references decide; it is settled once all instances are known. endpoint: it is the identifier of an endpoint.
type pending struct {
	references []string
	endpoint   bool
}

var pathStep = regexp.MustCompile(`([^.\[\]]+)|\[(\d+)\]`)

// referencesAt are the references in the code of an attribute. Not ok: the code does not set it.
func referencesAt(expressions any, path string) ([]string, bool) {
	at := []any{expressions}
	for _, m := range pathStep.FindAllStringSubmatch(path, -1) {
		var next []any
		for _, each := range at {
			switch v := each.(type) {
			case map[string]any:
				if _, ok := v["references"]; ok && len(v) == 1 {
					next = append(next, v) // an expression as a whole
					continue
				}
				if m[2] != "" {
					next = append(next, v)
				} else if member, ok := v[m[1]]; ok {
					next = append(next, member)
				}
			case []any: // blocks: those of a set are in another order than the values
				if m[2] != "" {
					next = append(next, v...)
				}
			}
		}
		at = next
	}
	var all []string
	found := false
	for _, each := range at {
		v, ok := each.(map[string]any)
		if !ok {
			continue
		}
		list, ok := v["references"].([]any)
		if !ok {
			continue
		}
		found = true
		for _, reference := range list {
			if s, ok := reference.(string); ok {
				all = append(all, s)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all), found
}

// resolveAll settles what references decide.
func (r *reader) resolveAll() {
	for _, i := range r.all {
		i.value = r.settlePending(i, i.value)
	}
}

func (r *reader) settlePending(i *instance, value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, each := range v {
			v[key] = r.settlePending(i, each)
		}
	case []any:
		r.settleList(i, v)
		for n, each := range v {
			v[n] = r.settlePending(i, each)
		}
	case pending:
		if s, ok := r.follow(i.module, v, 0); ok {
			return s
		}
		from := strings.Join(longest(v.references), " or ")
		if all := r.followAll(i.module, v.references); len(all) > 1 {
			return several{all, from}
		}
		return unresolved{from}
	}
	return value
}

// several are the identifiers that a list refers to. As a single value, they are not known: it is one of them.
type several struct {
	ids  []string
	from string
}

// followAll finds the identifiers of several resources, if each reference leads to one.
func (r *reader) followAll(module string, references []string) []string {
	var all []string
	for _, each := range longest(references) {
		if m := resourceReference.FindStringSubmatch(each); m == nil || m[3] != "id" {
			return nil
		}
		id, ok := r.follow(module, pending{references: []string{each}}, 0)
		if !ok {
			return nil
		}
		all = append(all, id)
	}
	return all
}

// settleList settles a list whose elements are all not known, as many as the one resource that it refers to has instances.
func (r *reader) settleList(i *instance, list []any) {
	var references []string
	for _, each := range list {
		p, ok := each.(pending)
		if !ok || references != nil && !slices.Equal(references, p.references) {
			return
		}
		references = p.references
	}
	one := longest(references)
	if len(list) < 2 || len(one) != 1 {
		return
	}
	m := resourceReference.FindStringSubmatch(one[0])
	if m == nil || m[2] != "" || m[3] != "" && m[3] != "id" {
		return
	}
	all := r.instancesOf(i.module, m[1])
	if len(all) != len(list) {
		return
	}
	for n, each := range all {
		list[n] = each.id()
	}
}

// longest are the references that are not the beginning of another.
func longest(references []string) []string {
	var all []string
	for _, a := range references {
		if !slices.ContainsFunc(references, func(b string) bool {
			return a != b && strings.HasPrefix(b, a) && strings.ContainsRune(".[", rune(b[len(a)]))
		}) {
			all = append(all, a)
		}
	}
	return all
}

var (
	resourceReference = regexp.MustCompile(`^((?:aws|awscc)_[a-z0-9_]+\.[A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?(?:\.([a-z0-9_]+))?$`)
	moduleReference   = regexp.MustCompile(`^module\.([A-Za-z0-9_-]+)(\[(?:\d+|"[^"]*")\])?\.([A-Za-z0-9_-]+)$`)
	variableReference = regexp.MustCompile(`^var\.([A-Za-z0-9_-]+)$`)
)

// follow finds the one identifier that references lead to.
func (r *reader) follow(module string, p pending, depth int) (string, bool) {
	one := longest(p.references)
	if len(one) != 1 || depth > 20 {
		return "", false
	}
	if m := resourceReference.FindStringSubmatch(one[0]); m != nil {
		var target *instance
		if m[2] != "" {
			target = r.byAddress[join(module, m[1]+m[2])]
		} else if all := r.instancesOf(module, m[1]); len(all) == 1 {
			target = all[0]
		}
		if target == nil || m[3] == "" {
			return "", false
		}
		switch v := target.get(m[3]).value.(type) {
		case string:
			return v, true
		case pending:
			return r.follow(target.module, v, depth+1)
		case chosen:
			if same := sameAs[target.typ][m[3]]; same != "" && v.text == "" {
				return r.followAttribute(target, same, p, depth)
			}
			return target.attribute(m[3]), true
		case nil:
			return target.attribute(m[3]), true
		}
		return "", false
	}
	if p.endpoint {
		if s, ok := r.followEndpoint(module, one[0]); ok {
			return s, true
		}
	}
	if m := variableReference.FindStringSubmatch(one[0]); m != nil && module != "" {
		parent, call := callOf(module)
		caller := r.config.modules[plain(parent)]
		if caller == nil {
			return "", false
		}
		list, ok := referencesAt(caller.Calls[call].Expressions, m[1])
		if !ok {
			return "", false
		}
		return r.follow(parent, pending{list, p.endpoint}, depth+1)
	}
	if m := moduleReference.FindStringSubmatch(one[0]); m != nil {
		child := join(module, "module."+m[1])
		config := r.config.modules[plain(child)]
		caller := r.config.modules[plain(module)]
		if config == nil || caller == nil {
			return "", false
		}
		call := caller.Calls[m[1]]
		if (call.Count != nil || call.ForEach != nil) && m[2] == "" {
			return "", false
		}
		list, ok := referencesAt(map[string]any{"value": config.Outputs[m[3]].Expression}, "value")
		if !ok {
			return "", false
		}
		return r.follow(child+m[2], pending{list, p.endpoint}, depth+1)
	}
	return "", false
}

// followAttribute finds the identifier in an attribute of an instance.
func (r *reader) followAttribute(i *instance, name string, p pending, depth int) (string, bool) {
	switch v := i.get(name).value.(type) {
	case string:
		return v, true
	case pending:
		return r.follow(i.module, pending{v.references, p.endpoint}, depth+1)
	case chosen, nil:
		return i.attribute(name), true
	}
	return "", false
}

// callOf splits the path of a module instance into that of its parent and the name of the call.
func callOf(module string) (parent, call string) {
	rest := module
	for {
		n := stepLength(rest[len("module."):]) + len("module.")
		if n == len(rest) {
			break
		}
		rest = rest[n+1:]
	}
	parent = strings.TrimSuffix(strings.TrimSuffix(module, rest), ".")
	call, _, _ = strings.Cut(strings.TrimPrefix(rest, "module."), "[")
	return parent, call
}

// instancesOf are the instances of a resource in one instance of a module, in order.
func (r *reader) instancesOf(module, resource string) []*instance {
	typ, name, _ := strings.Cut(resource, ".")
	var all []*instance
	for _, i := range r.byType[typ] {
		if i.module == module && i.name == name {
			all = append(all, i)
		}
	}
	return all
}
