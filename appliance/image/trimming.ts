import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { chmod, lstat } from "node:fs/promises";
import { join } from "node:path";

/** What the root does without once it is made, by folder; a star stands for any letters. */
const UNNEEDED: Readonly<Record<string, readonly string[]>> = {
  // Contents of folders that other file systems cover, and of Debian's packages' state
  "": ["efi", "home", "initrd.img*", "media", "mnt", "opt", "srv", "vmlinuz*"],
  boot: ["*"],
  dev: ["*"],
  root: ["*"],
  run: ["*"],
  tmp: ["*"],
  var: ["*"],
  etc: [
    ...["apt", "dpkg", "initramfs-tools", "kernel", "logrotate.d", "cron.d", "cron.daily", "init.d", "rc*.d", "skel"],
    ...["update-motd.d", "network", "opt", "ppp", "*-", "deluser.conf", "adduser.conf", "debconf.conf", "ucf.conf"],
  ],
  // Users' and packages' programs: nobody signs in, and nothing is installed
  "usr/bin": [
    ...[
      "apt*",
      "dpkg*",
      "debconf*",
      "deb-systemd-*",
      "perl*",
      "ucf*",
      "update-alternatives",
      "lsinitramfs",
      "unmkinitramfs",
    ],
    ...["chage", "chfn", "chsh", "expiry", "faillog", "gpasswd", "lastlog", "newgrp", "passwd", "su", "sg", "login"],
    ...[
      "mcookie",
      "script*",
      "wall",
      "write",
      "mesg",
      "linux-*",
      "bashbug",
      "infocmp",
      "tic",
      "sensible-*",
      "mt*",
      "cpio",
    ],
    ...[
      "vm-support",
      "vmhgfs-fuse",
      "vmware-alias-import",
      "vmware-hgfsclient",
      "vmware-vgauth-cmd",
      "vmware-vmblock-fuse",
    ],
    "VGAuthService",
  ],
  "usr/sbin": [
    ...[
      "sulogin",
      "agetty",
      "getty",
      "chpasswd",
      "chgpasswd",
      "newusers",
      "vipw",
      "vigr",
      "pw*conv",
      "grp*conv",
      "pwck",
      "grpck",
    ],
    ...["adduser", "addgroup", "deluser", "delgroup", "user*", "group*", "shadowconfig", "add-shell", "remove-shell"],
    ...["dpkg*", "update-*", "mkinitramfs", "installkernel", "invoke-rc.d", "unix_chkpwd", "unix_update", "pam*"],
  ],
  "usr/lib": ["apt", "dpkg", "initramfs-tools", "dracut", "klibc*", "kernel"],
  "usr/libexec": ["dpkg"],
  "usr/lib/systemd/system": ["vgauth.service", "open-vm-tools.service.requires", "run-vmblock*"],
  // They would make folders for people in a root that nobody can write
  "usr/lib/tmpfiles.d": ["home.conf", "provision.conf"],
  "usr/lib/x86_64-linux-gnu": ["gconv", "perl", "perl-base"],
  "usr/share": [
    ...["X11", "apt", "bash-completion", "bug", "debconf", "debianutils", "doc-base", "dpkg", "gcc", "gdb", "info"],
    ...[
      "initramfs-tools",
      "keyrings",
      "lintian",
      "locale",
      "man",
      "menu",
      "perl5",
      "pixmaps",
      "polkit-1",
      "vim",
      "zsh",
    ],
  ],
};

/** Empty folders that mounts and systemd expect in a root that nobody can write. resolved needs /var/tmp there. */
const EXPECTED_FOLDERS = [
  { path: "boot", mode: 0o755 },
  { path: "data", mode: 0o755 },
  { path: "dev", mode: 0o755 },
  { path: "mnt", mode: 0o755 },
  { path: "proc", mode: 0o555 },
  { path: "root", mode: 0o700 },
  { path: "run", mode: 0o755 },
  { path: "sys", mode: 0o555 },
  { path: "tmp", mode: 0o1777 },
  { path: "var", mode: 0o755 },
  { path: "var/cache", mode: 0o755 },
  { path: "var/lib", mode: 0o755 },
  { path: "var/log", mode: 0o755 },
  { path: "var/tmp", mode: 0o1777 },
] as const;

/** Takes out of a finished root what no appliance needs, and the privileges of files in it. */
export async function trimRoot(root: string): Promise<void> {
  for (const [folder, names] of Object.entries(UNNEEDED)) {
    for (const entry of existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : []) {
      if (names.some((name) => matches(name, entry)))
        rmSync(join(root, folder, entry), { recursive: true, force: true });
    }
  }
  for (const { path, mode } of EXPECTED_FOLDERS) {
    mkdirSync(join(root, path), { recursive: true });
    await chmod(join(root, path), mode);
  }
  await dropFilePrivileges(root);
}

/** No file may lend its owner's or group's rights: nobody here needs them. */
async function dropFilePrivileges(folder: string): Promise<void> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await dropFilePrivileges(path);
    if (!entry.isFile()) continue;
    const { mode } = await lstat(path);
    if ((mode & 0o6000) !== 0) await chmod(path, mode & 0o777);
  }
}

/** Whether a name fits a pattern with at most one star. */
function matches(pattern: string, name: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return name === pattern;
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}
