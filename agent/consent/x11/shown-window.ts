/** One of our windows before the customer, from the connection to its display to the last thing drawn on it. */
import { X11Connection } from "../../x11/connection.ts";
import type { CustomerDisplay } from "../customer-display.ts";
import type { Box } from "../window-layout.ts";
import { wasSent } from "./core-input.ts";
import { type DesktopLooks, readDesktopLooks } from "./desktop-looks.ts";
import { OwnWindow } from "./own-window.ts";
import { WindowGuard } from "./window-guard.ts";

const DESTROY = 17;
const CLIENT_MESSAGE = 33;

/** Draws all that the window shows. */
export interface WindowPainter extends Disposable {
  readonly layout: Pick<Box, "width" | "height">;
  /** What it says, in one line. */
  readonly text: string;
  /** Round the window, 0xRRGGBB. */
  readonly borderColour: number;
}

export interface ShownWindowOptions<Painter extends WindowPainter> {
  /** By which programs, and tests, find it. */
  readonly title: string;
  /** The core events it is told of. */
  readonly eventMask: number;
  /** Moved, hidden or covered it is back after so long at most. */
  readonly restoreMs: number;
  paint(connection: X11Connection, looks: DesktopLooks): Painter;
  place(looks: DesktopLooks, size: Pick<Box, "width" | "height">): Box;
}

export class ShownWindow<Painter extends WindowPainter> implements Disposable {
  readonly connection: X11Connection;
  looks: DesktopLooks;
  painter: Painter;
  place: Box;
  readonly window: OwnWindow;
  readonly guard: WindowGuard;

  /** Makes it; it is seen once it is shown. @throws {AppError} display.none, agent.unsupported */
  constructor(display: CustomerDisplay, { title, eventMask, restoreMs, paint, place }: ShownWindowOptions<Painter>) {
    using opening = new DisposableStack();
    this.connection = opening.use(new X11Connection(display));
    this.looks = readDesktopLooks(this.connection);
    this.painter = paint(this.connection, this.looks);
    this.place = place(this.looks, this.painter.layout);
    const { text: name, borderColour } = this.painter;
    this.window = new OwnWindow(this.connection, { title, name, place: this.place, borderColour, eventMask });
    this.guard = new WindowGuard(this.connection, this.window.id, this.place, restoreMs);
    opening.move();
  }

  /** The display has gone, or somebody ended the connection to it. */
  get isLost(): boolean {
    return this.connection.isLost;
  }

  /** Deals with each event that has come until one decides; then keeps the window where it is seen. */
  turn<Decision>(nowMs: number, heed: (type: number) => Decision | null): Decision | null {
    for (let type = this.connection.nextEvent(); type !== null; type = this.connection.nextEvent()) {
      const decision = heed(type);
      if (decision !== null) return decision;
    }
    this.guard.keep(nowMs);
    return null;
  }

  /** Whether the event at hand closes the window, or asks for that as a window manager's button does. */
  isClosedBy(type: number): boolean {
    if (type === CLIENT_MESSAGE) return this.window.isAskedToClose();
    return type === DESTROY && !wasSent(this.connection.event);
  }

  [Symbol.dispose](): void {
    if (!this.isLost) {
      this.window.destroy();
      this.painter[Symbol.dispose]();
      this.window.giveKeyboardBack();
      this.connection.sync();
    }
    this.connection[Symbol.dispose]();
  }
}
