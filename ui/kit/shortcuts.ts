/**
 * The one place that knows which keys do what. A shortcut belongs to a scope; the page says which scopes are on. Single
 * keys and sequences ("G J") work only while no field has the focus and can be turned off (WCAG 2.1.4).
 */

export interface Shortcut {
  /** As shown to people: "Ctrl K", "Alt Shift 1", "/", or a sequence "G J". */
  readonly keys: string;
  /** What it does, for the list of shortcuts. */
  readonly label: string;
  /** "everywhere", or a scope the page turns on with `enter`. */
  readonly scope: string;
  /** Also while a field has the focus; only for keys with Ctrl or Alt. */
  readonly worksInFields?: boolean;
  /** Return false to let the key go on as if it were no shortcut. */
  readonly run: () => boolean | void;
}

/** What of a KeyboardEvent decides. */
export interface KeyStroke {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly metaKey: boolean;
  /** AltGr types characters on many layouts; it is never Ctrl Alt. */
  readonly isAltGraph: boolean;
}

/** Where the keyboard's focus is. */
export interface FocusPlace {
  readonly isInField: boolean;
  readonly isInDialog: boolean;
}

interface Combination {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

/** A sequence's second key must come within this time. */
export const SEQUENCE_MS = 1000;

const modifiers = new Set(["Ctrl", "Alt", "Shift"]);
const keyNames: Readonly<Record<string, string>> = {
  Del: "Delete",
  Space: " ",
  Esc: "Escape",
  Up: "ArrowUp",
  Down: "ArrowDown",
};

/** One combination for each step: "Ctrl K" is one step, "G J" two. */
export function parseKeys(keys: string): readonly Combination[] {
  const words = keys.split(" ");
  const held = new Set(words.filter((word) => modifiers.has(word)));
  const steps = words.filter((word) => !modifiers.has(word));
  return steps.map((word) => ({
    ctrl: held.has("Ctrl"),
    alt: held.has("Alt"),
    shift: held.has("Shift"),
    key: keyNames[word] ?? word,
  }));
}

function isKey(stroke: KeyStroke, name: string): boolean {
  if (stroke.key.toUpperCase() === name.toUpperCase()) return true;
  // With Alt or Shift a key types something else ("ç", "!"), so its place on the keyboard counts.
  if (!stroke.altKey && !stroke.ctrlKey) return false;
  return stroke.code === `Key${name}` || stroke.code === `Digit${name}`;
}

/** Whether a key stroke is this combination. Shift is free for signs that need it, such as "?". */
export function matches(stroke: KeyStroke, combination: Combination): boolean {
  if (stroke.isAltGraph) return false;
  if ((stroke.ctrlKey || stroke.metaKey) !== combination.ctrl || stroke.altKey !== combination.alt) return false;
  const isSign = combination.key.length === 1 && !/[A-Z0-9 ]/u.test(combination.key);
  return (isSign || stroke.shiftKey === combination.shift) && isKey(stroke, combination.key);
}

function needsModifier(steps: readonly Combination[]): boolean {
  return steps.some((step) => step.ctrl || step.alt);
}

/** Registers shortcuts and finds the one a key stroke means. */
export class Shortcuts {
  /** Whether single keys and sequences work. */
  hasSingleKeys = true;
  readonly #shortcuts = new Set<Shortcut>();
  readonly #scopes = new Map<string, number>();
  #pending: { readonly stroke: KeyStroke; readonly atMs: number } | null = null;

  /** Adds shortcuts; dispose to take them away. */
  register(...added: readonly Shortcut[]): Disposable {
    for (const shortcut of added) this.#shortcuts.add(shortcut);
    return { [Symbol.dispose]: () => added.forEach((shortcut) => this.#shortcuts.delete(shortcut)) };
  }

  /** Turns a scope on; dispose to leave it. A scope entered twice is left twice. */
  enter(scope: string): Disposable {
    this.#scopes.set(scope, (this.#scopes.get(scope) ?? 0) + 1);
    return { [Symbol.dispose]: () => void this.#scopes.set(scope, Math.max(0, (this.#scopes.get(scope) ?? 0) - 1)) };
  }

  /** What works now, for the list behind "?". */
  list(): readonly Shortcut[] {
    return [...this.#shortcuts].filter((shortcut) => this.#isOn(shortcut.scope));
  }

  /** Runs what the stroke means. True: it was a shortcut and the key goes no further. */
  handle(stroke: KeyStroke, place: FocusPlace, nowMs: number): boolean {
    const before = this.#pending !== null && nowMs - this.#pending.atMs <= SEQUENCE_MS ? this.#pending.stroke : null;
    this.#pending = null;
    if (place.isInDialog) return false;
    for (const shortcut of [...this.#shortcuts].reverse()) {
      if (this.#isOn(shortcut.scope) && this.#means(shortcut, stroke, before, place) && shortcut.run() !== false)
        return true;
    }
    if (!place.isInField && stroke.key.length === 1) this.#pending = { stroke, atMs: nowMs };
    return false;
  }

  #isOn(scope: string): boolean {
    return scope === "everywhere" || (this.#scopes.get(scope) ?? 0) > 0;
  }

  #means(shortcut: Shortcut, stroke: KeyStroke, before: KeyStroke | null, place: FocusPlace): boolean {
    const steps = parseKeys(shortcut.keys);
    const last = steps.at(-1);
    if (last === undefined || !matches(stroke, last)) return false;
    if (place.isInField && !(shortcut.worksInFields === true && needsModifier(steps))) return false;
    if (!this.hasSingleKeys && !needsModifier(steps) && last.key.length === 1) return false;
    const first = steps[0];
    return steps.length === 1 || (before !== null && first !== undefined && matches(before, first));
  }
}

const FIELDS =
  "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], [data-takes-keys]";

function placeOf(event: KeyboardEvent): FocusPlace {
  const target = event.composedPath()[0];
  const isInField = target instanceof Element && target.closest(FIELDS) !== null;
  return { isInField, isInDialog: document.querySelector("dialog:modal, [role=menu]") !== null };
}

/** Listens on the page; dispose to stop. A region with `data-takes-keys` counts as a field. */
export function listenForShortcuts(shortcuts: Shortcuts, target: Window): Disposable {
  const listener = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    const { key, code, ctrlKey, altKey, shiftKey, metaKey } = event;
    const isAltGraph = event.getModifierState("AltGraph");
    const stroke = { key, code, ctrlKey, altKey, shiftKey, metaKey, isAltGraph };
    if (shortcuts.handle(stroke, placeOf(event), performance.now())) event.preventDefault();
  };
  target.addEventListener("keydown", listener);
  return { [Symbol.dispose]: () => target.removeEventListener("keydown", listener) };
}
