/** A viewer that decodes what it is sent, as the console does. */
import { inflateRawSync } from "node:zlib";
import { BodyHistory } from "../../protocol/body-history.ts";
import {
  type CursorImage,
  decodeBlocked,
  decodeCursor,
  decodeLayout,
  decodePointer,
  decodeUpdateHeader,
  type ScreenLayout,
  ScreenPacket,
  UPDATE_HEADER_BYTES,
  UpdateFlag,
  UpdateOperation,
} from "../../protocol/screen.ts";
import { applyUpdateBody, emptyPicture, type Picture } from "../../protocol/screen-picture.ts";
import { LoopbackChannel } from "./loopback-channel.ts";

export class ScriptedViewer {
  readonly channel: LoopbackChannel;
  layout: ScreenLayout | null = null;
  picture: Picture | null = null;
  cursor: CursorImage | null = null;
  pointer: { readonly x: number; readonly y: number } | null = null;
  blocked: string | null = null;
  updates = 0;
  keyframes = 0;
  copies = 0;
  receivedBytes = 0;
  /** While true nothing is acknowledged: a viewer that has stalled. */
  isStalled = false;
  #unacknowledged: number[] = [];
  readonly #history = new BodyHistory();
  #watchers: (() => void)[] = [];

  constructor(id: number) {
    this.channel = new LoopbackChannel(id, 8 << 20);
    this.channel.onWritten = (packet) => this.#receive(packet);
  }

  resume(): void {
    this.isStalled = false;
    for (const byteCount of this.#unacknowledged.splice(0)) this.channel.credit(byteCount);
  }

  #receive(packet: Uint8Array): void {
    this.receivedBytes += packet.length;
    if (packet[0] === ScreenPacket.layout) this.#layout(packet);
    else if (packet[0] === ScreenPacket.cursor) this.cursor = decodeCursor(packet);
    else if (packet[0] === ScreenPacket.pointer) this.pointer = decodePointer(packet);
    else if (packet[0] === ScreenPacket.blocked) this.blocked = decodeBlocked(packet);
    else this.#update(packet);
    if (this.isStalled) this.#unacknowledged.push(packet.length);
    else queueMicrotask(() => this.channel.credit(packet.length));
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  #layout(packet: Uint8Array): void {
    this.layout = decodeLayout(packet);
    if (this.layout === null) throw new Error("a layout that cannot be read");
    this.picture = emptyPicture(this.layout.width, this.layout.height);
  }

  #update(packet: Uint8Array): void {
    const header = decodeUpdateHeader(packet);
    if (header === null || this.picture === null) throw new Error("an update that cannot be read");
    if ((header.flags & UpdateFlag.fresh) !== 0) this.#history.clear();
    const dictionary = this.#history.bytes;
    const body = new Uint8Array(inflateRawSync(packet.subarray(UPDATE_HEADER_BYTES), { dictionary }));
    this.#history.remember(body);
    if (body.length !== header.bodyBytes) throw new Error("a body of another length than was said");
    if (body[0] === UpdateOperation.copy) this.copies++;
    if (applyUpdateBody(this.picture, body) === null) throw new Error("a body that cannot be carried out");
    if ((header.flags & UpdateFlag.more) !== 0) return;
    this.updates++;
    if ((header.flags & UpdateFlag.keyframe) !== 0) this.keyframes++;
  }

  /** The picture as 0xRRGGBB, as the painter reads it. */
  rgb(): Uint32Array {
    const swap = (pixel: number) => ((pixel & 0xff) << 16) | (pixel & 0xff00) | ((pixel >>> 16) & 0xff);
    return (this.picture?.pixels ?? new Uint32Array()).map(swap);
  }

  /** Waits until `isTrue`, looking after each packet. */
  async until(isTrue: () => boolean, what: string, timeoutMs = 8000): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (!isTrue()) {
      if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
      await Promise.race([new Promise<void>((resolve) => this.#watchers.push(resolve)), Bun.sleep(50)]);
    }
  }
}

/** True if both pictures are equal in every pixel. */
export function isEqualPicture(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0;
}
