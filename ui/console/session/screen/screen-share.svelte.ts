/** Screen sharing in one tab: the channels, the worker that paints, and what the page shows of them. */
import { AppError } from "../../../../protocol/errors.ts";
import type { CursorImage, ScreenLayout } from "../../../../protocol/screen.ts";
import type { RemoteInput } from "../../../../protocol/input.ts";
import type { ConsoleChannel, SessionConnection } from "../../../connection/console-connection.ts";
import { InputSender } from "./input-sender.ts";
import { NO_RATES, type ScreenRates, ScreenStatistics } from "./screen-statistics.ts";
import { startViewerWorker } from "./trusted-worker.ts";
import type { ViewerCommand, ViewerReport } from "./viewer-messages.ts";

export type MonitorChoice = number | "all";
/** `lost`: the last picture stands still until the connection is back. */
export type ShareState = "idle" | "starting" | "sharing" | "lost";
export type ControlState = "off" | "taking" | "on";

const TICK_MS = 1000;

/** Why a channel ended, for a person; null: it was meant to. */
function wordsFor(reason: string): string | null {
  if (reason === "channel.revoked") return "You may no longer see this screen. Ask whoever manages this site.";
  if (reason === "display.lost")
    return "The remote display has gone. Start screen sharing again when somebody has signed in there.";
  if (reason === "channel.overflow")
    return "The remote computer sent more than this page could take. Start screen sharing again.";
  return reason === "" ? null : "Screen sharing ended at the remote computer. Start it again.";
}

export class ScreenShare implements Disposable {
  state: ShareState = $state("idle");
  control: ControlState = $state("off");
  /** What stands against it, in words for the person; null: nothing. */
  problem: string | null = $state(null);
  /** Why the remote computer has no picture right now; "": it has. */
  blocked = $state("");
  layout: ScreenLayout | null = $state.raw(null);
  cursor: CursorImage | null = $state.raw(null);
  /** Where somebody else moved the remote pointer to. */
  pointer: { readonly x: number; readonly y: number } | null = $state.raw(null);
  hasPicture = $state(false);
  rates: ScreenRates = $state.raw(NO_RATES);
  roundTripMs: number | null = $state(null);
  /** Chosen by the person; the agent falls back to all when the monitor has gone. */
  monitor: MonitorChoice = $state("all");
  readonly #connection: SessionConnection;
  readonly #mayControl: () => boolean;
  readonly #worker: Worker = startViewerWorker();
  readonly #statistics = new ScreenStatistics();
  readonly #stack = new DisposableStack();
  readonly #screenshots = new Map<number, (png: Blob | null) => void>();
  #nextRequest = 1;
  #screen: ConsoleChannel | null = null;
  #input: InputSender | null = null;
  /** The person wants to see the screen, whatever the connection does. */
  #isWanted = false;
  #isControlWanted = false;
  #isUsable = false;

