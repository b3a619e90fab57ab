/**
 * How the appliance is, asked again and again while a page shows; and what is waited for while it does not answer. An
 * appliance restarts: whoever looks at a page learns what happens, and the page goes on by itself when it is back.
 */
import { ApplianceStatus } from "../../../protocol/api/appliance/status.ts";
import { AppError } from "../../../protocol/errors.ts";
import { api } from "../../connection/api.ts";
import { Resource } from "../../connection/resource.svelte.ts";

/** Why it does not answer, as far as this page knows. */
export type Absence = "restart" | "off" | "update" | "restore" | "network" | "switch" | "unknown";

const USES = ["keydown", "pointerdown", "pointermove", "wheel"] as const;
const ASK_EVERY_MS = 5_000;
const ASK_AWAY_EVERY_MS = 2_000;
/** One lost answer is a hiccup, two in a row are not. */
const LOST_ANSWERS = 2;
/** Looking on does not count as use of the sign-in for longer than this after the last key or pointer. */
const WATCH_MS = 10 * 60_000;
/** What was expected and did not happen within so long does not happen any more. */
const LATE_MS = 90_000;

/** Nothing answered, rather than something that refuses. */
export const isNoAnswer = (error: Error | null): boolean =>
  error instanceof AppError && error.code === "internal" && error.cause !== undefined;

class Box {
  readonly status = new Resource(() => api.get("/api/appliance/status", ApplianceStatus));
  /** Wall-clock ms since when nothing answers; null while it does. */
  awaySince: number | null = $state(null);
  /** Where it can be found instead, such as its new address; "" for here. */
  elsewhere = $state("");
  /** Counts how often it came back: a page that asks the server looks at it and asks again. */
  returns = $state(0);
  #expected: Absence | null = $state(null);
  #expectedAt = 0;
  #lost = 0;
  #usedAt = Date.now();

  /** Somebody looks, so it is worth asking: each question counts as use of the sign-in, which must be able to end. */
  get isWatched(): boolean {
    return !document.hidden && Date.now() - this.#usedAt < WATCH_MS;
  }

  /** Why it is away. */
  get absence(): Absence {
    return this.#expected ?? this.status.value?.power?.kind ?? "unknown";
  }

  /** Asks now and from time to time; dispose to stop. */
  start(): Disposable {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const onUse = (): void => void (this.#usedAt = Date.now());
    for (const kind of USES) window.addEventListener(kind, onUse, { passive: true });
    const turn = async (): Promise<void> => {
      if (this.isWatched || this.awaySince !== null || this.status.value === null) await this.ask();
      if (!isOver) timer = setTimeout(() => void turn(), this.awaySince === null ? ASK_EVERY_MS : ASK_AWAY_EVERY_MS);
    };
    void turn();
    return {
      [Symbol.dispose]: () => {
        isOver = true;
        clearTimeout(timer);
        for (const kind of USES) window.removeEventListener(kind, onUse);
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

  /** Asks how it is. Never throws. */
  async ask(): Promise<void> {
    const version = this.status.value?.version;
    await this.status.load();
    if (isNoAnswer(this.status.error)) return this.#noteLost();
    this.#lost = 0;
    if (this.awaySince === null) {
      if (this.#expected !== null && Date.now() - this.#expectedAt > LATE_MS) this.expectNothing();
      return;
    }
    this.awaySince = null;
    this.expectNothing();
    this.returns += 1;
    // The pages of another release speak another API.
    if (version !== undefined && this.status.value?.version !== version) location.reload();
  }

  #noteLost(): void {
    this.#lost += 1;
    if (this.awaySince === null && this.#lost >= (this.absence === "unknown" ? LOST_ANSWERS : 1))
      this.awaySince = Date.now();
  }
}

/** The page's appliance. */
export const box = new Box();
