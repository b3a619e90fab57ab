/** The remote clipboard's text as a tool of a support session. */
import { AppError } from "../../protocol/errors.ts";
import { OwnProgram, ownProgram } from "../own-program.ts";
import type { CreateTool, SessionTool } from "../session-tool.ts";
import { findDisplays } from "../system/displays.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { ClipboardCommand, ClipboardReport } from "./clipboard-messages.ts";

/** The tool on the displays that `find` names. It listens from its start; `onChanged` hears of what is copied there. */
export function createClipboardToolOn(find: () => readonly DisplayAddress[], onChanged: () => void): SessionTool {
  let program: ClipboardProgram | null = null;
  const running = (): ClipboardProgram => {
    if (program === null || program.hasEnded) program = new ClipboardProgram(find(), onChanged);
    return program;
  };
  running();
  return {
    handlers: {
      "clipboard.send": async ({ params }) => {
        await running().ask((request) => ({ kind: "send", request, text: params.text }));
        return {};
      },
      "clipboard.fetch": async () => ({ text: await running().ask((request) => ({ kind: "fetch", request })) }),
    },
    [Symbol.dispose]: () => program?.[Symbol.dispose](),
  };
}

export const createClipboardTool: CreateTool = (context) =>
  createClipboardToolOn(findDisplays, () => context.emit("clipboard.changed", {}));

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: AppError) => void;
}

class ClipboardProgram implements Disposable {
  readonly #program: OwnProgram<ClipboardCommand, ClipboardReport>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onChanged: () => void;
  #nextRequest = 1;
  #hasEnded = false;

  constructor(displays: readonly DisplayAddress[], onChanged: () => void) {
    this.#onChanged = onChanged;
    this.#program = new OwnProgram(ownProgram("keep-clipboard"), {
      heed: (report) => this.#heed(report),
      ended: () => this.#end(new AppError("display.lost", "The remote clipboard is no longer reached. Try again.")),
    });
    this.#program.tell({ kind: "start", displays });
  }

  /** It has ended or is about to; another one is needed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws {AppError} the refusal, or why it ended. */
  ask(command: (request: number) => ClipboardCommand): Promise<string> {
    const request = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.set(request, { resolve, reject });
    this.#program.tell(command(request));
    return promise;
  }

  #heed(report: ClipboardReport): void {
    if (report.kind === "changed") return this.#onChanged();
    if (report.kind === "ended") return this.#end(new AppError(report.code, report.message));
    const waiting = this.#waiting.get(report.request);
    this.#waiting.delete(report.request);
    if (report.kind === "answered") waiting?.resolve(report.text);
    else waiting?.reject(new AppError(report.code, report.message));
    return undefined;
  }

  #end(error: AppError): void {
    this.#hasEnded = true;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    this.#program[Symbol.dispose]();
  }

  /** It lets go of the clipboard and ends. */
  [Symbol.dispose](): void {
    this.#program[Symbol.dispose]();
  }
}
