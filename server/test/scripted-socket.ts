/** One end of the wire in a test: real frames over a real WebSocket, and what came is kept until it is asked for. */
import {
  CONTROL_CHANNEL,
  decodeCredit,
  decodeFrame,
  encodeClose,
  encodeCredit,
  encodeFrame,
  FrameKind,
} from "../../protocol/frame.ts";
import type { ChannelId } from "../../protocol/ids.ts";
import type { MessageBody, MessageType } from "../../protocol/messages.ts";
import { encodeMessage } from "../../protocol/parse.ts";

const WAIT_MS = 5000;

/** The same class under the name by which its options are typed; the DOM's type hides them. */
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket;

/** Any control message; also one that no table knows. */
export type AnyMessage = { readonly type: string } & Readonly<Record<string, unknown>>;
/** A tool's request, reply or event as it came. */
export type ToolMessage = AnyMessage & { readonly request: number; readonly channel: number; readonly session: string };
/** One message of the table as it came. */
export type Came<T extends MessageType> = AnyMessage & MessageBody<T>;
/** A frame that is no control message. `credit` of a credit frame, `reason` of a close frame. */
export interface ChannelFrame {
  readonly kind: number;
  readonly channel: number;
  readonly payload: Uint8Array;
  readonly credit: number | null;
  readonly reason: string;
}

interface Waiter {
  readonly look: () => boolean;
  readonly fail: (error: Error) => void;
}

export class ScriptedSocket implements Disposable {
  readonly messages: AnyMessage[] = [];
  readonly frames: ChannelFrame[] = [];
  /** Every control message that ever came, also those taken. */
  readonly history: AnyMessage[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #socket: Bun.WebSocket;
  readonly #waiters = new Set<Waiter>();
  #isClosed = false;

  private constructor(socket: Bun.WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", (event) => this.#receive(new Uint8Array(event.data as ArrayBuffer)));
    this.closed = new Promise((resolve) =>
      socket.addEventListener("close", ({ code, reason }) => {
        this.#isClosed = true;
        resolve({ code, reason });
        for (const waiter of [...this.#waiters]) waiter.fail(new Error(`closed with ${code} ${reason}`));
      }),
    );
  }

  /** @throws {Error} when the upgrade is refused. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<ScriptedSocket> {
    const options = { headers, tls: { rejectUnauthorized: false } };
    const socket = new BunWebSocket(url.replace(/^http/u, "ws"), options);
    const scripted = new ScriptedSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("the upgrade was refused")));
      socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
    });
    return scripted;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(message: AnyMessage): void {
    this.sendBytes(encodeFrame(FrameKind.control, CONTROL_CHANNEL, encodeMessage(message)));
  }

  sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#socket.send(bytes);
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  data(channel: number, payload: Uint8Array | string): void {
    const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    this.sendBytes(encodeFrame(FrameKind.data, channel as ChannelId, bytes));
  }

  credit(channel: number, byteCount: number): void {
    this.sendBytes(encodeCredit(channel as ChannelId, byteCount));
  }

  closeChannel(channel: number, reason = ""): void {
    this.sendBytes(encodeClose(channel as ChannelId, reason));
  }

  /** Takes the first message of that type (and that fits), now or when it comes. */
  async next<T extends MessageType>(type: T, fits: (message: Came<T>) => boolean = () => true): Promise<Came<T>> {
    return (await this.nextOf((message) => message.type === type && fits(message as Came<T>), type)) as Came<T>;
  }

  /** As next(), for a tool's requests, replies and events. */
  async nextTool(type: string, fits: (message: ToolMessage) => boolean = () => true): Promise<ToolMessage> {
    return (await this.nextOf((message) => message.type === type && fits(message as ToolMessage), type)) as ToolMessage;
  }

  /** The first message that fits, of whatever type. */
  async nextOf(fits: (message: AnyMessage) => boolean, what = "a message that fits"): Promise<AnyMessage> {
    return await this.#take(this.messages, fits, what);
  }

  /** Takes the first data, credit or close frame of that channel. */
  async nextFrame(channel: number, kind: number = FrameKind.data): Promise<ChannelFrame> {
    return await this.#take(
      this.frames,
      (frame) => frame.channel === channel && frame.kind === kind,
      `frame of kind ${kind} on ${channel}`,
    );
  }

  close(): void {
    this.#socket.close();
  }

  /** Breaks the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #receive(bytes: Uint8Array): void {
    const { kind, channel, payload } = decodeFrame(bytes);
    if (kind === FrameKind.control) {
      const message = JSON.parse(new TextDecoder().decode(payload)) as AnyMessage;
      this.messages.push(message);
      this.history.push(message);
    } else {
      const credit = kind === FrameKind.credit ? decodeCredit(payload) : null;
      const reason = kind === FrameKind.close ? new TextDecoder().decode(payload) : "";
      this.frames.push({ kind, channel, payload, credit, reason });
    }
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  #take<T>(from: T[], fits: (one: T) => boolean, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = (finish: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        finish();
      };
      const waiter: Waiter = {
        look: () => {
          const index = from.findIndex(fits);
          if (index < 0) return false;
          const [found] = from.splice(index, 1);
          done(() => resolve(found!));
          return true;
        },
        fail: (error) => done(() => reject(new Error(`waited for ${what}: ${error.message}`))),
      };
      const timer = setTimeout(() => waiter.fail(new Error("it did not come")), WAIT_MS);
      this.#waiters.add(waiter);
      if (!waiter.look() && this.#isClosed) waiter.fail(new Error("closed"));
    });
  }
}
