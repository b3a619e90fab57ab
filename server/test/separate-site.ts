/** A site whose server and agent are processes of their own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { type Core, openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { onlineJumpItem, RealAgent } from "./real-agent.ts";
import { ScriptedConsole } from "./scripted-console.ts";
import { type ServingProcess, startServingProcess } from "./serving-process.ts";
import { TestBrowser } from "./test-browser.ts";
import { PASSWORD } from "./test-server.ts";

export interface SeparateSite extends AsyncDisposable {
  readonly directory: string;
  /** What is transferred from and to. */
  readonly files: string;
  readonly core: Core;
  readonly server: ServingProcess;
  readonly agent: RealAgent;
  readonly anna: TestBrowser;
  readonly console: ScriptedConsole;
  readonly session: string;
  readonly base: string;
}

/**
 * A server and an agent, both processes of their own that a test can kill, with a running session.
 * @param dataDirectory the server's; default: a temporary one.
 */
export async function openSeparateSite(dataDirectory?: string): Promise<SeparateSite> {
  await using stack = new AsyncDisposableStack();
  const files = temporaryDirectory(stack);
  const directory = dataDirectory ?? temporaryDirectory(stack);
  const core = stack.use(await openSite(directory));
  const server = stack.use(await startServingProcess(directory));
  const anna = new TestBrowser(`https://127.0.0.1:${server.port}`);
  await anna.signIn("console", "anna", PASSWORD);
  const agent = stack.use(await RealAgent.start(core, server.port));
  const console = stack.use(await ScriptedConsole.open(anna));
  const session = await console.start(await onlineJumpItem(anna));
  await console.sees(session, (view) => view.state === "active");
  const opened = stack.move();
  const base = `/api/console/sessions/${session}`;
  const parts = { directory, files, core, server, agent, anna, console, session, base };
  return { ...parts, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

function temporaryDirectory(stack: AsyncDisposableStack): string {
  const directory = mkdtempSync(join(tmpdir(), "causeway-separate-"));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function openSite(directory: string): Promise<Core> {
  const log = createLog(() => undefined, systemClock.now);
  const core = await openCore({
    directory,
    credentialsDirectory: null,
    clock: systemClock,
    log,
    version: "0.0.0-test",
  });
  const names = { siteName: "Northmoor", hostname: "localhost", username: "anna", displayName: "Anna" };
  const rest = { password: PASSWORD, isConsoleEnabled: true, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...names, ...rest });
  return core;
}
