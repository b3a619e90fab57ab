/** The thread that owns and reads the clipboard: a selection's owner must answer whenever somebody pastes. */
import { AppError } from "../../protocol/errors.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import type { ClipboardCommand, ClipboardReport } from "./clipboard-messages.ts";
import { Sleeper } from "../x11/wake.ts";
import { X11Clipboard } from "./x11/x11-clipboard.ts";

declare const self: Worker;

let clipboard: X11Clipboard | null = null;
let sleeper: Sleeper | null = null;
let isStopping = false;

const report = (message: ClipboardReport): void => self.postMessage(message);

/** Opens the first display that answers. @throws {AppError} the first display's refusal. */
function open(displays: readonly DisplayAddress[], asleep: Sleeper): X11Clipboard {
  let refusal: AppError | null = null;
  for (const display of displays) {
    try {
      return new X11Clipboard(display, asleep, () => report({ kind: "changed" }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      refusal ??= error;
    }
  }
  throw (
    refusal ?? new AppError("display.none", "This computer has no graphical display right now, so it has no clipboard.")
  );
}

function end(error: AppError): void {
  report({ kind: "ended", code: error.code, message: error.message });
}

async function run({ displays, wake }: Extract<ClipboardCommand, { kind: "start" }>): Promise<void> {
  const asleep = new Sleeper(wake);
  sleeper = asleep;
  asleep.received();
  try {
    clipboard = open(displays, asleep);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return end(error);
  }
  while (!isStopping) {
    clipboard.wait(performance.now());
    clipboard.turn(performance.now());
    // After the turn, for answers leave through the event loop too, and the next wait stops it.
    await asleep.takeMessages();
    if (clipboard.isLost) break;
  }
  clipboard[Symbol.dispose]();
  if (!isStopping) end(new AppError("display.lost", "The remote display has gone, and its clipboard with it."));
}

async function answer(request: number, work: () => string | Promise<string>): Promise<void> {
  try {
    report({ kind: "answered", request, text: await work() });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    report({ kind: "refused", request, code: error.code, message: error.message });
  }
}

self.onmessage = (event: MessageEvent<ClipboardCommand>) => {
  const command = event.data;
  sleeper?.received();
  if (command.kind === "start") void run(command).finally(() => process.exit(0));
  else if (command.kind === "stop") isStopping = true;
  else if (command.kind === "send")
    void answer(command.request, () => {
      clipboard?.send(command.text);
      return "";
    });
  else void answer(command.request, () => clipboard?.fetch(performance.now()) ?? "");
};
