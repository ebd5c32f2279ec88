#!/bin/sh
# Removes what a test run that was killed left behind: cgroups and folders whose names begin with gantry-test.
set -eu
for group in $(find /sys/fs/cgroup -mindepth 2 -maxdepth 4 -type d -name 'gantry-test*' 2>/dev/null); do
    find "$group" -depth -type d -exec sh -c '
        for pid in $(cat "$1/cgroup.procs" 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
        rmdir "$1" 2>/dev/null || true' _ {} \;
done
rm -rf /tmp/gantry-test-*
