/**
 * Restores: a backup is uploaded or fetched, opened and checked beside what is there, shown, and put in place by the next
 * start, which whoever serves is asked for. One at a time.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import { MAX_RESTORE_SLICE_BYTES, type Restore, type RestorePreview } from "../../protocol/api/appliance/backups.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Database } from "../database/database.ts";
import type { Log } from "../log.ts";
import { newId } from "../new-id.ts";
import { KEY_FILE, type Secrets } from "../secrets/secrets.ts";
import type { SiteSettings } from "../settings/settings.ts";
import type { SignIns } from "../sign-in/sign-ins.ts";
import type { Backups } from "./backups.ts";
import { runJob } from "./job-process.ts";
import { syncFolder } from "./places/folder.ts";
import { full, type PlaceWish } from "./places/place.ts";
import { PENDING } from "./swap.ts";

/** Below the data directory: the upload and what is opened of it. */
const FOLDER = "restore";
const UPLOAD = "upload.backup";
const OPENED = "opened";
const RESERVE_BYTES = 64 << 20;
/** The page reads the answer, and consoles why they are signed out, before the connections end. */
const RESTART_AFTER_MS = 1000;

export interface RestoresNeeds {
  readonly directory: string;
  readonly version: string;
  readonly database: Database;
  readonly audit: Audit;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  readonly applianceSignIns: ApplianceSignIns;
  readonly signIns: SignIns;
  readonly backups: Backups;
}

/** The one that goes on. */
interface Going {
  readonly id: string;
  readonly control: AbortController;
  readonly passphrase: string;
  readonly sizeBytes: number;
  state: "receiving" | "opening" | "ready" | "failed" | "restarting";
  receivedBytes: number;
  /** A slice is being written. */
  isWriting: boolean;
  progress: number;
  problem: string;
  preview: RestorePreview | null;
  notes: string[];
}

export class Restores {
  readonly #needs: RestoresNeeds;
  #going: Going | null = null;
  #opening: Promise<void> = Promise.resolve();
  readonly #restartAsked = Promise.withResolvers<void>();
  constructor(needs: RestoresNeeds) {
    this.#needs = needs;
  }

  /** Resolves when the service shall start anew, into what was restored. */
  get restartAsked(): Promise<void> {
    return this.#restartAsked.promise;
  }

