import type { Queries } from "../database/database.ts";

/** How many of what there are. */
export interface Counts {
  readonly jumpClients: number;
  readonly jumpClientsOnline: number;
  readonly supportSessions: number;
  readonly representativesSignedIn: number;
}

export async function readCounts(queries: Queries): Promise<Counts> {
  const jumpClients = await queries
    .selectFrom("jump_clients")
    .select(({ fn }) => [fn.countAll<number>().as("all"), fn.sum<number>("is_online").as("online")])
    .where("is_leaving", "=", 0)
    .executeTakeFirstOrThrow();
  const sessions = await queries
    .selectFrom("support_sessions")
    .select(({ fn }) => fn.countAll<number>().as("running"))
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
  const signedIn = await queries
    .selectFrom("sign_ins")
    .select(({ fn }) => fn.count<number>("representative").distinct().as("people"))
    .executeTakeFirstOrThrow();
  return {
    jumpClients: Number(jumpClients.all),
    jumpClientsOnline: Number(jumpClients.online ?? 0),
    supportSessions: Number(sessions.running),
    representativesSignedIn: Number(signedIn.people),
  };
}
