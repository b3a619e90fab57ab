import { eventually } from "../../../ui/test/harness/eventually.ts";

/** So much of what came is kept for looking back, in characters. */
const MAX_KEPT = 4 << 20;

/** A machine's serial line as somebody with a terminal has it: reads what comes, types, waits for words. */
export class SerialLine implements Disposable {
  #text = "";
  #read = 0;
  /** Bytes so far. */
  #received = 0;
  readonly #decoder = new TextDecoder();
  #socket: Bun.Socket | null = null;

  /** Connects to the Unix socket QEMU offers the line at. */
  static async connect(path: string): Promise<SerialLine> {
    const line = new SerialLine();
    line.#socket = await eventually("the serial line's socket", () =>
      Bun.connect({ unix: path, socket: { data: (_socket, bytes) => line.#take(bytes) } }),
    );
    return line;
  }

  /** Everything that came and is still kept. */
  get text(): string {
    return this.#text;
  }

  #take(bytes: Uint8Array): void {
    this.#received += bytes.length;
    this.#text += this.#decoder.decode(bytes, { stream: true });
    const excess = this.#text.length - MAX_KEPT;
    if (excess <= 0) return;
    this.#text = this.#text.slice(excess);
    this.#read = Math.max(0, this.#read - excess);
  }

  /** What came so far has been read: waiting begins after it. */
  forget(): void {
    this.#read = this.#text.length;
  }

  type(text: string): void {
    this.#socket?.write(text);
  }

  /** Types a line and its Enter. */
  typeLine(text: string): void {
    this.type(`${text}\r`);
  }

  /** Waits for words after those that were waited for before. @throws {Error} in `patienceMs`, with the last lines */
  async waitFor(pattern: RegExp, patienceMs: number): Promise<RegExpExecArray> {
    try {
      return await eventually(
        `${pattern} on the serial line`,
        () => {
          const found = pattern.exec(this.#text.slice(this.#read));
          if (found === null) return null;
          this.#read += found.index + found[0].length;
          return found;
        },
        patienceMs,
      );
    } catch (cause) {
      throw new Error(`No ${pattern} on the serial line. Its end:\n${this.#text.slice(-1_500)}`, { cause });
    }
  }

  /** Waits until nothing has come for so long: whoever typed blindly is not answered any more. */
  async untilQuiet(quietMs: number): Promise<void> {
    for (let before = -1; before !== this.#received;) {
      before = this.#received;
      await Bun.sleep(quietMs);
    }
  }

  [Symbol.dispose](): void {
    this.#socket?.end();
  }
}
