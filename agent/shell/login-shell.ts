/** The shell a person gets: the login shell of the user the agent runs as, in a clean environment. */
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { type Account, readAccounts } from "../system/accounts.ts";

export interface LoginShell {
  readonly path: string;
  /** What a login shell is called by: its name behind a dash. */
  readonly argv0: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

const FALLBACK_SHELLS = ["/bin/bash", "/bin/sh"];
const ROOT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const USER_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";

/** The login shell of the account with this uid; a computer without such an account gives a plain shell. */
export function findLoginShell(uid: number, accounts: readonly Account[] = readAccounts()): LoginShell {
  const account = accounts.find((one) => one.uid === uid);
  const path = [account?.shell ?? "", ...FALLBACK_SHELLS].find(canLogIn) ?? "/bin/sh";
  const home = account?.home ?? "/";
  const user = account?.name ?? String(uid);
  return {
    path,
    argv0: `-${basename(path)}`,
    directory: existsSync(home) ? home : "/",
    environment: {
      TERM: "xterm-256color",
      COLORTERM: "truecolor",
      HOME: home,
      USER: user,
      LOGNAME: user,
      SHELL: path,
      PATH: uid === 0 ? ROOT_PATH : USER_PATH,
      LANG: readLocale(),
    },
  };
}

function canLogIn(path: string): boolean {
  if (path === "" || /\/(nologin|false|sync|halt|shutdown)$/.test(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not a program.
    return false;
  }
}

/** The computer's own language, always with UTF-8. */
function readLocale(): string {
  for (const path of ["/etc/default/locale", "/etc/locale.conf"]) {
    if (!existsSync(path)) continue;
    const language = /^LANG="?([\w.@-]+)"?$/m.exec(readFileSync(path, "utf8"))?.[1];
    if (language !== undefined && /utf-?8/i.test(language)) return language;
  }
  return "C.UTF-8";
}
