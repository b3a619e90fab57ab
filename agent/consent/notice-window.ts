/** The program that shows who is connected, for as long as a support session runs. */
import { firstCommand, type StartingAgent } from "../own-program.ts";
import { openFirst } from "../x11/first-display.ts";
import type { ChangeCommand, NoticeReport, ShowCommand } from "./notice-messages.ts";
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

async function show(command: ShowCommand, wishes: Wishes, report: (stop: NoticeReport) => void): Promise<void> {
  const found = openFirst(command.displays, (display) => new X11Notice(display, command.connected));
  if (found.display === null) return;
  using notice = found.opened;
  while (!wishes.isClosed) {
    if (wishes.news !== null) notice.change(wishes.news);
    wishes.news = null;
    const stop = notice.turn(performance.now());
    if (stop !== null) report(stop);
    if (stop?.how === "closed") return;
    if (notice.isLost) {
      // Ended with the display, or by a program that would rather have no notice there.
      if (isMarked(found.display, notice.serverMark)) report({ how: "closed", isInjected: false });
      return;
    }
    await Bun.sleep(TURN_MS);
  }
}

/** Shows the notice the agent names until the agent lets go; ends before only where the display has gone. */
export async function showNotice(agent: StartingAgent): Promise<void> {
  const wishes: Wishes = { isClosed: false, news: null };
  void agent.gone.then(() => (wishes.isClosed = true));
  const command = await firstCommand<ShowCommand, ChangeCommand>(agent, ({ connected }) => (wishes.news = connected));
  if (command === null) return;
  let hasStopped = false;
  await show(command, wishes, (stop) => {
    hasStopped = true;
    agent.report(stop);
  });
  // What was told last is on its way until the agent lets go.
  if (hasStopped) await agent.gone;
}
