/** A program on a pseudo-terminal whose output can be held back and whose input says when it has been taken. */
import type { LoginShell } from "./login-shell.ts";
import { endSession } from "./process-session.ts";
import { openTerminalFlow, type TerminalFlow } from "./terminal-flow.ts";

export interface PtyEvents {
  /** A view, good during the call. */
  onOutput(bytes: Uint8Array): void;
  /** Everything written has been taken by the terminal. */
  onDrained(): void;
  /** The program has ended and its last output has come. null: a signal ended it. */
  onEnd(exitCode: number | null): void;
}

export interface Pty extends Disposable {
  write(bytes: Uint8Array): void;
  resize(rows: number, columns: number): void;
  hold(): void;
  release(): void;
  /** Ends the program and all it started; `onEnd` follows. */
  end(): void;
}

/** How long output may still come after the program's end where something else keeps the terminal open. */
const LAST_OUTPUT_MS = 300;

export interface PtySize {
  readonly rows: number;
  readonly columns: number;
}

/** Starts the shell on a terminal of its own. Throws what spawning throws. */
export function openPty(shell: LoginShell, size: PtySize, events: PtyEvents): Pty {
  const closed = Promise.withResolvers<void>();
  let isOver = false;
  const child = Bun.spawn([shell.path], {
    argv0: shell.argv0,
    cwd: shell.directory,
    env: shell.environment,
    terminal: {
      rows: size.rows,
      cols: size.columns,
      data: (_, bytes) => {
        if (!isOver) events.onOutput(bytes);
      },
      drain: () => {
        if (!isOver) events.onDrained();
      },
      exit: () => closed.resolve(),
    },
  });
  const terminal = child.terminal!;
  const flow = openTerminalFlow(child.pid);
  void finish(child, flow, closed.promise).then((exitCode) => {
    isOver = true;
    terminal.close();
    events.onEnd(exitCode);
  });
  return {
    write: (bytes) => void (terminal.closed || terminal.write(bytes)),
    resize: (rows, columns) => void (terminal.closed || terminal.resize(columns, rows)),
    hold: () => flow.hold(),
    release: () => flow.release(),
    end: () => endSession(child.pid),
    [Symbol.dispose]: () => {
      flow[Symbol.dispose]();
      if (!isOver) endSession(child.pid);
    },
  };
}

async function finish(child: Bun.Subprocess, flow: TerminalFlow, closed: Promise<void>): Promise<number | null> {
  await child.exited;
  // Our own hold on the terminal would keep its end from showing.
  flow[Symbol.dispose]();
  await Promise.race([closed, Bun.sleep(LAST_OUTPUT_MS)]);
  return child.exitCode;
}
