// Package report holds the wire types of answers: what --json prints, and all that a renderer knows.
//
// It is versioned ([Schema]) and imports nothing of the project, so that a document can be written to a file by one program and rendered by
// another. Invariants:
//
//   - A document is complete: a renderer adds words and order, never facts.
//   - Every list is in a fixed order, and the same question on the same input gives the same document.
//   - A list that is part of the format is never null. Fields that are left out when empty say so with omitempty.
//   - Verdicts, effects and kinds are words, not numbers; "unknown" is never left out and never stands for anything else.
//
// A document of kind "can", shortened:
//
//	{
//	  "schema": "watertight/v1",
//	  "kind": "can",
//	  "question": {"source": "app-server", "destination": "cache-redis", "protocol": "tcp", "ports": "6379", "client_ports": "1024-65535", "family": "any"},
//	  "verdict": "reachable",
//	  "parts": [{"verdict": "reachable", "protocol": "tcp", "ports": "6379", "path": [], "reply": [], "witness": {}}],
//	  "assumptions": [],
//	  "not_modelled": []
//	}
package report
