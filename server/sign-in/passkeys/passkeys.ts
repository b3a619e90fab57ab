/** Passkeys of accounts: added, named, removed, and asked who sits there. */
import type { Static } from "@sinclair/typebox";
import type { Actor } from "../../actor.ts";
import { MAX_PASSKEYS, type Passkey } from "../../../protocol/api/own-account.ts";
import type { AuditAction } from "../../../protocol/audit.ts";
import { AppError } from "../../../protocol/errors.ts";
import { auditActor } from "../../audit/audit-actor.ts";
import type { Audit } from "../../audit/audit.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Queries, Tx } from "../../database/database.ts";
import type { SiteSecurity } from "../../security/site-security.ts";
import type { SiteSettings } from "../../settings/settings.ts";
import type { PublicAddress } from "../../site/public-address.ts";
import type { SignIns } from "../sign-ins.ts";
import type { Steps } from "../steps.ts";
import { leadsToRoot, vouchesForModel } from "./attestation-chain.ts";
import { modelNameOf } from "./models.ts";
import { OpenChallenges } from "./open-challenges.ts";
import { passkeyObstacle, relyingPartyOf } from "./relying-party.ts";
import {
  countPasskeys,
  deletePasskey,
  findPasskey,
  insertPasskey,
  passkeysOf,
  type StoredPasskey,
  writePasskeyName,
  writePasskeyUse,
} from "./store.ts";
import {
  challengeOf,
  creationOptions,
  readAssertion,
  refused,
  requestOptions,
  verifyAssertion,
  verifyCreation,
} from "./web-authn.ts";

export interface PasskeysNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly settings: SiteSettings;
  readonly publicAddress: PublicAddress;
  readonly security: SiteSecurity;
  readonly signIns: SignIns;
  readonly steps: Steps;
}
/** Whose passkey proved somebody, and whether it proved the person, not only the key. */
export interface PasskeyProof {
  readonly representative: string;
  readonly isUserVerified: boolean;
}

export class Passkeys {
  readonly #needs: PasskeysNeeds;
  readonly #open: OpenChallenges;
  constructor(needs: PasskeysNeeds) {
    this.#needs = needs;
    this.#open = new OpenChallenges(needs.clock);
  }

  /** Whether people may sign in by passkey here at all. */
  async isOffered(): Promise<boolean> {
    return this.#needs.security.current().passkeys.isEnabled && (await this.obstacle()) === null;
  }

