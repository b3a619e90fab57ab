/** The program that shows who is connected, for as long as a support session runs. */
import { AppError } from "../../protocol/errors.ts";
import type { StartingAgent } from "../own-program.ts";
import type { QuestionDisplay } from "./consent-messages.ts";
import type { NoticeCommand, NoticeReport } from "./notice-messages.ts";
import type { Connected } from "./words/notice-sentences.ts";
import { isMarked } from "./x11/server-mark.ts";
import { X11Notice } from "./x11/x11-notice.ts";

/** How often mouse and keyboard are looked at. */
const TURN_MS = 50;

/** What the agent has said meanwhile. */
interface Wishes {
  isClosed: boolean;
  /** What the notice is to say; null: it says so already. */
  news: Connected | null;
}

type Show = Extract<NoticeCommand, { kind: "show" }>;

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

async function show(
  { displays, connected }: Show,
  wishes: Wishes,
  report: (stop: NoticeReport) => void,
): Promise<void> {
  const opened = open(displays, connected);
  if (opened === null) return;
  const { notice, display } = opened;
  try {
    while (!wishes.isClosed) {
      if (wishes.news !== null) notice.change(wishes.news);
      wishes.news = null;
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

/** Shows the notice the agent names until the agent lets go; ends before only where the display has gone. */
export async function showNotice({ onCommand, report, gone }: StartingAgent): Promise<void> {
  const wishes: Wishes = { isClosed: false, news: null };
  const { promise: named, resolve } = Promise.withResolvers<Show>();
  onCommand((said) => {
    const command = said as NoticeCommand;
    if (command.kind === "show") resolve(command);
    else wishes.news = command.connected;
  });
  void gone.then(() => (wishes.isClosed = true));
  const command = await Promise.race([named, gone]);
  if (command === undefined) return;
  let hasStopped = false;
  await show(command, wishes, (stop) => {
    hasStopped = true;
    report(stop);
  });
  // What was told last is on its way until the agent lets go.
  if (hasStopped) await gone;
}
