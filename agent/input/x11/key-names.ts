/** KeyboardEvent.key and .code (UI Events) as keysyms and keycodes. */

/** Keys that do something instead of writing something. */
const keysymByName = new Map<string, number>([
  ["Backspace", 0xff08],
  ["Tab", 0xff09],
  ["Clear", 0xff0b],
  ["Enter", 0xff0d],
  ["Pause", 0xff13],
  ["ScrollLock", 0xff14],
  ["Escape", 0xff1b],
  ["Convert", 0xff23],
  ["NonConvert", 0xff22],
  ["Home", 0xff50],
  ["ArrowLeft", 0xff51],
  ["ArrowUp", 0xff52],
  ["ArrowRight", 0xff53],
  ["ArrowDown", 0xff54],
  ["PageUp", 0xff55],
  ["PageDown", 0xff56],
  ["End", 0xff57],
  ["Select", 0xff60],
  ["PrintScreen", 0xff61],
  ["Execute", 0xff62],
  ["Insert", 0xff63],
  ["Undo", 0xff65],
  ["Redo", 0xff66],
  ["ContextMenu", 0xff67],
  ["Find", 0xff68],
  ["Cancel", 0xff69],
  ["Help", 0xff6a],
  ["NumLock", 0xff7f],
  ["CapsLock", 0xffe5],
  ["Delete", 0xffff],
  ["AudioVolumeDown", 0x1008_ff11],
  ["AudioVolumeMute", 0x1008_ff12],
  ["AudioVolumeUp", 0x1008_ff13],
  ["MediaPlayPause", 0x1008_ff14],
  ["MediaStop", 0x1008_ff15],
  ["MediaTrackPrevious", 0x1008_ff16],
  ["MediaTrackNext", 0x1008_ff17],
  ["BrowserBack", 0x1008_ff26],
  ["BrowserForward", 0x1008_ff27],
  ["BrowserRefresh", 0x1008_ff29],
  ["BrowserSearch", 0x1008_ff1b],
  ["BrowserHome", 0x1008_ff18],
]);

export type Modifier = "shift" | "control" | "alt" | "meta" | "level3";

/** A modifier key with its keysyms, the first that the layout has. */
export interface ModifierKey {
  readonly modifier: Modifier;
  readonly keysyms: readonly number[];
}

const LEVEL3: ModifierKey = { modifier: "level3", keysyms: [0xfe03] };
const left = new Map<string, ModifierKey>([
  ["Shift", { modifier: "shift", keysyms: [0xffe1] }],
  ["Control", { modifier: "control", keysyms: [0xffe3] }],
  ["Alt", { modifier: "alt", keysyms: [0xffe9, 0xffe7] }],
  ["Meta", { modifier: "meta", keysyms: [0xffeb, 0xffe7] }],
  ["OS", { modifier: "meta", keysyms: [0xffeb] }],
  ["AltGraph", LEVEL3],
]);
const right = new Map<string, ModifierKey>([
  ["Shift", { modifier: "shift", keysyms: [0xffe2, 0xffe1] }],
  ["Control", { modifier: "control", keysyms: [0xffe4, 0xffe3] }],
  ["Alt", { modifier: "alt", keysyms: [0xffea, 0xffe9] }],
  ["Meta", { modifier: "meta", keysyms: [0xffec, 0xffeb] }],
  ["AltGraph", LEVEL3],
]);

/** The modifier a key event names, `null` for any other key. */
export function modifierKey(key: string, code: string): ModifierKey | null {
  return (code.endsWith("Right") ? right : left).get(key) ?? null;
}

/** The keysym of a key that writes nothing; `null` for an unknown one. */
export function namedKeysym(key: string, code: string): number | null {
  if (key === "Enter" && code === "NumpadEnter") return 0xff8d;
  const functionKey = /^F([1-9]|[12]\d|3[0-5])$/.exec(key);
  if (functionKey !== null) return 0xffbd + Number(functionKey[1]);
  return keysymByName.get(key) ?? null;
}

const rows: readonly (readonly [number, readonly string[]])[] = [
  [9, ["Escape"]],
  [10, ["Digit1", "Digit2", "Digit3", "Digit4", "Digit5", "Digit6", "Digit7", "Digit8", "Digit9", "Digit0"]],
  [20, ["Minus", "Equal", "Backspace", "Tab"]],
  [24, ["KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyY", "KeyU", "KeyI", "KeyO", "KeyP", "BracketLeft", "BracketRight"]],
  [36, ["Enter"]],
  [38, ["KeyA", "KeyS", "KeyD", "KeyF", "KeyG", "KeyH", "KeyJ", "KeyK", "KeyL", "Semicolon", "Quote", "Backquote"]],
  [51, ["Backslash", "KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN", "KeyM", "Comma", "Period", "Slash"]],
  [65, ["Space"]],
  [67, ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10"]],
  [94, ["IntlBackslash", "F11", "F12", "IntlRo"]],
];

/** X keycodes of a PC keyboard (evdev + 8) by the place of the key. */
const keycodeByPlace = new Map<string, number>(
  rows.flatMap(([first, codes]) => codes.map((code, index): [string, number] => [code, first + index])),
);

/** The keycode where a key of this KeyboardEvent.code lies; `null` for a place we do not know. */
export function keycodeAt(code: string): number | null {
  return keycodeByPlace.get(code) ?? null;
}
