import { linesOf } from "./lines.ts";

/** How a program is started. */
export interface ProgramOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** What it reads from its standard input; without it there is none. */
  readonly input?: string;
  /** Gets each line of its output and its complaints; without it they are thrown away. */
  readonly onLine?: (line: string) => void;
}

/** How long a program may take to end by itself before it is killed. */
const PATIENCE_MS = 5_000;

/** A program we started and end again: first asked with SIGTERM, after five seconds killed. */
export class Program implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"ignore" | Blob, "pipe", "pipe">;
  readonly name: string;

  constructor(
    command: readonly string[],
    { environment = {}, directory = process.cwd(), input, onLine }: ProgramOptions = {},
  ) {
    this.name = command[0] ?? "";
    this.#child = Bun.spawn([...command], {
      cwd: directory,
      env: { ...process.env, ...environment },
      stdin: input === undefined ? "ignore" : new Blob([input]),
      stdout: "pipe",
      stderr: "pipe",
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) void readLines(stream, onLine ?? (() => undefined));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its exit code, once it has ended; 128 and the signal's number when a signal ended it. */
  get exited(): Promise<number> {
    return this.#child.exited;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasExited) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE_MS);
    await this.#child.exited;
    clearTimeout(timer);
  }
}

async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  for await (const line of linesOf(stream)) onLine(line);
}
