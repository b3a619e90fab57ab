/**
 * How long a program may take to read the keys that were pressed for it. X gives a program the code of a key; what the
 * code means it asks later, so a spare keycode bound anew too early turns a letter that is still on its way into another.
 * Most programs say when they have read (see window-ping.ts). For the others the time is an estimate: one that stands
 * still for longer than SILENT_GRACE_MS, while more letters are typed than there are spare keycodes, reads wrong ones.
 * Pure: the time comes as an argument.
 */

/** For a program that says that it has read everything: it may still hand the keys to an input method. */
export const ANSWERED_GRACE_MS = 400;
/** For a program that says nothing. 36 ms was too short under load; this is as long as a person would wait for a letter. */
export const SILENT_GRACE_MS = 1_500;
/** What a program needs for each key on its way. */
const MS_PER_KEY = 1;

export class ReadingTime {
  /** When all keys pressed so far are read by a program that is not held up. */
  #allReadAtMs = 0;
  readonly #readAtMs = new Map<number, number>();

  pressed(keycode: number, nowMs: number): void {
    this.#allReadAtMs = Math.max(this.#allReadAtMs, nowMs) + MS_PER_KEY;
    this.#readAtMs.set(keycode, this.#allReadAtMs);
  }

  /** How long it is until the last press of each of these keycodes was read `graceMs` ago, in milliseconds; 0: it was. */
  untilRead(keycodes: Iterable<number>, nowMs: number, graceMs: number): number {
    let waitMs = 0;
    for (const keycode of keycodes)
      waitMs = Math.max(waitMs, (this.#readAtMs.get(keycode) ?? -Infinity) + graceMs - nowMs);
    return waitMs;
  }
}
