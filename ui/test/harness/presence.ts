import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A record of utmp(5): 384 bytes, of a user's process on a local display. */
const RECORD_BYTES = 384;
const USER_PROCESS = 7;
const at = { line: 8, user: 44, host: 76 } as const;

/**
 * Who sits at a computer of the tests. Its agent runs with a /run of its own, in a mount namespace, and reads this
 * computer's record of log-ins there; no other program sees it.
 */
export class Presence implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "causeway-presence-"));

  constructor() {
    this.leave();
  }

  /** Before a program and its arguments: it then sees these log-ins and no others. */
  get prefix(): readonly string[] {
    const isRoot = process.getuid?.() === 0;
    const unshare = ["unshare", "--mount", ...(isRoot ? [] : ["--map-root-user"]), "--"];
    return [...unshare, "sh", "-c", 'mount --bind "$0" /run && exec "$@"', this.#folder];
  }

  /** Somebody signs in at the desktop. */
  sit(user: string): void {
    const record = new Uint8Array(RECORD_BYTES);
    new DataView(record.buffer).setInt16(0, USER_PROCESS, true);
    const encoder = new TextEncoder();
    encoder.encodeInto(":0", record.subarray(at.line));
    encoder.encodeInto(user, record.subarray(at.user));
    encoder.encodeInto(":0", record.subarray(at.host));
    writeFileSync(join(this.#folder, "utmp"), record);
  }

  /** They sign out. */
  leave(): void {
    writeFileSync(join(this.#folder, "utmp"), "");
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
