#!/bin/sh
# Makes target/venv: the AWS clients that tests use as oracles and that the code generator reads.
#
#   tools/venv.sh          botocore, boto3 and the aws command line
#   tools/venv.sh bench    the same, and moto's server, the peer of the benchmarks
#
# Does nothing when everything is there already; several callers at once wait for each other.
set -eu

# The aws command line carries a botocore of its own; the one below is what Python sees.
BOTOCORE=1.44.5
BOTO3=1.44.5
AWSCLI=1.46.2
MOTO=5.2.5

cd "$(dirname "$0")/.."
venv=target/venv
mkdir -p target

# A stamp is written last and names the versions, so that an interrupted or outdated one is made anew.
clients="botocore==$BOTOCORE boto3==$BOTO3 awscli==$AWSCLI"
is_done() { [ -f "$venv/$1.stamp" ] && [ "$(cat "$venv/$1.stamp")" = "$2" ]; }
all_done() {
    is_done clients "$clients" || return 1
    [ "${1:-}" != bench ] || is_done bench "$clients moto==$MOTO"
}
all_done "${1:-}" && exit 0

command -v python3 >/dev/null || { echo "python3 is missing: apt-get install python3 python3-venv" >&2; exit 1; }

exec 9>target/venv.lock
flock 9
all_done "${1:-}" && exit 0

if ! is_done clients "$clients"; then
    python3 -m venv --clear "$venv" || { echo "python3 -m venv failed: apt-get install python3-venv" >&2; exit 1; }
    # shellcheck disable=SC2086 # one word per package
    "$venv/bin/pip" install --quiet --disable-pip-version-check $clients
    echo "$clients" >"$venv/clients.stamp"
fi
if [ "${1:-}" = bench ]; then
    # shellcheck disable=SC2086
    "$venv/bin/pip" install --quiet --disable-pip-version-check $clients "moto[server]==$MOTO"
    echo "$clients moto==$MOTO" >"$venv/bench.stamp"
fi
