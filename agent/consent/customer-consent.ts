/** Questions to the customer, one at a time; each is shown by a program of its own. */
import type { MessageBody } from "../../protocol/messages.ts";
import type { ConsentAnswer } from "../../protocol/messages/consent.ts";
import { OwnProgram, ownProgram } from "../own-program.ts";
import { findDisplays } from "../system/displays.ts";
import type { AskCommand, ConsentReport, WithdrawCommand } from "./consent-messages.ts";
import type { CustomerDisplay } from "./customer-display.ts";

/** Questions that wait for the one before them; past it nobody is asked. */
const MAX_WAITING = 32;

type Question = MessageBody<"consent.ask">;
type QuestionProgram = OwnProgram<AskCommand | WithdrawCommand, ConsentReport>;

export class CustomerConsent implements Disposable {
  readonly #waiting: Question[] = [];
  #shown: { readonly question: Question; readonly window: QuestionProgram } | null = null;
  #answer: (consent: string, answer: ConsentAnswer) => void = () => undefined;

  /** @param program shows one question, see showQuestion() */
  constructor(
    private readonly find: () => readonly CustomerDisplay[] = findDisplays,
    private readonly program: readonly string[] = ownProgram("show-question"),
  ) {}

  /** Whether somebody has a question before them: what representatives type and click does not reach the display then. */
  get isAsking(): boolean {
    return this.#shown !== null;
  }

  /** Where answers go. */
  onAnswer(answer: (consent: string, answer: ConsentAnswer) => void): void {
    this.#answer = answer;
  }

  ask(question: Question): void {
    if (this.#waiting.length >= MAX_WAITING) return this.#answer(question.consent, "unanswered");
    this.#waiting.push(question);
    return this.#next();
  }

  /** The question is of no use any more. */
  withdraw(consent: string): void {
    const index = this.#waiting.findIndex((question) => question.consent === consent);
    if (index >= 0) this.#waiting.splice(index, 1);
    else if (this.#shown?.question.consent === consent) this.#shown.window.tell({ kind: "withdraw" });
  }

  [Symbol.dispose](): void {
    this.#waiting.length = 0;
    this.#shown?.window[Symbol.dispose]();
  }

  #next(): void {
    if (this.#shown !== null) return;
    const question = this.#waiting.shift();
    if (question === undefined) return;
    const displays = this.find();
    if (displays.length === 0) {
      this.#answer(question.consent, "nobody");
      return this.#next();
    }
    this.#show(question, displays);
  }

  #show(question: Question, displays: readonly CustomerDisplay[]): void {
    let isOver = false;
    const settle = (answer: ConsentAnswer): void => {
      if (isOver) return;
      isOver = true;
      this.#shown = null;
      window[Symbol.dispose]();
      this.#answer(question.consent, answer);
      this.#next();
    };
    const window: QuestionProgram = new OwnProgram(this.program, {
      heed: ({ answer }) => settle(answer),
      // Whatever ended it, or kept it from starting, was no yes; that nobody is there it would have told.
      ended: () => settle("denied"),
    });
    this.#shown = { question, window };
    const { consent: _, timeoutSeconds, ...asked } = question;
    window.tell({ kind: "ask", displays, asked, timeoutSeconds });
  }
}
