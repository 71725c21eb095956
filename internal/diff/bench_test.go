package diff

import (
	"net/netip"
	"testing"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/query"
	"github.com/watertight/watertight/internal/synth"
)

// BenchmarkOrganization compares an organization of 10,000 interfaces with itself, and with itself after one rule was added.
func BenchmarkOrganization(b *testing.B) {
	for _, bench := range []struct {
		name  string
		rules int
	}{{"equal", 0}, {"one rule", 1}, {"twenty rules", 20}} {
		b.Run(bench.name, func(b *testing.B) {
			options := synth.Options{Interfaces: 10_000}.Complete()
			for b.Loop() {
				b.StopTimer()
				old, c := network.New(synth.Generate(options)), synth.Generate(options)
				for k := range bench.rules {
					g := c.SecurityGroups[len(c.SecurityGroups)*k/(bench.rules+1)]
					g.Inbound = append(g.Inbound, network.Rule{Protocol: 6, From: 22, To: 22, Block: netip.MustParsePrefix("10.0.0.0/8")})
				}
				new := network.New(c)
				b.StartTimer()
				d, err := Compare(old, new, Options{By: query.ByGroup})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(d.Changes)), "changes")
			}
		})
	}
}
