/** Control of keyboard and mouse as a tool of a support session. */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import type { AgentChannel, CreateTool, SessionTool } from "../session-tool.ts";
import { findDisplays } from "../system/displays.ts";
import { workerUrl } from "../worker-url.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { ControlWatch } from "./control-watch.ts";
import type { InputCommand, InputReport } from "./input-messages.ts";

/**
 * The tool on the displays that `find` names; each support session has a thread of its own. What comes while `isHeld` is
 * dropped; `watch` is told who has control.
 */
export function createInputToolOn(
  find: () => readonly DisplayAddress[],
  isHeld: () => boolean = () => false,
  watch: ControlWatch | null = null,
): SessionTool {
  const control = new RemoteControl(find, isHeld, watch);
  return {
    handlers: {
      "input.open": async ({ channel }) => {
        if (channel === null) throw new AppError("message.invalid", "input.open came without a channel.");
        await control.open(channel);
        return {};
      },
    },
    [Symbol.dispose]: () => control[Symbol.dispose](),
  };
}

/** While the customer is asked something, a representative's own mouse must not answer. */
export const createInputTool =
  (isCustomerAsked: () => boolean, watch: ControlWatch): CreateTool =>
  () =>
    createInputToolOn(findDisplays, isCustomerAsked, watch);

class RemoteControl implements Disposable {
  readonly #find: () => readonly DisplayAddress[];
  readonly #channels = new Map<number, AgentChannel>();
  #thread: InputThread | null = null;

  constructor(
    find: () => readonly DisplayAddress[],
    private readonly isHeld: () => boolean,
    private readonly watch: ControlWatch | null,
  ) {
    this.#find = find;
  }

  /** Carries out what comes through the channel until it closes. @throws {AppError} display.none, agent.unsupported. */
  async open(channel: AgentChannel): Promise<void> {
    const viewer = channel.id;
    const thread = (this.#thread ??= this.#start());
    this.#channels.set(viewer, channel);
    this.watch?.began();
    let wasHeld = false;
    channel.onData = (bytes) => {
      const isHeld = this.isHeld();
      // Keys and buttons that are down are let go, since their release may be among what is dropped.
      if (isHeld && !wasHeld) thread.tell({ kind: "close", viewer });
      wasHeld = isHeld;
      if (isHeld) channel.consumed(bytes.length);
      else thread.tell({ kind: "input", viewer, bytes: new Uint8Array(bytes) });
    };
    channel.onClose = () => this.#close(viewer);
    await thread.started;
  }

  #start(): InputThread {
    const thread = new InputThread(this.#find(), (report) => {
      if (thread === this.#thread) this.#heed(report);
    });
    return thread;
  }

  #heed(report: InputReport): void {
    if (report.kind === "consumed") this.#channels.get(report.viewer)?.consumed(report.byteCount);
    else if (report.kind === "malformed") this.#channels.get(report.viewer)?.close("message.malformed");
    else if (report.kind === "lost") this.#closeAll("display.lost");
    else if (report.kind === "refused") this.#closeAll("");
  }

  /** Whatever the viewer still held is let go. */
  #close(viewer: number): void {
    if (!this.#channels.delete(viewer)) return;
    this.watch?.ended();
    this.#thread?.tell({ kind: "close", viewer });
    if (this.#channels.size === 0) this.#stop();
  }

  #closeAll(reason: ErrorCode | ""): void {
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    for (const _ of channels) this.watch?.ended();
    this.#stop();
    for (const channel of channels) channel.close(reason);
  }

  #stop(): void {
    this.#thread?.tell({ kind: "stop" });
    this.#thread = null;
  }

  [Symbol.dispose](): void {
    this.#closeAll("");
  }
}

class InputThread {
  /** Settles once input can be carried out. */
  readonly started: Promise<void>;
  readonly #worker = new Worker(workerUrl("input/input-worker.ts"));

  constructor(displays: readonly DisplayAddress[], heed: (report: InputReport) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    // A refusal is told to whoever opens; without one waiting it is no crash.
    promise.catch(() => undefined);
    this.#worker.onmessage = (event: MessageEvent<InputReport>) => {
      const report = event.data;
      if (report.kind === "started") resolve();
      if (report.kind === "refused") reject(new AppError(report.code, report.message));
      heed(report);
    };
    this.#worker.onerror = (event) => {
      reject(new AppError("internal", "Control failed on the remote computer. Take it again.", { cause: event }));
      heed({ kind: "lost" });
    };
    this.tell({ kind: "start", displays });
  }

  tell(command: InputCommand): void {
    this.#worker.postMessage(command);
  }
}