  /** Why this site cannot have passkeys; null: it can. */
  async obstacle(): Promise<string | null> {
    return passkeyObstacle((await this.#needs.settings.read()).hostname);
  }

  async list(representative: string): Promise<Static<typeof Passkey>[]> {
    return (await passkeysOf(this.#needs.database.queries, representative)).map(toShown);
  }

  async has(representative: string): Promise<boolean> {
    return (await passkeysOf(this.#needs.database.queries, representative)).length > 0;
  }

  /** How many there are of all accounts: so many a new hostname would make useless. */
  async count(queries: Queries): Promise<number> {
    return await countPasskeys(queries);
  }

  /** Options for adding one. @throws {AppError} sign_in.method_closed, passkey.too_many */
  async beginAdding(actor: Actor): Promise<unknown> {
    await this.#requireOffered();
    const present = await passkeysOf(this.#needs.database.queries, actor.id);
    if (present.length >= MAX_PASSKEYS) throw tooMany();
    const challenge = await this.#needs.steps.begin("passkey-creation", actor.id, null);
    const asksModel = this.#needs.security.current().passkeys.allowedModels !== null;
    return creationOptions(await this.#relyingParty(), { challenge, user: actor, present, asksModel });
  }

  /**
   * Adds one, once its challenge, origin, site and model are right.
   * @throws {AppError} passkey.refused, passkey.too_many, sign_in.step_expired, sign_in.method_closed
   */
  async add(actor: Actor, name: string, credential: unknown): Promise<void> {
    await this.#requireOffered();
    const { database, clock, signIns, steps } = this.#needs;
    const challenge = challengeOf(credential);
    const step = await steps.redeem("passkey-creation", challenge);
    if (step.representative !== actor.id) throw refused("it was made for another account");
    const { key: made, chain } = await verifyCreation(credential, challenge, await this.#relyingParty());
    this.#requireModel(made.aaguid, chain);
    const createdAt = clock.now().toISOString();
    await database.transaction(async (tx) => {
      await signIns.requireIn(tx, actor);
      if ((await findPasskey(tx, made.id)) !== null) throw refused("it is already in use");
      if ((await passkeysOf(tx, actor.id)).length >= MAX_PASSKEYS) throw tooMany();
      await insertPasskey(tx, { ...made, representative: actor.id, name, createdAt, lastUsedAt: null });
      await this.#record(tx, actor, "passkey.added", name, { model: modelNameOf(made.aaguid) });
    });
  }

  /** @throws {AppError} not_found */
  async rename(actor: Actor, id: string, name: string): Promise<void> {
    await this.#needs.database.transaction(async (tx) => {
      const { name: before } = await this.#own(tx, actor, id);
      await writePasskeyName(tx, id, name);
      await this.#record(tx, actor, "passkey.renamed", name, { before });
    });
  }

  /** @throws {AppError} not_found */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.#needs.database.transaction(async (tx) => {
      const { name } = await this.#own(tx, actor, id);
      await deletePasskey(tx, id);
      await this.#record(tx, actor, "passkey.removed", name);
    });
  }

  /**
   * Options for asking a passkey.
   * @param representative whose; null: whoever has one for this site
   * @param address whose page asks
   * @throws {AppError} sign_in.method_closed, request.too_many
   */
  async beginAsking(representative: string | null, address: string): Promise<unknown> {
    await this.#requireOffered();
    const { database, security, steps } = this.#needs;
    const known = representative === null ? [] : await passkeysOf(database.queries, representative);
    const challenge =
      representative === null
        ? this.#open.begin(address)
        : await steps.begin("passkey-challenge", representative, null);
    const { requiresUserVerification } = security.current().passkeys;
    return requestOptions(await this.#relyingParty(), challenge, known, requiresUserVerification);
  }

  /**
   * Who a passkey proves. Its challenge is used up, whatever comes of it.
   * @throws {AppError} passkey.refused, sign_in.step_expired, sign_in.method_closed
   */
  async prove(credential: unknown, address: string): Promise<PasskeyProof> {
    await this.#requireOffered();
    const { database, security, steps } = this.#needs;
    const challenge = challengeOf(credential);
    const asked = this.#open.take(challenge)
      ? null
      : (await steps.redeem("passkey-challenge", challenge)).representative;
    const assertion = readAssertion(credential);
    const passkey = await findPasskey(database.queries, assertion.id);
    if (passkey === null) throw refused("this site does not know it");
    if (asked !== null && asked !== passkey.representative) throw refused("it belongs to another account");
    const { requiresUserVerification } = security.current().passkeys;
    const party = await this.#relyingParty();
    const proof = await verifyAssertion(assertion, challenge, party, passkey, requiresUserVerification);
    await this.#use(passkey, proof, address);
    return { representative: passkey.representative, isUserVerified: proof.isUserVerified };
  }

  /** A counter that did not grow: somebody else has the key, too. Keys that sync stay at 0. */
  async #use(passkey: StoredPasskey, proof: { counter: number; isBackedUp: boolean }, address: string): Promise<void> {
    const { database, audit, clock } = this.#needs;
    const at = clock.now().toISOString();
    const isSuspicious = await database.transaction(async (tx) => {
      const before = (await findPasskey(tx, passkey.id))?.counter ?? passkey.counter;
      const counts = proof.counter !== 0 || before !== 0;
      if (!counts || proof.counter > before) {
        await writePasskeyUse(tx, passkey.id, { ...proof, at });
        return false;
      }
      const actor = { kind: "nobody", name: passkey.name, address } as const;
      const object = { kind: "user", id: passkey.representative, name: passkey.name };
      const detail = { counter: proof.counter, before };
      await audit.record(tx, { action: "passkey.suspicious", outcome: "denied", actor, object, detail });
      return true;
    });
    if (isSuspicious) throw refused("it counts backwards, as if somebody had copied it; tell an administrator");
  }

  /** A key's word on its model counts where a maker that an administrator has named stands behind it. */
  #requireModel(aaguid: string, chain: readonly Uint8Array[]): void {
    const { clock, security } = this.#needs;
    const { passkeys, keyMakers } = security.current();
    if (passkeys.allowedModels === null) return;
    if (chain.length === 0) throw refused("no maker vouches for which model it is, and this site takes only some");
    if (!passkeys.allowedModels.includes(aaguid)) throw refused("this site does not take this model");
    if (!leadsToRoot(chain, keyMakers ?? [], clock.now()))
      throw refused("its maker is none of those this site knows; an administrator can add the maker's certificate");
    if (!vouchesForModel(chain, keyMakers ?? [], aaguid))
      throw refused("its maker's certificate does not say that it is of this model");
  }

  async #own(tx: Tx, actor: Actor, id: string): Promise<StoredPasskey> {
    await this.#needs.signIns.requireIn(tx, actor);
    const passkey = await findPasskey(tx, id);
    if (passkey === null || passkey.representative !== actor.id)
      throw new AppError("not_found", "This passkey is not there any more.");
    return passkey;
  }

  async #requireOffered(): Promise<void> {
    const obstacle = await this.obstacle();
    if (obstacle !== null) throw new AppError("sign_in.method_closed", obstacle);
    if (!this.#needs.security.current().passkeys.isEnabled)
      throw new AppError("sign_in.method_closed", "Passkeys are switched off on this site.");
  }

  async #relyingParty() {
    return await relyingPartyOf(this.#needs.settings, this.#needs.publicAddress);
  }

  async #record(tx: Tx, actor: Actor, action: AuditAction, passkey: string, more: object = {}): Promise<void> {
    const object = { kind: "user", id: actor.id, name: actor.username };
    const event = { action, outcome: "succeeded", actor: auditActor(actor), object } as const;
    await this.#needs.audit.record(tx, { ...event, detail: { passkey, ...more } });
  }
}

function toShown({ id, name, aaguid, isBackedUp, createdAt, lastUsedAt }: StoredPasskey): Static<typeof Passkey> {
  return { id, name, model: modelNameOf(aaguid), isBackedUp, createdAt, lastUsedAt };
}

const tooMany = (): AppError =>
  new AppError("passkey.too_many", `An account has at most ${MAX_PASSKEYS} passkeys. Remove one first.`);
