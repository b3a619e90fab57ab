import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { enabledUnits, maskedUnits } from "./services.ts";

/** Something that must hold of every root before it is packed; each was once otherwise, on some appliance. */
export interface TreeCheck {
  readonly holds: string;
  /** What does not hold, in words; empty where all is well. */
  breaches(root: string): string[];
}

/** Programs by which somebody could get in, become somebody else, or change the system past the update. */
const UNWANTED_PROGRAMS = [
  ...["sshd", "ssh", "telnetd", "getty", "agetty", "login", "sulogin", "su", "sudo", "doas", "pkexec", "passwd"],
  ...["apt", "apt-get", "dpkg", "perl", "python3", "curl", "wget", "nc", "socat", "gdb", "strace", "VGAuthService"],
] as const;

/** Folders that must exist in a root nobody can write: mount points, and what systemd expects. */
const NEEDED_FOLDERS = ["boot", "data", "dev", "proc", "run", "sys", "tmp", "var", "var/tmp"] as const;

/** Files longer than this hold programs, not keys. */
const MAX_KEY_FILE_BYTES = 65_536;

const NO_SHELL = "/usr/sbin/nologin";

export const treeChecks: readonly TreeCheck[] = [
  {
    holds: "no file lends its owner's or group's rights",
    breaches: (root) => {
      const lending = filesUnder(root).filter((path) => (lstatSync(join(root, path)).mode & 0o6000) !== 0);
      return lending.map((path) => `${path} is setuid or setgid`);
    },
  },
  {
    holds: "there is no way in beside the pages and the console's menu",
    breaches: (root) => {
      const places = ["usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "usr/libexec"];
      const paths = places.flatMap((place) => UNWANTED_PROGRAMS.map((name) => `${place}/${name}`));
      return paths.filter((path) => existsSync(join(root, path))).map((path) => `${path} is there`);
    },
  },
  {
    holds: "nobody has a shell, every password is locked",
    breaches: (root) => [
      ...accountLines(root, "passwd")
        .filter((fields) => fields[6] !== NO_SHELL)
        .map(([name]) => `${name} has a shell`),
      ...accountLines(root, "shadow")
        .filter(([, password = ""]) => !password.startsWith("!"))
        .map(([name]) => `${name} has a password`),
    ],
  },
  {
    holds: "no two accounts share a number",
    breaches: (root) => {
      const numbers = accountLines(root, "passwd").map((fields) => fields[2] ?? "");
      return numbers.filter((id, index) => numbers.indexOf(id) !== index).map((id) => `two accounts are number ${id}`);
    },
  },
  {
    holds: "what must start does, what must not cannot",
    breaches: (root) => [
      ...enabledUnits.filter((unit) => !isWanted(root, unit)).map((unit) => `${unit} does not start`),
      ...maskedUnits.filter((unit) => !isMasked(root, unit)).map((unit) => `${unit} is not masked`),
    ],
  },
  {
    holds: "partitions are grown by nobody but causeway-grow.service",
    breaches: (root) =>
      ["etc/repart.d", "usr/lib/repart.d", "usr/local/lib/repart.d"]
        .filter((folder) => existsSync(join(root, folder)))
        .map((folder) => `${folder} is read by Debian's own systemd-repart.service`),
  },
  {
    holds: "the folders that a root nobody can write needs are there",
    breaches: (root) =>
      NEEDED_FOLDERS.filter((folder) => !existsSync(join(root, folder))).map((folder) => `/${folder} is missing`),
  },
  {
    holds: "no key is in it but the public one that updates are verified with",
    breaches: (root) =>
      ["etc", "root", "usr/lib/causeway", "usr/share"]
        .flatMap((folder) => filesUnder(join(root, folder)).map((path) => join(folder, path)))
        .filter((path) => holdsPrivateKey(join(root, path)))
        .map((path) => `${path} holds a private key`),
  },
  {
    holds: "nothing tells where it was built",
    breaches: (root) => [
      ...["etc/apt", "etc/machine-id.orig", "var/lib/dpkg", "var/log/apt"]
        .filter((path) => existsSync(join(root, path)))
        .map((path) => `/${path} is left over`),
      ...(readText(join(root, "etc/machine-id")) === "" ? [] : ["/etc/machine-id is not empty"]),
    ],
  },
];

/** All breaches of all checks, each with what should hold. */
export function breachesOf(root: string): string[] {
  return treeChecks.flatMap(({ holds, breaches }) => breaches(root).map((breach) => `${holds}: ${breach}`));
}

function accountLines(root: string, name: string): string[][] {
  const lines = readText(join(root, "etc", name)).split("\n");
  return lines.filter((line) => line !== "").map((line) => line.split(":"));
}

/** Some target's folder has a link to it. */
function isWanted(root: string, unit: string): boolean {
  const folder = join(root, "etc/systemd/system");
  const targets = existsSync(folder) ? readdirSync(folder).filter((name) => /\.(wants|requires)$/u.test(name)) : [];
  return targets.some((target) => readdirSync(join(folder, target)).includes(unit));
}

function isMasked(root: string, unit: string): boolean {
  const link = lstatSync(join(root, "etc/systemd/system", unit), { throwIfNoEntry: false });
  return link?.isSymbolicLink() === true && readlinkSync(join(root, "etc/systemd/system", unit)) === "/dev/null";
}

function holdsPrivateKey(path: string): boolean {
  return lstatSync(path).size <= MAX_KEY_FILE_BYTES && readText(path).includes("PRIVATE KEY-----");
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, "latin1") : "";
}

/** Plain files, as paths below the folder; links are not followed. */
function filesUnder(folder: string, below = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return filesUnder(join(folder, entry.name), path);
    return entry.isFile() ? [path] : [];
  });
}
