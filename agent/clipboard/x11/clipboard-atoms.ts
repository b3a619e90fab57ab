/** The names that the clipboard is spoken of by at an X display (ICCCM, section 2), as the display's numbers. */
import type { X11Connection } from "../../x11/connection.ts";

export interface ClipboardAtoms {
  readonly clipboard: number;
  readonly utf8: number;
  readonly plain: number;
  readonly targets: number;
  readonly incr: number;
  /** The property of our window that answers come in. */
  readonly property: number;
}

export function clipboardAtoms(connection: X11Connection): ClipboardAtoms {
  return {
    clipboard: connection.atom("CLIPBOARD"),
    utf8: connection.atom("UTF8_STRING"),
    plain: connection.atom("text/plain;charset=utf-8"),
    targets: connection.atom("TARGETS"),
    incr: connection.atom("INCR"),
    property: connection.atom("CAUSEWAY_CLIPBOARD"),
  };
}
