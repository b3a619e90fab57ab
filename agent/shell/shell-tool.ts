/** The shells of one support session. */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { AppError } from "../../protocol/errors.ts";
import { idFrom, type ShellId } from "../../protocol/ids.ts";
import type { ToolParams, ToolResult } from "../../protocol/messages.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { AgentChannel, CreateTool, SessionTool, ToolContext } from "../session-tool.ts";
import { findLoginShell, type LoginShell } from "./login-shell.ts";
import { Shell } from "./shell.ts";

/** Running shells a support session may have. */
export const MAX_SHELLS = 32;
/** Ended shells whose last output is still kept, for a console that was cut off when they ended. */
const MAX_ENDED_SHELLS = 8;

type ShellClock = Pick<Clock, "now" | "after">;

interface Entry {
  readonly shell: Shell;
  readonly title: string;
  readonly startedAt: string;
}

/** Shells of the kind `find` gives. */
export function createShellToolOn(find: () => LoginShell, clock: ShellClock = systemClock): CreateTool {
  return (context) => new ShellTool(context, find, clock);
}

/** Shells as the user this program runs as. */
export const createShellTool: CreateTool = createShellToolOn(() => findLoginShell(process.getuid?.() ?? 0));

class ShellTool implements SessionTool {
  readonly #entries = new Map<ShellId, Entry>();
  #openedCount = 0;

  constructor(
    private readonly context: ToolContext,
    private readonly findShell: () => LoginShell,
    private readonly clock: ShellClock,
  ) {}

  readonly handlers: SessionTool["handlers"] = {
    "shell.open": ({ params, channel }) => this.#open(params, channel!),
    "shell.list": () => ({
      shells: this.#running().map(([shell, { title, startedAt }]) => ({ shell, title, startedAt })),
    }),
    "shell.resize": ({ params }) => {
      this.#entry(params.shell).shell.resize(params.rows, params.columns);
      return {};
    },
    "shell.end": ({ params }) => {
      this.#entry(params.shell).shell.end();
      return {};
    },
  };

  [Symbol.dispose](): void {
    for (const { shell } of this.#entries.values()) shell[Symbol.dispose]();
    this.#entries.clear();
  }

  #open(params: ToolParams<"shell.open">, channel: AgentChannel): ToolResult<"shell.open"> {
    const id = (params.shell ?? this.#start(params)) as ShellId;
    const { shell, title } = this.#entry(id);
    if (params.shell !== undefined) shell.resize(params.rows, params.columns);
    return { shell: id, title, ...shell.attach(channel, params.writer, params.outputOffset ?? 0) };
  }

  #start({ rows, columns }: ToolParams<"shell.open">): ShellId {
    if (this.#running().length >= MAX_SHELLS)
      throw new AppError("request.too_many", `This session already has ${MAX_SHELLS} shells. End one to open another.`);
    const id = idFrom<ShellId>(randomBytes(16));
    const login = this.findShell();
    try {
      const onExited = (exitCode: number | null) => this.#exited(id, exitCode);
      const shell = new Shell(login, { rows, columns }, { onExited }, this.clock);
      this.#openedCount += 1;
      const title = `${basename(login.path)} ${this.#openedCount}`;
      this.#entries.set(id, { shell, title, startedAt: this.clock.now().toISOString() });
    } catch (cause) {
      throw new AppError("shell.failed", `The computer could not start ${login.path}. Its agent's log says why.`, {
        cause,
      });
    }
    return id;
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id as ShellId);
    if (entry === undefined) throw new AppError("shell.unknown", "This shell has ended. Open a new one.");
    return entry;
  }

  #running(): [ShellId, Entry][] {
    return [...this.#entries].filter(([, { shell }]) => !shell.hasEnded);
  }

  #exited(shell: ShellId, exitCode: number | null): void {
    this.context.emit("shell.exited", { shell, exitCode });
    const ended = [...this.#entries].filter(([, entry]) => entry.shell.hasEnded);
    for (const [id, entry] of ended.slice(0, -MAX_ENDED_SHELLS)) {
      this.#entries.delete(id);
      entry.shell[Symbol.dispose]();
    }
  }
}
