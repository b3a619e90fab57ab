import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorityFile } from "./authority-file.ts";
import { Program, type ProgramOptions } from "./program.ts";

/** A virtual desktop's looks. */
export interface DesktopOptions {
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
  /** The background, as xsetroot takes it. */
  readonly colour?: string;
}

/** How long the X server may take to say its number, and the window manager to draw. */
const START_TIMEOUT_MS = 20_000;

/** An X server without a screen, with openbox and a coloured background. Disposing ends whatever runs on it. */
export class VirtualDesktop implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  /** What a program needs in its environment to appear here. */
  readonly environment: Readonly<Record<"DISPLAY" | "XAUTHORITY", string>>;

  private constructor(stack: AsyncDisposableStack, environment: VirtualDesktop["environment"]) {
    this.#stack = stack;
    this.environment = environment;
  }

  /** @throws {Error} when Xvfb does not start; it says why */
  static async start({ width = 1280, height = 800, colour = "#2f5d62" }: DesktopOptions = {}): Promise<VirtualDesktop> {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "causeway-desktop-"));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const authority = join(folder, "authority");
    writeFileSync(authority, authorityFile(crypto.getRandomValues(new Uint8Array(16))), { mode: 0o600 });
    const display = await startServer(stack, `${width}x${height}x24`, authority);
    const desktop = new VirtualDesktop(stack.move(), { DISPLAY: display, XAUTHORITY: authority });
    desktop.open(["openbox"]);
    await desktop.open(["xsetroot", "-solid", colour]).exited;
    return desktop;
  }

  /** Starts a program on this desktop; it ends with the desktop at the latest. */
  open(command: readonly string[], { environment = {}, ...options }: ProgramOptions = {}): Program {
    return this.#stack.use(new Program(command, { ...options, environment: { ...environment, ...this.environment } }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Starts Xvfb on a number of its own choice, which it prints, and answers ":number". */
async function startServer(stack: AsyncDisposableStack, screen: string, authority: string): Promise<string> {
  const number = Promise.withResolvers<string>();
  const said: string[] = [];
  const server = stack.use(
    new Program(
      ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp", "-auth", authority, "-noreset"],
      { onLine: (line) => (/^\d+$/.test(line) ? number.resolve(`:${line}`) : said.push(line)) },
    ),
  );
  const timer = setTimeout(() => number.reject(new Error("Xvfb did not start in time.")), START_TIMEOUT_MS);
  void server.exited.then((code) => number.reject(new Error(`Xvfb ended (${code}). ${said.join(" ")}`)));
  try {
    return await number.promise;
  } finally {
    clearTimeout(timer);
  }
}
