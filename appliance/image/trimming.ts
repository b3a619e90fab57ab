import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { chmod, lstat } from "node:fs/promises";
import { join } from "node:path";

/** What the root does without once it is made; globs. Package managers, passwords' and users' programs, build tools, leftovers. */
const UNNEEDED = [
  "boot/*",
  "dev/*",
  "efi",
  "home",
  "initrd.img*",
  "media",
  "mnt",
  "opt",
  "root/.*",
  "run/*",
  "srv",
  "tmp/*",
  "var/*",
  "vmlinuz*",
  "etc/{passwd,group,shadow,gshadow,subuid,subgid}-",
  "etc/{apt,dpkg,initramfs-tools,kernel,logrotate.d,cron.d,cron.daily,init.d,rc*.d,skel,update-motd.d,vmware-tools/vgauth}",
  "etc/{adduser,debconf,deluser}.conf",
  "usr/bin/{apt,dpkg,debconf,perl,cpan}*",
  "usr/bin/{chage,chfn,chsh,expiry,faillog,gpasswd,lastlog,newgrp,passwd,su,sg,login}",
  "usr/bin/{mcookie,script,scriptlive,scriptreplay,wall,write,mesg,linux32,linux64,bashbug,infocmp,tic}",
  "usr/sbin/{sulogin,agetty,getty,chpasswd,chgpasswd,newusers,vipw,vigr,pwck,grpck,pwconv,pwunconv,grpconv,grpunconv}",
  "usr/sbin/{user,group}{add,del,mod,mems}",
  "usr/sbin/{dpkg,update-initramfs,mkinitramfs,unix_chkpwd,unix_update,pam*,update-passwd,add-shell,remove-shell}*",
  "usr/lib/{apt,dpkg,initramfs-tools,dracut,klibc*,kernel,locale/C.utf8/LC_COLLATE.gz}",
  "usr/lib/x86_64-linux-gnu/{gconv,perl,perl-base}",
  "usr/share/{apt,bash-completion,bug,debconf,debianutils,doc-base,dpkg,gcc,gdb,info,initramfs-tools,keyrings}",
  "usr/share/{lintian,locale,man,menu,perl5,pixmaps,polkit-1,vim,zsh}",
  "usr/share/X11",
] as const;

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
  for (const pattern of UNNEEDED) {
    const glob = new Bun.Glob(pattern);
    const found = [...glob.scanSync({ cwd: root, onlyFiles: false, dot: true, followSymlinks: false })];
    for (const path of found) rmSync(join(root, path), { recursive: true, force: true });
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
