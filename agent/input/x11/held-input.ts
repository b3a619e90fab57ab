/** What each viewer holds down. Pure: what follows from it is carried out by whoever asks. */
import type { Modifier } from "./key-names.ts";

/** What a viewer holds by one of its keys. */
export interface HeldKey {
  readonly keycode: number;
  readonly modifier: Modifier | null;
}

class Holder {
  readonly keys = new Map<string, HeldKey>();
  readonly buttons = new Set<number>();
}

/** INVARIANT: a keycode or button is down at the display while at least one viewer holds it, and only then. */
export class HeldInput {
  readonly #holders = new Map<number, Holder>();

  #holder(viewer: number): Holder {
    const known = this.#holders.get(viewer);
    if (known !== undefined) return known;
    const holder = new Holder();
    this.#holders.set(viewer, holder);
    return holder;
  }

  /** Notes a key as held. True if nobody held its keycode before: it has to go down. */
  press(viewer: number, code: string, key: HeldKey): boolean {
    const isNew = !this.isDown(key.keycode);
    this.#holder(viewer).keys.set(code, key);
    return isNew;
  }

  held(viewer: number, code: string): HeldKey | null {
    return this.#holders.get(viewer)?.keys.get(code) ?? null;
  }

  /** Forgets a key. Its keycode if nobody holds it any more: it has to go up. */
  lift(viewer: number, code: string): number | null {
    const keys = this.#holders.get(viewer)?.keys;
    const key = keys?.get(code);
    if (keys === undefined || key === undefined) return null;
    keys.delete(code);
    return this.isDown(key.keycode) ? null : key.keycode;
  }

  isDown(keycode: number): boolean {
    for (const holder of this.#holders.values())
      for (const key of holder.keys.values()) if (key.keycode === keycode) return true;
    return false;
  }

  /** The modifiers this viewer holds. */
  modifiersOf(viewer: number): ReadonlySet<Modifier> {
    const modifiers = new Set<Modifier>();
    for (const key of this.#holders.get(viewer)?.keys.values() ?? [])
      if (key.modifier !== null) modifiers.add(key.modifier);
    return modifiers;
  }

  /** The keycodes of modifiers that anybody holds, by modifier. */
  modifiersDown(): ReadonlyMap<Modifier, ReadonlySet<number>> {
    const down = new Map<Modifier, Set<number>>();
    for (const holder of this.#holders.values())
      for (const { modifier, keycode } of holder.keys.values())
        if (modifier !== null) down.set(modifier, (down.get(modifier) ?? new Set()).add(keycode));
    return down;
  }

  /** True if the button has to go down. */
  pressButton(viewer: number, button: number): boolean {
    const isNew = ![...this.#holders.values()].some((holder) => holder.buttons.has(button));
    this.#holder(viewer).buttons.add(button);
    return isNew;
  }

  /** True if the button has to go up. */
  liftButton(viewer: number, button: number): boolean {
    if (this.#holders.get(viewer)?.buttons.delete(button) !== true) return false;
    return ![...this.#holders.values()].some((holder) => holder.buttons.has(button));
  }

  /** Forgets the viewer; what has to go up. */
  release(viewer: number): { readonly keycodes: readonly number[]; readonly buttons: readonly number[] } {
    const holder = this.#holders.get(viewer);
    if (holder === undefined) return { keycodes: [], buttons: [] };
    const keycodes = [...holder.keys.keys()].map((code) => this.lift(viewer, code));
    const buttons = [...holder.buttons].filter((button) => this.liftButton(viewer, button));
    this.#holders.delete(viewer);
    return { keycodes: keycodes.filter((keycode) => keycode !== null), buttons };
  }

  get viewers(): readonly number[] {
    return [...this.#holders.keys()];
  }
}
