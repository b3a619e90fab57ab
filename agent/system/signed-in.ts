/** Who sits at this computer, from the records of log-ins (utmp) and of systemd-logind. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface LoginSession {
  readonly id: string;
  readonly user: string;
  /** A desktop session: X11, Wayland or Mir. */
  readonly isGraphical: boolean;
}

/** A record of utmp(5) on Linux: the same 384 bytes on x86-64 and arm64. */
const UTMP_RECORD_BYTES = 384;
const USER_PROCESS = 7;

/** Users with a session at a console or desktop in a utmp file; sessions that came over the network are left out. */
export function parseUtmp(bytes: Uint8Array): string[] {
  const users: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + UTMP_RECORD_BYTES <= bytes.length; at += UTMP_RECORD_BYTES) {
    if (view.getInt16(at, true) !== USER_PROCESS) continue;
    const line = cString(bytes.subarray(at + 8, at + 40));
    const user = cString(bytes.subarray(at + 44, at + 76));
    const host = cString(bytes.subarray(at + 76, at + 332));
    const isLocal = line.startsWith("tty") || line.startsWith(":") || host.startsWith(":");
    if (isLocal && user !== "") users.push(user);
  }
  return users;
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** One file of /run/systemd/sessions; null for a session that is remote, closing or not a person's. */
export function parseLoginSession(id: string, text: string): LoginSession | null {
  const values = new Map(
    text.split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
  const isPerson = values.get("CLASS") === "user" && values.get("REMOTE") !== "1" && values.get("STATE") !== "closing";
  const user = values.get("USER") ?? "";
  if (!isPerson || user === "") return null;
  return { id, user, isGraphical: ["x11", "wayland", "mir"].includes(values.get("TYPE") ?? "") };
}

/** The sessions systemd-logind knows at this computer's own seats. */
export function readLoginSessions(directory = "/run/systemd/sessions"): LoginSession[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).flatMap((id) => {
    if (!/^[A-Za-z0-9]+$/.test(id)) return [];
    const session = parseLoginSession(id, readIfThere(join(directory, id)) ?? "");
    return session === null ? [] : [session];
  });
}

/** Every user signed in at this computer, each once. */
export function readSignedInUsers(sessions: readonly LoginSession[], utmp = "/run/utmp"): string[] {
  const recorded = existsSync(utmp) ? parseUtmp(readFileSync(utmp)) : [];
  return [...new Set([...sessions.map((session) => session.user), ...recorded])].slice(0, 32);
}

/** Whether every desktop session here is locked; null when there is none, or nobody can say. */
export async function readIsScreenLocked(sessions: readonly LoginSession[]): Promise<boolean | null> {
  const graphical = sessions.filter((session) => session.isGraphical);
  const loginctl = graphical.length === 0 ? null : Bun.which("loginctl");
  if (loginctl === null) return null;
  const answers = await Promise.all(
    graphical.map(async ({ id }) => {
      const asked = Bun.spawn([loginctl, "show-session", id, "--property=LockedHint", "--value"], {
        stdout: "pipe",
        stderr: "ignore",
        timeout: 3000,
      });
      return (await new Response(asked.stdout).text()).trim();
    }),
  );
  const known = answers.filter((answer) => answer === "yes" || answer === "no");
  return known.length === 0 ? null : known.every((answer) => answer === "yes");
}

function readIfThere(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}
