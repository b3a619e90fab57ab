/** Who we are to monitoring systems, and how often we have started (RFC 3411, section 5; RFC 3414, section 2.2). */
import { Type } from "@sinclair/typebox";
import type { Database } from "../database/database.ts";
import { NamedSetting } from "../settings/named-setting.ts";
import { ENTERPRISE } from "./objects/causeway-objects.ts";

const Stored = Type.Object({ id: Type.String(), boots: Type.Integer() });
const stored = new NamedSetting("snmp-engine", Stored, { id: "", boots: 0 });
/** The rest of the id are bytes that we chose. */
const CHOSEN = 5;
const CHOSEN_BYTES = 12;
/** Starts are counted by minutes from here on, so that a backup that is restored never leads back to a number that was used. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const MAX_BOOTS = 0x7fff_ffff;

export interface Engine {
  readonly id: Uint8Array;
  readonly boots: number;
}

/** One more start, written down before anybody is answered: no clock value ever comes twice. */
export async function nextStart(database: Database, now: Date): Promise<Engine> {
  return await database.transaction(async (tx) => {
    const before = await stored.read(tx);
    const id = before.id === "" ? newId() : Buffer.from(before.id, "hex");
    const minutes = Math.floor((now.getTime() - EPOCH_MS) / MINUTE_MS);
    const boots = Math.min(MAX_BOOTS, Math.max(before.boots + 1, minutes));
    await stored.write(tx, { id: id.toString("hex"), boots });
    return { id, boots };
  });
}

/** RFC 3411: the enterprise with its first bit set, how the rest was made, the rest. */
function newId(): Buffer {
  const id = Buffer.alloc(5 + CHOSEN_BYTES);
  id.writeUInt32BE((ENTERPRISE | 0x8000_0000) >>> 0);
  id[4] = CHOSEN;
  crypto.getRandomValues(id.subarray(5));
  return id;
}
