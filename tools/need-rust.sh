#!/bin/sh
# Ends with the one line that installs Rust where there is none, or one that is too old.
set -eu
want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$(dirname "$0")/../Cargo.toml")
have=$(rustc --version 2>/dev/null | cut -d' ' -f2 | cut -d- -f1 || true)
oldest=$(printf '%s\n%s\n' "$want" "${have:-0}" | sort -V | head -n 1)
[ "$oldest" = "$want" ] && exit 0
echo "Gantry needs Rust $want or newer (found: ${have:-none}). This line installs it:" >&2
echo "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile default" >&2
exit 1
