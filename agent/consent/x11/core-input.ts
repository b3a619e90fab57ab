/** What mouse and keyboard do at a window, as events of the core protocol tell it. */

export interface WindowInputEvent {
  readonly kind: "key" | "press" | "move" | "release";
  /** Of the window, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Of the whole screen. */
  readonly rootX: number;
  readonly rootY: number;
  /** Of a key. */
  readonly keycode: number;
  /** By a mouse or keyboard that a program moves (XTEST); core events do not tell. */
  readonly isInjected: boolean;
}

/** The same numbers for core events and those of XInput 2. */
export const inputKinds: ReadonlyMap<number, WindowInputEvent["kind"]> = new Map([
  [2, "key"],
  [4, "press"],
  [5, "release"],
  [6, "move"],
]);
/** Where an XEvent keeps what is read of it. */
const at = { wasSent: 16, x: 64, y: 68, rootX: 72, rootY: 76, keycode: 84 } as const;

/** Whether a program only sent the event: that takes no mouse and no keyboard. */
export function wasSent(event: DataView): boolean {
  return event.getInt32(at.wasSent, true) !== 0;
}

/** What the event is of; null: of no mouse and no keyboard. */
export function readCoreInput(event: DataView, type: number): WindowInputEvent | null {
  const kind = inputKinds.get(type);
  if (kind === undefined || wasSent(event)) return null;
  const number = (place: number): number => event.getInt32(place, true);
  return {
    ...{ kind, x: number(at.x), y: number(at.y), rootX: number(at.rootX), rootY: number(at.rootY) },
    ...{ keycode: event.getUint32(at.keycode, true), isInjected: false },
  };
}
