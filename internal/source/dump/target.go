package dump

import (
	"fmt"
	"strconv"

	"github.com/watertight/watertight/internal/network"
)

// targetGroup is a TargetGroup of the Elastic Load Balancing v2 API.
type targetGroup struct {
	TargetGroupArn   string
	TargetGroupName  string
	Protocol         string `json:",omitzero"`
	Port             int    `json:",omitzero"`
	VpcId            string `json:",omitzero"`
	TargetType       string
	IpAddressType    string `json:",omitzero"`
	LoadBalancerArns []string
	// HealthCheckPort is a number, or "traffic-port" for the port of each target.
	HealthCheckEnabled *bool  `json:",omitzero"`
	HealthCheckPort    string `json:",omitzero"`
	record
}

const trafficPort = "traffic-port"

func readTargetGroup(e *element, r *targetGroup) {
	g := &network.TargetGroup{Protocol: e.share(r.Protocol), Port: r.Port, TargetType: e.require("TargetType", r.TargetType), VPC: e.share(r.VpcId),
		IPAddressType: e.share(r.IpAddressType), LoadBalancers: e.shareAll(r.LoadBalancerArns)}
	g.HealthCheckPort = e.healthCheckPort(r)
	g.Name = e.share(r.TargetGroupName)
	e.settle(&g.Object, "TargetGroupArn", r.TargetGroupArn, "", &r.record)
	e.out.TargetGroups = append(e.out.TargetGroups, g)
}

// healthCheckPort is as [network.TargetGroup] has it.
func (e *element) healthCheckPort(r *targetGroup) int {
	switch {
	case r.HealthCheckEnabled != nil && !*r.HealthCheckEnabled || r.HealthCheckPort == "":
		return -1
	case r.HealthCheckPort == trafficPort:
		return 0
	}
	port, err := strconv.ParseUint(r.HealthCheckPort, 10, 16)
	if err != nil || port == 0 {
		e.fault("/HealthCheckPort", fmt.Sprintf("is %q: the API gives a port, or %s", r.HealthCheckPort, trafficPort))
		return -1
	}
	return int(port)
}

func writeTargetGroup(g *network.TargetGroup) targetGroup {
	r := targetGroup{TargetGroupArn: g.ID, TargetGroupName: g.Name, Protocol: g.Protocol, Port: g.Port, VpcId: g.VPC, TargetType: g.TargetType, IpAddressType: g.IPAddressType,
		LoadBalancerArns: g.LoadBalancers, record: markUnnamed(&g.Object)}
	checked := g.HealthCheckPort >= 0
	r.HealthCheckEnabled = &checked
	switch {
	case g.HealthCheckPort == 0:
		r.HealthCheckPort = trafficPort
	case checked:
		r.HealthCheckPort = strconv.Itoa(g.HealthCheckPort)
	}
	return r
}

type targetAttributes struct {
	TargetGroupArn string
	Attributes     []attribute
}

// targetHealth is the answer of describe-target-health, with the target group that was asked for.
type targetHealth struct {
	TargetGroupArn           string
	TargetHealthDescriptions []targetDescription
}

type targetDescription struct{ Target target }

type target struct {
	Id               string
	Port             int    `json:",omitzero"`
	AvailabilityZone string `json:",omitzero"`
}

func writeTargetHealth(g *network.TargetGroup) targetHealth {
	return targetHealth{TargetGroupArn: g.ID, TargetHealthDescriptions: pick(g.Targets, func(t network.LoadBalancerTarget) targetDescription {
		return targetDescription{target{t.ID, t.Port, t.Zone}}
	})}
}
