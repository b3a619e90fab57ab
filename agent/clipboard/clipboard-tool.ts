/** The remote clipboard's text as a tool of a support session. */
import { AppError } from "../../protocol/errors.ts";
import type { CreateTool, SessionTool } from "../session-tool.ts";
import { findDisplays } from "../system/displays.ts";
import { workerUrl } from "../worker-url.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { WakePipe } from "../x11/wake.ts";
import type { ClipboardCommand, ClipboardReport } from "./clipboard-messages.ts";

/** The tool on the displays that `find` names. It listens from its start; `onChanged` hears of what is copied there. */
export function createClipboardToolOn(find: () => readonly DisplayAddress[], onChanged: () => void): SessionTool {
  let thread: ClipboardThread | null = null;
  const running = (): ClipboardThread => {
    if (thread === null || thread.hasEnded) thread = new ClipboardThread(find(), onChanged);
    return thread;
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
    [Symbol.dispose]: () => thread?.[Symbol.dispose](),
  };
}

export const createClipboardTool: CreateTool = (context) =>
  createClipboardToolOn(findDisplays, () => context.emit("clipboard.changed", {}));

interface Waiting {
  readonly resolve: (text: string) => void;
  readonly reject: (error: AppError) => void;
}

class ClipboardThread implements Disposable {
  readonly #worker = new Worker(workerUrl("clipboard/clipboard-worker.ts"));
  readonly #wake = new WakePipe();
  readonly #waiting = new Map<number, Waiting>();
  readonly #onChanged: () => void;
  #nextRequest = 1;
  #hasEnded = false;

  constructor(displays: readonly DisplayAddress[], onChanged: () => void) {
    this.#onChanged = onChanged;
    this.#worker.onmessage = (event: MessageEvent<ClipboardReport>) => this.#heed(event.data);
    this.#worker.onerror = () => this.#end(new AppError("internal", "The remote clipboard failed. Try again."));
    this.#worker.addEventListener("close", () => {
      this.#end(new AppError("display.lost", "The remote clipboard is no longer reached."));
      this.#wake[Symbol.dispose]();
    });
    this.#tell({ kind: "start", wake: this.#wake.handle, displays });
  }

  /** The worker has ended or is about to; another one is needed. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** @throws {AppError} the worker's refusal, or why it ended. */
  ask(command: (request: number) => ClipboardCommand): Promise<string> {
    const request = this.#nextRequest++;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.set(request, { resolve, reject });
    this.#tell(command(request));
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
  }

  #tell(command: ClipboardCommand): void {
    this.#worker.postMessage(command);
    this.#wake.wake();
  }

  [Symbol.dispose](): void {
    this.#tell({ kind: "stop" });
  }
}
