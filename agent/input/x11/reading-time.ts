/**
 * How long a program may take to read the keys that were pressed for it. X gives a program the code of a key; what the
 * code means it asks later, so a spare keycode bound anew too early turns a letter that is still on its way into another.
 * X does not tell what a program has read: the time is an estimate. Pure: the time comes as an argument.
 */

/** A busy program or a computer under load may read this late. 36 ms was too short under load; a choice, not a bound. */
const GRACE_MS = 400;
/** What a program needs for each key on its way. */
const MS_PER_KEY = 1;

export class ReadingTime {
  /** When all keys pressed so far are read by a program that is not held up. */
  #allReadAtMs = 0;
  readonly #readAtMs = new Map<number, number>();

  pressed(keycode: number, nowMs: number): void {
    this.#allReadAtMs = Math.max(this.#allReadAtMs, nowMs) + MS_PER_KEY;
    this.#readAtMs.set(keycode, this.#allReadAtMs + GRACE_MS);
  }

  /** How long it is until the last press of each of these keycodes has been read, in milliseconds. */
  untilRead(keycodes: Iterable<number>, nowMs: number): number {
    let waitMs = 0;
    for (const keycode of keycodes) waitMs = Math.max(waitMs, (this.#readAtMs.get(keycode) ?? 0) - nowMs);
    return waitMs;
  }
}
