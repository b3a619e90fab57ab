/**
 * Types at an X display by XTest. A character is written with the key that the remote layout has it on, its modifiers
 * put right for the moment; a character that the layout does not have is bound to a spare keycode first. So it does not
 * matter which layout the viewer has, and two viewers' modifiers do not mix up.
 */
import type { X11Connection } from "../../x11/connection.ts";
import type { X11Library } from "../../x11/libraries.ts";
import type { HeldInput } from "./held-input.ts";
import { keycodeAt, type Modifier, modifierKey, namedKeysym } from "./key-names.ts";
import { type KeyPlace, Keymap } from "./keymap.ts";
import { SpareKeys } from "./spare-keys.ts";

const modifierKeysyms: { readonly [M in Modifier]: number } = {
  shift: 0xffe1,
  control: 0xffe3,
  alt: 0xffe9,
  meta: 0xffeb,
  level3: 0xfe03,
};

export class X11Keyboard implements Disposable {
  readonly #connection: X11Connection;
  readonly #test: X11Library<"test">;
  readonly #held: HeldInput;
  readonly #keymap: Keymap;
  readonly #spares: SpareKeys;

  constructor(connection: X11Connection, test: X11Library<"test">, held: HeldInput) {
    this.#connection = connection;
    this.#test = test;
    this.#held = held;
    this.#keymap = new Keymap(connection);
    this.#spares = new SpareKeys(connection, this.#keymap);
  }

  /** A key of the viewer's keyboard went down (again, while it repeats). */
  keyDown(viewer: number, code: string, key: string): Promise<void> | undefined {
    this.#keymap.refresh();
    const modifier = modifierKey(key, code);
    if (modifier !== null) {
      const place = firstOf(modifier.keysyms, (keysym) => this.#keymap.find(keysym));
      if (place !== null) this.#hold(viewer, code, place.keycode, modifier.modifier);
      return undefined;
    }
    if ([...key].length !== 1) return this.#namedKeyDown(viewer, code, key);
    return this.#isShortcut(viewer) ? this.#shortcutDown(viewer, code, key) : this.#characterDown(viewer, code, key);
  }

  keyUp(viewer: number, code: string): void {
    const keycode = this.#held.lift(viewer, code);
    if (keycode !== null) this.#fake(keycode, false);
  }

  /** Types text as if by hand, whatever the viewers hold meanwhile. */
  async type(text: string): Promise<void> {
    this.#keymap.refresh();
    const characters = [...text.replaceAll("\r\n", "\n")];
    for (let at = 0; at < characters.length && !this.#connection.isLost;) {
      const end = this.#spares.endOfRun(characters, at);
      await this.#spares.bind(characters.slice(at, end));
      for (; at < end && !this.#connection.isLost; at++) this.#typeOne(characters[at]!);
      this.#connection.flush();
    }
  }

  /** Gives the keyboard back as it was. */
  [Symbol.dispose](): void {
    this.#spares[Symbol.dispose]();
  }

  #namedKeyDown(viewer: number, code: string, key: string): undefined {
    const keysym = namedKeysym(key, code);
    const place = keysym === null ? null : this.#keymap.find(keysym);
    const keycode = place?.keycode ?? keycodeAt(code);
    if (keysym !== null && keycode !== null) this.#holdWith(viewer, code, keycode, this.#held.modifiersOf(viewer));
    return undefined;
  }

  /** Control, Alt or the Windows key is held, and AltGr (which many keyboards send as Control and Alt) is not. */
  #isShortcut(viewer: number): boolean {
    const modifiers = this.#held.modifiersOf(viewer);
    if (modifiers.has("level3")) return false;
    return modifiers.has("control") || modifiers.has("alt") || modifiers.has("meta");
  }

  /**
   * The key that has the character. A Latin letter that the layout does not have is bound to a spare key, because
   * programs know Ctrl C by its letter; anything else stands for the key in its place.
   */
  #shortcutDown(viewer: number, code: string, key: string): Promise<void> | undefined {
    const place = this.#keymap.findCharacter(key) ?? this.#keymap.findCharacter(key.toLowerCase());
    const modifiers = new Set(this.#held.modifiersOf(viewer));
    // Ctrl and + where + needs Shift there and not here.
    if (place !== null && (place.level & 1) === 1) modifiers.add("shift");
    if (place === null && key >= "!" && key <= "~") return this.#tapBound(key, modifiers);
    const keycode = place?.keycode ?? keycodeAt(code);
    if (keycode !== null) this.#holdWith(viewer, code, keycode, modifiers);
    return undefined;
  }

