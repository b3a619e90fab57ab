/** The agent's side of the program that shares the screen: starts it for the first viewer and ends it after the last. */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { OwnProgram, ownProgram } from "../own-program.ts";
import type { AgentChannel } from "../session-tool.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { CaptureCommand, CaptureReport, MonitorChoice } from "./capture-messages.ts";
import { ViewerChannel } from "./viewer-channel.ts";

/** A program that its display took along is started again after so long. */
const START_AGAIN_MS = 1000;
/** One that dies so often while somebody looks dies of something else than its display, and is given up. */
const MAX_DEATHS = 60;

/** Says which displays there are now, the best first. */
export type FindDisplays = () => readonly DisplayAddress[];

interface OpenViewer {
  readonly out: ViewerChannel;
  readonly channel: AgentChannel;
  monitor: MonitorChoice;
}

export class ScreenSharing implements Disposable {
  readonly #findDisplays: FindDisplays;
  readonly #viewers = new Map<number, OpenViewer>();
  #capture: Capture | null = null;
  #startAgain: ReturnType<typeof setTimeout> | null = null;
  #deaths = 0;

  constructor(findDisplays: FindDisplays) {
    this.#findDisplays = findDisplays;
  }

  /** True while a program watches the display, or is about to. */
  get isCapturing(): boolean {
    return this.#capture !== null;
  }

  /** Lets the channel's viewer see the screen until the channel closes. @throws {AppError} display.none and the like. */
  async open(channel: AgentChannel, monitor: MonitorChoice): Promise<void> {
    const viewer = channel.id;
    const capture = (this.#capture ??= this.#start(false));
    const out = new ViewerChannel(channel, (packets) => this.#capture?.tell({ kind: "acknowledged", viewer, packets }));
    this.#viewers.set(viewer, { out, channel, monitor });
    channel.onClose = () => this.#close(viewer);
    capture.tell({ kind: "open", viewer, monitor });
    await capture.started;
  }

  /** @throws {AppError} channel.unknown */
  select(viewer: number, monitor: MonitorChoice): void {
    const { capture, open } = this.#known(viewer);
    open.monitor = monitor;
    capture.tell({ kind: "select", viewer, monitor });
  }

  /** @throws {AppError} channel.unknown */
  refresh(viewer: number): void {
    this.#known(viewer).capture.tell({ kind: "refresh", viewer });
  }

  #known(viewer: number): { readonly capture: Capture; readonly open: OpenViewer } {
    const [capture, open] = [this.#capture, this.#viewers.get(viewer)];
    if (capture !== null && open !== undefined) return { capture, open };
    throw new AppError("channel.unknown", "This screen is no longer shared. Start screen sharing again.");
  }

  #start(isAwaited: boolean): Capture {
    const capture: Capture = new Capture(this.#findDisplays(), isAwaited, {
      heed: (report) => {
        if (capture === this.#capture) this.#heed(capture, report);
      },
      ended: () => {
        if (capture === this.#capture) this.#ended(capture);
      },
    });
    return capture;
  }

  #heed(capture: Capture, report: CaptureReport): void {
    if (report.kind === "packets")
      for (const viewer of report.viewers) this.#viewers.get(viewer)?.out.send(report.packets);
    else if (report.kind === "displays-wanted") capture.tell({ kind: "displays", displays: this.#findDisplays() });
    else if (report.kind === "refused" || report.kind === "lost")
      this.#closeAll(report.kind === "lost" ? "display.lost" : "");
  }

  /** It could not be started, or its display took it along: then whoever looks waits with the next one. */
  #ended(capture: Capture): void {
    this.#deaths += 1;
    if (!capture.hasStarted) this.#closeAll("");
    else if (this.#deaths > MAX_DEATHS) this.#closeAll("display.lost");
    else this.#startAgain = setTimeout(() => this.#goOn(), START_AGAIN_MS);
  }

  #goOn(): void {
    this.#startAgain = null;
    const capture = (this.#capture = this.#start(true));
    for (const [viewer, { out, monitor }] of this.#viewers) {
      out.startOver();
      capture.tell({ kind: "open", viewer, monitor });
    }
  }

  #close(viewer: number): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#capture?.tell({ kind: "close", viewer });
    if (this.#viewers.size === 0) this.#stop();
  }

  #closeAll(reason: ErrorCode | ""): void {
    const channels = [...this.#viewers.values()].map((viewer) => viewer.channel);
    this.#viewers.clear();
    this.#stop();
    for (const channel of channels) channel.close(reason);
  }

  #stop(): void {
    if (this.#startAgain !== null) clearTimeout(this.#startAgain);
    this.#capture?.[Symbol.dispose]();
    [this.#capture, this.#startAgain, this.#deaths] = [null, null, 0];
  }

  [Symbol.dispose](): void {
    this.#closeAll("");
  }
}

interface CaptureOptions {
  heed(report: CaptureReport): void;
  ended(): void;
}

/** One program that watches the display. */
class Capture implements Disposable {
  /** Settles once the first picture can be had, or is awaited. */
  readonly started: Promise<void>;
  #hasStarted: boolean;
  readonly #program: OwnProgram<CaptureCommand, CaptureReport>;

  /** @param isAwaited a display was there a moment ago: the picture comes once it is back */
  constructor(displays: readonly DisplayAddress[], isAwaited: boolean, { heed, ended }: CaptureOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    // A refusal is told to whoever opens; without one waiting it is no crash.
    promise.catch(() => undefined);
    this.#hasStarted = isAwaited;
    if (isAwaited) resolve();
    this.#program = new OwnProgram(ownProgram("share-screen"), {
      heed: (report) => {
        if (report.kind === "started") {
          this.#hasStarted = true;
          resolve();
        }
        if (report.kind === "refused") reject(new AppError(report.code, report.message));
        heed(report);
      },
      ended: (isCrash) => {
        const [failed, stopped] = [
          "Screen sharing failed on the remote computer. Start it again.",
          "Screen sharing was stopped before it had begun.",
        ];
        reject(isCrash ? new AppError("internal", failed) : new AppError("display.lost", stopped));
        ended();
      },
    });
    this.tell({ kind: "start", displays, isAwaited });
  }

  /** Whether it ever saw the display; one that has not is not started again. */
  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** Does nothing once the program is over. */
  tell(command: CaptureCommand): void {
    this.#program.tell(command);
  }

  /** The program frees what it holds and ends by itself. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
