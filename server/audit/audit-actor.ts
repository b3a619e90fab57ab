import type { Actor } from "../actor.ts";
import type { AuditActor } from "./audit-event.ts";

/** A signed-in representative as the audit log names them. */
export function auditActor(actor: Actor): AuditActor {
  return { kind: "representative", id: actor.id, name: actor.username, address: actor.address };
}
