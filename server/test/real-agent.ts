/** The real agent as a process of its own, enrolled at a test's server; a test can kill it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Core } from "../core.ts";
import { installersOf } from "../installers/site-facts.ts";
import type { TestBrowser } from "./test-browser.ts";

export class RealAgent implements AsyncDisposable {
  #child: Bun.Subprocess | null = null;
  private constructor(private readonly directory: string) {}

  /** Starts it; it enrols by itself. */
  static async start(core: Core, port: number): Promise<RealAgent> {
    const agent = new RealAgent(mkdtempSync(join(tmpdir(), "causeway-agent-")));
    writeFileSync(agent.#installer, JSON.stringify(await installersOf(core, () => port).createLocal()));
    agent.run();
    return agent;
  }

  get #installer(): string {
    return join(this.directory, "causeway-installer.json");
  }

  /** Starts it (again), with the state it left. */
  run(): void {
    const script = join(import.meta.dir, "../../agent/main.ts");
    const words = ["run", "--installer", this.#installer, "--state", join(this.directory, "state")];
    this.#child = Bun.spawn([process.execPath, script, ...words], { stdout: "ignore", stderr: "inherit" });
  }

  /** kill -9: it closes and says nothing. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.exited;
  }

  /** Stops it as a computer does that is busy with something else, until what this returns is disposed. */
  hold(): Disposable {
    const child = this.#child;
    child?.kill("SIGSTOP");
    return { [Symbol.dispose]: () => child?.kill("SIGCONT") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The one Jump Client of the site, once it is online. */
export async function onlineJumpItem(browser: TestBrowser): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { rows } = await browser.json<{ rows: { id: string; status: string }[] }>("GET", "/api/console/jump-items");
    const row = rows.find(({ status }) => status !== "offline");
    if (row !== undefined) return row.id;
    await Bun.sleep(50);
  }
  throw new Error("the agent did not come online");
}
