import { AppError } from "../../protocol/errors.ts";

/** Every program that root's program may start, and where Debian puts it. */
export const programs = {
  blkid: "/usr/sbin/blkid",
  chronyc: "/usr/bin/chronyc",
  date: "/usr/bin/date",
  detectVirtualization: "/usr/bin/systemd-detect-virt",
  fsck: "/usr/sbin/e2fsck",
  ip: "/usr/bin/ip",
  journalctl: "/usr/bin/journalctl",
  mke2fs: "/usr/sbin/mke2fs",
  mount: "/usr/bin/mount",
  networkctl: "/usr/bin/networkctl",
  nft: "/usr/sbin/nft",
  setpriv: "/usr/bin/setpriv",
  systemctl: "/usr/bin/systemctl",
  udevadm: "/usr/bin/udevadm",
  umount: "/usr/bin/umount",
  vmwareRpc: "/usr/bin/vmware-rpctool",
} as const;
/** A program's name in that list. */
export type ProgramName = keyof typeof programs;

/** How a program ended and what it said, each stream up to MAX_OUTPUT_BYTES. */
export interface CommandResult {
  /** null: a signal ended it, or its time was over. */
  readonly exitCode: number | null;
  readonly output: string;
  readonly complaint: string;
}

export interface CommandOptions {
  readonly timeoutMs?: number;
  /** What it reads from its standard input; nothing otherwise. */
  readonly input?: string;
}

/** The most that is read of what a program says; one that says more is ended. */
export const MAX_OUTPUT_BYTES = 4 << 20;
/** So long a program has unless its caller says otherwise. */
const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * Starts programs: each by its absolute path, with words that no shell ever sees, in an empty environment, for a limited
 * time.
 */
export class Commands {
  /** @param table where the programs lie; tests name others */
  constructor(private readonly table: Readonly<Record<ProgramName, string>> = programs) {}

  /** Runs a program and says how it ended. @throws {AppError} system.failed when it cannot be started */
  async attempt(program: ProgramName, words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return await spawn(this.table[program], words, options);
  }

  /** Runs a program that should succeed. @returns what it said @throws {AppError} system.failed with its complaint */
  async run(program: ProgramName, words: readonly string[], options: CommandOptions = {}): Promise<string> {
    const { exitCode, output, complaint } = await this.attempt(program, words, options);
    if (exitCode === 0) return output;
    const how = exitCode === null ? "did not end in time" : `ended with ${exitCode}`;
    throw new AppError("system.failed", `The system's ${program} ${how}: ${firstWords(complaint || output)}`);
  }
}

async function spawn(path: string, words: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const child = start(path, words, options);
  const [output, complaint] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { exitCode: child.exitCode, output, complaint };
}

function start(path: string, words: readonly string[], { timeoutMs = DEFAULT_TIMEOUT_MS, input }: CommandOptions) {
  try {
    return Bun.spawn([path, ...words], {
      cwd: "/",
      env: {},
      stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
      stdout: "pipe",
      stderr: "pipe",
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: MAX_OUTPUT_BYTES,
    });
  } catch (cause) {
    throw new AppError("system.failed", `The system's program ${path} cannot be started.`, { cause });
  }
}

function firstWords(complaint: string): string {
  const line = complaint.trim().split("\n", 1)[0]!;
  return line === "" ? "it said nothing." : line.slice(0, 300);
}
