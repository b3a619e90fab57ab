/**
 * The X displays of this computer and the keys to them. A service has no DISPLAY of its own, so it looks where every
 * local X server puts its socket and asks the running programs' environments who uses it and with which authority file.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Account, readAccounts } from "./accounts.ts";

export interface Display {
  /** ":0", without a screen number. */
  readonly display: string;
  /** Path of the MIT-MAGIC-COOKIE file; null when none was found, which is right for a server that asks for none. */
  readonly authority: string | null;
  /** Name of the user whose programs run on it; of the X server's user when nobody's do. */
  readonly user: string;
  /** In which locale that user's programs run ("de_DE.UTF-8"); null when they do not say. */
  readonly locale: string | null;
}

/** Where to look; tests give a directory of their own. */
export interface DisplaySources {
  readonly processes: string;
  readonly sockets: string;
  readonly accounts: string;
}
const system: DisplaySources = { processes: "/proc", sockets: "/tmp/.X11-unix", accounts: "/etc/passwd" };

interface Claim {
  readonly display: string;
  readonly authority: string | null;
  readonly locale: string | null;
  readonly uid: number;
  readonly isOwn: boolean;
}

/** Lowest uid of people; greeters and services have lower ones. */
const FIRST_PERSON_UID = 1000;

/**
 * Every display that can be reached, the best first: the one this program was itself started on (as by hand, in the
 * foreground), then those where a person is signed in, then greeters and bare servers.
 */
export function findDisplays(sources: DisplaySources = system): Display[] {
  const accounts = readAccounts(sources.accounts);
  const claims = readClaims(sources.processes);
  const own = claims.find((claim) => claim.isOwn);
  const names = new Set(listSockets(sources.sockets));
  if (own !== undefined) names.add(own.display);
  return [...names]
    .map((display) => {
      const its = claims.filter((one) => one.display === display);
      const claim = bestClaim(its);
      const locale = its.find(({ uid, locale }) => uid === claim?.uid && locale !== null)?.locale ?? null;
      return { rank: rankOf(claim), display: { ...describe(display, claim, accounts, sources), locale } };
    })
    .sort((a, b) => a.rank - b.rank || a.display.display.localeCompare(b.display.display, "en", { numeric: true }))
    .map((one) => one.display);
}

function rankOf(claim: Claim | undefined): number {
  if (claim === undefined) return 3;
  if (claim.isOwn) return 0;
  return claim.uid >= FIRST_PERSON_UID ? 1 : 2;
}

/** Our own claim, else a person's with an authority file, else whichever says most. */
function bestClaim(claims: readonly Claim[]): Claim | undefined {
  const weight = (claim: Claim) => rankOf(claim) * 2 + (claim.authority === null ? 1 : 0);
  return [...claims].sort((a, b) => weight(a) - weight(b))[0];
}

function describe(
  display: string,
  claim: Claim | undefined,
  accounts: readonly Account[],
  sources: DisplaySources,
): Omit<Display, "locale"> {
  const server = readServer(display, sources.processes);
  const uid = claim?.uid ?? server?.uid ?? 0;
  const account = accounts.find((one) => one.uid === uid);
  const home = account === undefined ? null : join(account.home, ".Xauthority");
  const candidates = [claim?.authority ?? null, home, server?.authority ?? null];
  return {
    display,
    authority: candidates.find((path) => path !== null && existsSync(path)) ?? null,
    user: account?.name ?? String(uid),
  };
}

function listSockets(directory: string): string[] {
  return list(directory)
    .filter((name) => /^X\d+$/.test(name))
    .map((name) => `:${name.slice(1)}`);
}

/** What each running program's environment says of a local display. */
function readClaims(processes: string): Claim[] {
  const claims: Claim[] = [];
  for (const pid of list(processes).filter((name) => /^\d+$/.test(name))) {
    const environment = readWords(join(processes, pid, "environ"));
    const display = valueOf(environment, "DISPLAY")?.match(/^(?:unix)?(:\d+)(?:\.\d+)?$/)?.[1];
    const uid = ownerOf(join(processes, pid));
    if (display === undefined || uid === null) continue;
    const authority = valueOf(environment, "XAUTHORITY") ?? null;
    claims.push({ display, authority, locale: localeOf(environment), uid, isOwn: pid === String(process.pid) });
  }
  return claims;
}

/** The X server behind a display: a program with ":N" among its arguments, perhaps with "-auth FILE". */
function readServer(display: string, processes: string): { uid: number; authority: string | null } | null {
  for (const pid of list(processes).filter((name) => /^\d+$/.test(name))) {
    const words = readWords(join(processes, pid, "cmdline"));
    if (!/^X(org|vfb|vnc|wayland|ephyr)?$/i.test(words[0]?.split("/").at(-1) ?? "")) continue;
    if (!words.includes(display)) continue;
    const at = words.indexOf("-auth");
    return { uid: ownerOf(join(processes, pid)) ?? 0, authority: at < 0 ? null : (words[at + 1] ?? null) };
  }
  return null;
}

/** Of messages, as setlocale(3) reads it; null where none is set, or the one of programs without a language. */
function localeOf(environment: readonly string[]): string | null {
  const set = ["LC_ALL", "LC_MESSAGES", "LANG"].map((name) => valueOf(environment, name) ?? "");
  const locale = set.find((value) => value !== "") ?? "";
  return locale === "" || /^(?:C|POSIX)(?:\.|$)/u.test(locale) ? null : locale;
}

function valueOf(environment: readonly string[], name: string): string | undefined {
  return environment.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The NUL-separated words of a /proc file; none when the program is gone or not ours to read. */
function readWords(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\0")
      .filter((word) => word !== "");
  } catch {
    // The program ended while we looked, or belongs to another user: it then tells us nothing.
    return [];
  }
}

function ownerOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.uid ?? null;
}

function list(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
