import type { ClockState } from "../../protocol/appliance/system-actions.ts";

/** What chrony knows of the clock. */
export type Tracking = Omit<ClockState, "settings">;

/** Fields of `chronyc -c tracking` (chronyc(1)): the server, how far the clock is off in seconds, and the leap status. */
const SERVER = 1;
const OFFSET_SECONDS = 4;
const LEAP_STATUS = 13;
const FIELDS = 14;

/** @param output chronyc's line of commas; empty when it does not answer */
export function parseTracking(output: string): Tracking {
  const fields = output.trim().split(",");
  const offsetSeconds = Number(fields[OFFSET_SECONDS]);
  if (fields.length !== FIELDS || fields[LEAP_STATUS] === "Not synchronised" || !Number.isFinite(offsetSeconds)) {
    return { isSynchronized: false, source: null, offsetMs: null };
  }
  const source = fields[SERVER]!;
  return {
    isSynchronized: true,
    source: source === "" ? null : source,
    offsetMs: Math.round(offsetSeconds * 1e6) / 1e3,
  };
}
