/** The facts of an audit event as lines that people read: a label, and what stands there. */
import { accountSettings } from "../../../protocol/account-settings.ts";
import { auditDetails, auditObjects } from "../../../protocol/audit-details.ts";
import { auditDataKeys, auditValueWords } from "../../../protocol/audit-values.ts";
import type { ErrorCode } from "../../../protocol/errors.ts";
import { permissions } from "../../../protocol/permissions.ts";
import { providerRefusals, type RefusalReason } from "../../../protocol/provider-refusals.ts";
import { refusalSentences } from "../../connection/refusal-words.ts";
import { lineInWords, serverText } from "../../languages/server-words.ts";

export interface DetailLine {
  readonly label: string;
  readonly text: string;
}

/** Lines of one event; what is more stays in the exported log. */
const MAX_LINES = 100;

/** Every fact of an event; what changed is told with what it was. */
export function detailLines(detail: Readonly<Record<string, unknown>>): DetailLine[] {
  const changed = changeOf(detail);
  const lines = changed === null ? linesOf(detail, top) : changedLines(changed, top);
  return lines.slice(0, MAX_LINES);
}

/** What a fact is called. Names that people gave, and keys of a later release, stay as they are. */
export function detailKey(key: string): string {
  return auditDetails.get(key) ?? accountNameOf(key) ?? permissionNameOf(key) ?? key;
}

/** What kind of thing an event is about: "Jump Client". */
export function objectKindInWords(kind: string): string {
  return auditObjects.get(kind) ?? kind;
}

/**
 * One line for a value.
 * @param key of the fact it is of, or lies in
 */
export function valueText(value: unknown, key = ""): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return wordsOf(value, key);
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map((one) => valueText(one, key)).join(", ");
  if (isFacts(value)) return Object.keys(value).length === 0 ? "none" : factsText(value, key);
  return JSON.stringify(value);
}

/** Codes, permissions and words of ours are said in the page's language; what people gave stays as it is. */
function wordsOf(value: string, key: string): string {
  if (auditDataKeys.has(key)) return value;
  return (
    auditValueWords(key, value) ?? refusalNameOf(value) ?? permissionNameOf(value) ?? serverText(lineInWords(value))
  );
}

type Facts = Readonly<Record<string, unknown>>;
interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

const isFacts = (value: unknown): value is Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where a fact stands: what its places are called, and the last key there is a word for, which says what values mean. */
interface Spot {
  readonly labels: readonly string[];
  readonly key: string;
}
const top: Spot = { labels: [], key: "" };
const within = ({ labels, key }: Spot, next: string): Spot => ({
  labels: [...labels, detailKey(next)],
  key: auditDetails.has(next) ? next : key,
});

function linesOf(facts: Facts, spot: Spot): DetailLine[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const place = within(spot, key);
    const change = changeOf(value);
    if (change !== null) return changedLines(change, place);
    const isSimple = !isFacts(value) || Object.keys(value).length === 0;
    return isSimple ? [lineOf(place, valueText(value, place.key))] : linesOf(value, place);
  });
}

/** Of two sets of facts each that differs, else the two in one line. */
function changedLines({ before, after }: Change, place: Spot): DetailLine[] {
  if (isFacts(before) && isFacts(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .flatMap((key) => changedLines({ before: before[key], after: after[key] }, within(place, key)));
  }
  return [lineOf(place, `${valueText(after, place.key)}, was ${valueText(before, place.key)}`)];
}

const lineOf = ({ labels }: Spot, text: string): DetailLine => ({ label: labels.join(": "), text });

/** {before, after} and {from, to} tell a change; beside other facts before and after do, too. */
function changeOf(value: unknown): Change | null {
  if (!isFacts(value)) return null;
  const keys = Object.keys(value);
  if (keys.length !== 2) return null;
  if ("before" in value && "after" in value) return { before: value["before"], after: value["after"] };
  return "from" in value && "to" in value ? { before: value["from"], after: value["to"] } : null;
}

/** "Name: Desks; Role: Member". */
function factsText(facts: Facts, within: string): string {
  return Object.entries(facts)
    .map(([key, value]) => `${detailKey(key)}: ${valueText(value, auditDetails.has(key) ? key : within)}`)
    .join("; ");
}

function permissionNameOf(name: string): string | null {
  return Object.hasOwn(permissions, name) ? permissions[name as keyof typeof permissions].name : null;
}

function accountNameOf(name: string): string | null {
  return Object.hasOwn(accountSettings, name) ? accountSettings[name as keyof typeof accountSettings].name : null;
}

/** What a refusal of that code says, of the server's own and of security providers'. */
function refusalNameOf(code: string): string | null {
  if (Object.hasOwn(refusalSentences, code)) return refusalSentences[code as ErrorCode] ?? null;
  return Object.hasOwn(providerRefusals, code) ? providerRefusals[code as RefusalReason].means : null;
}
