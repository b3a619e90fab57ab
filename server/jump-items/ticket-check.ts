/** Asks another system whether a ticket id may be used: POST {ticket, representative, jumpItem}; 2xx: yes. */
import { AppError } from "../../protocol/errors.ts";
import type { Log } from "../log.ts";

/** How long the other system may take, in ms. */
const TIMEOUT_MS = 10_000;
/** What is read of its answer. */
const MAX_ANSWER_BYTES = 4096;
const MAX_TOLD_CHARACTERS = 300;

/** Who would start a session with what. */
export interface TicketQuestion {
  readonly ticket: string;
  readonly representative: { readonly username: string; readonly name: string };
  readonly jumpItem: { readonly id: string; readonly name: string };
}

export class TicketCheck {
  constructor(
    /** Where to ask; "": nowhere, every ticket id is taken as it is. */
    private readonly readUrl: () => Promise<string>,
    private readonly log: Log,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** Default deny: while the check is down nothing starts that needs it. @throws {AppError} start.ticket_refused */
  async require(question: TicketQuestion): Promise<void> {
    const url = await this.readUrl();
    if (url === "") return;
    const { status, text } = await this.#ask(url, question);
    if (status >= 200 && status < 300) return;
    if (status < 400 || status >= 500) {
      this.log.warn("The check of ticket ids failed", { status });
      throw refused("The check of ticket ids does not work, so the session cannot start. Tell an administrator.");
    }
    throw refused(
      text === "" ? `The ticket ${question.ticket} was refused. Check it.` : `The ticket was refused: ${text}`,
    );
  }

  async #ask(url: string, question: TicketQuestion): Promise<{ status: number; text: string }> {
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(question),
        redirect: "manual",
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      return { status: response.status, text: await beginningOf(response) };
    } catch (error) {
      const isLate = error instanceof DOMException && error.name === "TimeoutError";
      this.log.warn("The check of ticket ids could not be asked", { isLate, error: String(error) });
      const what = isLate ? "did not answer in time" : "cannot be reached";
      throw refused(
        `The check of ticket ids ${what}, so the session cannot start. Try again or tell an administrator.`,
      );
    }
  }
}

/** The beginning of an answer's text, on one line. */
async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_ANSWER_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, MAX_TOLD_CHARACTERS);
}

const refused = (message: string) => new AppError("start.ticket_refused", message);