  async #tapBound(character: string, modifiers: ReadonlySet<Modifier>): Promise<void> {
    await this.#spares.bind([character]);
    const keycode = this.#keymap.boundKeycode(character);
    if (keycode !== null) this.#tap(keycode, modifiers);
  }

  #characterDown(viewer: number, code: string, key: string): Promise<void> | undefined {
    const place = this.#keymap.findCharacter(key);
    if (place === null) return this.type(key);
    this.#holdWith(viewer, code, place.keycode, this.#modifiersFor(key, place));
    return undefined;
  }

  #modifiersFor(character: string, place: KeyPlace): Set<Modifier> {
    const modifiers = new Set<Modifier>();
    const hasCase = character.toLowerCase() !== character.toUpperCase();
    const needsShift = (place.level & 1) === 1;
    if (needsShift !== (hasCase && this.#keymap.isCapsLocked)) modifiers.add("shift");
    if (place.level >= 2) modifiers.add("level3");
    return modifiers;
  }

  /**
   * Presses a key for as long as the viewer does, if the modifiers are right as they are; else taps it once with the
   * right ones, for holding it would repeat it with the wrong ones. A key that is held repeats by the display's doing.
   */
  #holdWith(viewer: number, code: string, keycode: number, wanted: ReadonlySet<Modifier>): void {
    if (this.#held.held(viewer, code)?.keycode === keycode) return;
    this.keyUp(viewer, code);
    if (this.#held.isDown(keycode)) this.#tapAgain(keycode, wanted);
    else if (this.#adjustments(wanted).length === 0) this.#hold(viewer, code, keycode, null);
    else this.#tap(keycode, wanted);
  }

  #hold(viewer: number, code: string, keycode: number, modifier: Modifier | null): void {
    if (this.#held.held(viewer, code)?.keycode === keycode) return;
    this.keyUp(viewer, code);
    if (this.#held.press(viewer, code, { keycode, modifier })) this.#fake(keycode, true);
  }

  /** Somebody else holds this very key: it goes up for the moment. */
  #tapAgain(keycode: number, wanted: ReadonlySet<Modifier>): void {
    this.#fake(keycode, false);
    this.#tap(keycode, wanted);
    this.#fake(keycode, true);
  }

  #tap(keycode: number, wanted: ReadonlySet<Modifier>): void {
    const adjustments = this.#adjustments(wanted);
    for (const [modifier, isDown] of adjustments) this.#fake(modifier, isDown);
    this.#fake(keycode, true);
    this.#fake(keycode, false);
    for (const [modifier, isDown] of adjustments.reverse()) this.#fake(modifier, !isDown);
  }

  /** Which modifier keycodes have to go down or up so that exactly the wanted ones are down. */
  #adjustments(wanted: ReadonlySet<Modifier>): [number, boolean][] {
    const down = this.#held.modifiersDown();
    const adjustments: [number, boolean][] = [];
    for (const [modifier, keycodes] of down)
      if (!wanted.has(modifier)) for (const keycode of keycodes) adjustments.push([keycode, false]);
    for (const modifier of wanted) {
      const place = down.has(modifier) ? null : this.#keymap.find(modifierKeysyms[modifier]);
      if (place !== null) adjustments.push([place.keycode, true]);
    }
    return adjustments;
  }

  #typeOne(character: string): void {
    const place = this.#keymap.findCharacter(character);
    if (place !== null) return this.#tap(place.keycode, this.#modifiersFor(character, place));
    const keycode = this.#keymap.boundKeycode(character);
    if (keycode !== null) this.#tap(keycode, new Set());
    return undefined;
  }

  #fake(keycode: number, isDown: boolean): void {
    if (isDown) this.#spares.pressed(keycode);
    this.#test.XTestFakeKeyEvent(this.#connection.pointer, keycode, isDown ? 1 : 0, 0);
  }
}

function firstOf<A, B>(values: readonly A[], find: (value: A) => B | null): B | null {
  for (const value of values) {
    const found = find(value);
    if (found !== null) return found;
  }
  return null;
}
