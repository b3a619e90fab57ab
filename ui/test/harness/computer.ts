import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../../tools/desktop/program.ts";
import { type DesktopOptions, VirtualDesktop } from "../../../tools/desktop/virtual-desktop.ts";
import { ownHome } from "./own-home.ts";
import type { Site } from "./site.ts";

/** What is special about a computer. */
export interface ComputerOptions {
  /** Its agent goes straight to the server, not through the network that can be cut. */
  readonly isDirect?: boolean;
  readonly looks?: DesktopOptions;
  /** What its agent is started by. */
  readonly prefix?: readonly string[];
  /** Beside the desktop's, for its agent. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An endpoint: a virtual desktop with a terminal, and the built agent enrolled at a site. */
export class Computer implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #lines: string[];
  readonly desktop: VirtualDesktop;
  /** The home of whatever runs there; a folder of its own, removed at the end. */
  readonly home: string;

  private constructor(stack: AsyncDisposableStack, desktop: VirtualDesktop, home: string, lines: string[]) {
    this.#stack = stack;
    this.#lines = lines;
    this.desktop = desktop;
    this.home = home;
  }

  static async start(
    site: Site,
    { isDirect = false, looks = {}, prefix = [], environment = {} }: ComputerOptions = {},
  ): Promise<Computer> {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "causeway-computer-"));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const home = join(folder, "home");
    mkdirSync(home);
    const desktop = stack.use(await VirtualDesktop.start(looks));
    const lines: string[] = [];
    const words = ["run", "--installer", await site.createInstaller({ isDirect }), "--state", join(folder, "agent")];
    stack.use(
      new Program([...prefix, ...ownHome(folder, home), join(process.cwd(), "dist/causeway-agent"), ...words], {
        environment: { ...environment, ...desktop.environment, HOME: home },
        directory: home,
        onLine: (line) => lines.push(line),
      }),
    );
    return new Computer(stack.move(), desktop, home, lines);
  }

  /** What the agent has printed, for a failing test's sake. */
  get log(): string {
    return this.#lines.join("\n");
  }

  /** Opens a terminal that fills most of the desktop, its shell at home with a bare prompt. */
  openTerminal(): Program {
    const look = ["-geometry", "90x28+60+40", "-fa", "DejaVu Sans Mono", "-fs", "12", "-fg", "white", "-bg", "black"];
    const environment = { HOME: this.home, PS1: "> ", ENV: "" };
    return this.desktop.open(["xterm", ...look, "-e", "sh"], { environment, directory: this.home });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
