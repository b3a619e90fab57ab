/** The monitors of an X screen, by RandR. */
import { ptr, toArrayBuffer } from "bun:ffi";
import { MAX_MONITORS, type Monitor } from "../../../protocol/screen.ts";
import { toPointer } from "../../x11/c-library.ts";
import type { X11Connection } from "../../x11/connection.ts";
import type { X11Library } from "../../x11/libraries.ts";

const MONITOR_INFO_BYTES = 56;
const ONLY_ACTIVE = 1;

/** The monitors, the primary first and the others from left to right; one as large as the screen where RandR has none. */
export function readMonitors(
  connection: X11Connection,
  randr: X11Library<"randr">,
  screen: { readonly width: number; readonly height: number },
): Monitor[] {
  const count = new Int32Array(new ArrayBuffer(8));
  const infos = toPointer(randr.XRRGetMonitors(connection.pointer, connection.root, ONLY_ACTIVE, ptr(count)));
  const monitors: Monitor[] = [];
  if (infos !== null) {
    const number = Math.min(count[0]!, MAX_MONITORS);
    const view = new DataView(toArrayBuffer(infos, 0, Math.max(1, number * MONITOR_INFO_BYTES)));
    for (let index = 0; index < number; index++) {
      const monitor = within(readMonitor(view, index * MONITOR_INFO_BYTES), screen);
      if (monitor !== null) monitors.push(monitor);
    }
    randr.XRRFreeMonitors(infos);
  }
  if (monitors.length === 0) return [{ x: 0, y: 0, ...screen, isPrimary: true }];
  return withOnePrimary(monitors.sort((a, b) => Number(b.isPrimary) - Number(a.isPrimary) || a.x - b.x || a.y - b.y));
}

/** struct XRRMonitorInfo: Atom name; Bool primary, automatic; int noutput, x, y, width, height, mwidth, mheight; … */
function readMonitor(view: DataView, at: number): Monitor {
  return {
    isPrimary: view.getInt32(at + 8, true) !== 0,
    x: view.getInt32(at + 20, true),
    y: view.getInt32(at + 24, true),
    width: view.getInt32(at + 28, true),
    height: view.getInt32(at + 32, true),
  };
}

/** A monitor may be said to reach past the screen while the two are being changed. */
function within(monitor: Monitor, screen: { readonly width: number; readonly height: number }): Monitor | null {
  const x = Math.max(0, monitor.x);
  const y = Math.max(0, monitor.y);
  const width = Math.min(screen.width, monitor.x + monitor.width) - x;
  const height = Math.min(screen.height, monitor.y + monitor.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height, isPrimary: monitor.isPrimary } : null;
}

/** Where the desktop has named none, the first stands for it. */
function withOnePrimary(monitors: readonly Monitor[]): Monitor[] {
  return monitors.map((monitor, index) => ({ ...monitor, isPrimary: index === 0 }));
}
