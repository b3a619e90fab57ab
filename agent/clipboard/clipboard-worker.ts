/** The thread that owns and reads the clipboard: a selection's owner must answer whenever somebody pastes. */
import { AppError } from "../../protocol/errors.ts";
import type { ThreadCommand } from "../thread-program.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { openFirst } from "../x11/first-display.ts";
import type { ClipboardCommand, ClipboardReport } from "./clipboard-messages.ts";
import { Sleeper } from "../x11/wake.ts";
import { X11Clipboard } from "./x11/x11-clipboard.ts";

declare const self: Worker;

let clipboard: X11Clipboard | null = null;
let sleeper: Sleeper | null = null;
let isStopping = false;

const report = (message: ClipboardReport): void => self.postMessage(message);

function end(error: AppError): void {
  report({ kind: "ended", code: error.code, message: error.message });
}

async function run(displays: readonly DisplayAddress[], asleep: Sleeper): Promise<void> {
  const found = openFirst(displays, (display) => new X11Clipboard(display, asleep, () => report({ kind: "changed" })));
  if (found.display === null) {
    const none = "This computer has no graphical display right now, so it has no clipboard.";
    return end(found.refusal ?? new AppError("display.none", none));
  }
  clipboard = found.opened;
  while (!isStopping) {
    clipboard.wait(performance.now());
    clipboard.turn(performance.now());
    // After the turn, for answers leave through the event loop too, and the next wait stops it.
    await asleep.takeMessages();
    if (clipboard.isLost) break;
  }
  clipboard[Symbol.dispose]();
  if (!isStopping) end(new AppError("display.lost", "The remote display has gone, and its clipboard with it."));
  return undefined;
}

async function answer(request: number, work: () => string | Promise<string>): Promise<void> {
  try {
    report({ kind: "answered", request, text: await work() });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    report({ kind: "refused", request, code: error.code, message: error.message });
  }
}

self.onmessage = (event: MessageEvent<ThreadCommand<ClipboardCommand>>) => {
  const command = event.data;
  if (command.kind === "begin") sleeper = new Sleeper(command.wake);
  sleeper?.received();
  if (command.kind === "begin") return;
  if (command.kind === "start") void run(command.displays, sleeper!).finally(() => process.exit(0));
  else if (command.kind === "stop") isStopping = true;
  else if (command.kind === "send")
    void answer(command.request, () => {
      clipboard?.send(command.text);
      return "";
    });
  else void answer(command.request, () => clipboard?.fetch(performance.now()) ?? "");
};
