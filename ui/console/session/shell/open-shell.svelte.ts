/** One shell in the console: its stream, its channel and its terminal, through lost connections. */
import { idFrom } from "../../../../protocol/ids.ts";
import { AppError } from "../../../../protocol/errors.ts";
import type { ConsoleChannel, SessionConnection } from "../../../connection/console-connection.ts";
import { formatCount } from "../../../kit/format.ts";
import { ShellStream } from "./shell-stream.ts";
import type { TerminalPane } from "./terminal-pane.ts";

export type ShellStatus = "opening" | "running" | "lost" | "ended";

const newId = (): string => idFrom(crypto.getRandomValues(new Uint8Array(16)));

export class OpenShell implements Disposable {
  /** Names this tab of this console to the shell, whose input it counts by it. */
  readonly writer = newId();
  title = $state("New shell");
  status: ShellStatus = $state("opening");
  exitCode: number | null = $state(null);
  /** The shell's own id; null until it has one. */
  shell: string | null = $state(null);
  rows = $state(24);
  columns = $state(80);
  receivedBytes = $state(0);
  sentBytes = $state(0);
  readonly #stream = new ShellStream();
  #pane: TerminalPane | null = null;
  #channel: ConsoleChannel | null = null;
  #isOpening = false;
  #isOver = false;

  /** With `shell` it watches a running one, else it opens a new one as soon as it has a terminal. */
  constructor(
    private readonly connection: SessionConnection,
    shell: { readonly shell: string; readonly title: string } | null,
  ) {
    if (shell === null) return;
    this.shell = shell.shell;
    this.title = shell.title;
  }

  get pane(): TerminalPane | null {
    return this.#pane;
  }

  /** The terminal stands: opens the shell in its size. */
  show(pane: TerminalPane): void {
    this.#pane = pane;
    this.rows = pane.rows;
    this.columns = pane.columns;
    void this.open();
  }

  /** Opens the shell, or a new channel to it when the connection is back. */
  async open(): Promise<void> {
    if (this.#isOpening || this.#isOver || this.#channel !== null || this.#pane === null || this.status === "ended")
      return;
    this.#isOpening = true;
    try {
      const running = this.shell === null ? {} : { shell: this.shell, outputOffset: this.#stream.outputOffset };
      const size = { rows: this.rows, columns: this.columns };
      const { result, channel } = await this.connection.ask("shell.open", { ...size, writer: this.writer, ...running });
      this.#opened(result, channel!);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isOpening = false;
    }
  }

  type(bytes: Uint8Array): void {
    if (this.status === "ended") return;
    if (!this.#stream.type(bytes)) this.#pane?.say("Too much is waiting to be sent. What came last was left out.");
    this.#send();
  }

  resize(rows: number, columns: number): void {
    this.rows = rows;
    this.columns = columns;
    if (this.shell === null || this.#channel === null) return;
    // A size that does not arrive is told anew when the channel is opened again.
    this.connection.ask("shell.resize", { shell: this.shell, rows, columns }).catch(() => undefined);
  }

  /** Ends the program at the endpoint. */
  async end(): Promise<void> {
    if (this.shell !== null && this.status !== "ended") await this.connection.ask("shell.end", { shell: this.shell });
  }

  /** The program has ended, as the agent tells; the channel closes once its last output has come. */
  exited(exitCode: number | null): void {
    this.exitCode = exitCode;
  }

  /** The connection is gone and every channel with it. */
  lost(): void {
    this.#channel = null;
    if (this.status !== "ended") this.status = "lost";
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#channel?.close();
    this.#channel = null;
    this.#pane?.[Symbol.dispose]();
    this.#pane = null;
  }

  #opened(
    result: { shell: string; title: string; outputOffset: number; inputOffset: number },
    channel: ConsoleChannel,
  ): void {
    if (this.#isOver) {
      channel.close();
      return;
    }
    this.shell = result.shell;
    this.title = result.title;
    this.#channel = channel;
    this.status = "running";
    const missed = this.#stream.opened(result.outputOffset, result.inputOffset);
    if (missed > 0) this.#pane?.say(`${formatCount(missed)} bytes of output are no longer kept.`);
    channel.onData = (bytes) => this.#show(bytes, channel);
    channel.onCredit = (byteCount) => {
      this.#stream.acknowledged(byteCount);
      this.#send();
    };
    channel.onClose = (reason) => this.#closed(reason, channel);
    this.#send();
  }

  #show(bytes: Uint8Array, channel: ConsoleChannel): void {
    this.#stream.received(bytes.length);
    this.receivedBytes += bytes.length;
    this.#pane?.write(bytes, () => channel.consumed(bytes.length));
  }

  #send(): void {
    const channel = this.#channel;
    if (channel === null) return;
    for (;;) {
      const next = this.#stream.next(channel.availableBytes);
      const byteCount = next.length === 0 ? 0 : channel.write(next);
      if (byteCount === 0) break;
      this.#stream.sent(byteCount);
      this.sentBytes += byteCount;
    }
  }

  #closed(reason: string, channel: ConsoleChannel): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    if (reason === "") this.#ended();
    else if (reason === "channel.overflow") void this.open();
    else {
      this.status = "lost";
      if (reason === "channel.revoked") this.#pane?.say("You may no longer use this shell.");
    }
  }

  #failed(error: unknown): void {
    if (this.#isOver) return;
    const code = error instanceof AppError ? error.code : "internal";
    if (code === "channel.lost" || code === "agent.offline" || code === "agent.timeout") {
      this.status = "lost";
      return;
    }
    this.status = "ended";
    this.#pane?.say(error instanceof Error ? error.message : String(error));
  }

  #ended(): void {
    this.status = "ended";
    this.#pane?.say(this.exitCode === null ? "The shell has ended." : `The shell has ended with ${this.exitCode}.`);
  }
}
