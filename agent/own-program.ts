/**
 * Programs of the agent's own, beside it. Whatever asks an X display runs in one: Xlib ends the process whose X server dies
 * at the wrong moment (exit while it connects, abort or a null pointer within a call), and that must never be the one that
 * keeps the computer reachable. A program ends when the agent lets go of it, or is gone.
 *
 * This file stands at the root of the agent's sources because its neighbour is what runs: main.ts, or the compiled program
 * with everything in it.
 */
import { fileURLToPath } from "node:url";
import type { Subprocess } from "bun";

/** The agent's own words for them, which no person types. */
export type OwnProgramName = "show-question" | "show-notice" | "share-screen" | "carry-out-input" | "keep-clipboard";

/** What the agent says last: let go. Everything it said before has come by then, which its hanging up would not wait for. */
export const LET_GO = "let go";
/** A program that was let go and still runs stands still in a call of its display, and is ended. */
const MAX_FAREWELL_MS = 3000;

export interface OwnProgramOptions<Report> {
  heed(report: Report): void;
  /** It is over, or could not be started; called once. @param isCrash it did not end by itself */
  ended(isCrash: boolean): void;
}

/** The agent's end of such a program. Disposing it lets the program go. */
export class OwnProgram<Command extends object, Report> implements Disposable {
  readonly #child: Subprocess | null;
  #isOpen = true;
  #farewell: ReturnType<typeof setTimeout> | null = null;

  /** @param words what is started, see ownProgram() */
  constructor(words: readonly string[], options: OwnProgramOptions<Report>) {
    this.#child = this.#start(words, options);
  }

  /** Does nothing once it was let go, or is over. */
  tell(command: Command): void {
    if (this.#isOpen) this.#say(command);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#say(LET_GO);
    this.#farewell = setTimeout(() => this.#child?.kill("SIGKILL"), MAX_FAREWELL_MS);
  }

  #say(what: object | string): void {
    try {
      this.#child?.send(what);
    } catch {
      // It has just died, and nobody hears: ended() is on its way and says so.
    }
  }

  /** Where no further program can be started, it is over as if it had crashed. */
  #start(words: readonly string[], { heed, ended }: OwnProgramOptions<Report>): Subprocess | null {
    try {
      return Bun.spawn([...words], {
        stdio: ["ignore", "ignore", "inherit"],
        serialization: "advanced",
        ipc: (report: Report) => heed(report),
        onExit: (_, exitCode) => {
          this.#isOpen = false;
          if (this.#farewell !== null) clearTimeout(this.#farewell);
          ended(exitCode !== 0);
        },
      });
    } catch {
      // No memory, no process or no file left: said by ended(), like every other end.
      this.#isOpen = false;
      queueMicrotask(() => ended(true));
      return null;
    }
  }
}

/** The words that start one. */
export function ownProgram(name: OwnProgramName): string[] {
  const isCompiled = import.meta.path.startsWith("/$bunfs/");
  const sources = isCompiled ? [] : [fileURLToPath(new URL("./main.ts", import.meta.url))];
  return [process.execPath, ...sources, name];
}

/** The agent, as a program of its own hears it. */
export interface StartingAgent {
  /** What it says; all of it is our own. */
  onCommand(heed: (command: unknown) => void): void;
  report(report: object): void;
  /** Resolves when it lets go, or is gone. */
  readonly gone: Promise<void>;
}

/** The first thing the agent says, null if it lets go before; what follows goes to `heed`. All of it is our own. */
export function firstCommand<First, Next>(agent: StartingAgent, heed: (command: Next) => void): Promise<First | null> {
  const { promise, resolve } = Promise.withResolvers<First | null>();
  let isFirst = true;
  agent.onCommand((command) => {
    if (isFirst) resolve(command as First);
    else heed(command as Next);
    isFirst = false;
  });
  void agent.gone.then(() => resolve(null));
  return promise;
}
