/** The web sign-ins that hold now: made, looked up with each request, ended; and whoever must know is told at once. */
import type { Actor } from "../actor.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Database, Queries, Tx } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { Log } from "../log.ts";
import type { SiteSecurity } from "../security/site-security.ts";
import { KeptSignIns } from "./kept-sign-ins.ts";
import { networkRefused } from "./refusals.ts";
import {
  allSignIns,
  deleteSignIns,
  type EndedSignIn,
  findSignIn,
  hasApiToken,
  insertSignIn,
  type ListedSignIn,
  listSignIns,
  type SignInFilter,
  type StoredSignIn,
  writeLastSeen,
  writeProved,
} from "./store.ts";
import { hashToken, newToken } from "./token.ts";

/** A sign-in has ended; `why` is for the person whose screen closes. */
export interface Revocation extends EndedSignIn {
  readonly why: Refusal;
}
type RevocationListener = (revocation: Revocation) => void;

/** The actor of a sign-in with what their account page shows. */
export interface SignedIn {
  readonly actor: Actor;
  readonly signedInAt: string;
  readonly previousSignInAt: string | null;
  /** Without activity it ends after so many minutes; and then anyway. */
  readonly idleSignOutMinutes: number;
  readonly endsAt: string;
}

/** Activity is written down at most this often. */
const LAST_SEEN_STEP_MS = 60_000;
/** So long a proof of who sits there holds. */
const PROOF_MS = 600_000;
const HOUR_MS = 3_600_000;

export class SignIns {
  readonly #listeners = new Set<RevocationListener>();
  /** Sign-ins this process has acted for, with when their holder was last seen, in ms of the wall clock. */
  readonly #live = new Map<string, { readonly ended: EndedSignIn; seenMs: number; writtenMs: number }>();
  readonly #kept: KeptSignIns;
  #outsideVersion: number;
  constructor(
    private readonly database: Database,
    private readonly security: SiteSecurity,
    private readonly policyBook: PolicyBook,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.#kept = new KeptSignIns(database);
    this.#outsideVersion = database.outsideVersion();
  }

