/**
 * By which an X server is known again: what is left at its root window is gone with it, and with it alone. A display's
 * number says little, for the next X server takes the same.
 */
import { ptr } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import { type DisplayAddress, X11Connection } from "../../x11/connection.ts";
import { readProperty } from "../../x11/window-property.ts";

const PROPERTY = "_CAUSEWAY_NOTICE";
const MARK_BYTES = 16;
const XA_STRING = 31;
const REPLACE = 0;

/** Leaves a mark at the server and returns it. */
export function markServer(connection: X11Connection): string {
  const mark = crypto.getRandomValues(new Uint8Array(MARK_BYTES));
  const { x, pointer, root } = connection;
  const bytes = new TextEncoder().encode(mark.toHex());
  x.XChangeProperty(pointer, root, connection.atom(PROPERTY), XA_STRING, 8, REPLACE, ptr(bytes), bytes.length);
  return mark.toHex();
}

/** Whether the server that was marked so still runs there. */
export function isMarked(display: DisplayAddress, mark: string): boolean {
  try {
    using connection = new X11Connection(display);
    const found = readProperty(connection, connection.root, connection.atom(PROPERTY), { maxBytes: 2 * MARK_BYTES });
    return found !== null && new TextDecoder().decode(found.bytes) === mark;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return false;
  }
}
