/**
 * How the appliance is, asked again and again while a page shows; and what is waited for while it does not answer. An
 * appliance restarts: whoever looks at a page learns what happens, and the page goes on by itself when it is back.
 */
import { untrack } from "svelte";
import { ApplianceStatus } from "../../../protocol/api/appliance/status.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api, inBackground } from "../../connection/api.ts";
import { toasts } from "../../kit/toasts.svelte.ts";
import { Resource } from "../../connection/resource.svelte.ts";

/** Why it does not answer, as far as this page knows. */
export type Absence = "software" | "restart" | "off" | "update" | "restore" | "network" | "switch" | "unknown";

const ASK_EVERY_MS = 5_000;
const ASK_AWAY_EVERY_MS = 2_000;
/** One lost answer is a hiccup, two in a row are not. */
const LOST_ANSWERS = 2;
/** What was expected and did not happen within so long does not happen any more. */
const LATE_MS = 90_000;

/** Nothing answered, rather than something that refuses. */
export const isNoAnswer = (error: Error | null): boolean =>
  error instanceof AppError && error.code === "internal" && error.cause !== undefined;

class Box {
  readonly status = new Resource((asked) => api.get("/api/appliance/status", ApplianceStatus, asked));
  /** Wall-clock ms since when nothing answers; null while it does. */
  awaySince: number | null = $state(null);
  /** Where it can be found instead, such as its new address; "" for here. */
  elsewhere = $state("");
  /** Counts how often it came back: a page that asks the server looks at it and asks again. */
  returns = $state(0);
  #expected: Absence | null = $state(null);
  #expectedAt = 0;
  #lost = 0;

  /** Why it is away. */
  get absence(): Absence {
    return this.#expected ?? this.status.value?.power?.kind ?? "unknown";
  }

  /** Asks now and from time to time; dispose to stop. */
  start(): Disposable {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const turn = async (): Promise<void> => {
      if (!document.hidden || this.awaySince !== null || this.status.value === null) await this.ask();
      if (!isOver) timer = setTimeout(() => void turn(), this.awaySince === null ? ASK_EVERY_MS : ASK_AWAY_EVERY_MS);
    };
    // An effect that starts this would otherwise begin anew with each answer, and ask without a pause.
    untrack(() => void turn());
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        clearTimeout(timer);
      },
    };
  }

  /** Says what will make it go away soon, and where it is then. */
  expect(absence: Absence, elsewhere = ""): void {
    this.#expected = absence;
    this.#expectedAt = Date.now();
    this.elsewhere = elsewhere;
  }

  /** What was expected is over or was taken back. */
  expectNothing(): void {
    this.#expected = null;
    this.elsewhere = "";
  }

  /** Asks how it is, in the background: what somebody did before has been counted. Never throws. */
  async ask(): Promise<void> {
    const { absence } = this;
    const before = this.status.value;
    await this.status.load(inBackground);
    if (isNoAnswer(this.status.error)) return this.#noteLost();
    this.#lost = 0;
    const now = this.status.value;
    // The software alone may be back before anybody has missed it.
    const hasStarted = before !== null && now?.startedAt !== before.startedAt;
    if (this.awaySince === null && !hasStarted) {
      if (this.#expected !== null && Date.now() - this.#expectedAt > LATE_MS) this.expectNothing();
      return;
    }
    this.awaySince = null;
    this.expectNothing();
    this.returns += 1;
    // The pages of another release speak another API.
    if (before !== null && now?.version !== before.version) location.reload();
    else if (hasStarted && absence === "software") toasts.done("The software runs again");
  }

  #noteLost(): void {
    this.#lost += 1;
    if (this.awaySince === null && this.#lost >= (this.absence === "unknown" ? LOST_ANSWERS : 1))
      this.awaySince = Date.now();
  }
}

/** The page's appliance. */
export const box = new Box();
