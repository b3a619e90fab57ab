/**
 * `make run`: builds what is not built, starts the server on https://localhost:8443 with its data in ./data, and once it
 * is set up enrols this computer as the first Jump Client. Ctrl-C ends all of it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Program } from "../desktop/program.ts";
import { displayForAgent } from "./display.ts";

const DATA = "data";
const URL = "https://localhost:8443";
const LISTEN = "127.0.0.1:8443";
const ASK_AGAIN_MS = 1_000;

const say = (line: string): void => console.log(`\n  ${line}\n`);
const echo =
  (name: string) =>
  (line: string): void =>
    console.log(`${name.padEnd(6)} │ ${line}`);

/** Aborted when the person, or the terminal's end, asks to stop. */
const stop = new AbortController();
const stopped = new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

async function run(): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const build = stack.use(new Program([process.execPath, "tools/build/main.ts"], { onLine: echo("build") }));
  await Promise.race([build.exited, stopped]);
  if (!build.hasExited || (await build.exited) !== 0) return 1;
  mkdirSync(DATA, { recursive: true, mode: 0o700 });
  const listening = Promise.withResolvers<void>();
  const server = stack.use(
    new Program(["dist/causeway", "serve", "--data", DATA, "--listen", LISTEN, "--quick-start"], {
      onLine: (line) => {
        echo("server")(line);
        if (line.startsWith("Listening on ")) listening.resolve();
      },
    }),
  );
  await Promise.race([listening.promise, server.exited, stopped]);
  if (!server.hasExited) void attend(stack).catch((failure: unknown) => say(String(failure)));
  await Promise.race([server.exited, stopped]);
  if (server.hasExited) say(`The server ended (${await server.exited}); its last lines above say why.`);
  return server.hasExited ? 1 : 0;
}

/** Waits for the set-up, then makes this computer reachable. */
async function attend(stack: AsyncDisposableStack): Promise<void> {
  if (!(await isSetUp())) {
    say(`Open ${URL} to set up your site. Its certificate is its own for now: the browser asks about it once.`);
    while (!(await isSetUp())) await Bun.sleep(ASK_AGAIN_MS);
  }
  if (await startAgent(stack)) say(`Open ${URL}/console and Jump to this computer. Ctrl-C ends everything.`);
}

async function isSetUp(): Promise<boolean> {
  const response = await fetch(`${URL.replace("localhost", "127.0.0.1")}/api/site`, {
    tls: { rejectUnauthorized: false },
  });
  const site: unknown = await response.json();
  return typeof site === "object" && site !== null && "isSetUp" in site && site.isSetUp === true;
}

async function startAgent(stack: AsyncDisposableStack): Promise<boolean> {
  const state = `${DATA}/agent`;
  const folder = `${DATA}/this-computer`;
  const installerFile = `${folder}/causeway-installer.json`;
  const isEnrolled = existsSync(state);
  if (!isEnrolled) {
    const command = ["dist/causeway", "create-installer", "--data", DATA, "--output", folder];
    if ((await new Program(command, { onLine: echo("server") }).exited) !== 0) return false;
    aimAtThisComputer(installerFile);
  }
  const display = await displayForAgent(process.env["DISPLAY"], say);
  if (display !== null) stack.use(display);
  const first = isEnrolled ? [] : ["--installer", installerFile];
  const agent = stack.use(
    new Program(["dist/causeway-agent", "run", ...first, "--state", state], {
      environment: display?.environment ?? {},
      onLine: echo("agent"),
    }),
  );
  void agent.exited.then((code) => {
    if (!stop.signal.aborted) say(`The agent ended (${code}). If you removed this computer, delete ${state} too.`);
  });
  return true;
}

/** Whatever hostname the site was given, from this computer it is reached at localhost. Whom to trust stays as it is. */
function aimAtThisComputer(file: string): void {
  const installer: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (typeof installer !== "object") throw new Error(`${file} is not an installer.`);
  writeFileSync(file, JSON.stringify({ ...installer, site: URL }));
}

process.exit(await run());
