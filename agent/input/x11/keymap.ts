/** What the display's keyboard can write right now, and its spare keycodes for everything else. */
import { ptr, toArrayBuffer } from "bun:ffi";
import { offset, toPointer } from "../../x11/c-library.ts";
import { fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { keysymsOf } from "./keysyms.ts";

/** A key and the level on it: bit 0 Shift, bit 1 AltGr. */
export interface KeyPlace {
  readonly keycode: number;
  readonly level: number;
}

const LEVELS = 4;
const MAPPING_NOTIFY = 34;
const USE_CORE_KEYBOARD = 0x100;
const ISO_LEVEL3_SHIFT = 0xfe03;
const LOCK_MASK = 2;

export class Keymap {
  readonly #connection: X11Connection;
  readonly #firstKeycode: number;
  readonly #lastKeycode: number;
  readonly #state = new DataView(fixedBytes(32).buffer);
  #places = new Map<number, KeyPlace>();
  #spareRuns: number[][] = [];
  #keysymsPerKeycode = 1;
  #group = -1;
  /** What we have bound to spare keycodes ourselves, the least recently used first. */
  readonly #bound = new Map<string, number>();

  constructor(connection: X11Connection) {
    this.#connection = connection;
    const limits = new Int32Array(new ArrayBuffer(8));
    const { x, pointer } = connection;
    x.XkbQueryExtension(pointer, null, null, null, null, null);
    x.XDisplayKeycodes(pointer, ptr(limits), offset(ptr(limits), 4));
    [this.#firstKeycode, this.#lastKeycode] = [limits[0]!, limits[1]!];
    this.refresh();
  }

  /** Reads the layout again if it was changed since. */
  refresh(): void {
    let isChanged = this.#group === -1;
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      if (type !== MAPPING_NOTIFY) continue;
      this.#connection.x.XRefreshKeyboardMapping(this.#connection.eventAddress);
      isChanged = true;
    }
    const { group } = this.#readState();
    if (!isChanged && group === this.#group) return;
    this.#group = group;
    this.#read();
  }

  /** Where a keysym can be had in the present group, on the lowest level; `null` if nowhere. */
  find(keysym: number): KeyPlace | null {
    const place = this.#places.get(keysym);
    if (place === undefined) return null;
    return place.level >= 2 && !this.#places.has(ISO_LEVEL3_SHIFT) ? null : place;
  }

  /** Where a character can be written; `null` if the layout does not have it. */
  findCharacter(character: string): KeyPlace | null {
    for (const keysym of keysymsOf(character)) {
      const place = this.find(keysym);
      if (place !== null) return place;
    }
    return null;
  }

  /** Caps Lock is on. */
  get isCapsLocked(): boolean {
    return (this.#readState().lockedModifiers & LOCK_MASK) !== 0;
  }

  get spareCount(): number {
    return this.#spareRuns.reduce((sum, run) => sum + run.length, 0);
  }

  /** The spare keycode a character is bound to already; `null` if it is not. */
  boundKeycode(character: string): number | null {
    const keycode = this.#bound.get(character);
    if (keycode === undefined) return null;
    this.#bound.delete(character);
    this.#bound.set(character, keycode);
    return keycode;
  }

  /**
   * The spare keycodes for so many more characters: free ones, then those not needed for longest. What `kept` needs is
   * left alone.
   */
  keycodesFor(count: number, kept: ReadonlySet<string>): readonly number[] {
    const taken = new Set(this.#bound.values());
    const free = this.#spareRuns.flat().filter((keycode) => !taken.has(keycode));
    const idle = [...this.#bound].filter(([character]) => !kept.has(character)).map(([, keycode]) => keycode);
    return [...free, ...idle].slice(0, count);
  }

  /**
   * Binds characters to spare keycodes, as many as `kept` leaves. Every request of this kind wakes every client of the
   * display, so neighbouring keycodes are bound by one.
   */
  bind(characters: readonly string[], kept: ReadonlySet<string>): void {
    const keycodes = this.keycodesFor(characters.length, kept);
    for (const [character, keycode] of [...this.#bound]) if (keycodes.includes(keycode)) this.#bound.delete(character);
    const changes = new Map<number, number>();
    for (const [index, keycode] of keycodes.entries()) {
      this.#bound.set(characters[index]!, keycode);
      changes.set(keycode, keysymsOf(characters[index]!)[0] ?? 0);
    }
    this.#change(changes);
  }

  /** Gives the spare keycodes back as they were. */
  unbindAll(): void {
    this.#change(new Map([...this.#bound.values()].map((keycode) => [keycode, 0])));
    this.#bound.clear();
  }

  #change(keysymByKeycode: ReadonlyMap<number, number>): void {
    const { x, pointer } = this.#connection;
    for (const run of runsOf([...keysymByKeycode.keys()])) {
      const keysyms = new BigUint64Array(new ArrayBuffer(run.length * this.#keysymsPerKeycode * 8));
      for (const [index, keycode] of run.entries()) {
        const at = index * this.#keysymsPerKeycode;
        keysyms.fill(BigInt(keysymByKeycode.get(keycode) ?? 0), at, at + this.#keysymsPerKeycode);
      }
      x.XChangeKeyboardMapping(pointer, run[0]!, this.#keysymsPerKeycode, ptr(keysyms), run.length);
    }
    this.#connection.sync();
  }

  /** struct XkbStateRec: u8 group, locked_group; u16 base_group, latched_group; u8 mods, base_mods, latched, locked … */
  #readState(): { readonly group: number; readonly lockedModifiers: number } {
    this.#connection.x.XkbGetState(this.#connection.pointer, USE_CORE_KEYBOARD, ptr(this.#state));
    return { group: this.#state.getUint8(0), lockedModifiers: this.#state.getUint8(9) };
  }

  #read(): void {
    const places = new Map<number, KeyPlace>();
    this.#forgetOverwritten();
    const ours = new Set(this.#bound.values());
    for (let keycode = this.#firstKeycode; keycode <= this.#lastKeycode; keycode++) {
      if (ours.has(keycode)) continue;
      for (let level = 0; level < LEVELS; level++) {
        const keysym = this.#keysymAt(keycode, level);
        const known = places.get(keysym);
        if (keysym !== 0 && (known === undefined || known.level > level)) places.set(keysym, { keycode, level });
      }
    }
    this.#places = places;
    this.#readSpares(ours);
  }

  /** A new layout takes the spare keycodes with it. */
  #forgetOverwritten(): void {
    const { x, pointer } = this.#connection;
    for (const [character, keycode] of [...this.#bound]) {
      const keysym = Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, 0));
      if (keysym !== keysymsOf(character)[0]) this.#bound.delete(character);
    }
  }

  /** A key without the present group falls back to its first. */
  #keysymAt(keycode: number, level: number): number {
    const { x, pointer } = this.#connection;
    const keysym = Number(x.XkbKeycodeToKeysym(pointer, keycode, this.#group, level));
    if (keysym !== 0 || this.#group === 0) return keysym;
    if (Number(x.XkbKeycodeToKeysym(pointer, keycode, this.#group, 0)) !== 0) return 0;
    return Number(x.XkbKeycodeToKeysym(pointer, keycode, 0, level));
  }

  #readSpares(ours: ReadonlySet<number>): void {
    const { x, pointer } = this.#connection;
    const perKeycode = new Int32Array(new ArrayBuffer(8));
    const count = this.#lastKeycode - this.#firstKeycode + 1;
    const mapping = toPointer(x.XGetKeyboardMapping(pointer, this.#firstKeycode, count, ptr(perKeycode)));
    if (mapping === null) return;
    const each = Math.max(1, perKeycode[0]!);
    const keysyms = new BigUint64Array(toArrayBuffer(mapping, 0, count * each * 8));
    const spares: number[] = [];
    for (let index = 0; index < count; index++) {
      const isEmpty = keysyms.subarray(index * each, (index + 1) * each).every((keysym) => keysym === 0n);
      if (isEmpty || ours.has(this.#firstKeycode + index)) spares.push(this.#firstKeycode + index);
    }
    x.XFree(mapping);
    this.#keysymsPerKeycode = each;
    this.#spareRuns = runsOf(spares).sort((a, b) => b.length - a.length);
  }
}

/** Consecutive numbers together. */
function runsOf(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  return runs;
}
