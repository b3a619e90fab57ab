/**
 * Holds the output of a terminal back. Bun's PTY cannot be paused, but the kernel's end can: TCXONC stops the terminal as
 * Ctrl-S would, except that no key starts it again (tcflow(3), TCOOFF). Programs then wait in their next write; at
 * most some 12 KiB more came after it (measured).
 */
import { dlopen } from "bun:ffi";
import { closeSync, constants, openSync, readlinkSync } from "node:fs";

/** ioctl_tty(2) on Linux, all architectures we build for. */
const TCXONC = 0x540a;
const TCOOFF = 0;
const TCOON = 1;

export interface TerminalFlow extends Disposable {
  hold(): void;
  release(): void;
}

/** The C library under its name with glibc, and with musl on each architecture. */
const LIBRARY_NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

function openLibrary() {
  const signature = { ioctl: { args: ["i32", "u64", "u64"], returns: "i32" } } as const;
  for (const name of LIBRARY_NAMES) {
    try {
      return dlopen(name, signature);
    } catch {
      // Another system's name for it; the next is tried.
    }
  }
  throw new Error(`no C library under any of these names: ${LIBRARY_NAMES.join(", ")}`);
}

/** Takes hold of the terminal that is the standard input of the process `pid`. */
export function openTerminalFlow(pid: number): TerminalFlow {
  const library = openLibrary();
  const path = readlinkSync(`/proc/${pid}/fd/0`);
  if (!path.startsWith("/dev/pts/")) throw new Error(`process ${pid} has no terminal but ${path}`);
  const terminal = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  let isOpen = true;
  const control = (action: number): void => {
    if (isOpen) library.symbols.ioctl(terminal, TCXONC, action);
  };
  return {
    hold: () => control(TCOOFF),
    release: () => control(TCOON),
    [Symbol.dispose]: () => {
      if (!isOpen) return;
      control(TCOON);
      isOpen = false;
      closeSync(terminal);
      library.close();
    },
  };
}
