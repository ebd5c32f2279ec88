#!/bin/sh
# Makes target/cloud-kernel: Debian's kernel for virtual machines, unpacked and not installed, for the test that boots a
# machine of its own.
#
#   target/cloud-kernel/vmlinuz     the kernel
#   target/cloud-kernel/modules/    its modules, all in one folder
#   target/cloud-kernel/stamp       the package, written last
#
# Does nothing when it is there already.
set -eu

cd "$(dirname "$0")/.."
kernel=target/cloud-kernel
[ -f "$kernel/stamp" ] && exit 0

command -v apt-get >/dev/null || { echo "the kernel for test machines comes from Debian's packages: apt-get is missing" >&2; exit 1; }

# The package of this name is empty and depends on the newest kernel.
newest() { apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1; }
fetch() {
    package=$(newest)
    # The download needs no user of its own: it is read by this script alone.
    [ -n "$package" ] && (cd "$kernel" && apt-get download -qq -o APT::Sandbox::User=root "$package" 2>/dev/null)
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

rm -rf "$kernel"
mkdir -p "$kernel/modules"
echo "downloading Debian's cloud kernel for the test on unified cgroups"
# Package lists that are missing or old are the only expected reason to fail.
fetch || { as_root apt-get update -qq && fetch; } || { echo "Debian's package linux-image-cloud-amd64 cannot be downloaded" >&2; exit 1; }
dpkg-deb -x "$kernel"/*.deb "$kernel/unpacked"
mv "$kernel"/unpacked/boot/vmlinuz-* "$kernel/vmlinuz"
find "$kernel/unpacked" -name '*.ko' -exec mv -t "$kernel/modules" {} +
rm -rf "$kernel"/*.deb "$kernel/unpacked"
echo "$package" >"$kernel/stamp"
