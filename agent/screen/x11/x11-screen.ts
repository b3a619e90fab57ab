/** The screen of an X display: XDamage says what changed, MIT-SHM fetches it. */
import { ptr, toArrayBuffer } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import { type CursorImage, MAX_SCREEN_EDGE, type Monitor, type Rectangle } from "../../../protocol/screen.ts";
import { offset, toPointer } from "../../x11/c-library.ts";
import { cString, type DisplayAddress, fixedBytes, X11Connection } from "../../x11/connection.ts";
import { openInput2, selectInput2 } from "../../x11/input2.ts";
import { openX11Library } from "../../x11/libraries.ts";
import type { Sleeper } from "../../x11/wake.ts";
import type { Pixels, ScreenSource, SourceEvents } from "../screen-source.ts";
import { readCursor } from "./cursor.ts";
import { readMonitors } from "./monitors.ts";
import { SharedImage } from "./shared-image.ts";

const DAMAGE_REPORT_NON_EMPTY = 3;
const CONFIGURE_NOTIFY = 22;
const GENERIC_EVENT = 35;
const STRUCTURE_NOTIFY_MASK = 1n << 17n;
const RR_SCREEN_AND_CRTC_AND_OUTPUT_CHANGE = 7;
const XI_RAW_MOTION = 17;
/** From here on one whole grab (0.3 to 1 ms at 1080p) is cheaper than the parts. */
const WHOLE_GRAB_PIXELS = 400_000;
const MAX_PARTS = 64;

export class X11Screen implements ScreenSource {
  readonly #connection: X11Connection;
  readonly #damageLibrary = openX11Library("damage");
  readonly #fixes = openX11Library("fixes");
  readonly #randr = openX11Library("randr");
  readonly #sleeper: Sleeper;
  readonly #numbers = new Int32Array(new ArrayBuffer(64));
  readonly #eventBases: { damage: number; fixes: number; randr: number };
  readonly #damage: number;
  readonly #region: number;
  #image: SharedImage;
  #partImage: SharedImage;
  #monitors: Monitor[];

