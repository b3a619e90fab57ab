/** The facts of an audit event as lines that people read: a label, and what stands there. */
import { accountSettings } from "../../../protocol/account-settings.ts";
import { auditDetails, auditObjects } from "../../../protocol/audit-details.ts";
import { permissions } from "../../../protocol/permissions.ts";

export interface DetailLine {
  readonly label: string;
  readonly text: string;
}

/** Lines of one event; what is more stays in the exported log. */
const MAX_LINES = 100;

/** Every fact of an event; what changed is told with what it was. */
export function detailLines(detail: Readonly<Record<string, unknown>>): DetailLine[] {
  const changed = changeOf(detail);
  const lines = changed === null ? linesOf(detail, []) : changedLines(changed, []);
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

/** One line for a value. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return permissionNameOf(value) ?? value;
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(valueText).join(", ");
  if (isFacts(value)) return Object.keys(value).length === 0 ? "none" : factsText(value);
  return JSON.stringify(value);
}

type Facts = Readonly<Record<string, unknown>>;
interface Change {
  readonly before: unknown;
  readonly after: unknown;
}

const isFacts = (value: unknown): value is Facts =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function linesOf(facts: Facts, path: readonly string[]): DetailLine[] {
  return Object.entries(facts).flatMap(([key, value]) => {
    const place = [...path, detailKey(key)];
    const change = changeOf(value);
    if (change !== null) return changedLines(change, place);
    const isSimple = !isFacts(value) || Object.keys(value).length === 0;
    return isSimple ? [lineOf(place, valueText(value))] : linesOf(value, place);
  });
}

/** Of two sets of facts each that differs, else the two in one line. */
function changedLines({ before, after }: Change, place: readonly string[]): DetailLine[] {
  if (isFacts(before) && isFacts(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys
      .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .flatMap((key) => changedLines({ before: before[key], after: after[key] }, [...place, detailKey(key)]));
  }
  return [lineOf(place, `${valueText(after)}, was ${valueText(before)}`)];
}

const lineOf = (place: readonly string[], text: string): DetailLine => ({ label: place.join(": "), text });

/** {before, after} and {from, to} tell a change; beside other facts before and after do, too. */
function changeOf(value: unknown): Change | null {
  if (!isFacts(value)) return null;
  const keys = Object.keys(value);
  if (keys.length !== 2) return null;
  if ("before" in value && "after" in value) return { before: value["before"], after: value["after"] };
  return "from" in value && "to" in value ? { before: value["from"], after: value["to"] } : null;
}

/** "Name: Desks; Role: Member". */
function factsText(facts: Facts): string {
  return Object.entries(facts)
    .map(([key, value]) => `${detailKey(key)}: ${valueText(value)}`)
    .join("; ");
}

function permissionNameOf(name: string): string | null {
  return Object.hasOwn(permissions, name) ? permissions[name as keyof typeof permissions].name : null;
}

function accountNameOf(name: string): string | null {
  return Object.hasOwn(accountSettings, name) ? accountSettings[name as keyof typeof accountSettings].name : null;
}
