/** XInput 2: what mouse and keyboard do, told with the device that did it. */
import { ptr } from "bun:ffi";
import { AppError } from "../../protocol/errors.ts";
import { offset } from "./c-library.ts";
import { fixedBytes, type X11Connection } from "./connection.ts";
import { openX11Library, type X11Library } from "./libraries.ts";

const XI_ALL_MASTER_DEVICES = 1;
/** struct XIEventMask: int deviceid; int mask_len; unsigned char *mask */
const EVENT_MASK_BYTES = 16;
const MASK_BYTES = 4;

/** Its library, once the display speaks version 2.0; null where either lacks it. */
export function openInput2({ pointer }: X11Connection): X11Library<"input2"> | null {
  try {
    const input2 = openX11Library("input2");
    const version = new Int32Array(new ArrayBuffer(8));
    version[0] = 2;
    return input2.XIQueryVersion(pointer, ptr(version), offset(ptr(version), 4)) === 0 ? input2 : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Events of these kinds, below 32, come from now on for the window, whichever device makes them. */
export function selectInput2(
  connection: X11Connection,
  input2: X11Library<"input2">,
  window: number,
  kinds: Iterable<number>,
): void {
  const bits = fixedBytes(8);
  for (const kind of kinds) bits[kind >> 3]! |= 1 << (kind & 7);
  const mask = new DataView(fixedBytes(EVENT_MASK_BYTES).buffer);
  mask.setInt32(0, XI_ALL_MASTER_DEVICES, true);
  mask.setInt32(4, MASK_BYTES, true);
  mask.setBigUint64(8, BigInt(ptr(bits)), true);
  input2.XISelectEvents(connection.pointer, window, ptr(mask), 1);
  connection.flush();
}
