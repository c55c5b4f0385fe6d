#!/bin/busybox sh
# The first process of the machine: its files are those of the host, read only; what is written goes to /mnt and /run.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
for module in /modules/*; do insmod "$module"; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
for folder in proc sys dev; do mount --bind "/$folder" "/host/$folder"; done
mount -t tmpfs tmp /host/mnt
mount -t tmpfs run /host/run
mkdir -p /dev/shm
# Intel's 82574L, as which QEMU's e1000e says that it is.
echo 8086 10d3 >/sys/bus/pci/drivers/uio_pci_generic/new_id
echo 160 >/proc/sys/vm/nr_hugepages
cp /script /host/mnt/script
cp /files/* /host/mnt/ 2>/dev/null
chroot /host /bin/sh -c 'cd /mnt && TMPDIR=/mnt HOME=/mnt exec sh ./script'
reboot -f
