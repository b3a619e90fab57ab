/** Every shell of one session that this console has open, and those of others it could watch. */
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

  /** The tab is seen for the first time: begins with a shell, unless others have one to join. */
  async begin(): Promise<void> {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    await this.look();
    if (this.shells.length === 0 && this.offered.length === 0) this.openNew();
  }

  /** Looks which shells of others are running. */
  async look(): Promise<void> {
    if (!this.isUsable) return;
    const answer = await this.connection.ask("shell.list", {}).catch(() => null);
    if (answer === null) return;
    const own = new Set(this.shells.map(({ shell }) => shell));
    this.offered = answer.result.shells.filter(({ shell }) => !own.has(shell));
  }

  openNew(): void {
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
