/**
 * What an appliance knows of its pair: a small file beside the database, not in it, because the database is replaced by the
 * other one's when roles change. Its owner alone reads it: it holds the key by which the other one knows this appliance.
 */
import { type Static, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Time } from "../../protocol/api/common.ts";
import { MAX_PAIR_HISTORY, PairEvent } from "../../protocol/api/appliance/standby.ts";
import { Bytes32 } from "../../protocol/hello.ts";
import { SteppedBack } from "../../protocol/standby.ts";
import { makePairKeys } from "./lane/pair-keys.ts";

const FILE = "pair.json";
const Null = Type.Null();
const Term = Type.Integer({ minimum: 0 });

/** A copy that takes this appliance's place. */
const Taking = Type.Object({ term: Term, isForced: Type.Boolean(), lostSeconds: Type.Number(), at: Time });
export type Taking = Static<typeof Taking>;

export const PairRecord = Type.Object({
  keys: Type.Object({ privateKey: Type.String({ maxLength: 200 }), publicKey: Bytes32 }),
  role: Type.Union([Type.Literal("alone"), Type.Literal("primary"), Type.Literal("standby")]),
  /** Rises whenever another one begins to serve; whoever hears of a higher one steps back. */
  term: Term,
  /** This primary gave its role away, and has not heard yet whether it was taken. */
  hasYielded: Type.Boolean(),
  peer: Type.Union([
    Null,
    Type.Object({ key: Bytes32, host: Type.String(), port: Type.Integer(), siteName: Type.String() }),
  ]),
  /** Good once, for whoever brings it before it runs out. */
  invitation: Type.Union([Null, Type.Object({ secret: Bytes32, expiresAt: Time })]),
  /** The copy is about to take this appliance's place; a start that finds this goes on with it. */
  taking: Type.Union([Null, Taking]),
  lastReachedAt: Type.Union([Null, Time]),
  /** When the copy was last known to be all there was. */
  lastInStepAt: Type.Union([Null, Time]),
  lastSwitch: Type.Union([
    Null,
    Type.Object({ at: Time, tookMs: Type.Integer(), isDrill: Type.Boolean(), isForced: Type.Boolean() }),
  ]),
  /** Newest first. */
  history: Type.Array(PairEvent, { maxItems: MAX_PAIR_HISTORY }),
  /** To be written into the site's audit log once this appliance serves it. */
  unrecorded: Type.Array(Type.Object({ isForced: Type.Boolean(), term: Term, lostSeconds: Type.Number() }), {
    maxItems: MAX_PAIR_HISTORY,
  }),
  /** How this standby became one, if it served before; the other one hears it with each line, and writes it into its log once. */
  steppedBack: Type.Optional(Type.Union([Null, SteppedBack])),
  /** When the other one stepped back, as far as it stands in the audit log of this primary. */
  recordedStepBackAt: Type.Optional(Time),
});
export type PairRecord = Static<typeof PairRecord>;

/** One that has no pair, with fresh keys. */
export const alone = (): PairRecord => ({
  ...{ keys: makePairKeys(), role: "alone", term: 0, hasYielded: false, peer: null, invitation: null, taking: null },
  ...{ lastReachedAt: null, lastInStepAt: null, lastSwitch: null, history: [], unrecorded: [] },
});

/**
 * What is kept in a data directory; null: it never had to do with a pair.
 * @throws {Error} when the file cannot be read: whether this appliance may serve is not known then
 */
export function readPairRecord(directory: string): PairRecord | null {
  const file = join(directory, FILE);
  if (!existsSync(file)) return null;
  try {
    return Value.Parse(PairRecord, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(
      `${file} cannot be read. It says whether this appliance may serve its site: remove it only if the other one of the pair does not.`,
      { cause: error },
    );
  }
}

/** Keeps it, at once and for good: after a power cut it is the old one or this one. */
export function writePairRecord(directory: string, record: PairRecord): void {
  const file = join(directory, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  syncFolder(directory);
}

/** Whether an appliance with this record serves its site; a standby does not, nor does one that gave its role away. */
export const mayServe = ({ role, hasYielded }: PairRecord): boolean => role !== "standby" && !hasYielded;

/** Brings renames in a folder to the disk. */
export function syncFolder(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
