/** The main thread's side of the capture worker: starts it for the first viewer and ends it after the last. */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import type { AgentChannel } from "../session-tool.ts";
import { workerUrl } from "../worker-url.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { WakePipe } from "../x11/wake.ts";
import type { CaptureCommand, CaptureReport, MonitorChoice } from "./capture-messages.ts";
import { ViewerChannel } from "./viewer-channel.ts";

/** Says which displays there are now, the best first. */
export type FindDisplays = () => readonly DisplayAddress[];

export class ScreenSharing implements Disposable {
  readonly #findDisplays: FindDisplays;
  readonly #viewers = new Map<number, { readonly out: ViewerChannel; readonly channel: AgentChannel }>();
  #capture: CaptureThread | null = null;

  constructor(findDisplays: FindDisplays) {
    this.#findDisplays = findDisplays;
  }

  /** True while a thread watches the display. */
  get isCapturing(): boolean {
    return this.#capture !== null;
  }

  /** Lets the channel's viewer see the screen until the channel closes. @throws {AppError} display.none and the like. */
  async open(channel: AgentChannel, monitor: MonitorChoice): Promise<void> {
    const viewer = channel.id;
    const capture = (this.#capture ??= this.#startCapture());
    const out = new ViewerChannel(channel, (packets) => capture.tell({ kind: "acknowledged", viewer, packets }));
    this.#viewers.set(viewer, { out, channel });
    channel.onClose = () => this.#close(viewer);
    capture.tell({ kind: "open", viewer, monitor });
    await capture.started;
  }

  /** @throws {AppError} channel.unknown */
  select(viewer: number, monitor: MonitorChoice): void {
    this.#known(viewer).tell({ kind: "select", viewer, monitor });
  }

  /** @throws {AppError} channel.unknown */
  refresh(viewer: number): void {
    this.#known(viewer).tell({ kind: "refresh", viewer });
  }

  #known(viewer: number): CaptureThread {
    if (this.#capture !== null && this.#viewers.has(viewer)) return this.#capture;
    throw new AppError("channel.unknown", "This screen is no longer shared. Start screen sharing again.");
  }

  #startCapture(): CaptureThread {
    const capture = new CaptureThread(this.#findDisplays(), (report) => this.#heed(capture, report));
    return capture;
  }

  #heed(capture: CaptureThread, report: CaptureReport): void {
    if (capture !== this.#capture) return;
    if (report.kind === "packets")
      for (const viewer of report.viewers) this.#viewers.get(viewer)?.out.send(report.packets);
    else if (report.kind === "displays-wanted") capture.tell({ kind: "displays", displays: this.#findDisplays() });
    else if (report.kind === "refused" || report.kind === "lost")
      this.#closeAll(report.kind === "lost" ? "display.lost" : "");
  }

  #close(viewer: number): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#capture?.tell({ kind: "close", viewer });
    if (this.#viewers.size === 0) this.#stopCapture();
  }

  #closeAll(reason: ErrorCode | ""): void {
    const channels = [...this.#viewers.values()].map((viewer) => viewer.channel);
    this.#viewers.clear();
    this.#stopCapture();
    for (const channel of channels) channel.close(reason);
  }

  #stopCapture(): void {
    this.#capture?.[Symbol.dispose]();
    this.#capture = null;
  }

  [Symbol.dispose](): void {
    this.#closeAll("");
  }
}

class CaptureThread implements Disposable {
  /** Settles once the first picture can be had. */
  readonly started: Promise<void>;
  readonly #worker = new Worker(workerUrl("screen/capture-worker.ts"));
  readonly #wake = new WakePipe();

  constructor(displays: readonly DisplayAddress[], heed: (report: CaptureReport) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    // A refusal is told to whoever opens; without one waiting it is no crash.
    promise.catch(() => undefined);
    this.#worker.onmessage = (event: MessageEvent<CaptureReport>) => {
      const report = event.data;
      if (report.kind === "started") resolve();
      if (report.kind === "refused") reject(new AppError(report.code, report.message));
      heed(report);
    };
    this.#worker.onerror = (event) => {
      reject(
        new AppError("internal", "Screen sharing failed on the remote computer. Start it again.", { cause: event }),
      );
      heed({ kind: "lost", message: "" });
    };
    this.#worker.addEventListener("close", () => {
      reject(new AppError("display.lost", "Screen sharing was stopped before it had begun."));
      this.#wake[Symbol.dispose]();
    });
    this.tell({ kind: "start", wake: this.#wake.handle, displays });
  }

  tell(command: CaptureCommand): void {
    this.#worker.postMessage(command);
    this.#wake.wake();
  }

  /** The thread frees what it holds and ends by itself. */
  [Symbol.dispose](): void {
    this.tell({ kind: "stop" });
  }
}