  /** Called for each sign-in that ends, whatever ended it; sockets that carry it close (NA38). */
  onRevoked(listener: RevocationListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** Makes a sign-in in the caller's transaction and returns the token for the cookie. */
  async create(
    tx: Tx,
    signIn: {
      readonly representative: RepresentativeId;
      readonly area: Area;
      readonly address: string;
      readonly userAgent: string;
      readonly method: string;
      readonly previousSignInAt: string | null;
      /** Nobody proved anything just now: a sign-in opened from another. */
      readonly isUnproved?: boolean;
    },
  ): Promise<string> {
    const token = newToken();
    const at = this.clock.now().toISOString();
    const provedAt = signIn.isUnproved === true ? null : at;
    await insertSignIn(tx, { ...signIn, provedAt, tokenHash: hashToken(token), at });
    return token;
  }

  /**
   * Who holds a token; `null` when nobody does any more. Counts as activity unless a page asked by itself.
   * @throws {AppError} network.refused
   */
  async find(token: string, area: Area, address: string, isUse = true): Promise<SignedIn | null> {
    const found = await this.#find(hashToken(token), area, address, isUse);
    if (found !== null && !this.security.allowsAddress(area, address)) throw networkRefused();
    return found;
  }

  /** As find(), by what is kept of the token, from wherever. Does not count as activity: the request before it did. */
  async findBySignIn(signIn: string, area: Area, address: string): Promise<SignedIn | null> {
    return await this.#find(signIn, area, address, false);
  }

  async #find(signIn: string, area: Area, address: string, isUse: boolean): Promise<SignedIn | null> {
    const stored = await this.#kept.find(signIn, area);
    if (stored === null) return null;
    const { representative: id, username, displayName } = stored;
    const rights = await this.policyBook.rightsOf(id);
    const idleSignOutMinutes = rights.settings.idleSignOutMinutes.value ?? this.security.current().idleSignOutMinutes;
    const why = this.#whyEnded(stored, idleSignOutMinutes);
    if (why !== null) {
      await this.end({ signIn }, why);
      return null;
    }
    this.#remember(stored, isUse);
    await this.#writeSeen(signIn);
    const actor: Actor = { id, username, displayName, rights, scopes: null, signIn, area, address };
    const { signedInAt, previousSignInAt } = stored;
    return { actor, signedInAt, previousSignInAt, idleSignOutMinutes, endsAt: this.#endOf(stored).toISOString() };
  }

  /**
   * Refuses, in the caller's transaction, somebody whose sign-in has ended since their request came in: what they are
   * about to make would outlive it.
   * @throws {AppError} sign_in.required
   */
  async requireIn(tx: Tx, { signIn, area, scopes }: Pick<Actor, "signIn" | "area" | "scopes">): Promise<void> {
    const stands = scopes === null ? (await findSignIn(tx, signIn, area)) !== null : await hasApiToken(tx, signIn);
    if (!stands) throw hasEnded();
  }

  /**
   * Refuses who has not proved in the last ten minutes who sits there; a program never may.
   * @throws {AppError} sign_in.proof_required, sign_in.required (it has ended), permission.denied
   */
  async requireProof({ signIn, area, scopes }: Pick<Actor, "signIn" | "area" | "scopes">): Promise<void> {
    if (scopes !== null) throw new AppError("permission.denied", "Only a person may do this, not an API account.");
    const stored = await findSignIn(this.database.queries, signIn, area);
    if (stored === null) throw hasEnded();
    const { provedAt } = stored;
    if (provedAt !== null && this.clock.now().getTime() - Date.parse(provedAt) < PROOF_MS) return;
    throw new AppError(
      "sign_in.proof_required",
      "Prove first that it is you: with your password, a code or a passkey.",
    );
  }

  /** Who sits there has proved it, just now. */
  async proved(tx: Tx, signIn: string): Promise<void> {
    await writeProved(tx, signIn, this.clock.now().toISOString());
  }

  /** Every sign-in there is, the newest first. */
  async list(): Promise<ListedSignIn[]> {
    return await this.listIn(this.database.queries);
  }

  /** As list(), in a transaction. */
  async listIn(queries: Queries): Promise<ListedSignIn[]> {
    return await listSignIns(queries);
  }

  /** The holder of this sign-in does something on an open socket. Costs nothing; written down by sweep(). */
  touch(signIn: string): void {
    const live = this.#live.get(signIn);
    if (live !== undefined) live.seenMs = this.clock.now().getTime();
  }

  /** Accounts this process has acted for and that have not signed out since. */
  liveAccounts(): Set<RepresentativeId> {
    return new Set(Array.from(this.#live.values(), ({ ended }) => ended.representative));
  }

  /** Ends the sign-ins that fit and tells. */
  async end(filter: SignInFilter, why: Refusal): Promise<number> {
    const ended = await deleteSignIns(this.database.queries, filter, this.clock.now().toISOString());
    this.announce(ended, why);
    return ended.length;
  }

  /** Ends them in the caller's transaction, who calls announce() once it is committed. */
  async endIn(tx: Tx, filter: SignInFilter): Promise<EndedSignIn[]> {
    return await deleteSignIns(tx, filter, this.clock.now().toISOString());
  }

  /** Tells everybody who listens that these sign-ins have ended. */
  announce(ended: readonly EndedSignIn[], why: Refusal): void {
    for (const one of ended) {
      this.#live.delete(one.signIn);
      for (const listener of this.#listeners) this.#tell(listener, { ...one, why });
    }
  }

  /** Writes down activity and ends what has been idle or signed in too long. Call it every half minute. */
  async sweep(): Promise<void> {
    for (const signIn of this.#live.keys()) await this.#writeSeen(signIn);
    const site = this.security.current().idleSignOutMinutes;
    for (const listed of await listSignIns(this.database.queries)) {
      const own = this.policyBook.known(listed.representative)?.settings.idleSignOutMinutes.value ?? null;
      // Whose rights are not at hand has done nothing for long: then they are read.
      const isQuiet = own === null && !this.#live.has(listed.signIn);
      const minutes = isQuiet ? await this.#idleMinutesOf(listed.representative) : (own ?? site);
      const why = this.#whyEnded(listed, minutes);
      if (why !== null) await this.end({ signIn: listed.signIn }, why);
    }
  }

  /** Notices sign-ins that another process ended (`causeway reset-password`). Cheap; call it every second. */
  async checkOutside(): Promise<void> {
    const version = this.database.outsideVersion();
    if (version === this.#outsideVersion) return;
    const present = new Set((await allSignIns(this.database.queries)).map(({ signIn }) => signIn));
    // Only now: where the look failed, the next second tries again.
    this.#outsideVersion = version;
    const gone = [...this.#live.values()].filter(({ ended }) => !present.has(ended.signIn));
    this.announce(
      gone.map(({ ended }) => ended),
      endedByAdministrator,
    );
  }

  async #idleMinutesOf(representative: string): Promise<number> {
    const { settings } = await this.policyBook.rightsOf(representative);
    return settings.idleSignOutMinutes.value ?? this.security.current().idleSignOutMinutes;
  }

  /** `null`: it goes on. */
  #whyEnded(
    stored: Pick<StoredSignIn, "signIn" | "signedInAt" | "lastSeenAt" | "expiresAt">,
    idleMinutes: number,
  ): Refusal | null {
    const now = this.clock.now();
    const seenMs = Math.max(Date.parse(stored.lastSeenAt), this.#live.get(stored.signIn)?.seenMs ?? 0);
    if (now.getTime() - seenMs > idleMinutes * 60_000) return idle;
    if (stored.expiresAt !== null && new Date(stored.expiresAt) <= now) return accountExpired;
    return this.#endOf(stored) <= now ? signedInLong : null;
  }

  #endOf({ signedInAt }: Pick<StoredSignIn, "signedInAt">): Date {
    return new Date(Date.parse(signedInAt) + this.security.current().signInHours * HOUR_MS);
  }

  /** One that fails keeps nobody else from hearing it: sockets must close, whatever another listener does. */
  #tell(listener: RevocationListener, revocation: Revocation): void {
    try {
      listener(revocation);
    } catch (error) {
      this.log.error("a listener failed when a sign-in ended", error);
    }
  }

  /** Also one that nobody uses just now: its sockets may be used. */
  #remember(stored: StoredSignIn, isUse: boolean): void {
    const { signIn, representative, area } = stored;
    const lastSeenMs = Date.parse(stored.lastSeenAt);
    const { writtenMs = lastSeenMs, seenMs: seenBeforeMs = lastSeenMs } = this.#live.get(signIn) ?? {};
    const seenMs = isUse ? this.clock.now().getTime() : seenBeforeMs;
    this.#live.set(signIn, { ended: { signIn, representative, area }, seenMs, writtenMs });
  }

  async #writeSeen(signIn: string): Promise<void> {
    const live = this.#live.get(signIn);
    if (live === undefined || live.seenMs - live.writtenMs < LAST_SEEN_STEP_MS) return;
    live.writtenMs = live.seenMs;
    await writeLastSeen(this.database.queries, signIn, new Date(live.seenMs).toISOString());
  }
}

const hasEnded = (): AppError => new AppError("sign_in.required", "This sign-in has ended. Sign in again.");
const idle: Refusal = {
  code: "sign_in.required",
  message: "You were signed out because nothing happened for a while. Sign in again.",
};
const signedInLong: Refusal = {
  code: "sign_in.required",
  message: "You were signed out because you had been signed in for as long as this site allows. Sign in again.",
};
const accountExpired: Refusal = {
  code: "sign_in.account_expired",
  message: "Your account has expired. An administrator can extend it.",
};
const endedByAdministrator: Refusal = {
  code: "sign_in.required",
  message: "An administrator ended your sign-in. Sign in again.",
};
