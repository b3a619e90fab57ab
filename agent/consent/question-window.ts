/** The program that shows one question and waits for the customer; a display that stands still holds up nothing else. */
import { AppError } from "../../protocol/errors.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { firstCommand, type StartingAgent } from "../own-program.ts";
import { type DisplayAddress, X11Connection } from "../x11/connection.ts";
import { openFirst } from "../x11/first-display.ts";
import type { AskCommand, ConsentReport, WithdrawCommand } from "./consent-messages.ts";
import { X11Question } from "./x11/x11-question.ts";

/** How often mouse and keyboard are looked at. */
const TURN_MS = 30;

/** The connection has ended: with the display, or by a program that would rather have silence than a no. */
function answerOfTheLost(display: DisplayAddress): ConsentAnswer {
  try {
    using _ = new X11Connection(display);
    return "denied";
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return "nobody";
  }
}

async function ask(command: AskCommand, isWithdrawn: () => boolean): Promise<ConsentAnswer> {
  const { displays, asked, timeoutSeconds } = command;
  const found = openFirst(displays, (display) => new X11Question(display, asked, performance.now()));
  if (found.display === null) return "nobody";
  using question = found.opened;
  const endMs = performance.now() + timeoutSeconds * 1000;
  for (let nowMs = performance.now(); nowMs < endMs && !isWithdrawn(); nowMs = performance.now()) {
    const answer = question.turn(nowMs, Math.ceil((endMs - nowMs) / 1000));
    if (answer !== null) return answer;
    if (question.isLost) return answerOfTheLost(found.display);
    await Bun.sleep(TURN_MS);
  }
  return "unanswered";
}

/** Shows the question the agent names, tells the answer once the window is gone, and ends when the agent lets go. */
export async function showQuestion(agent: StartingAgent): Promise<void> {
  let isWithdrawn = false;
  const withdraw = (): void => {
    isWithdrawn = true;
  };
  void agent.gone.then(withdraw);
  const command = await firstCommand<AskCommand, WithdrawCommand>(agent, withdraw);
  if (command === null) return;
  agent.report({ answer: await ask(command, () => isWithdrawn) } satisfies ConsentReport);
  await agent.gone;
}
