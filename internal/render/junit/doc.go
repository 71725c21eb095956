// Package junit renders documents that list changes or findings as JUnit XML, which every build server shows.
//
// Each change or finding is a test case. Those that a person should look at fail; what is no longer reachable, notes and what is suppressed are told of in
// cases that pass or are skipped. Where there is nothing to tell, one case passes.
package junit
