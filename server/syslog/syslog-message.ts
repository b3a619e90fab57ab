/**
 * One row of the audit log as a syslog message of RFC 5424. What a person typed stands in structured data, escaped, or in
 * the text, with its control characters replaced: no name ends a message early or begins another.
 */
import type { StoredAuditRow } from "../audit/audit.ts";

/** log audit, RFC 5424 section 6.2.1. */
const FACILITY = 13;
const INFORMATIONAL = 6;
const WARNING = 4;
/** The private enterprise number that RFC 5612 keeps for documentation: the product has none of its own. */
const STRUCTURED_ID = "causeway@32473";
const MAX_VALUE_CHARACTERS = 512;
/** What a receiver must take is 480 bytes, what every one we know takes is 8 KiB. */
export const MAX_MESSAGE_BYTES = 8192;
const BOM = "\u{feff}";

/** As much of a row as a message tells. */
export type TellableRow = Pick<
  StoredAuditRow,
  | "sequence"
  | "at"
  | "actor_kind"
  | "actor_name"
  | "address"
  | "action"
  | "outcome"
  | "object_kind"
  | "object_id"
  | "object_name"
  | "session"
  | "detail"
>;

/** @param hostname the site's; what RFC 5424 does not allow in one is left out */
export function syslogMessage(row: TellableRow, hostname: string): Uint8Array {
  const severity = row.outcome === "succeeded" ? INFORMATIONAL : WARNING;
  const parts = [
    `<${FACILITY * 8 + severity}>1`,
    row.at,
    name(hostname, 255),
    "causeway",
    String(process.pid),
    name(row.action, 32),
    structured(row),
    BOM + printable(textOf(row)),
  ];
  return cut(new TextEncoder().encode(parts.join(" ")));
}

/** Octet counting, RFC 6587 section 3.4.1: over a stream the length stands before each message. */
export function counted(message: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${message.length} `, "ascii"), message]);
}

/** Printable US-ASCII without spaces, or "-". */
const name = (text: string, length: number): string => text.replaceAll(/[^!-~]/gu, "").slice(0, length) || "-";

function structured(row: TellableRow): string {
  const values: readonly (readonly [string, string | null])[] = [
    ["sequence", String(row.sequence)],
    ["outcome", row.outcome],
    ["actorKind", row.actor_kind],
    ["actor", row.actor_name],
    ["address", row.address],
    ["objectKind", row.object_kind],
    ["objectId", row.object_id],
    ["object", row.object_name],
    ["session", row.session],
  ];
  const told = values.filter(([, value]) => value !== null && value !== "");
  return `[${STRUCTURED_ID} ${told.map(([key, value]) => `${key}="${escaped(value!)}"`).join(" ")}]`;
}

const escaped = (value: string): string =>
  printable(value.slice(0, MAX_VALUE_CHARACTERS)).replaceAll(/["\\\]]/gu, (character) => `\\${character}`);

/** Without control characters, and without halves of surrogate pairs. */
const printable = (text: string): string => text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f]/gu, " ");

function textOf({ actor_name: actor, action, object_name: object, outcome, detail }: TellableRow): string {
  const who = actor === "" ? "-" : actor;
  return `${who} ${action} ${object === "" ? "-" : object} ${outcome} ${detail}`;
}

/** Cut between characters, never within one. */
function cut(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes;
  let end = MAX_MESSAGE_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
