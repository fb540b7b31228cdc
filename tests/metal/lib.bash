# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # tmp is e2e/lib.bash's
# A Debian with its own kernel for QEMU to boot from a disk.  Sourced after e2e/lib.bash; it
# ends the test with a SKIP where there can be none.
PATH=$PATH:/usr/sbin

# skip_all WHY
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

[ "$(id -u)" -eq 0 ] || skip_all "mmdebstrap and mke2fs -d keep owners as root only"
for tool in mmdebstrap mke2fs debugfs; do
	command -v "$tool" >/dev/null || skip_all "no $tool here (Debian's mmdebstrap, e2fsprogs)"
done

# debian: what the machine has installed, once for all tests.
debian=$MMVS_CACHE/debian/bookworm-3.tar
if [ ! -s "$debian" ]; then
	mkdir -p "$(dirname "$debian")"
	# An initramfs of what the machine has; no service that it does not need.
	# shellcheck disable=SC2016 # mmdebstrap's
	mmdebstrap --quiet --format=tar --variant=minbase --include=systemd-sysv,udev,kmod,kexec-tools,jq,time,procps,gawk,initramfs-tools,linux-image-cloud-amd64 \
		--customize-hook='printf "%s\n" MODULES=list >"$1/etc/initramfs-tools/conf.d/mmvs"' \
		--customize-hook='printf "%s\n" virtio_pci virtio_blk ext4 >>"$1/etc/initramfs-tools/modules"' \
		--customize-hook='chroot "$1" update-initramfs -u -k all' \
		--customize-hook='for u in e2scrub_reap.service kexec-load.service kexec.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer; do ln -sf /dev/null "$1/etc/systemd/system/$u"; done' \
		bookworm "$debian.new" >"$tmp/log" 2>&1 || skip_all "mmdebstrap makes no Debian: $(grep -v '^I:' "$tmp/log" | tail -n 1)"
	mv "$debian.new" "$debian"
fi

# make_disk SIZE: $tmp/root becomes $tmp/disk, its kernel and initrd $tmp/vmlinuz and
# $tmp/initrd; sets theirs to the kernel's version.
make_disk()
{
	local kernel initrd
	truncate -s "$1" "$tmp/disk"
	mke2fs -q -t ext4 -d "$tmp/root" "$tmp/disk" >>"$tmp/log" 2>&1
	kernel=$(echo "$tmp/root"/boot/vmlinuz-*) initrd=$(echo "$tmp/root"/boot/initrd.img-*)
	cp "$kernel" "$tmp/vmlinuz"
	cp "$initrd" "$tmp/initrd"
	# shellcheck disable=SC2034 # machine.t's
	theirs=$(basename "$kernel" | sed 's/^vmlinuz-//')
	rm -rf "$tmp/root"
}
