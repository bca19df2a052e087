# Two targets are all that a newcomer needs: `make demo` and `make test`. Both install what they lack (scripts/setup.sh).

GO       ?= go
COUNT    ?= 5
FUZZTIME ?= 20s

# Pinned: a newer linter must not turn a commit of last year red. It carries staticcheck (v0.8.2), so that one program and
# one kind of directive do for both.
GOLANGCI_LINT_VERSION := v2.15.0

# `./...` leaves out folders called testdata and modules of their own.
TESTDATA := $(patsubst %/,./%,$(sort $(dir $(wildcard testdata/*.go testdata/*/*.go))))
MODULES  := $(patsubst %/,%,$(dir $(wildcard cmd/*/go.mod compat/*/go.mod examples/*/go.mod redisstore/go.mod)))
PACKAGES := ./... $(TESTDATA)

# The packages that reach C, by themselves or through the one that does.
NATIVE := ./ossl ./bridge

# Where docker-test runs our tests, on which side of the matrix we are, and whose openssl is a peer (docker/README.md).
SUITES         ?= bookworm trixie sid
INTEROP_SUITES ?= trixie
PEERS          ?= bullseye bookworm trixie sid

# A linter reads no newer Go than the one that built it, so the file that says that it is there names both.
BIN    := $(CURDIR)/.bin
LINT   := $(BIN)/golangci-lint
LINTER := $(BIN)/.golangci-lint-$(GOLANGCI_LINT_VERSION)-$(shell $(GO) env GOVERSION 2>/dev/null)

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test test-openssl check build install race asan stress fuzz bench bench-full cover openssl-suite \
	fmt lint gen doc peers setup format vet staticcheck clean docker-build docker-test docker-interop docker-clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  Settings: COUNT=$(COUNT) (stress), FUZZTIME=$(FUZZTIME) (fuzz, per target), TESTFLAGS='-v -run X' (test, race, asan, openssl-suite)"
	@echo "            SUITES, INTEROP_SUITES, PEERS (docker-*), see docker/README.md"

demo: setup ## shake hands and transfer over real sockets: the epoll loop first, then net.Conn
	$(GO) run ./cmd/sslsock demo --mode loop
	$(GO) run ./cmd/sslsock demo --mode conn

test: setup ## run every test, of every module; count the crossings into C
	$(GO) test $(TESTFLAGS) $(PACKAGES)
	$(GO) test -tags osslcount -run Crossings $(TESTFLAGS) $(NATIVE)
	@set -e; for m in $(MODULES); do echo "cd $$m && $(GO) build ./... && $(GO) test ./..."; \
		(cd $$m && $(GO) build -buildvcs=false ./... && $(GO) test $(TESTFLAGS) ./...); done

test-openssl: setup ## the tests that depend on the OpenSSL that is bound
	$(GO) test $(TESTFLAGS) $(NATIVE) ./interop ./cmd/sslsock ./internal/suite
	$(GO) test -tags osslcount -run Crossings $(TESTFLAGS) $(NATIVE)

check: format vet staticcheck lint race asan ## all that a change must pass: format, vet, linters, -race, -asan

peers: setup ## install the servers that some tests talk to (Debian, Ubuntu); without them these tests skip
	@sh scripts/setup.sh peers

build: setup ## build bin/sslsock
	$(GO) build -o bin/sslsock ./cmd/sslsock

install: setup ## install sslsock where `go install` puts programs
	$(GO) install ./cmd/sslsock

race: setup ## tests under the race detector, in shuffled order
	$(GO) test -race -shuffle=on -timeout 20m $(TESTFLAGS) $(PACKAGES)

asan: ## tests of the packages that reach C under the address sanitizer, with leak detection
	@sh scripts/setup.sh asan
	ASAN_OPTIONS=detect_leaks=1 $(GO) test -asan -timeout 20m $(TESTFLAGS) $(NATIVE)

stress: setup ## COUNT shuffled rounds with -race, and again with cgo pointers checked in full
	GODEBUG=cgocheck=1 $(GO) test -race -shuffle=on -count=$(COUNT) -timeout 60m $(TESTFLAGS) $(NATIVE)
	GOEXPERIMENT=cgocheck2 $(GO) test -gcflags=all=-d=checkptr -shuffle=on -count=$(COUNT) -timeout 60m $(TESTFLAGS) $(NATIVE)

fuzz: setup ## run each fuzz target for FUZZTIME
	@GO=$(GO) sh scripts/fuzz.sh $(FUZZTIME)

bench: setup ## compare with plain C, crypto/tls and others, the short way; table here, JSON and chart in bench-out/
	cd cmd/sslbench && $(GO) run . --short --json $(CURDIR)/bench-out/bench.json --svg $(CURDIR)/bench-out/bench.svg

bench-full: setup ## compare in full; takes its time and wants a quiet machine
	cd cmd/sslbench && $(GO) run . --json $(CURDIR)/bench-out/bench-full.json --svg $(CURDIR)/bench-out/bench-full.svg

cover: setup ## test coverage of ossl and bridge, function by function (coverage.out)
	$(GO) test -coverprofile=coverage.out -coverpkg=./ossl,./bridge ./ossl ./bridge
	$(GO) tool cover -func=coverage.out

openssl-suite: setup ## run OpenSSL's own handshake tests through ossl and bridge: SUITE=dir, or those of its source package
	@$(GO) build -o bin/opensslsuite ./cmd/opensslsuite
	@dir=$$(SUITE='$(SUITE)' sh scripts/openssl-suite.sh) && bin/opensslsuite $(TESTFLAGS) "$$dir"

fmt: ## format the Go files
	gofmt -s -w .

lint: setup $(LINTER) ## golangci-lint, and the house rules that no linter knows
	$(LINT) run $(PACKAGES)
	@set -e; for m in $(MODULES); do echo "golangci-lint run ($$m)"; \
		(cd $$m && $(LINT) run -c $(CURDIR)/.golangci.yaml ./...); done
	sh scripts/rules.sh

gen: setup ## make the test certificates and the porting table again; fails when that changes one
	$(GO) run ./testdata/gen
	$(GO) generate ./ossl ./internal/porting
	@changed=$$(git status --porcelain -- testdata internal/porting/zz_bound.go ossl/zz_\*); [ -z "$$changed" ] || { echo "differs from what is committed:"; echo "$$changed"; exit 1; }

docker-build: ## the image of the program, sslsock:SUITE, for each of SUITES
	@sh docker/build.sh $(SUITES)

docker-test: ## our tests inside Debian's releases, with their OpenSSL: SUITES="bookworm trixie sid"
	@sh docker/test.sh $(SUITES)

docker-interop: ## the interop matrix between containers: INTEROP_SUITES for our side, PEERS for the other; docker/reports
	@PEERS='$(PEERS)' sh docker/interop.sh $(INTEROP_SUITES)

docker-clean: ## remove the images and caches of the three above
	@sh docker/clean.sh

doc: setup ## print the documentation of the packages
	@for p in ossl bridge; do echo "## $$p"; $(GO) doc -all ./$$p; done

setup:
	@sh scripts/setup.sh

format:
	@echo "gofmt -s -l ."; out=$$(gofmt -s -l .); [ -z "$$out" ] || { echo "not formatted, run make fmt:"; echo "$$out"; exit 1; }

# The compiler reads our C more strictly than cgo lets it.
vet: setup
	$(GO) vet $(PACKAGES)
	$(GO) vet -tags osslcount $(NATIVE)
	@set -e; for m in $(MODULES); do echo "cd $$m && $(GO) vet ./..."; (cd $$m && $(GO) vet ./...); done
	$$($(GO) env CC) -fsyntax-only -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror $$(pkg-config --cflags openssl) ossl/*.c

staticcheck: setup $(LINTER)
	$(LINT) run --enable-only staticcheck,unused $(PACKAGES)
	@set -e; for m in $(MODULES); do echo "staticcheck ($$m)"; \
		(cd $$m && $(LINT) run -c $(CURDIR)/.golangci.yaml --enable-only staticcheck,unused ./...); done

clean: ## remove what was built, tools included
	rm -rf .bin bin coverage.out

$(LINTER):
	GOBIN=$(BIN) $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	@touch $@
