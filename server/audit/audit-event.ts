import type { AuditAction, AuditOutcome } from "../../protocol/audit.ts";

/** Who did it. `nobody`: someone who had not proved who they are (a failed sign-in). */
export type AuditActor =
  | { readonly kind: "representative"; readonly id: string; readonly name: string; readonly address: string }
  | { readonly kind: "appliance-administrator"; readonly id: string; readonly name: string; readonly address: string }
  | { readonly kind: "jump-client"; readonly id: string; readonly name: string; readonly address: string }
  | { readonly kind: "nobody"; readonly name: string; readonly address: string }
  | { readonly kind: "system" };

/** One thing that happened. Secrets, passwords and clipboard texts never stand in one (NA25). */
export interface AuditEvent {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly actor: AuditActor;
  /** What it was done to, by kind ("jump-client", "user", "file" …), id and the name a person knows it by. */
  readonly object: { readonly kind: string; readonly id: string; readonly name: string };
  readonly session?: string;
  /** Small facts worth keeping: counts, sizes, hashes, a refusal's code. JSON. */
  readonly detail?: Readonly<Record<string, unknown>>;
}
