/** One word of the command line and what a person reads of it. */
export interface Command {
  readonly name: string;
  /** Its line in `causeway-agent help`. */
  readonly usage: string;
  readonly summary: string;
  /** Options that take a value, without the dashes. */
  readonly options: readonly string[];
  /** Returns the exit code; a thrown AppError is shown as it is and exits with 1. */
  run(options: ReadonlyMap<string, string>, surroundings: Surroundings): Promise<number>;
}

/** What main.ts takes from the process and hands on. */
export interface Surroundings {
  readonly version: string;
  /** The program's own file; null when it runs from its sources and so is none. */
  readonly executable: string | null;
  readonly isRoot: boolean;
  readonly home: string;
  print(line: string): void;
  /** Runs until a signal asks the program to stop. */
  untilStopped(): Promise<void>;
}
