import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian starts in seconds; a machine that does other things needs longer. */
const START_TIMEOUT_MS = 180_000;

/** SIGRTMIN+4, which systemd takes for "power off" (systemd(1)). */
const POWER_OFF = 38;

/** How long it may take to go down before it is ended. */
const STOP_TIMEOUT_MS = 60_000;

/** How a command is run. */
export interface RunOptions {
  readonly input?: string;
  /** A failure is an answer too. */
  readonly mayFail?: boolean;
}

/** What a command left. */
export interface Outcome {
  readonly exitCode: number;
  /** Both streams, as they came. */
  readonly text: string;
}

/** A Debian of its own in namespaces, with systemd as its first process and no network but its own loopback. As root. */
export class DebianMachine implements AsyncDisposable {
  private constructor(
    /** Its root, as this machine sees it. */
    readonly root: string,
    private readonly nspawn: Bun.Subprocess,
    private readonly leader: number,
  ) {}

  /** Unpacks a Debian system and starts it. @param archive tar, as makeDebianSystem leaves it @throws {Error} */
  static async start(archive: string): Promise<DebianMachine> {
    const root = mkdtempSync(join(tmpdir(), "causeway-debian-"));
    await succeed(["tar", "--extract", "--numeric-owner", "--exclude=./dev/*", "-f", archive, "-C", root]);
    mkdirSync(join(root, "packages"));
    // systemd 257 knows control groups of the second kind alone.
    const environment = { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1" };
    const options = ["--quiet", "--register=no", "--keep-unit", "--private-network", "--console=read-only"];
    const nspawn = Bun.spawn(["systemd-nspawn", ...options, "--directory", root, "--boot"], {
      env: environment,
      ...{ stdin: "ignore", stdout: Bun.file(`${root}.log`), stderr: Bun.file(`${root}.log`) },
    });
    const machine = new DebianMachine(root, nspawn, await leaderOf(nspawn));
    await machine.untilStarted();
    return machine;
  }

  private async untilStarted(): Promise<void> {
    const limit = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const { text } = await this.run(["systemctl", "is-system-running", "--wait"], { mayFail: true });
      if (/^(running|degraded)$/mu.test(text)) return;
      if (performance.now() > limit) throw new Error(`Debian did not start: ${text}`);
      await Bun.sleep(250);
    }
  }

  /** Runs a command inside as root. @throws {Error} with what it said where it fails */
  async run(command: readonly string[], { input = "", mayFail = false }: RunOptions = {}): Promise<Outcome> {
    const inside = [
      "env",
      "-i",
      "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
      "LC_ALL=C.UTF-8",
      "DEBIAN_FRONTEND=noninteractive",
    ];
    const outcome = await finish([...this.enter("--all", "--root", "--wd"), ...inside, ...command], input);
    if (outcome.exitCode === 0 || mayFail) return outcome;
    throw new Error(`"${command.join(" ")}" failed (${outcome.exitCode}).\n${outcome.text}`);
  }

  /** The same as the server's user. */
  async asServer(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return await this.run(["runuser", "-u", "causeway", "--", "causeway", ...words], options);
  }

  /** Runs a program of this machine on the other's network. @returns what it printed @throws {Error} where it fails */
  async visit(command: readonly string[]): Promise<string> {
    const { exitCode, text } = await finish([...this.enter("--net"), ...command], "");
    if (exitCode === 0) return text;
    throw new Error(text);
  }

  /** Puts a file where `run` finds it. @returns its path inside */
  bring(file: string, name: string): string {
    cpSync(file, join(this.root, "packages", name));
    return `/packages/${name}`;
  }

  private enter(...namespaces: string[]): string[] {
    return ["nsenter", "--target", String(this.leader), ...namespaces, "--"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.kill(this.leader, POWER_OFF);
    const killing = setTimeout(() => this.nspawn.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.nspawn.exited;
    clearTimeout(killing);
    rmSync(this.root, { recursive: true, force: true });
    rmSync(`${this.root}.log`, { force: true });
  }
}

/** The first process inside: the one child of systemd-nspawn. */
async function leaderOf({ pid }: Bun.Subprocess): Promise<number> {
  for (let tries = 0; tries < 400; tries += 1) {
    const [child] = childrenOf(pid);
    if (child !== undefined && readFileSync(`/proc/${child}/comm`, "utf8").trim() === "systemd") return child;
    await Bun.sleep(50);
  }
  throw new Error("systemd-nspawn started nothing.");
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}

async function finish(command: readonly string[], input: string): Promise<Outcome> {
  const child = Bun.spawn([...command], { stdin: Buffer.from(input), stdout: "pipe", stderr: "pipe" });
  const [exitCode, output, complaints] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { exitCode, text: `${output}${complaints}`.trim() };
}

async function succeed(command: readonly string[]): Promise<void> {
  const { exitCode, text } = await finish(command, "");
  if (exitCode !== 0) throw new Error(`"${command.join(" ")}" failed.\n${text}`);
}
