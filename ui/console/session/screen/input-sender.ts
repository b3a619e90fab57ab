/** Sends input through the input channel: keys and buttons at once, the pointer's way once a picture. */
import { encodeInput, MAX_INPUT_FRAME_BYTES, type RemoteInput } from "../../../../protocol/input.ts";
import type { ConsoleChannel } from "../../../connection/console-connection.ts";

/** Events that wait while the remote computer does not take any; past this the oldest moves and then all are dropped. */
const MAX_WAITING = 512;
/** A text event stays well within a frame: four bytes a character at most. */
const MAX_TEXT_CHARACTERS = MAX_INPUT_FRAME_BYTES / 4 - 16;

export class InputSender implements Disposable {
  readonly #channel: ConsoleChannel;
  readonly #nextFrame: (run: () => void) => void;
  #waiting: RemoteInput[] = [];
  #move: { readonly x: number; readonly y: number } | null = null;

  /** @param nextFrame calls once before the next picture: requestAnimationFrame. */
  constructor(channel: ConsoleChannel, nextFrame: (run: () => void) => void) {
    this.#channel = channel;
    this.#nextFrame = nextFrame;
    channel.onCredit = () => this.#flush();
  }

  /** The pointer is there now; only the last place before each picture is sent. */
  move(x: number, y: number): void {
    const isFirst = this.#move === null;
    this.#move = { x, y };
    if (isFirst) this.#nextFrame(() => this.send([]));
  }

  send(inputs: readonly RemoteInput[]): void {
    if (this.#move !== null) this.#waiting.push({ kind: "move", ...this.#move });
    this.#move = null;
    this.#waiting.push(...inputs);
    if (this.#waiting.length > MAX_WAITING) this.#waiting = [{ kind: "release" }];
    this.#flush();
  }

  /** Types text as if by hand. */
  type(text: string): void {
    const characters = [...text];
    for (let at = 0; at < characters.length; at += MAX_TEXT_CHARACTERS)
      this.send([{ kind: "text", text: characters.slice(at, at + MAX_TEXT_CHARACTERS).join("") }]);
  }

  /** A frame goes whole or not at all: half an event would be read as something else. */
  #flush(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const bytes = encodeInput([next]);
      if (this.#channel.availableBytes < bytes.length) return;
      this.#channel.write(bytes);
      this.#waiting.shift();
    }
  }

  [Symbol.dispose](): void {
    this.#waiting = [];
    this.send([{ kind: "release" }]);
    this.#channel.close();
  }
}
