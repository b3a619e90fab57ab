/** Whether pages can say what stands in the audit log: each fact, its values and each object have words in protocol/. */
import { accountSettings } from "../../protocol/account-settings.ts";
import { auditDetails, auditObjects } from "../../protocol/audit-details.ts";
import { auditDataKeys, auditValueWords } from "../../protocol/audit-values.ts";
import { errorCodes } from "../../protocol/errors.ts";
import { permissions } from "../../protocol/permissions.ts";
import { providerRefusals } from "../../protocol/provider-refusals.ts";
import { readSessionLine } from "../../protocol/session-lines.ts";
import type { Core } from "../core.ts";

/** What looks like a word of ours: small letters without figures. Names, addresses, ids and times look otherwise. */
const WORD_OF_OURS = /^[a-z]+(?:[-_ ][a-z']+)*(?:\.[a-z]+(?:[-_][a-z]+)*)?$/u;
/** Why somebody asks is theirs to say. */
const IN_THEIR_WORDS = "access.requested";

/** Keys and values of events' details, and kinds of their objects, that nobody has named; sorted. */
export async function unnamedFacts(core: Core): Promise<readonly string[]> {
  const query = core.database.queries.selectFrom("audit_events").select(["action", "detail", "object_kind"]).distinct();
  const unnamed = new Set<string>();
  for (const { action, detail, object_kind: kind } of await query.execute()) {
    const facts = JSON.parse(detail) as object;
    for (const key of Object.keys(facts)) if (!isNamed(key)) unnamed.add(key);
    if (action !== IN_THEIR_WORDS) for (const value of unnamedValues("", facts)) unnamed.add(value);
    if (kind !== "" && !auditObjects.has(kind)) unnamed.add(`an object of kind ${kind}`);
  }
  return [...unnamed].sort();
}

const isNamed = (key: string): boolean =>
  auditDetails.has(key) || Object.hasOwn(permissions, key) || Object.hasOwn(accountSettings, key);

/** By the last key above a value that has a name of ours: below `members` stand people's names. */
function unnamedValues(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => unnamedValues(key, one));
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([name, one]) => unnamedValues(isOwnKey(name) ? name : key, one));
  if (typeof value !== "string" || auditDataKeys.has(key) || key === SCOPES || isSaid(key, value)) return [];
  return [`"${value}" of ${key} (protocol/audit-values.ts)`];
}

/** Permissions, which have names, or what an identity provider calls its own. */
const SCOPES = "scopes";
const isOwnKey = (name: string): boolean => auditDetails.has(name) && !OF_A_CHANGE.has(name);
/** What was and what is, of the fact above it. */
const OF_A_CHANGE: ReadonlySet<string> = new Set(["before", "after", "from", "to"]);

const isSaid = (key: string, value: string): boolean =>
  !WORD_OF_OURS.test(value) ||
  auditValueWords(key, value) !== null ||
  Object.hasOwn(permissions, value) ||
  Object.hasOwn(providerRefusals, value) ||
  (errorCodes as readonly string[]).includes(value) ||
  readSessionLine(value) !== null;
