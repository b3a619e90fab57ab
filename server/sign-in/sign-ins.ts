/** The web sign-ins that hold now: made, looked up with each request, ended; and whoever must know is told at once. */
import type { Actor } from "../actor.ts";
import type { Area } from "../../protocol/api/sign-in.ts";
import { AppError, type Refusal } from "../../protocol/errors.ts";
import type { RepresentativeId } from "../../protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Database, Queries, Tx } from "../database/database.ts";
import type { PolicyBook } from "../policy-book/policy-book.ts";
import type { SiteSettings } from "../settings/settings.ts";
import {
  allSignIns,
  deleteSignIns,
  type EndedSignIn,
  findSignIn,
  insertSignIn,
  type SignInFilter,
  type StoredSignIn,
  writeLastSeen,
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
}

/** Activity is written down at most this often. */
const LAST_SEEN_STEP_MS = 60_000;

export class SignIns {
  readonly #listeners = new Set<RevocationListener>();
  /** Sign-ins this process has acted for, with when their holder was last seen, in ms of the wall clock. */
  readonly #live = new Map<string, { readonly ended: EndedSignIn; seenMs: number; writtenMs: number }>();
  #outsideVersion: number;
  constructor(
    private readonly database: Database,
    private readonly settings: SiteSettings,
    private readonly policyBook: PolicyBook,
    private readonly clock: Clock,
  ) {
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
      readonly previousSignInAt: string | null;
    },
  ): Promise<string> {
    const token = newToken();
    await insertSignIn(tx, { ...signIn, tokenHash: hashToken(token), at: this.clock.now().toISOString() });
    return token;
  }

  /** Who holds a token; `null` when nobody does any more. Counts as activity. */
  async find(token: string, area: Area, address: string): Promise<SignedIn | null> {
    return await this.findBySignIn(hashToken(token), area, address);
  }

  /** As find(), by what is kept of the token. */
  async findBySignIn(signIn: string, area: Area, address: string): Promise<SignedIn | null> {
    const stored = await findSignIn(this.database.queries, signIn, area);
    if (stored === null) return null;
    if (await this.#isIdle(stored)) {
      await this.end({ signIn }, idle);
      return null;
    }
    this.#remember(stored);
    await this.#writeSeen(signIn);
    const { representative: id, username, displayName } = stored;
    const rights = await this.policyBook.rightsOf(id);
    const actor: Actor = { id, username, displayName, rights, scopes: null, signIn, area, address };
    return { actor, signedInAt: stored.signedInAt, previousSignInAt: stored.previousSignInAt };
  }

  /**
   * Refuses, in the caller's transaction, somebody whose sign-in has ended since their request came in: what they are
   * about to make would outlive it.
   * @throws {AppError} sign_in.required
   */
  async requireIn(tx: Tx, { signIn, area }: Pick<Actor, "signIn" | "area">): Promise<void> {
    if ((await findSignIn(tx, signIn, area)) === null)
      throw new AppError("sign_in.required", "This sign-in has ended. Sign in again.");
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
    const ended = await deleteSignIns(this.database.queries, filter);
    this.announce(ended, why);
    return ended.length;
  }

  /** Ends them in the caller's transaction, who calls announce() once it is committed. */
  async endIn(tx: Tx, filter: SignInFilter): Promise<EndedSignIn[]> {
    return await deleteSignIns(tx, filter);
  }

  /** Tells everybody who listens that these sign-ins have ended. */
  announce(ended: readonly EndedSignIn[], why: Refusal): void {
    for (const one of ended) {
      this.#live.delete(one.signIn);
      for (const listener of this.#listeners) listener({ ...one, why });
    }
  }

  /** Writes down activity and ends what has been idle too long. Call it every half minute. */
  async sweep(): Promise<void> {
    for (const signIn of this.#live.keys()) await this.#writeSeen(signIn);
    const limitMs = await this.#idleMs();
    await this.end({ lastSeenBefore: new Date(this.clock.now().getTime() - limitMs).toISOString() }, idle);
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

  async #isIdle(stored: StoredSignIn): Promise<boolean> {
    const seenMs = Math.max(Date.parse(stored.lastSeenAt), this.#live.get(stored.signIn)?.seenMs ?? 0);
    return this.clock.now().getTime() - seenMs > (await this.#idleMs());
  }

  async #idleMs(queries: Queries = this.database.queries): Promise<number> {
    return (await this.settings.read(queries)).idleSignOutMinutes * 60_000;
  }

  #remember(stored: StoredSignIn): void {
    const { signIn, representative, area } = stored;
    const writtenMs = this.#live.get(signIn)?.writtenMs ?? Date.parse(stored.lastSeenAt);
    const seenMs = this.clock.now().getTime();
    this.#live.set(signIn, { ended: { signIn, representative, area }, seenMs, writtenMs });
  }

  async #writeSeen(signIn: string): Promise<void> {
    const live = this.#live.get(signIn);
    if (live === undefined || live.seenMs - live.writtenMs < LAST_SEEN_STEP_MS) return;
    live.writtenMs = live.seenMs;
    await writeLastSeen(this.database.queries, signIn, new Date(live.seenMs).toISOString());
  }
}

const idle: Refusal = {
  code: "sign_in.required",
  message: "You were signed out because nothing happened for a while. Sign in again.",
};
const endedByAdministrator: Refusal = {
  code: "sign_in.required",
  message: "An administrator ended your sign-in. Sign in again.",
};
