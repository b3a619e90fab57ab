/**
 * Sign-ins as the tables have them, kept in memory: each request asks whose it is, and a look at the database takes its
 * turn behind whatever else goes on there.
 *
 * INVARIANT: nothing kept is older than the last commit. Every answer asks first whether a statement of this process has
 * named one of the tables since, committed or not, and whether another process has committed anything; if so, all that is
 * kept is forgotten. What is read while a transaction is open waits for its end, so no half of one is ever kept. Only rows
 * are kept: rights, the site's rules and the clock are asked anew each time by whoever asks.
 */
import type { Area } from "../../protocol/api/sign-in.ts";
import type { Database } from "../database/database.ts";
import { findSignIn, type StoredSignIn } from "./store.ts";

/** Past so many the one kept longest makes room; it is read again when it is asked for. */
const MAX_KEPT = 10_000;

export class KeptSignIns {
  /** Another map for each state of the tables: who reads slowly puts what they read where nobody looks any more. */
  #kept = new Map<string, StoredSignIn>();
  readonly #ownWrites: () => number;
  #own: number;
  #outside: number;
  constructor(private readonly database: Database) {
    // What findSignIn() reads.
    this.#ownWrites = database.watchWrites(["sign_ins", "representatives"]);
    this.#own = this.#ownWrites();
    this.#outside = database.outsideVersion();
  }

  /** The sign-in of an area as it stands in the tables now; null: it has ended, or its account may not be used. */
  async find(signIn: string, area: Area): Promise<StoredSignIn | null> {
    this.#forgetOld();
    const kept = this.#kept;
    const known = kept.get(signIn);
    if (known !== undefined) return known.area === area ? known : null;
    const stored = await findSignIn(this.database.queries, signIn, area);
    if (stored === null) return null;
    kept.set(signIn, stored);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
    return stored;
  }

  #forgetOld(): void {
    const [own, outside] = [this.#ownWrites(), this.database.outsideVersion()];
    if (own === this.#own && outside === this.#outside) return;
    this.#kept = new Map();
    this.#own = own;
    this.#outside = outside;
  }
}
