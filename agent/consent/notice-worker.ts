/** The thread that shows who is connected, for as long as a support session runs. */
import { AppError } from "../../protocol/errors.ts";
import type { QuestionDisplay } from "./consent-messages.ts";
import type { NoticeCommand, NoticeReport } from "./notice-messages.ts";
import type { Connected } from "./words/notice-sentences.ts";
import { isMarked } from "./x11/server-mark.ts";
import { X11Notice } from "./x11/x11-notice.ts";

declare const self: Worker;

/** How often mouse and keyboard are looked at. */
const TURN_MS = 50;

let isClosed = false;
/** What it is to say; null: it says so already. */
let news: Connected | null = null;

const report = (said: NoticeReport): void => self.postMessage(said);

interface OpenNotice {
  readonly display: QuestionDisplay;
  readonly notice: X11Notice;
}

/** On the first display that answers; null: there is none. */
function open(displays: readonly QuestionDisplay[], connected: Connected): OpenNotice | null {
  for (const display of displays) {
    try {
      return { display, notice: new X11Notice(display, connected) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}

async function show({ displays, connected }: Extract<NoticeCommand, { kind: "show" }>): Promise<void> {
  const opened = open(displays, connected);
  if (opened === null) return;
  const { notice, display } = opened;
  try {
    while (!isClosed) {
      if (news !== null) notice.change(news);
      news = null;
      const stop = notice.turn(performance.now());
      if (stop !== null) report(stop);
      if (stop?.how === "closed") return;
      // Ended with the display, or by a program that would rather have no notice there.
      if (notice.isLost)
        return isMarked(display, notice.serverMark) ? report({ how: "closed", isInjected: false }) : undefined;
      await Bun.sleep(TURN_MS);
    }
  } finally {
    notice[Symbol.dispose]();
  }
}

self.onmessage = (event: MessageEvent<NoticeCommand>) => {
  const command = event.data;
  if (command.kind === "close") isClosed = true;
  else if (command.kind === "change") news = command.connected;
  else void show(command).finally(() => setTimeout(() => process.exit(0), 0));
};
