/** A real X server without a monitor (Xvfb) for tests, with programs on it. */
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DisplayAddress } from "../x11/connection.ts";

export interface VirtualDisplay extends AsyncDisposable {
  readonly address: DisplayAddress;
  /** Starts a program on the display; it ends with it. */
  start(command: readonly string[]): Bun.Subprocess;
  /** Runs a program on the display and returns what it wrote. */
  run(command: readonly string[], input?: string): Promise<string>;
  /** The X server answers nothing from now on; who asked it waits. */
  pause(): void;
  /** Ends the X server at once, as a crash would. */
  kill(): Promise<void>;
}

/** Starts Xvfb on a display number of its own choosing, or on `display`. */
export async function startVirtualDisplay(size = "1280x800", display: string | null = null): Promise<VirtualDisplay> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-x-"));
  const numberFile = join(directory, "display");
  const descriptor = openSync(numberFile, "w");
  const options = [
    "-screen",
    "0",
    `${size}x24`,
    "-nolisten",
    "tcp",
    "-noreset",
    "+extension",
    "RANDR",
    "-displayfd",
    "3",
  ];
  const server = Bun.spawn(["Xvfb", ...(display === null ? [] : [display]), ...options], {
    stdio: ["ignore", "ignore", "ignore", descriptor],
  });
  closeSync(descriptor);
  let number = "";
  for (let waited = 0; number === "" && waited < 10_000; waited += 20) {
    await Bun.sleep(20);
    number = readFileSync(numberFile, "utf8").trim();
  }
  if (number === "") throw new Error("Xvfb did not start");
  const name = `:${number}`;
  const programs: Bun.Subprocess[] = [];
  const env = { ...process.env, DISPLAY: name, XAUTHORITY: "" };
  const end = async (process: Bun.Subprocess) => {
    process.kill("SIGKILL");
    await process.exited;
  };
  return {
    address: { display: name, authority: null },
    start(command) {
      const program = Bun.spawn([...command], { env, stdio: ["ignore", "ignore", "ignore"] });
      programs.push(program);
      return program;
    },
    async run(command, input) {
      const stdin = input === undefined ? "ignore" : new Blob([input]);
      const program = Bun.spawn([...command], { env, stdin, stdout: "pipe", stderr: "pipe" });
      const output = await new Response(program.stdout).text();
      if ((await program.exited) !== 0)
        throw new Error(`${command.join(" ")}: ${await new Response(program.stderr).text()}`);
      return output;
    },
    pause: () => server.kill("SIGSTOP"),
    kill: () => end(server),
    async [Symbol.asyncDispose]() {
      for (const program of programs) await end(program);
      await end(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
