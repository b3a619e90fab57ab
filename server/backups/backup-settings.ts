/** Where backups go, when, and who can open them. The passphrase is never kept: the pair of keys made from it is. */
import type { Static } from "@sinclair/typebox";
import {
  type BackupSettings as ShownSettings,
  BackupSettings as SettingsShape,
  type BackupTargetTest,
  type ChangeBackupSettings,
} from "../../protocol/api/appliance/backups.ts";
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { ApplianceChangeNeeds } from "../appliance-administrators/appliance-change.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { PassphraseKey } from "./format/header.ts";
import { makePassphraseKey } from "./format/keys.ts";
import { runJob } from "./job-process.ts";
import { newFileName, type PlaceNeeds, placeText, requireTarget, sameTarget, wishOf } from "./targets.ts";
import { readStoredSettings, writeStoredSettings } from "./store.ts";
import { without } from "../../protocol/shapes.ts";
import { fromTable } from "../database/from-table.ts";

/** What is kept of the settings as they stand. */
const Plan = without(SettingsShape, ["hasSecret", "hasPassphrase"]);
type Plan = Static<typeof Plan>;
type Wish = Static<typeof ChangeBackupSettings>;

const firstPlan: Plan = { isEnabled: false, at: "02:00", target: { kind: "disk" }, keepDays: 14, testsEvery: 7 };
const secretPlace = { table: "backup_settings", row: "1", column: "secret" } as const;

/** With what only the server may know. */
export interface BackupPlan extends Plan {
  readonly secret: string;
  readonly passphraseKey: PassphraseKey | null;
  readonly enabledSince: string | null;
}

export interface BackupSettingsNeeds extends PlaceNeeds, ApplianceChangeNeeds {
  readonly secrets: Secrets;
}

export class BackupSettings {
  constructor(private readonly needs: BackupSettingsNeeds) {}

  async read(): Promise<BackupPlan> {
    const row = await readStoredSettings(this.needs.database.queries);
    if (row === null) return { ...firstPlan, secret: "", passphraseKey: null, enabledSince: null };
    return {
      ...fromTable(Plan, JSON.parse(row.settings)),
      secret: row.secret === null ? "" : this.needs.secrets.open(secretPlace, row.secret),
      passphraseKey: row.passphrase_key === null ? null : fromTable(PassphraseKey, JSON.parse(row.passphrase_key)),
      enabledSince: row.enabled_since,
    };
  }

  /** As the page shows them. */
  shown({ isEnabled, at, target, keepDays, testsEvery, secret, passphraseKey }: BackupPlan): ShownSettings {
    const plan = { isEnabled, at, target, keepDays, testsEvery };
    return { ...plan, hasSecret: secret !== "", hasPassphrase: passphraseKey !== null };
  }

  /** @throws {AppError} request.invalid (no passphrase yet, no secret for another target), sign_in.required */
  async change(asker: ApplianceAdministrator, wish: Wish): Promise<void> {
    const { database, audit, clock, secrets, applianceSignIns } = this.needs;
    const before = await this.read();
    const next = await this.#next(before, wish);
    if (next.isEnabled) requireReady(next);
    const { secret, passphraseKey, enabledSince: _, ...plan } = next;
    const isNewlyEnabled = next.isEnabled && (!before.isEnabled || before.at !== next.at);
    const enabledSince = isNewlyEnabled ? clock.now().toISOString() : before.enabledSince;
    const detail = changesOf(before, next, wish);
    await database.transaction(async (tx) => {
      await applianceSignIns.requireIn(tx, asker);
      await writeStoredSettings(tx, {
        ...{ id: 1, settings: JSON.stringify(plan) },
        secret: secret === "" ? null : secrets.seal(secretPlace, secret),
        passphrase_key: passphraseKey === null ? null : JSON.stringify(passphraseKey),
        enabled_since: next.isEnabled ? enabledSince : null,
      });
      const object = { kind: "settings", id: "backups", name: placeText(next.target) };
      const action = "backup-settings.changed" as const;
      await audit.record(tx, { action, outcome: "succeeded", actor: auditActor(asker), object, detail });
    });
  }

  /** Writes, reads and removes a small file there. SFTP shows its host key first, to be agreed to. */
  async test(wish: Wish): Promise<Static<typeof BackupTargetTest>> {
    const { passphrase: _, ...rest } = wish;
    const plan = await this.#next(await this.read(), rest);
    try {
      requireTarget(plan.target);
      return await this.#probe(plan);
    } catch (error) {
      if (error instanceof AppError) return { isReached: false, problem: error.message, hostKey: "" };
      throw error;
    }
  }

  async #probe(plan: BackupPlan): Promise<Static<typeof BackupTargetTest>> {
    const { clock, log } = this.needs;
    const place = wishOf(this.needs, plan.target, plan.secret);
    let hostKey = "";
    if (place.kind === "sftp") {
      hostKey = (await runJob<"host-key">({ kind: "host-key", place }, { log })).hostKey;
      if (place.hostKey === "") return { isReached: false, problem: agreeFirst(place.host), hostKey };
    }
    try {
      const fileName = `test-${newFileName(clock.now())}`;
      await runJob<"probe">({ kind: "probe", place, fileName }, { log });
      return { isReached: true, problem: "", hostKey };
    } catch (error) {
      if (error instanceof AppError) return { isReached: false, problem: error.message, hostKey };
      throw error;
    }
  }

  async #next(before: BackupPlan, wish: Wish): Promise<BackupPlan> {
    const { secret, passphrase, ...plan } = wish;
    const kept = sameTarget(before.target, plan.target) ? before.secret : "";
    const passphraseKey = passphrase === undefined ? before.passphraseKey : await makePassphraseKey(passphrase);
    return { ...plan, secret: secret ?? kept, passphraseKey, enabledSince: before.enabledSince };
  }
}

/** That a schedule could work. @throws {AppError} request.invalid */
function requireReady({ target, secret, passphraseKey }: BackupPlan): void {
  requireTarget(target);
  if (passphraseKey === null)
    throw new AppError("request.invalid", "Set a passphrase: backups are encrypted for it. Nothing was changed.");
  if (target.kind !== "disk" && secret === "")
    throw new AppError("request.invalid", "This place needs a password, key or secret. Nothing was changed.");
  if (target.kind === "sftp" && target.hostKey === "")
    throw new AppError("request.invalid", "Test the target and agree to its host key first. Nothing was changed.");
}

const agreeFirst = (host: string): string =>
  `Compare the host key with the one ${host} prints for itself, then agree to it and test again.`;

function changesOf(before: BackupPlan, next: BackupPlan, wish: Wish): Record<string, unknown> {
  const names = ["isEnabled", "at", "keepDays", "testsEvery"] as const;
  const changed = Object.fromEntries(
    names.filter((name) => before[name] !== next[name]).map((name) => [name, next[name]]),
  );
  const place = Bun.deepEquals(before.target, next.target) ? {} : { place: placeText(next.target) };
  const secrets = {
    ...(wish.passphrase === undefined ? {} : { passphrase: true }),
    ...(wish.secret === undefined ? {} : { secret: true }),
  };
  return { ...changed, ...place, ...secrets };
}
