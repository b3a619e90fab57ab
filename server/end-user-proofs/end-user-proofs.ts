/** The authenticator app by which the user of a Jump Item proves, before a start, who they are (POLICY-10). */
import type { AuditAction } from "../../protocol/audit.ts";
import { AppError } from "../../protocol/errors.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Secrets } from "../secrets/secrets.ts";
import type { SiteSettings } from "../settings/settings.ts";
import { appUri, newAppSecret, stepOfCode } from "../sign-in/second-proof/totp.ts";
import { readProof, useStep, writeProof } from "./store.ts";

/** A secret that waits for its first code is kept so long. */
const WAITING_MS = 600_000;
const MAX_WAITING = 1000;
/** Wrong codes for one Jump Item, after which none is looked at for a while. */
const MAX_WRONG = 5;
const WRONG_PAUSE_MS = 300_000;

export interface EndUserProofsNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly secrets: Secrets;
  readonly settings: SiteSettings;
  /** Called when a Jump Item's properties have changed. */
  changed(jumpItem: string): void;
}

export class EndUserProofs {
  /** By Jump Item: secrets that were shown and not confirmed yet. Past 1,000 the oldest is forgotten. */
  readonly #waiting = new Map<string, { readonly secret: string; readonly untilMs: number }>();
  /** By Jump Item: wrong codes. Past 1,000 the oldest is forgotten. */
  readonly #wrong = new Map<string, { readonly count: number; readonly untilMs: number }>();

  constructor(private readonly needs: EndUserProofsNeeds) {}

  /** A new secret, which waits ten minutes for its first code; the one before stays until then. @throws {AppError} not_found */
  async begin(jumpItem: string): Promise<{ uri: string; secret: string }> {
    const { name } = await this.#read(jumpItem);
    const { siteName } = await this.needs.settings.read();
    const secret = await newAppSecret();
    keep(this.#waiting, jumpItem, { secret, untilMs: this.needs.clock.monotonicMs() + WAITING_MS });
    return { secret, uri: await appUri(secret, siteName, name) };
  }

  /** @throws {AppError} not_found, sign_in.step_expired (nothing waits), start.end_user_proof_required (wrong code) */
  async confirm(jumpItem: string, code: string, actor: Actor): Promise<void> {
    const { clock, database, secrets } = this.needs;
    const waiting = this.#waiting.get(jumpItem);
    if (waiting === undefined || waiting.untilMs < clock.monotonicMs())
      throw new AppError("sign_in.step_expired", "This code came too late. Begin again and scan the new QR code.");
    const step = await stepOfCode(waiting.secret, code, clock.now());
    if (step === null) throw wrong();
    await database.transaction(async (tx) => {
      await writeProof(tx, jumpItem, { secret: secrets.seal(placeOf(jumpItem), waiting.secret), lastStep: step });
      await this.#record(tx, "end-user.enrolled", jumpItem, actor);
    });
    this.#waiting.delete(jumpItem);
    this.needs.changed(jumpItem);
  }

  /** @throws {AppError} not_found */
  async remove(jumpItem: string, actor: Actor): Promise<void> {
    await this.needs.database.transaction(async (tx) => {
      await writeProof(tx, jumpItem, { secret: null, lastStep: null });
      await this.#record(tx, "end-user.removed", jumpItem, actor);
    });
    this.needs.changed(jumpItem);
  }

  /** Each code is taken once. @throws {AppError} start.end_user_proof_required, request.too_many */
  async require(jumpItem: string, code: string): Promise<void> {
    const { clock, database, secrets } = this.needs;
    const { secret } = await this.#read(jumpItem);
    if (secret === null)
      throw new AppError(
        "start.end_user_proof_required",
        "Its user has no authenticator app here yet. Somebody who may change how it is reached sets one up in its properties.",
      );
    this.#countAttempt(jumpItem);
    const step = await stepOfCode(secrets.open(placeOf(jumpItem), secret), code, clock.now());
    const isRight = step !== null && (await database.transaction((tx) => useStep(tx, jumpItem, step)));
    if (!isRight) throw wrong();
    this.#wrong.delete(jumpItem);
  }

  /** As wrong until it is seen to be right: codes that are sent all at once are no more guesses than one after another. */
  #countAttempt(jumpItem: string): void {
    const nowMs = this.needs.clock.monotonicMs();
    const before = this.#wrong.get(jumpItem);
    const count = before === undefined || before.untilMs <= nowMs ? 0 : before.count;
    if (count >= MAX_WRONG)
      throw new AppError("request.too_many", "Too many wrong codes were given. Wait five minutes.");
    keep(this.#wrong, jumpItem, { count: count + 1, untilMs: nowMs + WRONG_PAUSE_MS });
  }

  async #read(jumpItem: string): Promise<{ readonly secret: string | null; readonly name: string }> {
    const found = await readProof(this.needs.database.queries, jumpItem);
    if (found === null) throw new AppError("not_found", "This Jump Item is not there any more.");
    return found;
  }

  async #record(tx: Tx, action: AuditAction, id: string, actor: Actor): Promise<void> {
    const name = (await readProof(tx, id))?.name ?? "";
    const object = { kind: "jump-client", id, name };
    await this.needs.audit.record(tx, { action, outcome: "succeeded", actor: auditActor(actor), object });
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > MAX_WAITING && oldest !== undefined) map.delete(oldest);
}

const placeOf = (row: string) => ({ table: "jump_clients", row, column: "end_user_secret" });
const wrong = () =>
  new AppError("start.end_user_proof_required", "That code is not right, or was used before. Ask for the next one.");
