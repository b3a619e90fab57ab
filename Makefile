# Causeway. Everything here works from a fresh clone on a machine with Node 20, npm and make.
#   make run     build, start https://localhost:8443 and enrol this computer as the first Jump Client
#   make test    every check and every test
#   make build   dist/causeway and dist/causeway-agent
#   make agents  the agent for every platform, in dist/agents
#   make image   the appliance for every hypervisor, in dist/image
#   make package a .deb of the server for a Debian of your own, in dist/package (ARCH=arm64: for that processor)
#   make image-test  boot that appliance in emulated machines and try it (SCENARIO=boot-bios: one thing alone)
#   make bench   measure, print the table and write dist/bench.json
#   make check   format, types, lint, import rules, dead code and the house's own rules

# As in the units of server and agent: docs/performance.md, "Copying" and "Memory kept for a moment".
export GLIBC_TUNABLES ?= glibc.cpu.x86_rep_movsb_threshold=0x7fffffffff
export MIMALLOC_PURGE_DELAY ?= 1000

BUN := tools/bun/node_modules/.bin/bun
INSTALLED := node_modules/.installed
CHECKS := format types svelte lint lint-svelte imports dead-code rules capabilities docs languages

.DELETE_ON_ERROR:
.PHONY: run test build ui agents image image-twice image-test package package-test bench check capabilities docs languages pictures tour golden format clean $(addprefix check-,$(CHECKS))

run: $(INSTALLED)
	@$(BUN) tools/run/main.ts

test: $(INSTALLED)
	@$(BUN) tools/test/main.ts

build: $(INSTALLED)
	@$(BUN) tools/build/main.ts

ui: $(INSTALLED)
	@$(BUN) tools/build/main.ts ui

agents: $(INSTALLED)
	@$(BUN) tools/build/main.ts agents

bench: build
	@$(BUN) tools/bench/main.ts

# The appliance for every hypervisor and its update bundle, in dist/image; as root on Debian. VERSION=1.2.3 names another.
image: build agents
	@$(BUN) appliance/image/main.ts $(if $(VERSION),--version $(VERSION))

# Builds the disk twice from nothing and names what differs.
image-twice: build agents
	@$(BUN) appliance/image/main.ts twice

# What is left of it in dist/image-test: logs of the serial lines, figures. SCENARIO names one thing or several.
image-test: $(INSTALLED)
	@$(BUN) appliance/test/main.ts $(SCENARIO)

# The server as a Debian package, in dist/package; without root. VERSION=1.2.3 names another, ARCH=arm64 builds for it,
# CAUSEWAY_MAINTAINER="Name <name@example.com>" in the environment says who answers for it.
package: build agents
	@$(BUN) appliance/package/main.ts $(if $(VERSION),--version $(VERSION)) $(if $(ARCH),--arch $(ARCH))

# Installs that package in a Debian of its own that systemd has started, upgrades and removes it; as root.
package-test: build agents
	@$(BUN) appliance/package/test/main.ts

check: $(INSTALLED)
	@$(BUN) tools/check/main.ts

# One part of the check alone, such as `make check-types`.
$(addprefix check-,$(CHECKS)): check-%: $(INSTALLED)
	@$(BUN) tools/check/main.ts $*

# Writes docs/capabilities.csv from the tests' titles.
capabilities: $(INSTALLED)
	@$(BUN) tools/capabilities/main.ts

# Leaves this release's messages for later releases to read; once for each protocol version.
golden: $(INSTALLED)
	@$(BUN) tools/golden/main.ts

# Takes the pictures of README.md from the built programs.
pictures: build
	@$(BUN) ui/test/pictures.ts

# Takes a picture of every page at a desk's and a phone's size, light and dark, into dist/tour; says what overflows or is cut.
tour: build
	@$(BUN) ui/test/tour/tour.ts

# Writes docs/permissions.md and the tables of docs/protocol.md from the source.
docs: $(INSTALLED)
	@$(BUN) tools/docs/main.ts

# Brings ui/languages/*.po up to date with the texts of the pages; says what is not translated yet.
languages: $(INSTALLED)
	@$(BUN) tools/languages/main.ts

format: $(INSTALLED)
	@$(BUN) fmt

clean:
	rm -rf dist gen

$(BUN): tools/bun/package.json tools/bun/package-lock.json
	npm --prefix tools/bun ci --no-audit --no-fund --loglevel=error
	@touch $@

$(INSTALLED): $(BUN) package.json bun.lock
	$(BUN) install --frozen-lockfile
	@touch $@
