/** Control of keyboard and mouse as a tool of a support session. */
import { AppError, type ErrorCode } from "../../protocol/errors.ts";
import { OwnProgram, ownProgram } from "../own-program.ts";
import type { AgentChannel, CreateTool, SessionTool } from "../session-tool.ts";
import { findDisplays } from "../system/displays.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { ControlWatch } from "./control-watch.ts";
import type { InputCommand, InputReport } from "./input-messages.ts";

/**
 * The tool on the displays that `find` names; each support session has a program of its own. What comes while `isHeld` is
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
  #program: InputProgram | null = null;

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
    const program = (this.#program ??= this.#start());
    this.#channels.set(viewer, channel);
    this.watch?.began();
    let wasHeld = false;
    channel.onData = (bytes) => {
      const isHeld = this.isHeld();
      // Keys and buttons that are down are let go, since their release may be among what is dropped.
      if (isHeld && !wasHeld) program.tell({ kind: "close", viewer });
      wasHeld = isHeld;
      if (isHeld) channel.consumed(bytes.length);
      else program.tell({ kind: "input", viewer, bytes: new Uint8Array(bytes) });
    };
    channel.onClose = () => this.#close(viewer);
    await program.started;
  }

  #start(): InputProgram {
    const program: InputProgram = new InputProgram(this.#find(), (report) => {
      if (program === this.#program) this.#heed(report);
    });
    return program;
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
    this.#program?.tell({ kind: "close", viewer });
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
    this.#program?.[Symbol.dispose]();
    this.#program = null;
  }

  [Symbol.dispose](): void {
    this.#closeAll("");
  }
}

class InputProgram implements Disposable {
  /** Settles once input can be carried out. */
  readonly started: Promise<void>;
  readonly #program: OwnProgram<InputCommand, InputReport>;

  constructor(displays: readonly DisplayAddress[], heed: (report: InputReport) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.started = promise;
    // A refusal is told to whoever opens; without one waiting it is no crash.
    promise.catch(() => undefined);
    this.#program = new OwnProgram(ownProgram("carry-out-input"), {
      heed: (report) => {
        if (report.kind === "started") resolve();
        if (report.kind === "refused") reject(new AppError(report.code, report.message));
        heed(report);
      },
      ended: () => {
        reject(new AppError("internal", "Control failed on the remote computer. Take it again."));
        heed({ kind: "lost" });
      },
    });
    this.tell({ kind: "start", displays });
  }

  /** Does nothing once the program is over. */
  tell(command: InputCommand): void {
    this.#program.tell(command);
  }

  /** What was told before is still carried out, and every key let go. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
