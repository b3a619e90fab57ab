/** The sign-ins to /appliance that hold now. They are few: each request reads its own from the table. */
import type { ApplianceAdministrator } from "../actor.ts";
import type { Clock } from "../clock.ts";
import type { Database, Tx } from "../database/database.ts";
import { hashToken, newToken } from "../sign-in/token.ts";
import { deleteSignIn, findSignIn, insertSignIn, writeLastSeen } from "./store.ts";

/** Without a request it ends after so long. */
const IDLE_MS = 15 * 60_000;
/** And then anyway. */
const LIFE_MS = 12 * 3_600_000;
/** Activity is written down at most this often. */
const LAST_SEEN_STEP_MS = 60_000;

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
    await insertSignIn(tx, {
      ...{ token_hash: hashToken(token), administrator, address, user_agent: userAgent },
      ...{ created_at: now, last_seen_at: now },
    });
    return token;
  }

  /** Whose token it is; null: nobody's, or its time is over. */
  async find(token: string, address: string): Promise<ApplianceAdministrator | null> {
    const signIn = hashToken(token);
    const found = await findSignIn(this.database.queries, signIn);
    if (found === undefined) return null;
    const now = this.clock.now();
    const idleMs = now.getTime() - Date.parse(found.last_seen_at);
    if (idleMs > IDLE_MS || now.getTime() - Date.parse(found.created_at) > LIFE_MS) {
      await this.database.transaction((tx) => deleteSignIn(tx, signIn));
      return null;
    }
    if (idleMs >= LAST_SEEN_STEP_MS)
      await this.database.transaction((tx) => writeLastSeen(tx, signIn, now.toISOString()));
    return { kind: "appliance-administrator", id: found.administrator, username: found.username, signIn, address };
  }

  /** Ends one. */
  async end(tx: Tx, signIn: string): Promise<void> {
    await deleteSignIn(tx, signIn);
  }
}
