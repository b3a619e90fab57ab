/** The computer's accounts, as /etc/passwd lists them. */
import { existsSync, readFileSync } from "node:fs";

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** Every account of a passwd(5) file; lines that are not one are left out. None when the file is not there. */
export function readAccounts(path = "/etc/passwd"): Account[] {
  if (!existsSync(path)) return [];
  return parseAccounts(readFileSync(path, "utf8"));
}

/** passwd(5): name:password:uid:gid:comment:home:shell. */
export function parseAccounts(text: string): Account[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid, , home, shell] = line.split(":");
    if (name === undefined || home === undefined || !/^\d+$/.test(uid ?? "")) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home, shell: shell || "/bin/sh" }];
  });
}
