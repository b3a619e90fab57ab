import { LineEditor } from "./line-editor.ts";

/** Where the menu is shown. */
export interface TerminalStreams {
  /** Bytes as they are typed; it ends when the terminal is gone. */
  readonly input: AsyncIterator<Uint8Array>;
  readonly write: (text: string) => void;
  /** Whether it draws lines and knows bold; a serial line gets plain text alone. */
  readonly isFancy: boolean;
}

/** What a line that was waited for became. */
export type Line = { readonly kind: "line"; readonly text: string } | { readonly kind: "cancel" | "idle" | "end" };

/** Reads lines from a terminal and writes pages to it. */
export class Terminal {
  readonly isFancy: boolean;
  #editor = new LineEditor();
  #waiting: Uint8Array = new Uint8Array();
  #next: Promise<IteratorResult<Uint8Array>> | null = null;

  constructor(private readonly streams: TerminalStreams) {
    this.isFancy = streams.isFancy;
  }

  /** Writes text; lines end in \n. */
  write(text: string): void {
    // The terminal is in raw mode, where a line's end does not go back to the left by itself.
    this.streams.write(text.replaceAll("\n", "\r\n"));
  }

  /** A fresh page. */
  clear(): void {
    this.write(this.isFancy ? "\x1b[0m\x1b[2J\x1b[H" : "\n\n");
  }

  /** Waits for a line. @param idleMs with nothing typed for so long, it is "idle" */
  async readLine(idleMs: number): Promise<Line> {
    for (;;) {
      const typed = this.typeWaiting();
      if (typed !== null) return typed;
      const piece = await this.readPiece(idleMs);
      if (piece === null) {
        this.#editor = new LineEditor();
        return { kind: "idle" };
      }
      if (piece.done === true) return { kind: "end" };
      this.#waiting = piece.value;
    }
  }

  /** Waits for any key. @returns whether one came in time */
  async readKey(waitMs: number): Promise<boolean> {
    const piece = await this.readPiece(waitMs);
    return piece !== null;
  }

  /** Forgets what was typed before anybody asked, so that nothing is answered by accident. */
  forget(): void {
    this.#waiting = new Uint8Array();
    this.#editor = new LineEditor();
  }

  private typeWaiting(): Line | null {
    for (const [index, byte] of this.#waiting.entries()) {
      const typed = this.#editor.type(byte);
      if (typed.kind === "echo") {
        if (typed.text !== "") this.write(typed.text);
        continue;
      }
      this.#waiting = this.#waiting.subarray(index + 1);
      this.write("\n");
      return typed.kind === "line" ? { kind: "line", text: typed.line } : typed;
    }
    this.#waiting = new Uint8Array();
    return null;
  }

  /** One read is always the same promise until it comes, or a piece would be lost to a wait that is over. */
  private async readPiece(waitMs: number): Promise<IteratorResult<Uint8Array> | null> {
    this.#next ??= this.streams.input.next();
    const { promise: over, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), waitMs);
    const piece = await Promise.race([this.#next, over]);
    clearTimeout(timer);
    if (piece !== null) this.#next = null;
    return piece;
  }
}
