/** The thread that types and clicks, so that neither waits for the picture nor the picture for them. */
import { AppError } from "../../protocol/errors.ts";
import { decodeInput } from "../../protocol/input.ts";
import type { ThreadCommand } from "../thread-program.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { openFirst } from "../x11/first-display.ts";
import type { InputInjector } from "./input-injector.ts";
import type { InputCommand, InputReport } from "./input-messages.ts";
import { X11Injector } from "./x11/x11-injector.ts";

declare const self: Worker;

/** What was typed before the end is still typed, for this long: a program that stands still must not keep the keyboard. */
const MAX_FAREWELL_MS = 1_000;

type Command = ThreadCommand<InputCommand>;

/** Commands in the order they came; each viewer's credit bounds how many wait. */
const waiting: Command[] = [];
let injector: InputInjector | null = null;
let isWorking = false;

const report = (message: InputReport): void => self.postMessage(message);

/** On the first display that answers; its refusal is reported if none does. */
function start(displays: readonly DisplayAddress[]): void {
  const found = openFirst(displays, (display) => new X11Injector(display));
  if (found.display !== null) {
    injector = found.opened;
    return report({ kind: "started" });
  }
  const message = "This computer has no graphical display right now, so there is nothing to control.";
  const { code, message: why } = found.refusal ?? new AppError("display.none", message);
  return report({ kind: "refused", code, message: why });
}

async function inject(viewer: number, bytes: Uint8Array): Promise<void> {
  const inputs = decodeInput(bytes);
  if (inputs === null) return report({ kind: "malformed", viewer });
  for (const input of inputs) {
    const isDone = injector?.inject(viewer, input);
    // Awaiting what is done already would let a turn of the event loop pass between two keys.
    if (isDone !== undefined) await isDone;
  }
  injector?.flush();
  return report({ kind: "consumed", viewer, byteCount: bytes.length });
}

function stop(): void {
  injector?.[Symbol.dispose]();
  process.exit(0);
}

async function work(): Promise<void> {
  if (isWorking) return;
  isWorking = true;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (next.kind === "start") start(next.displays);
    else if (next.kind === "input") await inject(next.viewer, next.bytes);
    else if (next.kind === "close") injector?.release(next.viewer);
    else if (next.kind === "stop") stop();
    if (injector?.isLost === true) report({ kind: "lost" });
  }
  isWorking = false;
}

self.onmessage = (event: MessageEvent<Command>) => {
  waiting.push(event.data);
  if (event.data.kind === "stop") setTimeout(stop, MAX_FAREWELL_MS);
  void work();
};
