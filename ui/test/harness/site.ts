import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Program } from "../../../tools/desktop/program.ts";
import { Network } from "./network.ts";

/** The administrator every site of the tests has. */
export const ADMIN = { username: "ada", password: "correct horse battery staple" } as const;

/** How long the server may take to listen. */
const START_TIMEOUT_MS = 20_000;

/** A running site: the built server on a port and a data directory of its own, behind a network that can be cut. */
export class Site implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #lines: string[];
  readonly #port: number;
  readonly folder: string;
  /** Between the site and its agents. */
  readonly agentNetwork: Network;
  /** Between the site and its browsers. */
  readonly browserNetwork: Network;
  #server: Program;

  private constructor(
    stack: AsyncDisposableStack,
    parts: { folder: string; lines: string[]; port: number; server: Program; networks: readonly [Network, Network] },
  ) {
    this.#stack = stack;
    this.#lines = parts.lines;
    this.#port = parts.port;
    this.#server = parts.server;
    this.folder = parts.folder;
    [this.agentNetwork, this.browserNetwork] = parts.networks;
  }

  /** Starts a site, set up without its set-up page unless one wants to see that page; as on an appliance where one says so. */
  static async start({ isSetUp = true, isAppliance = false } = {}): Promise<Site> {
    await using stack = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "causeway-site-"));
    stack.defer(() => rmSync(folder, { recursive: true, force: true }));
    const lines: string[] = [];
    const options = ["--hostname", "localhost", "--admin", ADMIN.username, "--password-stdin", "--enable-console"];
    if (isSetUp) await runServer(["setup", "--data", folder, ...options], lines, `${ADMIN.password}\n`);
    const { program, port } = await serve(folder, 0, lines, isAppliance ? ["--appliance"] : []);
    stack.use(program);
    const networks = [stack.use(await Network.open(port)), stack.use(await Network.open(port))] as const;
    return new Site(stack.move(), { folder, lines, port, server: program, networks });
  }

  /** What a browser opens. */
  get address(): string {
    return `https://localhost:${this.browserNetwork.port}`;
  }

  /** The server itself, without the network that can be cut. */
  get directAddress(): string {
    return `https://localhost:${this.#port}`;
  }

  get serverPid(): number {
    return this.#server.pid;
  }

  /** What the server has printed, for a failing test's sake. */
  get log(): string {
    return this.#lines.join("\n");
  }

  /** Makes an installer whose agents will come over this site's agent network, or straight to the server. */
  async createInstaller({ machines = 1, isDirect = false } = {}): Promise<string> {
    const output = mkdtempSync(join(this.folder, "installer-"));
    const options = ["--data", this.folder, "--output", output, "--machines", String(machines)];
    await runServer(["create-installer", ...options], this.#lines);
    const file = join(output, "causeway-installer.json");
    const installer = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const site = isDirect ? this.directAddress : `https://localhost:${this.agentNetwork.port}`;
    writeFileSync(file, JSON.stringify({ ...installer, site }));
    return file;
  }

  /** Runs the server's program on the site's data, as the service's user would on the machine; what it printed. */
  async command(words: readonly string[], input?: string): Promise<string> {
    const [name = "", ...rest] = words;
    const lines: string[] = [];
    await runServer([name, "--data", this.folder, ...rest], lines, input);
    return lines.join("\n");
  }

  /** Ends the server as a power cut would, and starts it again on the same port and data. */
  async killAndRestart(): Promise<void> {
    this.#server.kill("SIGKILL");
    await this.#server.exited;
    const { program } = await serve(this.folder, this.#port, this.#lines);
    this.#server = this.#stack.use(program);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function runServer(words: readonly string[], lines: string[], input?: string): Promise<void> {
  const program = new Program(["dist/causeway", ...words], {
    ...(input === undefined ? {} : { input }),
    onLine: (line) => lines.push(line),
  });
  const code = await program.exited;
  if (code !== 0) throw new Error(`causeway ${words[0]} ended with ${code}:\n${lines.join("\n")}`);
}

async function serve(
  folder: string,
  port: number,
  lines: string[],
  more: readonly string[] = [],
): Promise<{ program: Program; port: number }> {
  const listening = Promise.withResolvers<number>();
  const program = new Program(["dist/causeway", "serve", "--data", folder, "--listen", `127.0.0.1:${port}`, ...more], {
    onLine: (line) => {
      lines.push(line);
      const found = /^Listening on https:\/\/.*:(\d+)/.exec(line)?.[1];
      if (found !== undefined) listening.resolve(Number(found));
    },
  });
  const fail = (why: string): void => listening.reject(new Error(`The server ${why}:\n${lines.join("\n")}`));
  const timer = setTimeout(() => fail("does not listen"), START_TIMEOUT_MS);
  void program.exited.then((code) => fail(`ended with ${code}`));
  try {
    return { program, port: await listening.promise };
  } catch (failure) {
    await program[Symbol.asyncDispose]();
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}
