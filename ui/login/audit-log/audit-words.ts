/** The audit log in words. */
import type { AuditRow } from "../../../protocol/api/administration.ts";
import { type AuditAction, auditActions, type AuditOutcome } from "../../../protocol/audit.ts";

export const outcomeNames: Readonly<Record<AuditOutcome, string>> = {
  succeeded: "Succeeded",
  failed: "Failed",
  denied: "Denied",
};

/** What was done, as a sentence begins: "Created an installer". An action of a later release shows as it is. */
export function actionInWords(action: string): string {
  return auditActions[action as AuditAction] ?? action;
}

export function outcomeInWords(outcome: string): string {
  return outcomeNames[outcome as AuditOutcome] ?? outcome;
}

/** Who did it. */
export function actorInWords(row: Pick<AuditRow, "actorKind" | "actorName">): string {
  if (row.actorKind === "system") return "Causeway";
  if (row.actorName !== "") return row.actorName;
  return row.actorKind === "nobody" ? "Nobody signed in" : "Unknown";
}

/** The choices of the time filter; the value is hours back, "" for all. */
export const periods = [
  { value: "", label: "Any time" },
  { value: "1", label: "Last hour" },
  { value: "24", label: "Last 24 hours" },
  { value: "168", label: "Last 7 days" },
  { value: "720", label: "Last 30 days" },
] as const;
