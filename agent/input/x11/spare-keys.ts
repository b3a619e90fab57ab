/**
 * Characters that the layout does not have, on spare keycodes. A keycode is bound anew only once the program that was
 * typed to has read what it meant before; who types waits for that.
 */
import { AppError } from "../../../protocol/errors.ts";
import type { X11Connection } from "../../x11/connection.ts";
import type { Keymap } from "./keymap.ts";
import { ANSWERED_GRACE_MS, ReadingTime, SILENT_GRACE_MS } from "./reading-time.ts";
import { WindowPing } from "./window-ping.ts";

/** Clients need this long to learn of a new binding (measured). */
const SETTLE_MS = 12;
/**
 * A program that stands still this long is taken for hung: whoever sits here wants to click elsewhere by now. Should it
 * go on after all, letters that a spare key wrote before may come out as later ones.
 */
const MAX_STALL_MS = 10_000;

export class SpareKeys implements Disposable {
  readonly #connection: X11Connection;
  readonly #keymap: Keymap;
  readonly #reading = new ReadingTime();
  /** Opened when the spare keycodes are used up for the first time. */
  #ping: WindowPing | null = null;

  constructor(connection: X11Connection, keymap: Keymap) {
    this.#connection = connection;
    this.#keymap = keymap;
  }

  /** A key went down, now; any key, for a program reads them in their order. */
  pressed(keycode: number): void {
    this.#reading.pressed(keycode, performance.now());
  }

  /** The end of the longest run of characters from `start` on for which the spare keycodes suffice at once. */
  endOfRun(characters: readonly string[], start: number): number {
    const missing = new Set<string>();
    for (let at = start; at < characters.length; at++) {
      const character = characters[at]!;
      if (this.#keymap.findCharacter(character) === null) missing.add(character);
      if (missing.size > this.#keymap.spareCount) return Math.max(at, start + 1);
    }
    return characters.length;
  }

  /** Binds those of the characters that have no key; when this is done, each can be typed. */
  async bind(characters: readonly string[]): Promise<void> {
    const kept = new Set(characters);
    const missing = this.#missing(kept);
    if (missing.length === 0) return;
    this.#connection.sync();
    await this.#untilRead(this.#keymap.keycodesFor(missing.length, kept));
    // The layout may have changed while we waited.
    this.#keymap.refresh();
    this.#keymap.bind(this.#missing(kept), kept);
    await Bun.sleep(SETTLE_MS);
  }

  #missing(characters: ReadonlySet<string>): string[] {
    return [...characters].filter(
      (character) =>
        this.#keymap.findCharacter(character) === null &&
        this.#keymap.boundKeycode(character) === null &&
        character.codePointAt(0)! >= 0x20,
    );
  }

  /**
   * Waits until the program that gets the keys has read the last press of each of these keycodes: by its own word where
   * it gives one, else for as long as a busy program may take.
   */
  async #untilRead(keycodes: readonly number[]): Promise<void> {
    if (this.#reading.untilRead(keycodes, performance.now(), SILENT_GRACE_MS) <= 0) return;
    const graceMs = (await this.#hasAnswered()) ? ANSWERED_GRACE_MS : SILENT_GRACE_MS;
    await Bun.sleep(this.#reading.untilRead(keycodes, performance.now(), graceMs));
  }

  async #hasAnswered(): Promise<boolean> {
    try {
      this.#ping ??= new WindowPing(this.#connection.address);
    } catch (error) {
      // The display takes no further connection: then the time has to do.
      if (error instanceof AppError) return false;
      throw error;
    }
    return await this.#ping.hasRead(MAX_STALL_MS);
  }

  /** Gives the spare keycodes back as they were, at once: the next session may take the same ones. */
  [Symbol.dispose](): void {
    this.#keymap.unbindAll();
    this.#ping?.[Symbol.dispose]();
    this.#ping = null;
  }
}
