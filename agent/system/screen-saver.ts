/**
 * Whether an X display shows its screen saver or saves power. Asked in X's own words over the display's socket: unlike
 * Xlib's calls that never blocks this thread, however long a display stands still.
 */
import { readFileSync, statSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { findAuthorization, MAX_AUTHORITY_BYTES } from "../x11/authority.ts";
import type { DisplayAddress } from "../x11/connection.ts";

const TIMEOUT_MS = 1000;
/** A display's greeting with hundreds of visuals has some 10 KiB. */
const MAX_REPLY_BYTES = 1 << 20;
const REPLY_BYTES = 32;
const QUERY_EXTENSION = 98;
const SAVER_QUERY_INFO = 1;
const SAVER_ON = 1;
const DPMS_INFO = 7;

/** null: the display does not answer in time, refuses us, or knows of neither. */
export async function readIsScreenSaverOn({ display, authority }: DisplayAddress): Promise<boolean | null> {
  const number = /^:(\d+)$/u.exec(display)?.[1];
  if (number === undefined) return null;
  const socket = createConnection({ path: `/tmp/.X11-unix/X${number}` });
  const timer = setTimeout(() => socket.destroy(new Error("the display stands still")), TIMEOUT_MS);
  try {
    return await ask(new Conversation(socket), display, authority);
  } catch {
    // It is not known then, which is what null says; the next look asks again.
    return null;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

async function ask(display: Conversation, name: string, authority: string | null): Promise<boolean | null> {
  const root = await greet(display, name, authority);
  const saver = await extension(display, "MIT-SCREEN-SAVER");
  const power = await extension(display, "DPMS");
  if (saver === null && power === null) return null;
  const isSaverOn = saver !== null && (await isSaving(display, saver, root));
  return isSaverOn || (power !== null && (await isPowerSaved(display, power)));
}

/** Signs on; gives the root window. */
async function greet(display: Conversation, name: string, authority: string | null): Promise<number> {
  const status = authority === null ? undefined : statSync(authority, { throwIfNoEntry: false });
  const isReadable = status !== undefined && status.isFile() && status.size <= MAX_AUTHORITY_BYTES;
  const cookie = authority !== null && isReadable ? findAuthorization(readFileSync(authority), name) : null;
  const [method, data] = [cookie?.name ?? new Uint8Array(), cookie?.data ?? new Uint8Array()];
  const hello = Buffer.alloc(12);
  hello.write("l", 0, "latin1");
  hello.writeUInt16LE(11, 2);
  hello.writeUInt16LE(method.length, 6);
  hello.writeUInt16LE(data.length, 8);
  display.send(Buffer.concat([hello, padded(method), padded(data)]));
  const beginning = await display.take(8);
  const rest = await display.take(beginning.readUInt16LE(6) * 4);
  if (beginning[0] !== 1) throw new Error("the display refuses us");
  const vendorBytes = Math.ceil(rest.readUInt16LE(16) / 4) * 4;
  return rest.readUInt32LE(32 + vendorBytes + rest[21]! * 8);
}

/** The number by which an extension is asked; null: the display has none of that name. */
async function extension(display: Conversation, name: string): Promise<number | null> {
  const text = padded(Buffer.from(name, "latin1"));
  const request = Buffer.alloc(8);
  request[0] = QUERY_EXTENSION;
  request.writeUInt16LE(2 + text.length / 4, 2);
  request.writeUInt16LE(name.length, 4);
  display.send(Buffer.concat([request, text]));
  const reply = await display.reply();
  return reply[8] === 1 ? reply[9]! : null;
}

async function isSaving(display: Conversation, opcode: number, root: number): Promise<boolean> {
  const request = Buffer.from([opcode, SAVER_QUERY_INFO, 2, 0, 0, 0, 0, 0]);
  request.writeUInt32LE(root, 4);
  display.send(request);
  return (await display.reply())[1] === SAVER_ON;
}

/** Power level 0 is on; standby, suspend and off come after it. */
async function isPowerSaved(display: Conversation, opcode: number): Promise<boolean> {
  display.send(Buffer.from([opcode, DPMS_INFO, 1, 0]));
  const reply = await display.reply();
  return reply[10] === 1 && reply.readUInt16LE(8) > 0;
}

const padded = (bytes: Uint8Array): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** Bytes to and from a display; taking more than comes rejects when the socket ends. */
class Conversation {
  #received: Buffer = Buffer.alloc(0);
  #failure: Error | null = null;
  #woken: (() => void) | null = null;

  constructor(private readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      if (this.#received.length > MAX_REPLY_BYTES) socket.destroy(new Error("the display says too much"));
      this.#woken?.();
    });
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the display hung up")));
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async take(count: number): Promise<Buffer> {
    while (this.#received.length < count) {
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#woken = resolve;
      });
    }
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  /** The next reply. @throws {Error} when the display answers with an error. */
  async reply(): Promise<Buffer> {
    const reply = await this.take(REPLY_BYTES);
    if (reply[0] !== 1) throw new Error("the display refused the question");
    await this.take(reply.readUInt32LE(4) * 4);
    return reply;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#woken?.();
  }
}
