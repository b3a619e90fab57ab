/** What the appliance and its build take from Debian. */

/** Debian's release inside the image, and of the tools that build it. */
export const DEBIAN_SUITE = "trixie";

/** The appliance. No ssh, no getty's friends, no package manager: an update replaces the whole root. */
export const appliancePackages = [
  // The system
  "systemd",
  "systemd-sysv",
  "systemd-resolved",
  "systemd-repart",
  "dbus",
  "udev",
  "kmod",
  // The cloud kernel lacks AHCI, LSI, e1000 and vmwgfx.
  "linux-image-amd64",
  "initramfs-tools",
  "cryptsetup-bin",
  "zstd",
  "e2fsprogs",
  // Network and time
  "iproute2",
  "iputils-ping",
  "nftables",
  "chrony",
  "ca-certificates",
  "tzdata",
  // Each starts on its own hypervisor alone (ConditionVirtualization in Debian's units).
  "open-vm-tools",
  "qemu-guest-agent",
  "hyperv-daemons",
] as const;

/** The tools that make the image, of the same release, so that the builder's own release does not matter. */
export const toolPackages = [
  "cryptsetup-bin",
  "dosfstools",
  "e2fsprogs",
  "erofs-utils",
  "fdisk",
  "grub-common",
  "grub-efi-amd64-signed",
  "grub-pc-bin",
  "mtools",
  "nftables",
  "qemu-utils",
  "shim-signed",
  "zstd",
] as const;

/** What the builder itself must have. */
export const builderPackages = ["debian-archive-keyring", "mmdebstrap"] as const;

/** Kernel modules no virtual machine needs, under lib/modules/VERSION/kernel. */
export const unneededModules = [
  "drivers/bluetooth",
  "drivers/comedi",
  "drivers/gpu/drm/amd",
  "drivers/gpu/drm/i915",
  "drivers/gpu/drm/nouveau",
  "drivers/gpu/drm/radeon",
  "drivers/gpu/drm/xe",
  "drivers/hwmon",
  "drivers/iio",
  "drivers/infiniband",
  "drivers/isdn",
  "drivers/media",
  "drivers/mtd",
  "drivers/net/can",
  "drivers/net/wireless",
  "drivers/staging",
  "drivers/thunderbolt",
  "drivers/usb/gadget",
  "fs/btrfs",
  "fs/ceph",
  "fs/gfs2",
  "fs/ocfs2",
  "fs/smb",
  "fs/xfs",
  "net/bluetooth",
  "net/mac80211",
  "net/wireless",
  "sound",
] as const;
