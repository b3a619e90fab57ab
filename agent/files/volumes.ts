/** Where one may begin to look: real disks, and the folders of whoever uses the computer. */
import { readdir, readFile, stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import type { ToolResult } from "../../protocol/messages.ts";
import { isErrorNumber } from "./error-words.ts";
import { pathText } from "./path-text.ts";

type Volumes = ToolResult<"files.volumes">;
type Volume = Volumes["volumes"][number];
type Shortcut = Volumes["shortcuts"][number];

const MAX_VOLUMES = 64;
/** A network disk that does not answer is shown without its size after so long. */
const STATFS_TIMEOUT_MS = 1000;

/** File systems that hold files of people; everything else in the mount table is the system's own. */
const realFileSystems = new Set(
  "ext2 ext3 ext4 xfs btrfs zfs bcachefs f2fs jfs reiserfs vfat exfat msdos ntfs ntfs3 fuseblk hfsplus iso9660 udf nfs nfs4 cifs smb3 9p virtiofs ceph glusterfs".split(
    " ",
  ),
);

export interface Mount {
  readonly path: Buffer;
  readonly fileSystem: string;
  /** major:minor of the disk. */
  readonly device: string;
  readonly isReadOnly: boolean;
}

/** The lines of /proc/self/mountinfo (proc(5)); space, tab, newline and backslash are written in octal there. */
export function parseMounts(mountinfo: Buffer): Mount[] {
  return mountinfo
    .toString("latin1")
    .split("\n")
    .flatMap((line) => {
      const [before = "", after = ""] = line.split(" - ");
      const [, , device, , path, options = ""] = before.split(" ");
      const [fileSystem] = after.split(" ");
      if (device === undefined || path === undefined || fileSystem === undefined || fileSystem === "") return [];
      const isReadOnly = options.split(",").includes("ro");
      return [{ path: Buffer.from(unescapeOctal(path), "latin1"), fileSystem, device, isReadOnly }];
    });
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** The mounts worth showing: the root first, then each disk once. */
export function realMounts(mounts: readonly Mount[]): Mount[] {
  const seen = new Set<string>();
  const root = mounts.findLast(({ path }) => path.toString("latin1") === "/");
  const candidates = [...(root === undefined ? [] : [root]), ...mounts.filter(isPlaceOfFiles)];
  return candidates
    .filter(({ path, device }) => {
      const isNew = !seen.has(device) && !seen.has(path.toString("latin1"));
      seen.add(device).add(path.toString("latin1"));
      return isNew;
    })
    .slice(0, MAX_VOLUMES);
}

function isPlaceOfFiles({ path, fileSystem }: Mount): boolean {
  if (!realFileSystems.has(fileSystem) && !fileSystem.startsWith("fuse.")) return false;
  return !/^\/(boot|snap|proc|sys|dev|run\/(?!media)|var\/lib\/docker|etc\/)/.test(path.toString("latin1"));
}

/** Disks and shortcuts, as the person first sees them. */
export async function listVolumes(): Promise<Volumes> {
  const mounts = realMounts(parseMounts(await readFile("/proc/self/mountinfo")));
  return { volumes: await Promise.all(mounts.map(describe)), shortcuts: await listShortcuts() };
}

async function describe(mount: Mount): Promise<Volume> {
  const text = pathText(mount.path);
  const label = text === "/" ? "System" : text.slice(text.lastIndexOf("/") + 1);
  const size = await sizeOf(mount.path);
  return { path: text, label: label.slice(0, 255), ...size, isReadOnly: mount.isReadOnly };
}

async function sizeOf(path: Buffer): Promise<{ totalBytes: number; freeBytes: number }> {
  const unknown = { totalBytes: 0, freeBytes: 0 };
  const asked = statfs(path).then(
    ({ blocks, bavail, bsize }) => ({ totalBytes: blocks * bsize, freeBytes: bavail * bsize }),
    () => unknown,
  );
  return Promise.race([asked, Bun.sleep(STATFS_TIMEOUT_MS).then(() => unknown)]);
}

const userFolders = [
  { name: "Desktop", key: "XDG_DESKTOP_DIR", icon: "monitor" },
  { name: "Documents", key: "XDG_DOCUMENTS_DIR", icon: "file-text" },
  { name: "Downloads", key: "XDG_DOWNLOAD_DIR", icon: "download" },
  { name: "Pictures", key: "XDG_PICTURES_DIR", icon: "image" },
] as const;

async function listShortcuts(): Promise<Shortcut[]> {
  const home = (await homeOfSignedInUser()) ?? homedir();
  const places = await userPlaces(home);
  const wanted: Shortcut[] = [
    { path: home, label: "Home", icon: "house" },
    ...userFolders.map(({ name, key, icon }) => ({ path: places.get(key) ?? `${home}/${name}`, label: name, icon })),
  ];
  const isThere = await Promise.all(
    wanted.map(({ path, label }) => (label === "Home" || path !== home) && isDirectory(path)),
  );
  return wanted.filter((_, index) => isThere[index]);
}

/** As a service the agent runs as root, whose own home nobody works in: the home of a user with a session is meant. */
async function homeOfSignedInUser(): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  const ids = (await textLines(() => readdir("/run/user"))).map(Number).filter((id) => id >= 1000);
  const users = (await textLines(async () => (await readFile("/etc/passwd", "utf8")).split("\n"))).map((line) =>
    line.split(":"),
  );
  const homes = ids.flatMap((id) => users.filter((user) => user[2] === String(id)).map((user) => user[5] ?? ""));
  return homes.find((home) => home.startsWith("/")) ?? null;
}

/** ~/.config/user-dirs.dirs: lines as XDG_DOCUMENTS_DIR="$HOME/Dokumente". */
async function userPlaces(home: string): Promise<Map<string, string>> {
  const lines = await textLines(async () => (await readFile(`${home}/.config/user-dirs.dirs`, "utf8")).split("\n"));
  return new Map(
    lines.flatMap((line) => {
      const [, key, value] = /^(XDG_[A-Z]+_DIR)="(.*?)\/?"$/.exec(line) ?? [];
      if (key === undefined || value === undefined) return [];
      return [[key, value.replace(/^\$HOME/, () => home)] as const];
    }),
  );
}

async function textLines(read: () => Promise<string[]>): Promise<string[]> {
  try {
    return await read();
  } catch (error) {
    if (isErrorNumber(error, "ENOENT", "EACCES", "ENOTDIR")) return [];
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // A shortcut that cannot be looked at is not offered.
    return false;
  }
}
