import { chmod } from "node:fs/promises";
import { CAUSEWAY_UID } from "./data-image.ts";

const NO_SHELL = "/usr/sbin/nologin";

/** Days since 1970 that stand as the last change of every password: a fixed one, so that builds are equal. */
const LAST_CHANGE = "19000";

/** The account files of a root: /etc/passwd, /etc/group and /etc/shadow. */
export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
  readonly shadow: string;
}

/** Adds the server's account, takes everybody's shell away and locks every password. */
export function closedAccounts({ passwd, group, shadow }: AccountFiles): AccountFiles {
  const server = `causeway:x:${CAUSEWAY_UID}:${CAUSEWAY_UID}:Causeway:/data/causeway:${NO_SHELL}`;
  return {
    passwd: eachLine(`${passwd}${server}\n`, (fields) => [...fields.slice(0, 6), NO_SHELL]),
    group: `${group}causeway:x:${CAUSEWAY_UID}:\n`,
    shadow: eachLine(`${shadow}causeway:!*:::::::\n`, ([name = ""]) => [
      name,
      "!*",
      LAST_CHANGE,
      "",
      "",
      "",
      "",
      "",
      "",
    ]),
  };
}

/** Rewrites the account files under a root; backups of their former state go. */
export async function closeAccounts(root: string): Promise<void> {
  const read = (name: string): Promise<string> => Bun.file(`${root}/etc/${name}`).text();
  const files = closedAccounts({
    passwd: await read("passwd"),
    group: await read("group"),
    shadow: await read("shadow"),
  });
  for (const [name, text] of Object.entries(files)) await Bun.write(`${root}/etc/${name}`, text);
  await chmod(`${root}/etc/shadow`, 0o600);
}

function eachLine(text: string, change: (fields: string[]) => string[]): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => `${change(line.split(":")).join(":")}\n`).join("");
}
