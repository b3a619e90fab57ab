/** The global session policy: the last layer, which leaves nothing open. */
import type { Static } from "@sinclair/typebox";
import type { ChangeGlobalSessionPolicy, GlobalSessionPolicy } from "../../protocol/api/policies.ts";
import type { Actor } from "../actor.ts";
import { auditActor } from "../audit/audit-actor.ts";
import { requireVersion } from "../audit/object-history.ts";
import { readGlobalSessionPolicy, writeGlobalSessionPolicy } from "../policy-book/site-rules.ts";
import type { RightsChangeNeeds } from "../policy-book/rights-change.ts";
import { checkComplete, checkRules, rulesDetail } from "./session-rules.ts";

const object = { kind: "session-policy", id: "global", name: "Global session policy" };

/**
 * Writes it whole.
 * @throws {AppError} request.stale, request.invalid where something is left open
 */
export async function changeGlobalSessionPolicy(
  { database, audit, policyBook }: RightsChangeNeeds,
  actor: Actor,
  { rules, version }: Static<typeof ChangeGlobalSessionPolicy>,
): Promise<Static<typeof GlobalSessionPolicy>> {
  checkRules(rules);
  checkComplete(rules);
  const after = await database.transaction(async (tx) => {
    const before = await readGlobalSessionPolicy(tx);
    await requireVersion(tx, object, { present: before.version, seen: version, changes: ["session-policy.changed"] });
    const detail = rulesDetail(before.rules, rules);
    if (Object.keys(detail).length === 0) return before;
    const written = { rules, version: before.version + 1 };
    await writeGlobalSessionPolicy(tx, written);
    const by = { outcome: "succeeded", actor: auditActor(actor), object } as const;
    await audit.record(tx, { action: "session-policy.changed", ...by, detail });
    return written;
  });
  await policyBook.changed();
  return after;
}
