#!/bin/sh
# Installs Debian packages that are missing. Each argument is PACKAGE:PROOF, the proof being a command or a path.
set -eu
missing=
for pair in "$@"; do
    package=${pair%%:*} proof=${pair#*:}
    case $proof in
        /*) [ -e "$proof" ] || missing="$missing $package" ;;
        # Administrators' commands are not on everybody's path.
        *) PATH="$PATH:/usr/sbin:/sbin" command -v "$proof" >/dev/null || missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || { echo "please install:$missing" >&2; exit 1; }
sudo=; [ "$(id -u)" = 0 ] || sudo=sudo
echo "installing Debian packages:$missing"
$sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
# shellcheck disable=SC2086 # one word per package
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
