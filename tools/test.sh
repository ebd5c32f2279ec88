#!/bin/sh
# Every test, cheap ones first. Root is needed: tests make namespaces, cgroups and mounts of their own.
set -eu
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "the tests make namespaces and cgroups: run them as root, for example with: sudo -E make test" >&2; exit 1; }

echo "== what a killed run left behind"
tools/sweep.sh
echo "== formatting"
cargo fmt --all --check
echo "== rules about the code, generated code and pages"
cargo xtask tidy
cargo xtask codegen --check
echo "== tests"
cargo build --locked --package gantry
cargo nextest run --workspace --locked --no-fail-fast
echo "== simulator"
cargo xtask sim --seeds "${SIM_SEEDS:-200}"
