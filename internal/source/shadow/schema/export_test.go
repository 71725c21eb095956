package schema

import "github.com/hashicorp/terraform-plugin-go/tfprotov5"

// OpenAWS is AWS of a program that has just begun.
func OpenAWS(major int, resources []string) (*Provider, []string, error) {
	t := awsTables[major]
	fresh, err := open(*t.packed)
	if err != nil {
		return nil, nil, err
	}
	p := &Provider{Resources: map[string]*tfprotov5.Schema{}}
	var missing []string
	for _, name := range resources {
		s, ok, err := fresh.schema(kindResource, name)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			missing = append(missing, name)
			continue
		}
		p.Resources[name] = s
	}
	return p, missing, nil
}
