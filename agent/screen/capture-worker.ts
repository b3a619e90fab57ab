/** The thread that watches the display. It lives from the first screen channel to the last. */
import { AppError } from "../../protocol/errors.ts";
import { openCLibrary } from "../x11/c-library.ts";
import type { ThreadCommand } from "../thread-program.ts";
import type { DisplayAddress } from "../x11/connection.ts";
import { openFirst } from "../x11/first-display.ts";
import { Sleeper } from "../x11/wake.ts";
import { CaptureLoop, sendBlocked } from "./capture-loop.ts";
import type { CaptureCommand, CaptureReport } from "./capture-messages.ts";
import { LosslessEncoder } from "./lossless-encoder.ts";
import type { ScreenSource } from "./screen-source.ts";
import { Viewer } from "./viewer.ts";
import { X11Screen } from "./x11/x11-screen.ts";

declare const self: Worker;

/** How often a display that has gone is looked for, and for how long. */
const RETRY_MS = 1000;
const MAX_RETRIES = 600;
const BLOCKED = "The remote display has gone: its session ended or its X server stopped. Waiting for it to come back.";

const viewers = new Map<number, Viewer>();
const c = openCLibrary();
let displays: readonly DisplayAddress[] = [];
let sleeper: Sleeper | null = null;
let loop: CaptureLoop | null = null;
let isStopping = false;

const report = (message: CaptureReport): void => self.postMessage(message);

function send(to: readonly Viewer[], packets: readonly Uint8Array<ArrayBuffer>[]): void {
  const message: CaptureReport = { kind: "packets", viewers: to.map((viewer) => viewer.id), packets };
  self.postMessage(message, { transfer: packets.map((packet) => packet.buffer) });
}

function noDisplay(): AppError {
  return new AppError(
    "display.none",
    "This computer has no graphical display right now, so there is no picture to share. Somebody signs in to its " +
      "desktop, or a virtual display is started there; then start screen sharing again. Shell and files work meanwhile.",
  );
}

/** On the first display that answers. @returns null, or why there is none */
function startLoop(asleep: Sleeper): AppError | null {
  const found = openFirst(displays, (display): ScreenSource => new X11Screen(display, asleep));
  if (found.display === null) return found.refusal ?? noDisplay();
  loop = new CaptureLoop(found.opened, new LosslessEncoder(c), c, viewers, send, () => performance.now());
  return null;
}

async function run(asleep: Sleeper, isAwaited: boolean): Promise<void> {
  const refusal = startLoop(asleep);
  if (refusal !== null && !isAwaited) return report({ kind: "refused", code: refusal.code, message: refusal.message });
  if (refusal !== null && !(await waitForDisplay(asleep))) return undefined;
  report({ kind: "started" });
  while (!isStopping) {
    loop?.wait();
    await asleep.takeMessages();
    if (isStopping || (loop?.turn() ?? false)) continue;
    if (!(await waitForDisplay(asleep))) break;
  }
  loop?.[Symbol.dispose]();
  return undefined;
}

/** The display has gone: looks for one until it is back. False when it stays away or the last viewer has left. */
async function waitForDisplay(asleep: Sleeper): Promise<boolean> {
  loop?.[Symbol.dispose]();
  loop = null;
  sendBlocked([...viewers.values()], BLOCKED, send);
  for (let attempt = 0; attempt < MAX_RETRIES; attempt++) {
    report({ kind: "displays-wanted" });
    await Bun.sleep(RETRY_MS);
    if (isStopping) return false;
    if (startLoop(asleep) !== null) continue;
    sendBlocked([...viewers.values()], "", send);
    return true;
  }
  report({ kind: "lost", message: "The remote display did not come back. Start screen sharing again when it has." });
  return false;
}

type Command = ThreadCommand<CaptureCommand>;
const commands: { readonly [K in Command["kind"]]: (command: Extract<Command, { kind: K }>) => void } = {
  begin: ({ wake }) => {
    sleeper = new Sleeper(wake);
    sleeper.received();
  },
  start: (command) => {
    ({ displays } = command);
    void run(sleeper!, command.isAwaited).finally(() => process.exit(0));
  },
  displays: (command) => {
    ({ displays } = command);
  },
  open: ({ viewer, monitor }) => {
    const added = new Viewer(viewer, monitor);
    viewers.set(viewer, added);
    if (loop === null) sendBlocked([added], BLOCKED, send);
    else loop.startOver(added);
  },
  select: ({ viewer, monitor }) => {
    const found = viewers.get(viewer);
    if (found === undefined) return;
    found.monitor = monitor;
    loop?.startOver(found);
  },
  refresh: ({ viewer }) => {
    const found = viewers.get(viewer);
    if (found !== undefined) loop?.startOver(found);
  },
  acknowledged: ({ viewer, packets }) => viewers.get(viewer)?.acknowledged(packets),
  close: ({ viewer }) => {
    const found = viewers.get(viewer);
    viewers.delete(viewer);
    if (found !== undefined) loop?.remove(found);
  },
  stop: () => {
    isStopping = true;
  },
};

self.onmessage = (event: MessageEvent<Command>) => {
  const command = event.data;
  sleeper?.received();
  (commands[command.kind] as (command: Command) => void)(command);
};
