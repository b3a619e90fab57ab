/**
 * Updates of the appliance, from a bundle's first byte to a version that was seen to work: one at a time, each step kept in
 * a table before the next begins, so that a start goes on where the power went.
 */
import type { Static } from "@sinclair/typebox";
import type { Update, Updates as UpdatesShape, UpdateSettings } from "../../protocol/api/appliance/updates.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceSignIns } from "../appliance-administrators/sign-ins.ts";
import type { Power } from "../appliance-status/power.ts";
import type { KnownSystem } from "../appliance-status/system-facts.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Clock } from "../clock.ts";
import { notAnAppliance, type SystemHelper } from "../system/system-helper.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import type { Intake } from "./intake.ts";
import type { Restarts } from "./restarts.ts";
import { ended, isCancellable, type UpdateRecord } from "./update.ts";
import type { UpdateJournal } from "./update-journal.ts";
import type { StoredUpdateSettings } from "./update-settings.ts";
import type { UpdateWork } from "./update-work.ts";

export interface UpdatesNeeds {
  readonly clock: Clock;
  readonly systemHelper: SystemHelper;
  readonly applianceSignIns: ApplianceSignIns;
  readonly settings: StoredUpdateSettings;
  readonly journal: UpdateJournal;
  readonly folder: BundleFolder;
  readonly intake: Intake;
  readonly work: UpdateWork;
  readonly restarts: Restarts;
  readonly power: Power;
  readonly system: KnownSystem;
}

export class Updates {
  constructor(private readonly needs: UpdatesNeeds) {}

  /** Takes up what was under way when the server stopped. */
  async open(): Promise<void> {
    const { journal, folder, work, systemHelper } = this.needs;
    await journal.open();
    if (!systemHelper.isThere) return;
    const { current } = journal;
    const isNeeded = current?.state === "receiving" || current?.state === "preparing";
    folder.keepOnly(isNeeded ? current.fileName : null);
    if (current?.state === "preparing") work.prepare(current);
    else if (current?.state === "receiving" && current.source === "address") work.download(current, null);
  }

  /** Everything the page shows. */
  async read(): Promise<UpdatesShape> {
    const { journal, settings, system } = this.needs;
    const check = await settings.lastCheck();
    const { current } = journal;
    return {
      slots: (await system.read()).slots,
      current: current === null ? null : this.#shown(current),
      history: journal.history.map((record) => this.#shown(record)),
      settings: await settings.read(),
      lastCheckedAt: check?.at ?? null,
      lastCheckProblem: check?.problem ?? "",
    };
  }

  /** @throws {AppError} request.invalid */
  async changeSettings(actor: ApplianceAdministrator, settings: Static<typeof UpdateSettings>): Promise<void> {
    await this.needs.settings.change(actor, settings);
  }

  /** Begins an upload. @throws {AppError} update.running, storage.full, system.unavailable */
  async beginUpload(actor: ApplianceAdministrator, name: string, sizeBytes: number): Promise<Update> {
    return this.#shown(await this.needs.intake.beginUpload(actor, name, sizeBytes));
  }

  /** One slice at its place. @returns how many bytes are there now @throws {AppError} not_found, request.conflict, storage.full */
  async receive(id: string, offset: number, body: AsyncIterable<Uint8Array>): Promise<number> {
    return await this.needs.intake.receive(this.#require(id), offset, body);
  }

  /** Asks the site's own address now. @throws {AppError} system.unavailable, request.conflict: none is set */
  async check(actor: ApplianceAdministrator): Promise<void> {
    await this.needs.intake.check(actor);
  }

  /** At once, or at a time. @throws {AppError} not_found, request.conflict: it is not ready, or a restart is announced */
  async restart(actor: ApplianceAdministrator, id: string, drainMinutes: number, at: string | null): Promise<Update> {
    const { journal, applianceSignIns, clock, restarts } = this.needs;
    const record = this.#require(id);
    if (record.state !== "ready")
      throw new AppError(
        "request.conflict",
        "The update is not ready to start yet. Wait until all its steps are done.",
      );
    if (at !== null && !(Date.parse(at) > clock.now().getTime()))
      throw new AppError("request.invalid", "The time of the restart has passed. Choose one that is to come.");
    const planned = { ...record, drainMinutes, restartsAt: at === null ? null : new Date(at).toISOString() };
    const save = async (): Promise<void> => {
      await journal.save(planned, {}, (tx) => applianceSignIns.requireIn(tx, actor));
    };
    // Where it is refused now, a time that was chosen before stands.
    await (at === null ? restarts.beginAsked(actor, drainMinutes, save) : save());
    return this.#shown(journal.current ?? planned);
  }

  /** Before it restarts: what was received goes, the next start is as it was. @throws {AppError} not_found, request.conflict */
  async cancel(actor: ApplianceAdministrator, id: string): Promise<Update> {
    const { journal, folder, applianceSignIns, work, power } = this.needs;
    const record = this.#require(id);
    const isAnnounced = power.plan?.kind === "update";
    if (!isCancellable(record) || (isAnnounced && power.cancel() === null))
      throw new AppError("request.conflict", "The appliance restarts already, so the update cannot be cancelled.");
    await work.stop();
    const over = ended(this.#require(id), "cancelled", journal.now());
    const by = { actor: auditActor(actor), action: "update.cancelled" } as const;
    const event = { kind: "update.cancelled", health: "ok", detail: `${over.version}, by ${actor.username}.` } as const;
    const saved = await journal.save(over, { ...by, event }, (tx) => applianceSignIns.requireIn(tx, actor));
    folder.keepOnly(null);
    return this.#shown(saved);
  }

  /** Starts the other version, if it was seen to work. @throws {AppError} request.conflict, update.running */
  async returnToOther(actor: ApplianceAdministrator, drainMinutes: number): Promise<void> {
    const { journal, restarts, systemHelper } = this.needs;
    if (!systemHelper.isThere) throw notAnAppliance();
    if (journal.current !== null) throw new AppError("update.running", "An update is under way. Cancel it first.");
    await restarts.beginReturn(actor, drainMinutes);
  }

  #require(id: string): UpdateRecord {
    const { current } = this.needs.journal;
    if (current?.id === id) return current;
    throw new AppError("not_found", "This update is over, or never was.");
  }

  #shown({ fileName: _file, slot: _slot, drainMinutes: _minutes, ...record }: UpdateRecord): Update {
    const steps = record.steps.map((step) => {
      if (step.state !== "running") return step;
      if (step.step === "received") return { ...step, progress: record.receivedBytes / record.sizeBytes };
      return { ...step, progress: this.needs.work.progressOf(record.id, step.step) };
    });
    return { ...record, steps };
  }
}
