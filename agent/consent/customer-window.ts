/**
 * A window before the customer, shown by a program of its own: Xlib aborts a process whose X server dies in the middle of an
 * answer, and that must never be the one that keeps the computer reachable. The program ends with this one.
 */
import type { Subprocess } from "bun";
import { ownProgram } from "../own-program.ts";

/** The agent's own words for it, which no person types. */
export const windowCommands = { question: "show-question", notice: "show-notice" } as const;

export interface CustomerWindowOptions<Report> {
  heed(report: Report): void;
  /** The program is over. @param isCrash it did not end by itself */
  ended(isCrash: boolean): void;
}

/** Disposing it lets the program go, which closes the window. */
export class CustomerWindow<Command extends object, Report> implements Disposable {
  readonly #child: Subprocess | null;
  #isOpen = true;

  constructor(kind: keyof typeof windowCommands, options: CustomerWindowOptions<Report>) {
    this.#child = this.#start(kind, options);
  }

  /** Does nothing once the program is over. */
  tell(command: Command): void {
    if (this.#isOpen) this.#child?.send(command);
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) this.#child?.disconnect();
    this.#isOpen = false;
  }

  /** Where no further program can be started, it is over as if it had crashed. */
  #start(kind: keyof typeof windowCommands, { heed, ended }: CustomerWindowOptions<Report>): Subprocess | null {
    try {
      return Bun.spawn([...ownProgram(), windowCommands[kind]], {
        stdio: ["ignore", "ignore", "inherit"],
        serialization: "json",
        ipc: (report: Report) => heed(report),
        onExit: (_, exitCode) => {
          this.#isOpen = false;
          ended(exitCode !== 0);
        },
      });
    } catch {
      this.#isOpen = false;
      queueMicrotask(() => ended(true));
      return null;
    }
  }
}

/** The agent, as the program of a window hears it. */
export interface WindowChannel {
  /** What it says; all of it is our own. */
  onCommand(heed: (command: unknown) => void): void;
  report(report: object): void;
  /** Resolves when it lets go, or is gone. */
  readonly gone: Promise<void>;
}
