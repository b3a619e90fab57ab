import type { ReadStream } from "node:tty";
import { Terminal } from "./terminal.ts";

/** The streams of a process on a terminal. */
export interface ProcessStreams {
  readonly input: ReadStream;
  readonly output: { write(text: string): unknown };
  /** Takes a signal, so that it does nothing else. */
  readonly hold: (signal: "SIGINT" | "SIGTSTP" | "SIGQUIT" | "SIGHUP") => void;
  /** What /proc/self/fd/0 points at. */
  readonly device: string;
}

/**
 * The terminal a process was started on, in raw mode: Ctrl-C, Ctrl-Z and Ctrl-\ are bytes like any other. Lines and bold are
 * for the machine's own screens; a serial line may be read by anything and gets plain text.
 */
export function openProcessTerminal({ input, output, hold, device }: ProcessStreams): Terminal {
  // For a terminal that cannot be made raw; a hang-up ends the input, and with it the menu.
  for (const signal of ["SIGINT", "SIGTSTP", "SIGQUIT", "SIGHUP"] as const) hold(signal);
  if (input.isTTY) input.setRawMode(true);
  const isFancy = /^\/dev\/tty[0-9]+$/u.test(device);
  const bytes: AsyncIterator<Uint8Array> = input[Symbol.asyncIterator]();
  return new Terminal({ input: bytes, write: (text) => void output.write(text), isFancy });
}
