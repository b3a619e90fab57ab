/**
 * What Bun's PTY leaves out, done on the terminal itself (Linux):
 *
 * - Holding output back. Bun cannot pause; the kernel's end can. TCXONC stops the terminal as Ctrl-S would, except that
 *   no key starts it again (tcflow(3), TCOOFF). Programs then wait in their next write; some 12 KiB may still come.
 * - Writing. Bun waits for the kernel to say that a full terminal has room, and the kernel does not always say so (seen
 *   in half of the pastes of 1 MB: the rest stood still until the next key). So bytes are offered without blocking, and
 *   offered again a little later.
 */
import { dlopen, ptr } from "bun:ffi";
import { closeSync, constants, openSync, readdirSync, readlinkSync, writeSync } from "node:fs";

/** ioctl_tty(2) and fcntl(2) on Linux, all architectures we build for. */
const TCXONC = 0x540a;
const TCOOFF = 0;
const TCOON = 1;
const TIOCGPTN = 0x8004_5430;
const F_DUPFD_CLOEXEC = 1030;

export interface TerminalDevice extends Disposable {
  hold(): void;
  release(): void;
  /** Offers bytes as typed; returns how many the terminal took, which may be none. */
  write(bytes: Uint8Array): number;
}

/** The C library under its name with glibc, and with musl on each architecture. */
const LIBRARY_NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

function openLibrary() {
  const signatures = {
    ioctl: { args: ["i32", "u64", "u64"], returns: "i32" },
    fcntl: { args: ["i32", "i32", "i32"], returns: "i32" },
  } as const;
  for (const name of LIBRARY_NAMES) {
    try {
      return dlopen(name, signatures);
    } catch {
      // Another system's name for it; the next is tried.
    }
  }
  throw new Error(`no C library under any of these names: ${LIBRARY_NAMES.join(", ")}`);
}

/** Takes hold of the terminal that Bun has made for its child `pid`. Throws when there is none. */
export function openTerminalDevice(pid: number): TerminalDevice {
  const library = openLibrary();
  const path = readlinkSync(`/proc/${pid}/fd/0`);
  const number = /^\/dev\/pts\/(\d+)$/.exec(path)?.[1];
  if (number === undefined) throw new Error(`process ${pid} has no terminal but ${path}`);
  const master = findMaster(library, Number(number));
  const terminal = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  let isOpen = true;
  const control = (action: number): void => {
    if (isOpen) library.symbols.ioctl(terminal, TCXONC, action);
  };
  return {
    hold: () => control(TCOOFF),
    release: () => control(TCOON),
    write: (bytes) => (isOpen ? offer(master, bytes) : 0),
    [Symbol.dispose]: () => {
      if (!isOpen) return;
      control(TCOON);
      isOpen = false;
      closeSync(terminal);
      closeSync(master);
      library.close();
    },
  };
}

/** A descriptor of our own for the other side of /dev/pts/NUMBER, among those this process has. */
function findMaster(library: ReturnType<typeof openLibrary>, number: number): number {
  const answer = new Uint32Array(1);
  for (const name of readdirSync("/proc/self/fd")) {
    if (!isMultiplexer(name)) continue;
    if (library.symbols.ioctl(Number(name), TIOCGPTN, ptr(answer)) !== 0 || answer[0] !== number) continue;
    return library.symbols.fcntl(Number(name), F_DUPFD_CLOEXEC, 0);
  }
  throw new Error(`this process holds no master of /dev/pts/${number}`);
}

function isMultiplexer(descriptor: string): boolean {
  try {
    return /\/ptmx$/.test(readlinkSync(`/proc/self/fd/${descriptor}`));
  } catch {
    // The descriptor by which the directory was read is closed by now.
    return false;
  }
}

function offer(master: number, bytes: Uint8Array): number {
  try {
    return writeSync(master, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EIO: the program has gone and its end is about to be told.
    if (code === "EAGAIN" || code === "EIO") return 0;
    throw error;
  }
}
