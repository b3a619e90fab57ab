/** Keys that the browser or the desktop before it keeps for itself, to be sent from a menu. */
import type { RemoteInput } from "../../../../protocol/input.ts";

/** A key as KeyboardEvent names it: code and key. */
type Key = readonly [code: string, key: string];

const CONTROL: Key = ["ControlLeft", "Control"];
const ALT: Key = ["AltLeft", "Alt"];
const SUPER: Key = ["MetaLeft", "Meta"];

export interface SpecialKeys {
  readonly label: string;
  readonly keys: readonly Key[];
}

export const CTRL_ALT_DEL: SpecialKeys = { label: "Ctrl-Alt-Del", keys: [CONTROL, ALT, ["Delete", "Delete"]] };

export const specialKeys: readonly SpecialKeys[] = [
  { label: "Super", keys: [SUPER] },
  { label: "Alt Tab", keys: [ALT, ["Tab", "Tab"]] },
  { label: "Alt F4", keys: [ALT, ["F4", "F4"]] },
  { label: "Ctrl Esc", keys: [CONTROL, ["Escape", "Escape"]] },
  { label: "Ctrl W", keys: [CONTROL, ["KeyW", "w"]] },
  { label: "Ctrl T", keys: [CONTROL, ["KeyT", "t"]] },
  { label: "Print Screen", keys: [["PrintScreen", "PrintScreen"]] },
  { label: "Ctrl Alt T", keys: [CONTROL, ALT, ["KeyT", "t"]] },
  { label: "Ctrl Alt L", keys: [CONTROL, ALT, ["KeyL", "l"]] },
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((number): SpecialKeys => ({
    label: `Ctrl Alt F${number}`,
    keys: [CONTROL, ALT, [`F${number}`, `F${number}`]],
  })),
];

/** Down in order, up in reverse. */
export function press({ keys }: SpecialKeys): readonly RemoteInput[] {
  const event = ([code, key]: Key, isDown: boolean): RemoteInput => ({ kind: "key", isDown, code, key });
  return [...keys.map((key) => event(key, true)), ...[...keys].reverse().map((key) => event(key, false))];
}

export interface HeldModifier {
  readonly label: string;
  readonly key: Key;
}

/** Keys that stay down until they are let go again. */
export const heldModifiers: readonly HeldModifier[] = [
  { label: "Ctrl", key: CONTROL },
  { label: "Alt", key: ALT },
  { label: "Shift", key: ["ShiftLeft", "Shift"] },
  { label: "Super", key: SUPER },
];
