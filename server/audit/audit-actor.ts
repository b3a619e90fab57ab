import type { Actor, ApplianceAdministrator } from "../actor.ts";
import type { AuditActor } from "./audit-event.ts";

/** Whoever is signed in as the audit log names them. */
export function auditActor(actor: Actor | ApplianceAdministrator): AuditActor {
  const kind = "kind" in actor ? actor.kind : "representative";
  return { kind, id: actor.id, name: actor.username, address: actor.address };
}