  /**
   * @param sleeper what `wait` listens to besides the display.
   * @throws {AppError} display.none, agent.unsupported.
   */
  constructor(address: DisplayAddress, sleeper: Sleeper) {
    this.#sleeper = sleeper;
    this.#connection = new X11Connection(address);
    try {
      refuseXwayland(this.#connection, address);
      this.#eventBases = this.#listen();
      this.#damage = this.#createDamage();
      this.#region = Number(this.#fixes.XFixesCreateRegion(this.#connection.pointer, null, 0));
      const { width, height } = this.#readSize();
      this.#image = new SharedImage(this.#connection, width, height);
      this.#partImage = new SharedImage(this.#connection, width, height);
      this.#monitors = readMonitors(this.#connection, this.#randr, { width, height });
    } catch (error) {
      this.#connection[Symbol.dispose]();
      throw error;
    }
  }

  get pixels(): Pixels {
    return this.#image;
  }

  get monitors(): readonly Monitor[] {
    return this.#monitors;
  }

  wait(timeoutMs: number): void {
    this.#connection.wait(this.#sleeper.descriptor, timeoutMs);
    this.#sleeper.drain(this.#connection.c);
  }

  takeEvents(): SourceEvents {
    let [hasDamage, hasNewLayout, hasNewCursor, hasPointerMoved] = [false, false, false, false];
    const { damage, fixes, randr } = this.#eventBases;
    for (let type = this.#connection.nextEvent(); type !== null; type = this.#connection.nextEvent()) {
      if (type === damage) hasDamage = true;
      else if (type === fixes + 1) hasNewCursor = true;
      else if (type === GENERIC_EVENT) hasPointerMoved = true;
      else if (type === CONFIGURE_NOTIFY || type === randr || type === randr + 1) {
        hasNewLayout = true;
        this.#randr.XRRUpdateConfiguration(this.#connection.eventAddress);
      }
    }
    return { hasDamage, hasNewLayout, hasNewCursor, hasPointerMoved, isLost: this.#connection.isLost };
  }

  refreshLayout(): void {
    const { width, height } = this.#readSize();
    if (width !== this.#image.width || height !== this.#image.height) {
      const [image, partImage] = [this.#image, this.#partImage];
      this.#image = new SharedImage(this.#connection, width, height);
      this.#partImage = new SharedImage(this.#connection, width, height);
      image[Symbol.dispose]();
      partImage[Symbol.dispose]();
    }
    this.#monitors = readMonitors(this.#connection, this.#randr, { width, height });
  }

  grab(): readonly Rectangle[] | null {
    const parts = this.#takeDamage();
    const area = parts.reduce((sum, part) => sum + part.width * part.height, 0);
    const isGrabbed =
      area > WHOLE_GRAB_PIXELS || parts.length > MAX_PARTS ? this.grabWhole() : parts.every((part) => this.#grab(part));
    return isGrabbed ? parts : null;
  }

  grabWhole(): boolean {
    return this.#image.readWhole();
  }

  cursor(): CursorImage | null {
    return readCursor(this.#connection, this.#fixes);
  }

  pointer(): { readonly x: number; readonly y: number } | null {
    const n = ptr(this.#numbers);
    const at = (index: number) => offset(n, index * 8);
    const { x, pointer, root } = this.#connection;
    const isHere = x.XQueryPointer(pointer, root, at(0), at(1), at(2), at(3), at(4), at(5), at(6));
    if (isHere === 0) return null;
    return { x: Math.max(0, this.#numbers[4]!), y: Math.max(0, this.#numbers[6]!) };
  }

  [Symbol.dispose](): void {
    this.#image[Symbol.dispose]();
    this.#partImage[Symbol.dispose]();
    this.#connection[Symbol.dispose]();
  }

  #listen(): { damage: number; fixes: number; randr: number } {
    const { x, pointer, root } = this.#connection;
    const base = (query: (first: number, second: number) => number, what: string): number => {
      if (query(0, 4) === 0) throw withoutExtension(what);
      return this.#numbers[0]!;
    };
    const n = ptr(this.#numbers);
    const damage = base(
      (a, b) => this.#damageLibrary.XDamageQueryExtension(pointer, offset(n, a), offset(n, b)),
      "DAMAGE",
    );
    const fixes = base((a, b) => this.#fixes.XFixesQueryExtension(pointer, offset(n, a), offset(n, b)), "XFIXES");
    const randr = base((a, b) => this.#randr.XRRQueryExtension(pointer, offset(n, a), offset(n, b)), "RANDR");
    this.#fixes.XFixesSelectCursorInput(pointer, root, 1);
    this.#randr.XRRSelectInput(pointer, root, RR_SCREEN_AND_CRTC_AND_OUTPUT_CHANGE);
    x.XSelectInput(pointer, root, STRUCTURE_NOTIFY_MASK);
    this.#listenToPointer();
    return { damage, fixes, randr };
  }

  /** Without libXi or XInput 2 the picture still comes; only a pointer moved by others is not followed. */
  #listenToPointer(): void {
    const input2 = openInput2(this.#connection);
    if (input2 !== null) selectInput2(this.#connection, input2, this.#connection.root, [XI_RAW_MOTION]);
  }

  #createDamage(): number {
    const { pointer, root } = this.#connection;
    return Number(this.#damageLibrary.XDamageCreate(pointer, root, DAMAGE_REPORT_NON_EMPTY));
  }

  #readSize(): { width: number; height: number } {
    const { x, pointer } = this.#connection;
    const clamp = (edge: number) => Math.max(1, Math.min(MAX_SCREEN_EDGE, edge));
    return { width: clamp(x.XDisplayWidth(pointer, 0)), height: clamp(x.XDisplayHeight(pointer, 0)) };
  }

  /** What was drawn since the last time, clamped to the screen: asking past its edge is an X error. */
  #takeDamage(): Rectangle[] {
    const { pointer } = this.#connection;
    this.#damageLibrary.XDamageSubtract(pointer, this.#damage, 0, this.#region);
    const list = toPointer(this.#fixes.XFixesFetchRegion(pointer, this.#region, ptr(this.#numbers)));
    if (list === null) return [];
    const count = this.#numbers[0]!;
    const view = new DataView(toArrayBuffer(list, 0, Math.max(8, count * 8)));
    const parts = Array.from({ length: count }, (_, index) => this.#clamp(view, index * 8));
    this.#connection.x.XFree(list);
    return parts.filter((part) => part.width > 0 && part.height > 0);
  }

  /** struct XRectangle: short x, y; unsigned short width, height */
  #clamp(view: DataView, at: number): Rectangle {
    const [left, top] = [view.getInt16(at, true), view.getInt16(at + 2, true)];
    const [x, y] = [Math.max(0, left), Math.max(0, top)];
    const width = Math.min(this.#image.width, left + view.getUint16(at + 4, true)) - x;
    const height = Math.min(this.#image.height, top + view.getUint16(at + 6, true)) - y;
    return { x, y, width, height };
  }

  #grab(part: Rectangle): boolean {
    if (!this.#partImage.readPacked(part)) return false;
    const { c } = this.#connection;
    const rowBytes = part.width * 4;
    for (let row = 0; row < part.height; row++) {
      const to = offset(this.#image.address, ((part.y + row) * this.#image.width + part.x) * 4);
      c.memcpy(to, offset(this.#partImage.address, row * rowBytes), rowBytes);
    }
    return true;
  }
}

/** An Xwayland server holds single windows and no desktop: its root is black. */
function refuseXwayland({ x, pointer }: X11Connection, address: DisplayAddress): void {
  const n = ptr(fixedBytes(16));
  if (x.XQueryExtension(pointer, cString("XWAYLAND"), n, offset(n, 4), offset(n, 8)) === 0) return;
  throw new AppError(
    "display.none",
    `The desktop behind ${address.display} runs on Wayland, whose picture this release cannot fetch. ` +
      "Signing in there with an X11 session (often named “on Xorg”) makes its screen reachable.",
  );
}

function withoutExtension(name: string): AppError {
  return new AppError(
    "agent.unsupported",
    `This computer's display does not have the X extension ${name}, which screen sharing needs.`,
  );
}
