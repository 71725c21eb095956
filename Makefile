# Needs Go, and nothing else. Modules come from the Go module proxy.

# How long test-long looks, for each of its parts.
LONG ?= 10m

.DEFAULT_GOAL := help
.PHONY: help build test test-long bench docs format examples clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build ./watertight
	go build -o watertight ./cmd/watertight

test: ## check format and vet, and run all tests
	@unformatted=$$("$$(go env GOROOT)/bin/gofmt" -l cmd internal) || exit 1; \
	  [ -z "$$unformatted" ] || { echo "not formatted (make format):"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go test -timeout 25m ./...

test-long: ## compare engine and walker, fuzz the readers: eight parts of LONG=10m each, and two more
	WATERTIGHT_LONG=$(LONG) go test -count 1 -timeout 0 -v -run 'TestRandom' ./internal/reach
	go test -count 1 ./internal/packet -rapid.checks=50000
	go test -count 1 -timeout 0 -run RoundTrip ./internal/source/dump -rapid.checks=1000
	go test -timeout 0 -run '^$$' -fuzz FuzzRead -fuzztime $(LONG) ./internal/source/dump
	go test -timeout 0 -run '^$$' -fuzz FuzzParse -fuzztime $(LONG) ./internal/suricata
	go test -timeout 0 -run '^$$' -fuzz FuzzFields -fuzztime $(LONG) ./internal/suricata
	go test -timeout 0 -run '^$$' -fuzz FuzzParse -fuzztime $(LONG) -fuzzminimizetime 100x ./internal/source/tfplan
	go test -timeout 0 -run '^$$' -fuzz FuzzValues -fuzztime $(LONG) -fuzzminimizetime 100x ./internal/source/tfplan
	go test -timeout 0 -run '^$$' -fuzz FuzzParse -fuzztime $(LONG) -fuzzminimizetime 100x ./internal/source/shadow/schema
	go test -timeout 0 -run '^$$' -fuzz FuzzTable -fuzztime $(LONG) ./internal/source/shadow/schema

bench: ## measure; docs/performance.md has the table
	go test -run '^$$' -bench . -benchmem ./internal/packet ./internal/source/dump
	go test -timeout 0 -run '^$$' -bench . -benchtime 5x ./internal/source/tfplan ./internal/diff ./internal/audit ./internal/compile ./internal/exact ./internal/cli
	@for size in 200 10000 100000 1000000; do \
	  go test -timeout 0 -run '^$$' -bench "Organization/interfaces=$$size\$$" -benchtime 1x ./internal/reach | grep '^Bench' || exit 1; done

docs: ## write what the commands print into README.md and docs/
	go test -count 1 ./internal/cli -run Manual -update

format: ## gofmt
	"$$(go env GOROOT)/bin/gofmt" -l -w cmd internal

examples: ## record the examples again (needs Terraform, the AWS CLI, and moto: examples/by-hand/README.md)
	examples/by-hand/make.sh

clean: ## remove what build made
	rm -f watertight
