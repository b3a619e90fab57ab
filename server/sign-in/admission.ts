/**
 * The one place that makes a sign-in, whatever proved who somebody is: password, passkey or identity provider. Proof is
 * not enough: the account, the hour, the place and the number of sign-ins must fit, too.
 */
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import { accountPermissions } from "../../protocol/permissions.ts";
import type { Actor } from "../actor.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { decide } from "../policy/decide.ts";
import type { AccountRights } from "../policy/policies.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import { consoleDisabled, networkRefused, outsideSchedule } from "./refusals.ts";
import type { SignIns } from "./sign-ins.ts";
import { type EndedSignIn, findStanding, methodOf, type Standing, signInsOf, writeSignedIn } from "./store.ts";

/** Where an attempt comes from. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
  /** SHA-256 of the token of the sign-in this browser had in the area; it makes room for the new one. */
  readonly replaces?: string | null;
}
/** Somebody who has proved who they are. */
export interface Proved {
  readonly representative: string;
  readonly area: Area;
  readonly origin: Origin;
  /** "password", "passkey" or a provider's id. */
  readonly method: string;
  /** Opened from a sign-in to the other area: nobody proved anything just now. */
  readonly isUnproved?: boolean;
}
export interface AdmissionNeeds {
  readonly database: Database;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly policyBook: PolicyBook;
  readonly security: SiteSecurity;
  readonly signIns: SignIns;
}
/** What else belongs into the transaction of a sign-in; what it throws undoes the sign-in. */
type Inside = (tx: Tx, token: string) => Promise<void>;

export class Admission {
  readonly #needs: AdmissionNeeds;
  constructor(needs: AdmissionNeeds) {
    this.#needs = needs;
  }

  /**
   * Signs in and returns the token for the area's cookie. Call it outside a transaction: it has one of its own.
   * @throws {AppError} console.disabled, network.refused, permission.denied, sign_in.outside_schedule,
   *   sign_in.account_expired, sign_in.failed (disabled or gone), sign_in.method_closed (the account's provider is off),
   *   sign_in.too_many; and what `inside` throws
   */
  async admit(proved: Proved, inside: Inside): Promise<string> {
    const { database, clock, policyBook, signIns } = this.#needs;
    const rights = await policyBook.rightsOf(proved.representative);
    const objection = this.#objectionToRights(rights, proved);
    if (objection !== null) return await this.#refuse(proved, rights.name, objection);
    const done = await database.transaction(async (tx) => {
      const standing = await findStanding(tx, proved.representative);
      const objectionNow = this.#objectionToStanding(standing);
      if (standing === null || objectionNow !== null) return { objection: objectionNow ?? gone(), rights };
      const room = await this.#makeRoom(tx, rights, proved);
      if (room === null) return { objection: tooMany(), rights };
      const token = await this.#write(tx, standing, proved);
      await inside(tx, token);
      // Last, since it lifts a lock that `inside` may want to see.
      await writeSignedIn(tx, standing.id, clock.now().toISOString());
      return { token, ended: room };
    });
    if ("objection" in done) return await this.#refuse(proved, rights.name, done.objection);
    signIns.announce(done.ended, madeRoom);
    return done.token;
  }

  /** Opens the other area from a sign-in, which must still stand. @throws {AppError} as admit(), sign_in.required */
  async open(actor: Actor, area: Area, origin: Origin): Promise<string> {
    const { database, signIns } = this.#needs;
    const method = (await methodOf(database.queries, actor.signIn)) ?? "password";
    return await this.admit({ representative: actor.id, area, origin, method, isUnproved: true }, (tx) =>
      signIns.requireIn(tx, actor),
    );
  }

