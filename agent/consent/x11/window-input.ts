/**
 * What mouse and keyboard do at a window, and whether a program moved them. XInput 2 tells from which device an event
 * comes; programs that click and type for somebody (XTEST) have devices of their own. Without libXi nothing is told apart.
 */
import { type Pointer, ptr, read } from "bun:ffi";
import { offset, toPointer } from "../../x11/c-library.ts";
import { cString, fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { openInput2, selectInput2 } from "../../x11/input2.ts";
import type { X11Library } from "../../x11/libraries.ts";
import { inputKinds, readCoreInput, type WindowInputEvent } from "./core-input.ts";

/** The core events to select where there is no XInput 2: key press, button press and release, motion. */
const CORE_INPUT_MASK = (1 << 0) | (1 << 2) | (1 << 3) | (1 << 6);
const GENERIC_EVENT = 35;
/** Where XGenericEventCookie, and the XIDeviceEvent it points to, keep what is read of them. */
const cookie = { extension: 32, type: 36, data: 48 } as const;
const device = { sourceId: 52, detail: 56, rootX: 88, rootY: 96, x: 104, y: 112 } as const;

export class WindowInput {
  readonly #connection: X11Connection;
  readonly #input2: X11Library<"input2"> | null;
  /** What XInput 2 events are marked with; null: there are none. */
  readonly #extension: number | null;
  readonly #testDevice: number;
  readonly #numbers = fixedBytes(64);
  /** Which devices are XTEST's, as far as they were asked for. */
  readonly #isTest = new Map<number, boolean>();

  /** @param eventMask the core events the window is told of besides */
  constructor(connection: X11Connection, window: number, eventMask: number) {
    this.#connection = connection;
    this.#testDevice = connection.atom("XTEST Device");
    this.#input2 = openInput2(connection);
    this.#extension = this.#input2 === null ? null : this.#readExtension();
    if (this.#extension !== null && this.#input2 !== null)
      selectInput2(connection, this.#input2, window, inputKinds.keys());
    else connection.x.XSelectInput(connection.pointer, window, eventMask | CORE_INPUT_MASK);
  }

  /** What the event at hand is of; null: of nothing here, or another program only sent it. */
  read(type: number): WindowInputEvent | null {
    return type === GENERIC_EVENT ? this.#readGeneric() : readCoreInput(this.#connection.event, type);
  }

  #readGeneric(): WindowInputEvent | null {
    const { event, x, pointer, eventAddress } = this.#connection;
    if (event.getInt32(cookie.extension, true) !== this.#extension) return null;
    const kind = inputKinds.get(event.getInt32(cookie.type, true));
    if (x.XGetEventData(pointer, eventAddress) === 0) return null;
    try {
      const data = toPointer(event.getBigUint64(cookie.data, true));
      return data === null || kind === undefined ? null : this.#readDevice(kind, data);
    } finally {
      x.XFreeEventData(pointer, eventAddress);
    }
  }

  #readDevice(kind: WindowInputEvent["kind"], data: Pointer): WindowInputEvent {
    const at = (place: number): number => Math.floor(read.f64(data, place));
    return {
      ...{ kind, x: at(device.x), y: at(device.y), rootX: at(device.rootX), rootY: at(device.rootY) },
      keycode: read.i32(data, device.detail),
      isInjected: this.#isTestDevice(read.i32(data, device.sourceId)),
    };
  }

  #isTestDevice(id: number): boolean {
    const known = this.#isTest.get(id) ?? this.#hasTestProperty(id);
    this.#isTest.set(id, known);
    return known;
  }

  /** The X server marks the devices of XTEST by a property. */
  #hasTestProperty(id: number): boolean {
    const { pointer, x } = this.#connection;
    const n = ptr(this.#numbers);
    const answers = [n, offset(n, 8), offset(n, 16), offset(n, 24), offset(n, 32)] as const;
    this.#numbers.fill(0);
    const status = this.#input2!.XIGetProperty(pointer, id, this.#testDevice, 0, 1, 0, 0, ...answers);
    const value = status === 0 ? toPointer(read.u64(n, 32)) : null;
    if (value === null) return false;
    const isOne = read.u64(n, 16) !== 0n && read.u8(value, 0) === 1;
    x.XFree(value);
    return isOne;
  }

  #readExtension(): number | null {
    const { pointer, x } = this.#connection;
    const n = ptr(this.#numbers);
    const found = x.XQueryExtension(pointer, cString("XInputExtension"), n, offset(n, 4), offset(n, 8));
    return found === 0 ? null : read.i32(n, 0);
  }
}