  /** What an earlier process left. Once, before anything runs. */
  async clearUp(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  state(): Restore | null {
    return this.#going === null ? null : shown(this.#going);
  }

  /** Begins an upload. @throws {AppError} request.conflict, storage.full */
  async beginUpload(sizeBytes: number, passphrase: string): Promise<Restore> {
    const going = this.#reserve(sizeBytes, passphrase, "receiving");
    try {
      await this.#makeFolder();
      await requireSpace(this.#folder, 2 * sizeBytes);
    } catch (error) {
      this.#going = null;
      throw error;
    }
    return shown(going);
  }

  /** Opens one of the list. @throws {AppError} not_found, request.conflict, backup.unreachable */
  async beginFromList(asker: ApplianceAdministrator, id: string, passphrase: string): Promise<Restore> {
    const row = await this.#needs.backups.kept.require(id);
    const place = await this.#needs.backups.kept.requirePlace(row);
    const going = this.#reserve(row.size_bytes, passphrase, "opening");
    going.receivedBytes = row.size_bytes;
    this.#opening = this.#open(going, asker, place, row.file_name);
    return shown(going);
  }

  /**
   * The next slice of an upload, which must begin where the last one ended; kept for good when this returns.
   * @throws {AppError} not_found, request.stale (`offset` is not where it goes on), request.too_large, storage.full
   */
  async put(
    asker: ApplianceAdministrator,
    id: string,
    offset: number,
    body: AsyncIterable<Uint8Array>,
  ): Promise<number> {
    const going = this.#require(id);
    if (going.state !== "receiving" || going.isWriting || offset !== going.receivedBytes)
      throw new AppError("request.stale", `The upload goes on at byte ${going.receivedBytes}.`);
    going.isWriting = true;
    try {
      going.receivedBytes += await writeSlice(join(this.#folder, UPLOAD), offset, going.sizeBytes - offset, body);
    } finally {
      going.isWriting = false;
    }
    if (going.receivedBytes === going.sizeBytes) {
      going.state = "opening";
      this.#opening = this.#open(going, asker, { kind: "folder", path: this.#folder }, UPLOAD);
    }
    return going.receivedBytes;
  }

  /** What was shown takes the place of what is there, at the start this asks for. @throws {AppError} not_found, request.stale */
  async start(asker: ApplianceAdministrator, id: string): Promise<Restore> {
    const { directory, database, audit, applianceSignIns } = this.#needs;
    const going = this.#require(id);
    if (going.state !== "ready" || going.preview === null)
      throw new AppError("request.stale", "There is nothing to start any more. Load the page again.");
    const { takenAt, version } = going.preview;
    going.state = "restarting";
    try {
      await database.transaction(async (tx) => {
        await applianceSignIns.requireIn(tx, asker);
        const object = { kind: "backup", id: takenAt, name: takenAt };
        const facts = { outcome: "succeeded", actor: auditActor(asker), object, detail: { takenAt, version } } as const;
        await audit.record(tx, { action: "backup.restoring", ...facts });
      });
      await rename(join(this.#folder, OPENED), join(directory, PENDING));
      await syncFolder(directory);
    } catch (error) {
      going.state = "ready";
      throw error;
    }
    await this.#tellEverybody();
    setTimeout(() => this.#restartAsked.resolve(), RESTART_AFTER_MS);
    return shown(going);
  }

  /** Leaves nothing. @throws {AppError} not_found, request.stale when the service restarts already */
  async cancel(id: string): Promise<void> {
    const going = this.#require(id);
    if (going.state === "restarting") throw new AppError("request.stale", "The service restarts already.");
    going.control.abort();
    await this.#opening;
    await rm(this.#folder, { recursive: true, force: true });
    if (this.#going === going) this.#going = null;
  }

  /** Calls off what runs. */
  async stop(): Promise<void> {
    this.#going?.control.abort();
    await this.#opening;
  }

  /** Their sign-ins are not in the backup: whoever works now hears why, instead of losing the connection. */
  async #tellEverybody(): Promise<void> {
    const { signIns, log } = this.#needs;
    await signIns
      .end({}, restoring)
      .catch((error: unknown) => log.error("representatives could not be told of a restore", error));
  }

  get #folder(): string {
    return join(this.#needs.directory, FOLDER);
  }

  #require(id: string): Going {
    if (this.#going?.id !== id) throw new AppError("not_found", "This restore is no more. Load the page again.");
    return this.#going;
  }

  #reserve(sizeBytes: number, passphrase: string, state: Going["state"]): Going {
    if (this.#going !== null && this.#going.state !== "failed")
      throw new AppError("request.conflict", "Another restore goes on. Cancel it first.");
    const control = new AbortController();
    const facts = { receivedBytes: 0, isWriting: false, progress: 0, problem: "", preview: null, notes: [] };
    this.#going = { id: newId<string>(), control, passphrase, sizeBytes, state, ...facts };
    return this.#going;
  }

  async #makeFolder(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
  }

  /** Never throws: how it went stands in what is shown. */
  async #open(going: Going, asker: ApplianceAdministrator, place: PlaceWish, fileName: string): Promise<void> {
    const { directory, version, log } = this.#needs;
    try {
      if (place.kind !== "folder" || place.path !== this.#folder) await this.#makeFolder();
      await requireSpace(this.#folder, going.sizeBytes);
      const { id, username: name, address } = asker;
      const work = join(this.#folder, OPENED);
      const settle = { directory, restorer: { id, name, address } };
      going.preview = await runJob<"open">(
        { kind: "open", place, fileName, opening: { passphrase: going.passphrase }, work, version, settle },
        { signal: going.control.signal, log, onProgress: (done) => void (going.progress = done) },
      );
      this.#requireKeyFits(work);
      going.notes = await this.#notes(going.preview);
      await rm(join(this.#folder, UPLOAD), { force: true });
      going.state = "ready";
    } catch (error) {
      if (!(error instanceof AppError)) log.error("a backup was not opened", error);
      await rm(this.#folder, { recursive: true, force: true });
      going.problem = error instanceof AppError ? error.message : "It failed for a reason nobody foresaw; see the log.";
      going.state = "failed";
    }
  }

  /** A key that comes from the system goes before the backup's own, which then opens nothing. */
  #requireKeyFits(work: string): void {
    const { directory, secrets } = this.#needs;
    if (existsSync(join(directory, KEY_FILE))) return;
    if (readFileSync(join(work, KEY_FILE)).toString("base64url") === secrets.keyForBackup()) return;
    throw new AppError(
      "backup.invalid",
      "This backup has another secret key than the one systemd gives this service (causeway.key). Take that credential away, then restore.",
    );
  }

  async #notes({ version, hostname, siteName }: RestorePreview): Promise<string[]> {
    const here = await this.#needs.settings.read();
    return [
      ...(version === this.#needs.version
        ? []
        : [`The backup was taken by release ${version}; it was brought up to ${this.#needs.version}.`]),
      ...(hostname === "" || hostname === here.hostname
        ? []
        : [`The site's address is ${hostname} again, here it is ${here.hostname}.`]),
      ...(siteName === "" || siteName === here.siteName ? [] : [`The site is called ${siteName} again.`]),
      "Everybody is signed out. Accounts, passwords and administrators are those of the backup.",
      "The appliance's network, time and where it answers whom stay as they are here.",
    ];
  }
}

const restoring: Refusal = {
  code: "sign_in.required",
  message: "This site is being restored from a backup. Sign in again in a minute, with the password of that time.",
};

function shown({ id, state, sizeBytes, receivedBytes, progress, problem, preview, notes }: Going): Restore {
  const facts = { id, state, sizeBytes, receivedBytes, problem, preview, notes };
  return { ...facts, progress: state === "opening" ? progress : null };
}

async function requireSpace(folder: string, sizeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = sizeBytes + RESERVE_BYTES;
  if (bavail * bsize < needed)
    throw full(new Error(`a restore needs ${needed} bytes for a while, ${bavail * bsize} are free`));
}

/** Writes what comes at its place and to the disk; says how much it was. A slice that breaks off counts for nothing. */
async function writeSlice(
  file: string,
  offset: number,
  most: number,
  body: AsyncIterable<Uint8Array>,
): Promise<number> {
  const handle = await open(file, offset === 0 ? "w" : "r+", 0o600);
  let written = 0;
  try {
    for await (const piece of body) {
      if (written + piece.length > Math.min(most, MAX_RESTORE_SLICE_BYTES))
        throw new AppError("request.too_large", "This slice is longer than what is left, or than 8 MiB.");
      await handle.write(piece, 0, piece.length, offset + written);
      written += piece.length;
    }
    await handle.sync();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOSPC") throw full(error);
    throw error;
  } finally {
    await handle.close();
  }
  return written;
}
