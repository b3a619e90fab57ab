/** How an update gets here: uploaded in slices, or found at the site's own address. One at a time. */
import type { Static } from "@sinclair/typebox";
import { AppError } from "../../protocol/errors.ts";
import type { UpdateFeed } from "../../protocol/appliance/update-manifest.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { AuditActor } from "../audit/audit-event.ts";
import type { Log } from "../log.ts";
import { newId } from "../new-id.ts";
import { notAnAppliance, type SystemHelper } from "../system/system-helper.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import type { PreparationNeeds } from "./preparation.ts";
import { begin, type Beginning, type UpdateRecord, withStep } from "./update.ts";
import { readFeed } from "./update-feed.ts";
import type { UpdateJournal } from "./update-journal.ts";
import type { StoredUpdateSettings } from "./update-settings.ts";
import type { UpdateWork } from "./update-work.ts";

/** One slice of an upload, in bytes. */
export const MAX_SLICE_BYTES = 8 << 20;
const SYSTEM: AuditActor = { kind: "system" };

export interface IntakeNeeds extends Pick<PreparationNeeds, "readUpdateKey"> {
  readonly log: Log;
  readonly systemHelper: SystemHelper;
  readonly applianceSignIns: ApplianceSignIns;
  readonly folder: BundleFolder;
  readonly settings: StoredUpdateSettings;
  readonly journal: UpdateJournal;
  readonly work: UpdateWork;
}

export class Intake {
  #isReceiving = false;
  #isBeginning = false;

  constructor(private readonly needs: IntakeNeeds) {}

  /** Begins an upload. @throws {AppError} update.running, storage.full, system.unavailable */
  async beginUpload(actor: ApplianceAdministrator, name: string, sizeBytes: number): Promise<UpdateRecord> {
    return await this.#begin({ version: name, source: "upload", sizeBytes }, actor);
  }

  /**
   * One slice at its place; it is on the disk when this returns. The last one begins the preparation.
   * @returns how many bytes are there now
   * @throws {AppError} request.conflict (another place is next), storage.full, request.too_large
   */
  async receive(record: UpdateRecord, offset: number, body: AsyncIterable<Uint8Array>): Promise<number> {
    const { journal, folder } = this.needs;
    const isNext = record.state === "receiving" && record.source === "upload" && offset === record.receivedBytes;
    if (!isNext || this.#isReceiving)
      throw new AppError("request.conflict", `The part at ${record.receivedBytes} is the next, one at a time.`);
    this.#isReceiving = true;
    try {
      const room = Math.min(MAX_SLICE_BYTES, record.sizeBytes - offset);
      const written = await folder.write(record.fileName, offset, body, room);
      if (journal.current?.id !== record.id || journal.current.state !== "receiving")
        throw new AppError("transfer.cancelled", "The update was cancelled.");
      const next = await journal.received(record, offset + written);
      if (next.receivedBytes === next.sizeBytes) await this.#whole(next);
      return next.receivedBytes;
    } finally {
      this.#isReceiving = false;
    }
  }

  /** Asks the address, and begins to download what is newer. What went wrong is kept for the page. */
  async check(actor: ApplianceAdministrator | null): Promise<void> {
    const { settings, journal, systemHelper, work, log } = this.needs;
    if (!systemHelper.isThere) throw notAnAppliance();
    const place = await settings.read();
    if (place.address === "")
      throw new AppError("request.conflict", "No address of updates is set. Name one, or upload an update.");
    try {
      const feed = await readFeed(place);
      const isWanted = await this.#isWanted(feed);
      await settings.noteCheck({ at: journal.now(), problem: "" });
      if (!isWanted) return;
      const { version, size: sizeBytes } = feed;
      work.download(await this.#begin({ version, source: "address", sizeBytes }, actor), feed.bundle);
    } catch (error) {
      if (!(error instanceof AppError)) log.error("updates could not be looked for", error);
      const problem = error instanceof AppError ? error.message : "Something went wrong that was not foreseen.";
      await settings.noteCheck({ at: journal.now(), problem });
    }
  }

  /** Newer than what runs; and what went back by itself is not taken again by itself. */
  async #isWanted({ version }: Static<typeof UpdateFeed>): Promise<boolean> {
    const { journal, systemHelper } = this.needs;
    const { version: running } = await systemHelper.ask("machine.read", {});
    const hasReturned = journal.history.some((record) => record.version === version && record.state === "returned");
    return journal.current === null && !hasReturned && Bun.semver.order(version, running) > 0;
  }

  async #begin(
    about: Pick<Beginning, "version" | "source" | "sizeBytes">,
    actor: ApplianceAdministrator | null,
  ): Promise<UpdateRecord> {
    if (this.#isBeginning || this.needs.journal.current !== null)
      throw new AppError("update.running", "An update is under way. Wait until it is done, or cancel it.");
    this.#isBeginning = true;
    try {
      return await this.#beginNow(about, actor);
    } finally {
      this.#isBeginning = false;
    }
  }

  async #beginNow(
    about: Pick<Beginning, "version" | "source" | "sizeBytes">,
    actor: ApplianceAdministrator | null,
  ): Promise<UpdateRecord> {
    const { journal, folder, systemHelper, applianceSignIns, readUpdateKey } = this.needs;
    if (!systemHelper.isThere) throw notAnAppliance();
    await readUpdateKey();
    const { version: fromVersion } = await systemHelper.ask("machine.read", {});
    folder.prepare(about.sizeBytes);
    const id = newId<string>();
    const begunAt = journal.now();
    // The helper takes names that begin with a letter.
    const record = begin({ ...about, id, fromVersion, begunAt, fileName: `update-${id}.bundle` });
    const { source, sizeBytes } = about;
    const by = actor === null ? SYSTEM : auditActor(actor);
    const news = { actor: by, action: "update.begun", detail: { source, sizeBytes } } as const;
    return await journal.save(withStep(record, "received", "running", begunAt), news, async (tx) => {
      if (actor !== null) await applianceSignIns.requireIn(tx, actor);
    });
  }

  async #whole(record: UpdateRecord): Promise<void> {
    const { journal, work } = this.needs;
    const preparing = withStep({ ...record, state: "preparing" }, "received", "done", journal.now());
    work.prepare(await journal.save(preparing));
  }
}
