/** Every transfer of one session in this page: in turn, paused, gone on with by itself, asked about, cleared away. */
import { AppError } from "../../../../protocol/errors.ts";
import type { SessionConnection } from "../../../connection/console-connection.ts";
import { toasts } from "../../../kit/toasts.svelte.ts";
import { TransferQueue } from "./queue.ts";
import { SpeedMeter } from "./transfer-speed.ts";
import {
  canPause,
  canResume,
  type Failure,
  failureOf,
  isOver,
  newTransfer,
  remedyFor,
  retryDelayMs,
  stepTransfer,
  type TransferEvent,
  type TransferState,
} from "./transfer-state.ts";
import type { ConflictAnswer, TransferWork } from "./transfer-work.ts";

/** Transfers that run at the same time. */
const AT_ONCE = 4;
/** How often giving up is tried while the connection is away. */
const DISCARD_TRIES = 5;

export interface NewJob {
  readonly direction: "upload" | "download";
  readonly name: string;
  readonly isFolder: boolean;
  readonly bytes: number;
  readonly files: number;
  readonly work: TransferWork;
  /** Where it comes from or goes to, at the endpoint. */
  readonly directory: string;
}

/** One row of the panel. */
export class TransferJob {
  state: TransferState = $state.raw(newTransfer(0));
  bytesPerSecond = $state(0);
  readonly meter = new SpeedMeter();
  controller = new AbortController();
  /** The run that is on; settles when it has let go of everything. */
  running: Promise<void> = Promise.resolve();
  retryTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    readonly id: string,
    /** Jobs begun by the same click or drop; an answer "for all" means these. */
    readonly batch: number,
    readonly about: NewJob,
  ) {
    this.state = newTransfer(about.bytes, about.files);
  }

  step(event: TransferEvent): void {
    this.state = stepTransfer(this.state, event);
    if (event.type === "moved") this.meter.add(performance.now(), this.state.doneBytes + this.state.movingBytes);
    else if (event.type !== "file-done") this.meter.reset();
    this.measure();
  }
  measure(): void {
    this.bytesPerSecond = this.state.phase === "running" ? this.meter.bytesPerSecond(performance.now()) : 0;
  }
}

export class Transfers implements Disposable {
  jobs: readonly TransferJob[] = $state.raw([]);
  readonly #queue = new TransferQueue(AT_ONCE, (id) => this.#start(id));
  readonly #stack = new DisposableStack();
  #isUsable = false;
  #lastId = 0;
  #lastBatch = 0;
  /** Called when an upload has put something into a folder. */
  onArrived: (directory: string) => void = () => undefined;

  constructor(connection: SessionConnection) {
    this.#stack.use(connection.onUsable((isUsable) => this.#usable(isUsable)));
    const timer = setInterval(() => this.jobs.forEach((job) => job.measure()), 1000);
    this.#stack.defer(() => clearInterval(timer));
  }

  get running(): readonly TransferJob[] {
    return this.jobs.filter(({ state }) => state.phase === "running" || state.phase === "verifying");
  }
  /** Whether closing the page would break something off. */
  get isBusy(): boolean {
    return this.jobs.some(({ state }) => !isOver(state.phase) && state.phase !== "handed-over");
  }
  /** The first job that waits for an answer about a taken name. */
  get asking(): TransferJob | null {
    return this.jobs.find(({ state }) => state.phase === "asking") ?? null;
  }

