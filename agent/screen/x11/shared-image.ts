/** An XImage in memory shared with the X server (MIT-SHM), into which the server writes the screen's pixels. */
import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { AppError } from "../../../protocol/errors.ts";
import type { Rectangle } from "../../../protocol/screen.ts";
import { toPointer } from "../../x11/c-library.ts";
import { fixedBytes, type X11Connection } from "../../x11/connection.ts";
import { openX11Library, type X11Library } from "../../x11/libraries.ts";
import type { Pixels } from "../screen-source.ts";

const Z_PIXMAP = 2;
const IPC_CREATE_FOR_OWNER = 0o1600;
const IPC_RMID = 0;
const ALL_PLANES = 0xffff_ffff;
/** Offsets in struct XImage and struct XShmSegmentInfo on 64-bit machines. */
const XIMAGE = { bytes: 136, width: 0, height: 4, data: 16, bytesPerLine: 44, bitsPerPixel: 48, redMask: 56 } as const;
const SEGMENT = { bytes: 32, id: 8, address: 16 } as const;

export class SharedImage implements Pixels, Disposable {
  readonly words: Uint32Array;
  readonly address: Pointer;
  readonly #connection: X11Connection;
  readonly #shm: X11Library<"sharedMemory">;
  readonly #image: Pointer;
  readonly #fields: DataView;
  /** Xlib keeps its address for as long as the image lives. */
  readonly #segment = fixedBytes(SEGMENT.bytes);

  /** @throws {AppError} agent.unsupported for a display without shared memory or with other than 32 bits a pixel. */
  constructor(
    connection: X11Connection,
    readonly width: number,
    readonly height: number,
  ) {
    this.#connection = connection;
    this.#shm = openX11Library("sharedMemory");
    const { c, x, pointer } = connection;
    if (this.#shm.XShmQueryExtension(pointer) === 0) throw withoutSharedMemory();
    const [visual, depth] = [toPointer(x.XDefaultVisual(pointer, 0)), x.XDefaultDepth(pointer, 0)];
    const segment = ptr(this.#segment);
    const image = this.#shm.XShmCreateImage(pointer, visual, depth, Z_PIXMAP, null, segment, width, height);
    this.#image = toPointer(image) ?? refuse(withoutSharedMemory());
    this.#fields = new DataView(toArrayBuffer(this.#image, 0, XIMAGE.bytes));
    this.#checkFormat();
    const identifier = c.shmget(0, width * height * 4, IPC_CREATE_FOR_OWNER);
    const address = identifier < 0 ? null : toPointer(c.shmat(identifier, null, 0));
    this.address = address ?? refuse(withoutSharedMemory());
    this.#attach(identifier);
    this.words = new Uint32Array(toArrayBuffer(this.address, 0, width * height * 4));
  }

  #attach(identifier: number): void {
    const segment = new DataView(this.#segment.buffer);
    segment.setInt32(SEGMENT.id, identifier, true);
    segment.setBigUint64(SEGMENT.address, BigInt(this.address), true);
    this.#fields.setBigUint64(XIMAGE.data, BigInt(this.address), true);
    this.#shm.XShmAttach(this.#connection.pointer, ptr(this.#segment));
    this.#connection.sync();
    // Marked for removal at once: it lives while attached, and nothing is left behind however we end.
    this.#connection.c.shmctl(identifier, IPC_RMID, null);
  }

  #checkFormat(): void {
    const isUsual =
      this.#fields.getInt32(XIMAGE.bitsPerPixel, true) === 32 &&
      this.#fields.getBigUint64(XIMAGE.redMask, true) === 0xff0000n;
    if (isUsual) return;
    throw new AppError(
      "agent.unsupported",
      "This computer's display does not run in 24-bit colour, which screen sharing needs. Set its colour depth to 24.",
    );
  }

  /** Fills the whole image; false when the screen is no longer that large or the display has gone. */
  readWhole(): boolean {
    return this.#read({ x: 0, y: 0, width: this.width, height: this.height });
  }

  /** Puts the pixels of `area`, row after row, at the start of the image. */
  readPacked(area: Rectangle): boolean {
    return this.#read(area);
  }

  #read({ x, y, width, height }: Rectangle): boolean {
    this.#fields.setInt32(XIMAGE.width, width, true);
    this.#fields.setInt32(XIMAGE.height, height, true);
    this.#fields.setInt32(XIMAGE.bytesPerLine, width * 4, true);
    const { pointer, root } = this.#connection;
    return this.#shm.XShmGetImage(pointer, root, this.#image, x, y, ALL_PLANES) !== 0;
  }

  [Symbol.dispose](): void {
    const { c, x, pointer } = this.#connection;
    this.#shm.XShmDetach(pointer, ptr(this.#segment));
    this.#connection.sync();
    c.shmdt(this.address);
    x.XFree(this.#image);
  }
}

function refuse(error: AppError): never {
  throw error;
}

function withoutSharedMemory(): AppError {
  return new AppError(
    "agent.unsupported",
    "This computer's display does not share memory with programs (MIT-SHM), which screen sharing needs. " +
      "The agent runs on the computer of the display itself, outside of a container of its own.",
  );
}
