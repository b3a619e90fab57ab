/** Every shell of one session that this console has open, and those of others it could watch. */
import { AppError } from "../../../../protocol/errors.ts";
import type { SessionConnection } from "../../../connection/console-connection.ts";
import { OpenShell } from "./open-shell.svelte.ts";

export interface RunningShell {
  readonly shell: string;
  readonly title: string;
  readonly startedAt: string;
}

export class ShellDesk implements Disposable {
  shells: readonly OpenShell[] = $state.raw([]);
  current: OpenShell | null = $state.raw(null);
  /** Running shells of other participants. */
  offered: readonly RunningShell[] = $state.raw([]);
  isUsable = $state(false);
  /** Why there is no shell to begin with: the customer said no, or was not asked to the end. */
  refusal = $state("");
  #hasBegun = false;
  readonly #listening = new DisposableStack();

  constructor(private readonly connection: SessionConnection) {
    this.#listening.use(
      connection.on("shell.exited", ({ shell, exitCode }) => {
        this.shells.find((one) => one.shell === shell)?.exited(exitCode);
        this.offered = this.offered.filter((one) => one.shell !== shell);
      }),
    );
    this.#listening.use(connection.onUsable((isUsable) => this.#usable(isUsable)));
  }

  /** The tab is seen. The first time it begins with a shell, unless others have one to join or the customer says no. */
  async seen(): Promise<void> {
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const error = await this.look();
    if (!isFirst) return;
    if (error instanceof AppError && error.code === "consent.refused") this.refusal = error.message;
    else if (this.shells.length === 0 && this.offered.length === 0) this.openNew();
  }

  /** Looks which shells of others are running; what stood in the way, null for nothing. Nobody is asked twice by it. */
  async look(): Promise<unknown> {
    if (!this.isUsable || this.refusal !== "") return null;
    try {
      const { result } = await this.connection.ask("shell.list", {});
      const own = new Set(this.shells.map(({ shell }) => shell));
      this.offered = result.shells.filter(({ shell }) => !own.has(shell));
      return null;
    } catch (error) {
      return error;
    }
  }

  openNew(): void {
    this.refusal = "";
    this.#add(new OpenShell(this.connection, null));
  }

  watch(running: RunningShell): void {
    this.offered = this.offered.filter(({ shell }) => shell !== running.shell);
    this.#add(new OpenShell(this.connection, running));
  }

  /** Takes a tab away. Its shell, if it still runs, goes on and can be watched again. */
  close(shell: OpenShell): void {
    const at = this.shells.indexOf(shell);
    shell[Symbol.dispose]();
    this.shells = this.shells.filter((one) => one !== shell);
    if (this.current === shell) this.current = this.shells[Math.min(at, this.shells.length - 1)] ?? null;
    void this.look();
  }

  [Symbol.dispose](): void {
    this.#listening.dispose();
    for (const shell of this.shells) shell[Symbol.dispose]();
  }

  #add(shell: OpenShell): void {
    this.shells = [...this.shells, shell];
    this.current = shell;
  }

  #usable(isUsable: boolean): void {
    this.isUsable = isUsable;
    for (const shell of this.shells) {
      if (isUsable) void shell.open();
      else shell.lost();
    }
    if (isUsable && this.#hasBegun) void this.look();
  }
}
