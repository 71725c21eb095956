// Package markdown renders documents that list changes or findings as the comment on a pull request.
//
// The first line says what was found; a table says it one row a change, with the cause and where that is written; packets and ways are folded below.
// Invariants:
//
//   - What names of objects hold is text: it makes no link, no HTML and no table of its own, and mentions nobody.
//   - It is never longer than [Most] bytes. What is left out is counted, and what comes first in the document is kept.
//   - It is short when nothing changes.
//
// For example:
//
//	**1 newly reachable: 1 object differs.**
//
//	| | from | to | what | because of |
//	|---|---|---|---|---|
//	| unreachable → **reachable** | `internet` | `web` | tcp 22 | `aws_security_group.web`: inbound tcp 22 from 0.0.0.0/0 added (`infra/web.tf:12`) |
package markdown
