package reach_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/watertight/watertight/internal/network"
	"github.com/watertight/watertight/internal/packet"
	"github.com/watertight/watertight/internal/reach"
	"github.com/watertight/watertight/internal/source/dump"
	"github.com/watertight/watertight/internal/synth"
)

// BenchmarkOrganization does what a user does with a folder of AWS answers, for synthetic organizations of growing size: load it, compute
// the whole matrix of its roles (every pair, every protocol and port, both ways), and ask single questions. It reports
//
//	load-s      reading the folder, until questions can be asked
//	matrix-s    the matrix, from nothing worked out
//	can-µs      one question between two interfaces
//	ns/iface    load and matrix per interface: flat or falling when growth is linear or better
//	live-MB     heap in use once all of this is worked out
//	peak-MB     the most memory that the process ever had: of this size when it is run alone, as `make bench` does
//
// The numbers to reach, on two cores, are in docs/performance.md.
func BenchmarkOrganization(b *testing.B) {
	for _, size := range []int{200, 10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("interfaces=%d", size), func(b *testing.B) {
			if size > 100_000 && testing.Short() {
				b.Skip("-short")
			}
			defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command does
			defer debug.SetMemoryLimit(debug.SetMemoryLimit(7 << 30))
			folder := b.TempDir()
			if err := dump.Write(folder, network.New(synth.Generate(synth.Options{Interfaces: size}))); err != nil {
				b.Fatal(err)
			}
			var load, matrix, can time.Duration
			var e *reach.Engine
			for b.Loop() {
				e = nil
				runtime.GC()
				debug.FreeOSMemory()
				start := time.Now()
				contents, err := dump.Read(folder, nil)
				if err != nil {
					b.Fatal(err)
				}
				n := network.New(contents)
				e = reach.New(n)
				load += time.Since(start)

				start = time.Now()
				all := e.Everything()
				cells := e.Tally(reach.Question{Sources: all, Destinations: all, Traffic: everything, Brief: true}, roles(n), roles(n))
				matrix += time.Since(start)
				if len(cells) == 0 {
					b.Fatal("the matrix is empty")
				}

				const questions = 1000
				list := n.Interfaces.All()
				start = time.Now()
				for i := range questions {
					from, to := list[(i*7919)%len(list)], list[(i*104729+1)%len(list)]
					e.Can(reach.Question{Sources: e.Interfaces(from), Destinations: e.Interfaces(to), Traffic: packet.Ports(packet.TCP, 443, 443)})
				}
				can += time.Since(start) / questions
			}
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			var usage syscall.Rusage
			_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
			per := func(d time.Duration) float64 { return d.Seconds() / float64(b.N) }
			b.ReportMetric(per(load), "load-s")
			b.ReportMetric(per(matrix), "matrix-s")
			b.ReportMetric(per(can)*1e6, "can-µs")
			b.ReportMetric((per(load)+per(matrix))*1e9/float64(size), "ns/iface")
			b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "live-MB")
			b.ReportMetric(float64(usage.Maxrss)/(1<<10), "peak-MB")
			b.ReportMetric(0, "ns/op")
			runtime.KeepAlive(e)
		})
	}
}

// everything is every header that a client sends: all protocols, all ports, from ports that clients use (V-1).
var everything = packet.All.Intersect(packet.Clients(1024, 65535))

// roles labels interfaces by their security groups, told apart by VPC.
func roles(n *network.Network) reach.Labels {
	names := map[string]string{}
	for _, g := range n.SecurityGroups.All() {
		names[g.ID] = g.VPC + "/" + g.Name
	}
	return func(i *network.Interface) []string {
		labels := make([]string, len(i.Groups))
		for k, id := range i.Groups {
			labels[k] = names[id]
		}
		return labels
	}
}