  /**
   * Refuses at once who may not come in from there, before anything is proved. What a command (`causeway setup`) changed
   * a moment ago counts.
   * @throws {AppError} console.disabled, network.refused
   */
  async requirePlace(area: Area, { address }: Pick<Origin, "address">): Promise<void> {
    await Promise.all([this.#needs.policyBook.checkOutside(), this.#needs.security.checkOutside()]);
    if (area === "console" && !this.#needs.policyBook.current().isConsoleEnabled) throw consoleDisabled();
    if (!this.#needs.security.allowsAddress(area, address)) throw networkRefused();
  }

  #objectionToRights(rights: AccountRights, { area, origin }: Proved): AppError | null {
    const { policyBook, security, clock } = this.#needs;
    const [policies, now] = [policyBook.current(), clock.now()];
    const actor = { rights, scopes: null, kind: "representative", isSessionOwner: false } as const;
    if (!security.allowsAddress(area, origin.address)) return networkRefused();
    const permission = area === "console" ? "console.use" : "signed-in";
    const { outcome, because } = decide({ actor, jumpItem: null, permission, policies, now });
    if (because.rule === "console-disabled") return consoleDisabled();
    if (because.rule === "outside-sign-in-schedule") return outsideSchedule(because.nextAt);
    if (outcome === "deny") return mayNotUseConsole();
    return area === "console" || holdsAnything(rights) ? null : mayNothing();
  }

  #objectionToStanding(standing: Standing | null): AppError | null {
    if (standing === null || standing.isDisabled) return gone();
    if (standing.isProviderOff) return providerOff();
    const { expiresAt } = standing;
    return expiresAt !== null && new Date(expiresAt) <= this.#needs.clock.now() ? expired() : null;
  }

  /** Ends what must end so that there is room for one more; `null`: there is none. */
  async #makeRoom(
    tx: Tx,
    rights: AccountRights,
    { representative, area, origin }: Proved,
  ): Promise<EndedSignIn[] | null> {
    const { security, signIns } = this.#needs;
    const { maxSignIns, whenTooMany } = security.current();
    const most = rights.settings.maxSignIns.value ?? maxSignIns;
    if (most === null) return [];
    const present = (await signInsOf(tx, representative, area)).filter((signIn) => signIn !== origin.replaces);
    const tooManyBy = present.length - most + 1;
    if (tooManyBy > 0 && whenTooMany === "refuse") return null;
    const ended: EndedSignIn[] = [];
    for (const signIn of present.slice(0, Math.max(0, tooManyBy))) ended.push(...(await signIns.endIn(tx, { signIn })));
    return ended;
  }

  async #write(tx: Tx, standing: Standing, proved: Proved): Promise<string> {
    const { audit, signIns } = this.#needs;
    const { representative, area, origin, method, isUnproved = false } = proved;
    await audit.record(tx, {
      action: "sign-in.succeeded",
      outcome: "succeeded",
      actor: { kind: "representative", id: representative, name: standing.username, address: origin.address },
      object: { kind: "area", id: area, name: area },
      detail: { userAgent: origin.userAgent, method, ...(isUnproved ? { from: actorAreaOf(area) } : {}) },
    });
    const { address, userAgent } = origin;
    const previousSignInAt = standing.lastSignInAt;
    const place = { area, address, userAgent };
    return await signIns.create(tx, { representative: standing.id, ...place, method, previousSignInAt, isUnproved });
  }

  async #refuse({ area, origin, method }: Proved, name: string, objection: AppError): Promise<never> {
    const { database, audit } = this.#needs;
    await database.transaction((tx) =>
      audit.record(tx, {
        action: "sign-in.failed",
        outcome: "denied",
        actor: { kind: "nobody", name, address: origin.address },
        object: { kind: "area", id: area, name: area },
        detail: { because: objection.code, method },
      }),
    );
    throw objection;
  }
}

const actorAreaOf = (area: Area): Area => (area === "console" ? "login" : "console");

const holdsAnything = (rights: AccountRights): boolean =>
  rights.isAdministrator || accountPermissions.some((permission) => rights.settings[permission].value);

const gone = (): AppError =>
  new AppError("sign_in.failed", "This account cannot be used. An administrator can allow it.");
/** A passkey of the account does not stand in for the organization that says whose it is. */
const providerOff = (): AppError =>
  new AppError(
    "sign_in.method_closed",
    "The security provider of this account is switched off, so the account cannot sign in. An administrator can switch it on.",
  );
const expired = (): AppError =>
  new AppError("sign_in.account_expired", "This account has expired. An administrator can extend it.");
const tooMany = (): AppError =>
  new AppError("sign_in.too_many", "This account is signed in as often as it may be. Sign out elsewhere first.");
const mayNotUseConsole = (): AppError =>
  new AppError(
    "permission.denied",
    "Your account may not use the representative console. An administrator can allow it.",
  );
const mayNothing = (): AppError =>
  new AppError("permission.denied", "Your account may not do anything here yet. An administrator can allow it.");
const madeRoom: Refusal = {
  code: "sign_in.required",
  message: "You signed in elsewhere, and your account may be signed in only so often. This sign-in ended.",
};
