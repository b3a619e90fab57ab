/** The agent of one self-test: the real program, as the service's user, with a state directory that goes with it. */
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InstallerFile } from "../../protocol/hello.ts";

const MAX_TOLD_LINES = 20;

export interface TestAgent extends AsyncDisposable {
  /** What it said last, for the report of a step that failed. */
  told(): string;
  /** Resolves with what it said when it ends by itself. */
  readonly ended: Promise<string>;
}

/**
 * @param program the agent's binary
 * @param site where the server answers on this machine; whom to trust is in the installer
 * @throws {Error} when there is no such program, or it may not be run from where it lies
 */
export function startTestAgent(program: string, installer: InstallerFile, site: string): TestAgent {
  if (!existsSync(program)) throw new Error(`there is no agent at ${program}; name one with --agent`);
  const directory = mkdtempSync(join(tmpdir(), "causeway-self-test-"));
  chmodSync(directory, 0o700);
  const file = join(directory, "causeway-installer.json");
  writeFileSync(file, JSON.stringify({ ...installer, site }), { mode: 0o600 });
  const words = ["run", "--installer", file, "--state", join(directory, "state"), "--name", "Appliance self-test"];
  const child = Bun.spawn([program, ...words], {
    env: { HOME: directory, PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    ...{ cwd: directory, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  const lines: string[] = [];
  const read = Promise.all([keepLines(child.stdout, lines), keepLines(child.stderr, lines)]);
  const told = (): string => lines.slice(-3).join("; ");
  return {
    told,
    ended: child.exited.then(async () => {
      await read;
      return told();
    }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function keepLines(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  for await (const bytes of stream) {
    lines.push(
      ...new TextDecoder()
        .decode(bytes)
        .split("\n")
        .filter((line) => line !== ""),
    );
    lines.splice(0, lines.length - MAX_TOLD_LINES);
  }
}