  constructor(connection: SessionConnection, mayControl: () => boolean) {
    this.#connection = connection;
    this.#mayControl = mayControl;
    this.#worker.onmessage = (event: MessageEvent<ViewerReport>) => this.#heed(event.data);
    this.#stack.use(connection.onUsable((isUsable) => this.#usable(isUsable)));
    let lastMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      this.rates = this.#statistics.tick(nowMs - lastMs);
      this.roundTripMs = connection.roundTripMs;
      lastMs = nowMs;
    }, TICK_MS);
    this.#stack.defer(() => clearInterval(timer));
  }

  /** The canvas to paint on; given once. */
  attach(canvas: HTMLCanvasElement): void {
    const offscreen = canvas.transferControlToOffscreen();
    this.#tell({ kind: "canvas", canvas: offscreen }, [offscreen]);
  }

  /** Begins to show the screen, and takes control where that is permitted. */
  async start(): Promise<void> {
    this.#isWanted = true;
    this.#isControlWanted = this.#mayControl();
    await this.#open();
  }

  /** Ends viewing and control; the agent stops capturing when nobody else looks. */
  stop(): void {
    this.#isWanted = false;
    this.#isControlWanted = false;
    this.#closeChannels();
    this.state = "idle";
    this.hasPicture = false;
    this.blocked = "";
    this.problem = null;
  }

  async takeControl(): Promise<void> {
    this.#isControlWanted = true;
    if (this.control !== "off") return;
    this.control = "taking";
    try {
      const { channel } = await this.#connection.ask("input.open", {});
      if (channel !== null) this.#controlled(channel);
    } catch (error) {
      this.control = "off";
      this.#isControlWanted = false;
      this.#say(error);
    }
  }

  releaseControl(): void {
    this.#isControlWanted = false;
    this.#input?.[Symbol.dispose]();
    this.#input = null;
    this.control = "off";
  }

  /** Another monitor, or all of them. */
  async select(monitor: MonitorChoice): Promise<void> {
    this.monitor = monitor;
    if (this.#screen === null) return;
    try {
      await this.#connection.ask("screen.select", { screenChannel: this.#screen.id, monitor });
    } catch (error) {
      this.#say(error);
    }
  }

  send(inputs: readonly RemoteInput[]): void {
    this.#input?.send(inputs);
  }

  type(text: string): void {
    this.#input?.type(text);
  }

  movePointer(x: number, y: number): void {
    this.#input?.move(x, y);
  }

  /** The picture as PNG, pixel for pixel at the remote resolution; null before the first. */
  screenshot(): Promise<Blob | null> {
    const request = this.#nextRequest++;
    return new Promise((resolve) => {
      this.#screenshots.set(request, resolve);
      this.#tell({ kind: "screenshot", request });
    });
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#stack.dispose();
    this.#worker.terminate();
  }

  #usable(isUsable: boolean): void {
    this.#isUsable = isUsable;
    if (isUsable) {
      if (this.#isWanted && this.#screen === null) void this.#open();
    } else if (this.#screen !== null || this.state === "starting") this.#lose();
  }

  async #open(): Promise<void> {
    if (!this.#isUsable) {
      this.state = "lost";
      return;
    }
    this.state = "starting";
    this.problem = null;
    try {
      const { channel } = await this.#connection.ask("screen.open", { monitor: this.monitor });
      if (channel === null) return;
      if (!this.#isWanted) return channel.close();
      this.#opened(channel);
      if (this.#isControlWanted) await this.takeControl();
    } catch (error) {
      this.#refused(error);
    }
  }

  #opened(channel: ConsoleChannel): void {
    this.#screen = channel;
    this.state = "sharing";
    this.blocked = "";
    this.#tell({ kind: "begin", channel: channel.id });
    channel.onClose = (reason) => this.#closed(channel, reason);
    channel.onData = (packet) => this.#tell({ kind: "packet", channel: channel.id, packet }, [packet.buffer]);
  }

  #controlled(channel: ConsoleChannel): void {
    if (!this.#isControlWanted || this.#screen === null) return channel.close();
    const sender = new InputSender(channel, (run) => requestAnimationFrame(run));
    this.#input = sender;
    this.control = "on";
    channel.onClose = (reason) => {
      if (this.#input !== sender) return;
      this.#input = null;
      this.control = "off";
      if (reason === "channel.revoked") this.problem = "You may no longer control this computer. You can still watch.";
    };
  }

  #closed(channel: ConsoleChannel, reason: string): void {
    if (this.#screen !== channel) return;
    this.#screen = null;
    if (!this.#isUsable || reason === "channel.lost") return this.#lose();
    this.#isWanted = false;
    this.#closeChannels();
    this.state = "idle";
    this.hasPicture = false;
    this.problem = wordsFor(reason);
  }

  #lose(): void {
    this.#screen = null;
    this.#input = null;
    this.control = "off";
    this.state = "lost";
  }

  #closeChannels(): void {
    this.#input?.[Symbol.dispose]();
    this.#screen?.close();
    this.#input = null;
    this.#screen = null;
    this.control = "off";
  }

  /** channel.lost is no refusal: the connection comes back and it is asked again. */
  #refused(error: unknown): void {
    if (!this.#isWanted) return;
    if (error instanceof AppError && error.code === "channel.lost") return this.#lose();
    this.#isWanted = false;
    this.state = "idle";
    this.#say(error);
  }

  #say(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error);
  }

  #heed(report: ViewerReport): void {
    if (report.kind === "layout") this.layout = report.layout;
    else if (report.kind === "cursor") this.cursor = report.cursor;
    else if (report.kind === "pointer") this.pointer = { x: report.x, y: report.y };
    else if (report.kind === "blocked") this.blocked = report.reason;
    else if (report.kind === "consumed") this.#consumed(report.channel, report.byteCount, report.isPicture);
    else if (report.kind === "failed") this.#failed(report.channel);
    else {
      this.#screenshots.get(report.request)?.(report.png);
      this.#screenshots.delete(report.request);
    }
  }

  #consumed(channel: number, byteCount: number, isPicture: boolean): void {
    if (this.#screen?.id !== channel) return;
    this.#screen.consumed(byteCount);
    this.#statistics.received(byteCount, isPicture);
    if (isPicture) this.hasPicture = true;
  }

  #failed(channel: number): void {
    if (this.#screen?.id !== channel) return;
    this.stop();
    this.problem = "The picture from the remote computer could not be read. Start screen sharing again.";
  }

  #tell(command: ViewerCommand, transfer: Transferable[] = []): void {
    this.#worker.postMessage(command, transfer);
  }
}
