/** How the desktop looks to whoever sits there: light or dark, how fine its screen is, which monitor is the first. */
import { read } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import { readMonitors } from "../../screen/x11/monitors.ts";
import { toPointer } from "../../x11/c-library.ts";
import { cString, type X11Connection } from "../../x11/connection.ts";
import { openX11Library } from "../../x11/libraries.ts";
import { readProperty } from "../../x11/window-property.ts";
import type { Box } from "../window-layout.ts";
import { isDarkTheme, MAX_X_SETTINGS_BYTES, parseXSettings } from "./x-settings.ts";

export interface DesktopLooks {
  readonly isDark: boolean;
  /** Pixels of the screen for one of the design: 2 on a screen twice as fine. */
  readonly scale: number;
  /** Where questions appear. */
  readonly monitor: Box;
}

const USUAL_DPI = 96;
const MAX_SCALE = 4;
const FORMAT_BYTES = 8;

export function readDesktopLooks(connection: X11Connection): DesktopLooks {
  return {
    isDark: isDarkTheme(readXSettings(connection)),
    scale: readScale(connection),
    monitor: readMonitor(connection),
  };
}

function readXSettings(connection: X11Connection): ReadonlyMap<string, string> {
  const { x, pointer } = connection;
  const owner = Number(x.XGetSelectionOwner(pointer, connection.atom("_XSETTINGS_S0")));
  const none = new Map<string, string>();
  if (owner === 0) return none;
  const property = connection.atom("_XSETTINGS_SETTINGS");
  const found = readProperty(connection, owner, property, { maxBytes: MAX_X_SETTINGS_BYTES });
  return found?.type === property && found.format === FORMAT_BYTES ? parseXSettings(found.bytes) : none;
}

/** From the resource that desktops set for all programs, "Xft.dpi". */
function readScale({ pointer }: X11Connection): number {
  const text = toPointer(openX11Library("drawing").XGetDefault(pointer, cString("Xft"), cString("dpi")));
  if (text === null) return 1;
  let dpi = 0;
  for (let index = 0; index < 4; index += 1) {
    const digit = read.u8(text, index) - 0x30;
    if (digit < 0 || digit > 9) break;
    dpi = dpi * 10 + digit;
  }
  return Math.min(MAX_SCALE, Math.max(1, dpi / USUAL_DPI));
}

function readMonitor(connection: X11Connection): Box {
  const { x, pointer } = connection;
  const screen = { x: 0, y: 0, width: x.XDisplayWidth(pointer, 0), height: x.XDisplayHeight(pointer, 0) };
  try {
    return readMonitors(connection, openX11Library("randr"), screen)[0] ?? screen;
  } catch (error) {
    // Without RandR's library the whole screen is one monitor.
    if (!(error instanceof AppError)) throw error;
    return screen;
  }
}