  /** Adds jobs of one click or drop; each begins when it is its turn. */
  add(jobs: readonly NewJob[]): void {
    const batch = ++this.#lastBatch;
    const added = jobs.map((about) => new TransferJob(String(++this.#lastId), batch, about));
    this.jobs = [...this.jobs, ...added];
    for (const { id } of added) this.#queue.add(id);
  }

  pause(job: TransferJob): void {
    if (!canPause(job.state.phase)) return;
    job.step({ type: "paused" });
    this.#halt(job);
  }
  pauseAll(): void {
    for (const job of this.jobs) this.pause(job);
  }
  /** Goes on with what was paused, and tries again what failed. */
  resume(job: TransferJob): void {
    if (!canResume(job.state.phase)) return;
    job.step({ type: "requeued" });
    this.#queue.add(job.id);
  }
  resumeAll(): void {
    for (const job of this.jobs) if (job.state.phase === "paused") this.resume(job);
  }

  /** Gives a transfer up; nothing of it stays at either end. */
  cancel(job: TransferJob): void {
    const { phase } = job.state;
    if (!isOver(phase)) job.step({ type: "cancelled" });
    this.#halt(job);
    if (phase !== "verified" && phase !== "skipped")
      void this.#discard(job, phase === "failed" ? "failed" : "cancelled");
    this.jobs = this.jobs.filter((other) => other !== job);
  }
  clearFinished(): void {
    for (const job of this.jobs) if (isOver(job.state.phase)) this.cancel(job);
  }

  /** The person's answer to a taken name. */
  answer(job: TransferJob, answer: ConflictAnswer, forAll: boolean): void {
    const others = forAll ? this.jobs.filter((other) => other.batch === job.batch && !isOver(other.state.phase)) : [];
    for (const one of new Set([job, ...others])) {
      one.about.work.answer(answer, forAll);
      if (one.state.phase !== "asking") continue;
      one.step({ type: "requeued" });
      this.#queue.add(one.id);
    }
  }

  #halt(job: TransferJob): void {
    if (job.retryTimer !== null) clearTimeout(job.retryTimer);
    job.retryTimer = null;
    job.controller.abort();
    this.#queue.remove(job.id);
  }

  #start(id: string): void {
    const job = this.jobs.find((one) => one.id === id);
    if (job === undefined) return this.#queue.remove(id);
    const before = job.running;
    const controller = new AbortController();
    job.controller = controller;
    job.running = before.then(() => this.#run(job, controller.signal));
  }

  async #run(job: TransferJob, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const tell = (event: TransferEvent): void => {
      if (signal.aborted) return;
      job.step(event);
      // The browser does it from here; it takes no turn of ours.
      if (event.type === "handed-over") this.#queue.remove(job.id);
    };
    tell({ type: "begun" });
    try {
      const { isSkipped, sha256 } = await job.about.work.run({ signal, tell });
      tell(isSkipped ? { type: "skipped" } : { type: "verified", sha256 });
      if (job.about.direction === "upload") this.onArrived(job.about.directory);
    } catch (error) {
      if (!signal.aborted) this.#stopped(job, failureOf(error));
    } finally {
      if (!signal.aborted) this.#queue.remove(job.id);
    }
  }

  #stopped(job: TransferJob, failure: Failure): void {
    const remedy = remedyFor(failure, job.state.fruitless);
    if (remedy === "give-up") return job.step({ type: "failed", failure });
    if (remedy === "ask") return job.step({ type: "asked", failure });
    job.step({ type: "broken", failure });
    job.retryTimer = setTimeout(() => this.#again(job), retryDelayMs(job.state.fruitless));
  }

  #again(job: TransferJob): void {
    job.retryTimer = null;
    // Without a connection there is nothing to try; its return tries at once.
    if (!this.#isUsable || job.state.phase !== "interrupted") return;
    job.step({ type: "requeued" });
    this.#queue.add(job.id);
  }

  #usable(isUsable: boolean): void {
    this.#isUsable = isUsable;
    if (!isUsable) return;
    for (const job of this.jobs) if (job.retryTimer === null) this.#again(job);
  }

  async #discard(job: TransferJob, outcome: "cancelled" | "failed"): Promise<void> {
    await job.running;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await job.about.work.discard(outcome);
      } catch (error) {
        const failure = failureOf(error);
        if (failure.code === "transfer.unknown" || failure.code === "session.ended") return;
        if (remedyFor(failure, 0) !== "again" || attempt === DISCARD_TRIES) {
          toasts.failed(`${job.about.name} was not cleared away`, new AppError(failure.code, failure.message));
          return;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, retryDelayMs(attempt)));
    }
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
    for (const job of this.jobs) this.#halt(job);
  }
}
