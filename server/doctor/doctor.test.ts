import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { readServingPlace, writeServingPlace } from "../self-test/serving-place.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { startTestServer } from "../test/test-server.ts";
import { examine } from "./doctor.ts";

const SOURCE = join(import.meta.dir, "../../agent/main.ts");

/** The agent from its source, nobody in a user namespace of its own: its shells have no home. */
function agentIn(directory: string): string {
  const program = join(directory, "causeway-agent");
  writeFileSync(program, `#!/bin/sh\nexec unshare --user ${process.execPath} ${SOURCE} "$@"\n`);
  chmodSync(program, 0o700);
  return program;
}

/** What is said last, of the running server; as another process looks beside it. */
async function lastFinding(directory: string, agent: string) {
  const log = createLog(() => undefined, systemClock.now);
  const version = "0.0.0-test";
  await using core = await openCore({ directory, credentialsDirectory: null, clock: systemClock, log, version });
  return (await examine(core, agent)).at(-1)!;
}

test("the doctor has a running server do its job once, and says in words how that went", async () => {
  using programs = temporaryDirectory();
  await using site = await startTestServer({ clock: systemClock });
  const agent = agentIn(programs.path);
  const done = await lastFinding(site.directory, agent);
  expect(done).toEqual({ isWell: true, text: expect.stringContaining("The server does its job: a computer enrolled") });
  const without = await lastFinding(site.directory, join(programs.path, "nowhere"));
  expect(without).toEqual({ isWell: true, text: expect.stringContaining("there is no agent's program at") });
}, 60_000);

test("a server that was killed and never said so is found not to answer, at once", async () => {
  using programs = temporaryDirectory();
  let directory = "";
  const agent = agentIn(programs.path);
  using kept = temporaryDirectory();
  {
    const site = await startTestServer({ directory: kept.path });
    directory = site.directory;
    const place = readServingPlace(directory)!;
    await site[Symbol.asyncDispose]();
    writeServingPlace(directory, place);
  }
  const { isWell, text } = await lastFinding(directory, agent);
  expect(isWell).toBe(false);
  expect(text).toContain("The server does not answer as it should");
}, 60_000);
