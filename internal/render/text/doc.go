// Package text renders report documents for people who read a terminal, perhaps at three in the morning.
//
// The first line is the answer. Below stand what decides it and where that is written; what does not decide it is left for --explain.
// Invariants:
//
//   - A verdict is always a word, or a symbol that the legend below explains; colour repeats what the words say.
//   - Unknown, one-way and partial look different from each other and from reachable and unreachable everywhere.
//   - Nothing is cut off silently: what is left out is counted, and the line says how to see it.
//
// An answer, shortened:
//
//	reachable  app-server → cache-redis  tcp 6379
//
//	  ipv4, same VPC: 10.0.10.10:49152 → 10.0.20.10:6379
//	  → security group  sg-app-server (sg-0a1b)   outbound tcp 6379 to sg-0c2d
//	  → security group  sg-cache-redis (sg-0c2d)  inbound tcp 6379 from sg-0a1b
package text
