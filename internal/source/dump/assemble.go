package dump

// assemble puts together what several lists say of one thing. The order matters: owners are confirmed by the objects that are complete by then.
func (d *dump) assemble(all *part) {
	d.assembleZones(all)
	d.assembleGroups(all)
	d.assemblePrefixLists(all)
	d.assembleServices(all)
	d.assembleBlockPublicAccess(all)
	d.assembleAttachments(all)
	d.assembleTransitTables(all)
	d.assembleBalancers(all)
	d.assembleFirewalls(all)
	d.assembleHostedZones(all)
	d.assembleDatabases(all)
	d.assembleTasks(all)
	d.assembleInterfaces(all)
}
