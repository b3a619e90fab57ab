/** The sign-ins to /appliance that hold now. They are few: each request reads its own from the table. */
import { AppError } from "../../protocol/errors.ts";
import type { ApplianceAdministrator } from "../actor.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import {
  deleteOver,
  deleteSignIn,
  deleteSignInsOf,
  findSignIn,
  insertSignIn,
  keepNewestSignIns,
  listSignIns,
  type StoredSignIn,
  writeLastSeen,
} from "./sign-ins-store.ts";

/** Without a request it ends after so long, in minutes. */
export const IDLE_MINUTES = 15;
const IDLE_MS = IDLE_MINUTES * 60_000;
/** And then anyway. */
const LIFE_MS = 12 * 3_600_000;
/** Activity is written down at most this often; a page asks half a minute before the end whether somebody is there. */
const LAST_SEEN_STEP_MS = 10_000;
/** Of one administrator; one more ends their oldest. */
const MAX_OF_ONE = 20;

export class ApplianceSignIns {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Makes a sign-in in the caller's transaction and returns the token for the cookie. */
  async create(
    tx: Tx,
    signIn: { readonly administrator: string; readonly address: string; readonly userAgent: string },
  ): Promise<string> {
    const token = newToken();
    const now = this.clock.now().toISOString();
    const { administrator, address, userAgent } = signIn;
    await keepNewestSignIns(tx, administrator, MAX_OF_ONE - 1);
    await insertSignIn(tx, {
      ...{ token_hash: hashToken(token), administrator, address, user_agent: userAgent },
      ...{ created_at: now, last_seen_at: now },
    });
    return token;
  }

  /** Whose token it is; null: nobody's, or its time is over. Counts as activity unless a page asked by itself. */
  async find(token: string, address: string, isUse = true): Promise<ApplianceAdministrator | null> {
    const signIn = hashToken(token);
    const found = await findSignIn(this.database.queries, signIn);
    if (found === null) return null;
    if (!this.#holds(found)) {
      await this.database.transaction((tx) => deleteSignIn(tx, signIn));
      return null;
    }
    const now = this.clock.now();
    if (isUse && now.getTime() - Date.parse(found.lastSeenAt) >= LAST_SEEN_STEP_MS)
      await this.database.transaction((tx) => writeLastSeen(tx, signIn, now.toISOString()));
    return { kind: "appliance-administrator", id: found.administrator, username: found.username, signIn, address };
  }

  /** In a transaction, after whatever was waited for. @throws {AppError} sign_in.required when it has ended since */
  async requireIn(tx: Tx, { signIn }: ApplianceAdministrator): Promise<StoredSignIn> {
    const found = await findSignIn(tx, signIn);
    if (found === null) throw new AppError("sign_in.required", "Your sign-in has ended. Sign in again.");
    return found;
  }

  /** Those that hold, newest first. */
  async list(): Promise<StoredSignIn[]> {
    return (await listSignIns(this.database.queries)).filter((found) => this.#holds(found));
  }

  /** Ends one. */
  async end(tx: Tx, signIn: string): Promise<void> {
    await deleteSignIn(tx, signIn);
  }

  /** Ends an administrator's, but for the one named. */
  async endOf(tx: Tx, administrator: string, except = ""): Promise<void> {
    await deleteSignInsOf(tx, administrator, except);
  }

  /** Forgets those whose time is over. */
  async sweep(): Promise<void> {
    const now = this.clock.now().getTime();
    const [idle, old] = [now - IDLE_MS, now - LIFE_MS].map((ms) => new Date(ms).toISOString()) as [string, string];
    const isAnyOver = (await listSignIns(this.database.queries)).some((found) => !this.#holds(found));
    if (isAnyOver) await this.database.transaction((tx) => deleteOver(tx, idle, old));
  }

  #holds({ createdAt, lastSeenAt }: StoredSignIn): boolean {
    const now = this.clock.now().getTime();
    return now - Date.parse(lastSeenAt) <= IDLE_MS && now - Date.parse(createdAt) <= LIFE_MS;
  }
}
