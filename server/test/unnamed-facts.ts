/** Whether pages can say what stands in the audit log: each fact and each object has words in protocol/. */
import { accountSettings } from "../../protocol/account-settings.ts";
import { auditDetails, auditObjects } from "../../protocol/audit-details.ts";
import { permissions } from "../../protocol/permissions.ts";
import type { Core } from "../core.ts";

/** Keys of events' details, and kinds of their objects, that nobody has named; sorted. */
export async function unnamedFacts(core: Core): Promise<readonly string[]> {
  const query = core.database.queries.selectFrom("audit_events").select(["detail", "object_kind"]).distinct();
  const unnamed = new Set<string>();
  for (const { detail, object_kind: kind } of await query.execute()) {
    for (const key of Object.keys(JSON.parse(detail) as object)) if (!isNamed(key)) unnamed.add(key);
    if (kind !== "" && !auditObjects.has(kind)) unnamed.add(`an object of kind ${kind}`);
  }
  return [...unnamed].sort();
}

const isNamed = (key: string): boolean =>
  auditDetails.has(key) || Object.hasOwn(permissions, key) || Object.hasOwn(accountSettings, key);
