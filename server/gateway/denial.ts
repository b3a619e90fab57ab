import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import type { Log } from "../log.ts";
import type { LiveSession } from "../support-sessions/live-session.ts";
import type { LiveSessions } from "../support-sessions/live-sessions.ts";

/** Writes into the audit log that somebody was refused something in a session; `asked` is the tool or the permission. */
export function recordToolDenial(
  sessions: LiveSessions,
  log: Log,
  denied: { readonly actor: Actor; readonly session: LiveSession; readonly asked: string },
): void {
  const { actor, session, asked } = denied;
  const object = { kind: "jump-client", id: session.facts.jumpClient, name: session.facts.name };
  const event = { outcome: "denied", actor: auditActor(actor), object, detail: { asked } } as const;
  sessions
    .record(session, { action: "permission.denied", ...event }, null)
    .catch((error: unknown) => log.error("A refusal could not be written to the audit log", error));
}
