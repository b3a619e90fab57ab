import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Status } from "../../protocol/api/administration.ts";
import { type NotifySink, openNotifySink } from "../test/notify-sink.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { TestBrowser } from "../test/test-browser.ts";
import { ADMINISTRATOR, PASSWORD } from "../test/test-server.ts";
import { runProgram, type ServingProgram, serveProgram } from "../test/whole-program.ts";

const WAIT_MS = 20_000;

let directory: ReturnType<typeof temporaryDirectory>;
let data: string;
beforeEach(async () => {
  directory = temporaryDirectory();
  data = join(directory.path, "data");
  const words = ["--data", data, "--hostname", "localhost", "--admin", ADMINISTRATOR, "--password-stdin"];
  expect(await runProgram(["setup", ...words], `${PASSWORD}\n`)).toMatchObject({ status: 0 });
});
afterEach(() => directory[Symbol.dispose]());

/** The program as it serves, and its site's administrator, signed in. */
interface Serving extends AsyncDisposable {
  readonly program: ServingProgram;
  readonly anna: TestBrowser;
  status(): Promise<Status>;
}

async function serve(more: readonly string[], manager?: string): Promise<Serving> {
  const program = await serveProgram(data, { more, ...(manager === undefined ? {} : { manager }) });
  const anna = new TestBrowser(program.url);
  await anna.signIn("login", ADMINISTRATOR, PASSWORD);
  return {
    ...{ program, anna },
    status: () => anna.json<Status>("GET", "/api/login/status"),
    async [Symbol.asyncDispose]() {
      await program.end("SIGKILL");
    },
  };
}

/** Its software is restarted; resolves when it answers again, at the same port, with the same sign-in. */
async function restartedInPlace({ anna, status }: Serving): Promise<void> {
  const before = await status();
  await anna.json("POST", "/api/login/restart", { drainMinutes: 0 });
  for (const endsAt = performance.now() + WAIT_MS; performance.now() < endsAt; await Bun.sleep(50)) {
    // For a moment nobody listens there.
    const after = await status().catch(() => null);
    if (after === null || after.startedAt === before.startedAt) continue;
    expect({ ...after, memoryBytes: 0, databaseBytes: 0, diskFreeBytes: 0 }).toEqual({
      ...{ ...before, startedAt: after.startedAt, memoryBytes: 0, databaseBytes: 0, diskFreeBytes: 0, restart: null },
    });
    return;
  }
  throw new Error("it did not start anew");
}

describe("B2 a restart of the software", () => {
  test("B2 under our own unit the process says that it ends, and ends with 0, so that systemd starts another", async () => {
    const socket = join(directory.path, "notify");
    await using sink: NotifySink = await openNotifySink(socket);
    await using serving = await serve(["--appliance"], socket);
    expect(await sink.nextWord()).toStartWith("READY=1");
    await serving.anna.json("POST", "/api/login/restart", { drainMinutes: 0 });
    expect(await sink.nextWord()).toStartWith("STOPPING=1");
    expect(await serving.program.exited).toBe(0);
    // The data are free and as they were for the next one.
    await using next = await serve(["--appliance"]);
    expect(await next.status()).toMatchObject({ siteName: expect.any(String), restart: null });
  }, 60_000);

  test("B2 where nobody would start it again the same process serves anew, at its port with its data, as often as asked; and still ends when told", async () => {
    await using serving = await serve([]);
    for (let times = 0; times < 3; times += 1) await restartedInPlace(serving);
    expect(await serving.program.end()).toBe(0);
  }, 60_000);

  test("B2 under somebody's own unit, which may not start it again, it serves anew, too, and says so", async () => {
    const socket = join(directory.path, "notify");
    await using sink: NotifySink = await openNotifySink(socket);
    await using serving = await serve([], socket);
    expect(await sink.nextWord()).toStartWith("READY=1");
    await restartedInPlace(serving);
    expect(await sink.nextWord()).toStartWith("READY=1");
    expect(await serving.program.end()).toBe(0);
  }, 60_000);
});
