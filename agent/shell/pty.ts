/** A program on a pseudo-terminal whose output can be held back and whose input is taken only as it has room. */
import type { LoginShell } from "./login-shell.ts";
import { endSession } from "./process-session.ts";
import { openTerminalDevice, type TerminalDevice } from "./terminal-device.ts";

export interface PtyEvents {
  /** A view, good during the call. */
  onOutput(bytes: Uint8Array): void;
  /** The program has ended and its last output has come. null: a signal ended it. */
  onEnd(exitCode: number | null): void;
}

export interface Pty extends Disposable {
  /** Offers input; returns how many bytes were taken, which may be none. */
  write(bytes: Uint8Array): number;
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
      exit: () => closed.resolve(),
    },
  });
  const terminal = child.terminal!;
  const device = openTerminalDevice(child.pid);
  void finish(child, device, closed.promise).then((exitCode) => {
    isOver = true;
    terminal.close();
    events.onEnd(exitCode);
  });
  return {
    write: (bytes) => device.write(bytes),
    resize: (rows, columns) => void (terminal.closed || terminal.resize(columns, rows)),
    hold: () => device.hold(),
    release: () => device.release(),
    end: () => endSession(child.pid),
    [Symbol.dispose]: () => {
      device[Symbol.dispose]();
      if (!isOver) endSession(child.pid);
    },
  };
}

async function finish(child: Bun.Subprocess, device: TerminalDevice, closed: Promise<void>): Promise<number | null> {
  await child.exited;
  // Our own hold on the terminal would keep its end from showing.
  device[Symbol.dispose]();
  await Promise.race([closed, Bun.sleep(LAST_OUTPUT_MS)]);
  return child.exitCode;
}
