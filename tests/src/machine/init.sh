#!/bin/busybox sh
# The first process of a test machine: mounts what systemd would mount, then runs one command after the other.
#
# A command is a line on the serial console. The answer is a line `#answer BYTES CODE`, then what the command printed.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root

# The file system that the kernel unpacked us into cannot be the old root of a container's pivot_root; a mount of it can.
if [ ! -e /machine ]; then
    /bin/busybox --install -s /bin
    mkdir -p /machine /proc /sys /dev /tmp /run /var/lib /root
    mount --bind / /machine
    cd /machine && mount --move . / && exec chroot . /init
fi

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
for folder in /dev/shm /tmp /run /var/lib; do mount -t tmpfs tmpfs "$folder"; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
echo "+cpu +memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
mount --make-rshared /

for module in /modules/*; do insmod "$module"; done
ip link set lo up
hostname machine

exec </dev/ttyS0 >/dev/ttyS0 2>&1
stty raw -echo
# The firmware leaves an unfinished line.
printf '\n#ready\n'
while IFS= read -r command; do
    sh -c "$command" </dev/null >/tmp/answer 2>&1
    code=$?
    echo "#answer $(wc -c </tmp/answer) $code"
    cat /tmp/answer
done
