# Gantry: two commands for newcomers, `make up` and `make test`. Each target installs what it needs and says what it does.

.DEFAULT_GOAL := help
.PHONY: help build install up test bench check rust packages test-packages bench-packages nextest deny

PREFIX ?= /usr/local
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
# `make` may run where cargo was installed a moment ago.
export PATH := $(HOME)/.cargo/bin:$(PATH)

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

build: rust packages ## Build target/release/gantry
	cargo build --release --locked --package gantry

install: build ## Install gantry under PREFIX (/usr/local)
	$(SUDO) install -D -m 0755 target/release/gantry $(DESTDIR)$(PREFIX)/bin/gantry

up: build ## Run Gantry: API on 127.0.0.1:4780, data in /var/lib/gantry
	$(SUDO) ./target/release/gantry up $(ARGS)

test: rust packages test-packages nextest ## Run every test
	tools/test.sh

bench: build bench-packages ## Measure against the peers, as ratios of one run
	cargo xtask bench

check: rust packages deny ## Formatting, lints, licences
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo deny --log-level error check bans licenses sources
	cargo xtask codegen --check
	cargo xtask tidy

rust:
	@tools/need-rust.sh

packages:
	@tools/need-packages.sh gcc:gcc libc6-dev:/usr/include/stdlib.h nftables:nft

test-packages:
	@tools/need-packages.sh python3:python3 python3-venv:/usr/share/doc/python3-venv busybox-static:/bin/busybox crun:crun curl:curl e2fsprogs:mkfs.ext4 iproute2:ip iptables:iptables util-linux:nsenter qemu-system-x86:qemu-system-x86_64
	@tools/cloud-kernel.sh
	@tools/venv.sh

bench-packages: test-packages
	@tools/need-packages.sh docker.io:dockerd
	@tools/venv.sh bench

nextest:
	@cargo nextest --version >/dev/null 2>&1 || { echo "installing cargo-nextest (the test runner)"; cargo install --locked cargo-nextest; }

deny:
	@cargo deny --version >/dev/null 2>&1 || { echo "installing cargo-deny (licences and bans)"; cargo install --locked cargo-deny; }
