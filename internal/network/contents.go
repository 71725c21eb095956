package network

import "reflect"

// Contents are copies of the objects of a network, for another one that is like it but for a few of them: change these, and give all to [New]. The lists that objects hold
// are shared with those of the network, and must not be changed in place.
func (n *Network) Contents() Contents {
	c := Contents{Collected: n.Collected, Gaps: n.Gaps, Problems: n.Problems, Suppressions: n.Suppressions, Assumptions: n.Assumptions, Made: n.Made, Unread: n.Unread}
	from, to := reflect.ValueOf(n).Elem(), reflect.ValueOf(&c).Elem()
	for k := range to.NumField() {
		field := to.Field(k)
		if field.Kind() != reflect.Slice || field.Type().Elem().Kind() != reflect.Pointer {
			continue
		}
		all := from.FieldByName(to.Type().Field(k).Name).MethodByName("All").Call(nil)[0]
		list := reflect.MakeSlice(all.Type(), all.Len(), all.Len())
		for i := range all.Len() {
			copied := reflect.New(all.Type().Elem().Elem())
			copied.Elem().Set(all.Index(i).Elem())
			list.Index(i).Set(copied)
		}
		field.Set(list)
	}
	return c
}
