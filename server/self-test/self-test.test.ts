import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { startTestServer, type TestServer } from "../test/test-server.ts";
import { systemClock } from "../clock.ts";
import { type Core, openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { selfTest } from "./self-test.ts";
import { readServingPlace } from "./serving-place.ts";
import type { StepResult } from "./steps.ts";
import { openTestAccount } from "./test-account.ts";

const SOURCE = join(import.meta.dir, "../../agent/main.ts");

/**
 * The agent from its source, as a program of one word. In a user namespace of its own it is nobody's, as on an appliance:
 * its shells have no home, and leave nothing in the home of whoever runs the test.
 */
function agentIn(directory: string, words = `unshare --user ${process.execPath} ${SOURCE} "$@"`): string {
  const program = join(directory, "causeway-agent");
  writeFileSync(program, `#!/bin/sh\nexec ${words}\n`);
  chmodSync(program, 0o700);
  return program;
}

/** As another process opens it beside the server. */
const openBeside = (directory: string): Promise<Core> =>
  openCore({
    ...{ directory, credentialsDirectory: null, clock: systemClock, version: "0.0.0-test" },
    log: createLog(() => undefined, systemClock.now),
  });

const start = () => startTestServer({ clock: systemClock });

async function run(site: TestServer, agent: string, limitMs = 60_000) {
  const results: StepResult[] = [];
  await using core = await openBeside(site.directory);
  const isWell = await selfTest({ core, agent, limitMs, told: (result) => results.push(result) });
  return { isWell, steps: Object.fromEntries(results.map(({ name, outcome }) => [name, outcome])), results };
}

/** What stands in the tables a test makes rows in. */
async function rowCounts({ core: { database } }: TestServer): Promise<readonly number[]> {
  const tables = ["representatives", "jump_groups", "jump_clients", "installers", "sign_ins", "settings"] as const;
  return await Promise.all(
    tables.map(async (table) => (await database.queries.selectFrom(table).selectAll().execute()).length),
  );
}

describe("the self-test", () => {
  test("enrols a computer of its own, types into its shell and leaves nothing behind", async () => {
    using directory = temporaryDirectory();
    await using site = await start();
    const before = await rowCounts(site);
    const { isWell, steps, results } = await run(site, agentIn(directory.path));
    expect(results.filter(({ outcome }) => outcome !== "passed")).toEqual([]);
    expect(Object.keys(steps)).toEqual(["Database", "TLS", "Account", "Jump Client", "Shell", "Clean-up"]);
    expect(isWell).toBeTrue();
    expect(await rowCounts(site)).toEqual(before);
    const query = site.core.database.queries.selectFrom("audit_events").select(["actor_kind", "outcome"]);
    expect(await query.where("action", "=", "self-test.run").execute()).toEqual([
      { actor_kind: "system", outcome: "succeeded" },
    ]);
    const sessions = await site.core.database.queries.selectFrom("support_sessions").select("ended_at").execute();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]!.ended_at).not.toBeNull();
  }, 60_000);

  test("an agent that ends, or is not there, is found out, and nothing is left behind", async () => {
    using directory = temporaryDirectory();
    await using site = await start();
    const before = await rowCounts(site);
    const ended = await run(site, agentIn(directory.path, 'echo "no display today"; exit 3'));
    expect(ended.steps).toMatchObject({ "Jump Client": "failed", "Clean-up": "passed" });
    expect(ended.results.find(({ name }) => name === "Jump Client")!.text).toContain("no display today");
    expect(ended.isWell).toBeFalse();
    expect((await run(site, join(directory.path, "none"))).isWell).toBeFalse();
    expect(await rowCounts(site)).toEqual(before);
  }, 60_000);

  test("a computer that never comes is waited for as long as the test may take, and no longer", async () => {
    using directory = temporaryDirectory();
    await using site = await start();
    const before = await rowCounts(site);
    const startedAtMs = performance.now();
    const { steps } = await run(site, agentIn(directory.path, "sleep 600"), 6000);
    expect(performance.now() - startedAtMs).toBeLessThan(15_000);
    expect(steps).toMatchObject({ "Jump Client": "failed", "Clean-up": "passed" });
    expect(await rowCounts(site)).toEqual(before);
  }, 60_000);

  test("what a test left that was cut off is taken away by the next", async () => {
    using directory = temporaryDirectory();
    await using site = await start();
    const before = await rowCounts(site);
    {
      await using core = await openBeside(site.directory);
      await openTestAccount(core, site.port);
    }
    expect(await rowCounts(site)).not.toEqual(before);
    await run(site, join(directory.path, "none"));
    expect(await rowCounts(site)).toEqual(before);
  }, 60_000);

  test("a site that keeps consoles out, or is not set up, is well without a shell", async () => {
    using directory = temporaryDirectory();
    await using closed = await startTestServer({ clock: systemClock, isConsoleEnabled: false });
    const { isWell, steps } = await run(closed, agentIn(directory.path));
    expect(steps).toMatchObject({ "Jump Client": "passed", Shell: "skipped", "Clean-up": "passed" });
    expect(isWell).toBeTrue();
    await using fresh = await startTestServer({ clock: systemClock, isSetUp: false });
    expect(await run(fresh, agentIn(directory.path))).toMatchObject({ isWell: true, steps: { Account: "skipped" } });
  }, 60_000);

  test("where the server answers is known while it serves, and not after", async () => {
    const site = await start();
    const { directory, port } = site;
    const place = { hostname: "127.0.0.1", port };
    expect(readServingPlace(directory)).toEqual({ endpoints: place, consoles: place, administration: place });
    await site.server[Symbol.asyncDispose]();
    expect(readServingPlace(directory)).toBeNull();
    await site[Symbol.asyncDispose]();
  });
});
