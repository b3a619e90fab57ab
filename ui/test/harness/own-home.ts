import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { userInfo } from "node:os";

/**
 * What to put before a program so that `home` is the home of whoever runs the tests, in this program's own /etc/passwd:
 * its login shells then meet none of the files a developer keeps, which may be slow, or wait for one another. The list
 * of accounts is written into `folder`. A machine that keeps its accounts elsewhere sees no change.
 */
export function ownHome(folder: string, home: string): readonly string[] {
  const { uid } = userInfo();
  const accounts = join(folder, "passwd");
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  writeFileSync(accounts, lines.map((line) => withHome(line, uid, home)).join("\n"));
  const unshare = ["unshare", "--mount", ...(uid === 0 ? [] : ["--map-root-user"]), "--"];
  return [...unshare, "sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"', accounts];
}

/** A line of passwd(5), its home changed when it is this account's. */
function withHome(line: string, uid: number, home: string): string {
  const fields = line.split(":");
  if (Number(fields[2]) === uid && fields.length === 7) fields[5] = home;
  return fields.join(":");
}
