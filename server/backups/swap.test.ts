import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { letPreviousComeBack, PENDING, PREVIOUS, putPendingInPlace, swapSteps } from "./swap.ts";

const log = createLog(() => undefined, systemClock.now);
const open = (directory: string) =>
  openCore({ directory, credentialsDirectory: null, clock: systemClock, log, version: "0.0.0-test" });

async function makeSite(directory: string, siteName: string): Promise<void> {
  await using core = await open(directory);
  const account = { username: "anna", displayName: "Anna", password: "correct horse battery staple" };
  const site = { siteName, hostname: "localhost", isConsoleEnabled: false, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...site, ...account });
}

async function nameOf(directory: string): Promise<string> {
  await using core = await open(directory);
  expect(core.database.check()).toEqual([]);
  expect(await core.audit.verify(core.database.queries)).toMatchObject({ isIntact: true });
  await core.certificates.served();
  return (await core.settings.read()).siteName;
}

describe("a restored site put in place", () => {
  const folder = temporaryDirectory();
  const at = (...parts: string[]): string => join(folder.path, ...parts);
  beforeAll(async () => {
    await makeSite(at("old"), "Old");
    await makeSite(at("new"), "New");
  });
  afterAll(() => folder[Symbol.dispose]());

  /** A data directory of the old site with the new one waiting; the old one was killed, so that its log is not folded in. */
  function prepare(name: string): string {
    const directory = at(name);
    cpSync(at("old"), directory, { recursive: true });
    cpSync(at("new"), join(directory, "coming"), { recursive: true });
    renameSync(join(directory, "coming"), join(directory, PENDING));
    return directory;
  }

  test("a power cut after each step leaves what the next start makes the new site of, with the old one kept", async () => {
    const steps = [...swapSteps(prepare("count"))].length;
    expect(steps).toBeGreaterThan(10);
    for (let cutAfter = 0; cutAfter < steps; cutAfter += 1) {
      const directory = prepare(`cut-${cutAfter}`);
      const swap = swapSteps(directory);
      for (let step = 0; step <= cutAfter; step += 1) swap.next();
      // Twice: the start after the cut is cut off too, a step further.
      const again = swapSteps(directory);
      if (existsSync(join(directory, PENDING))) for (let step = 0; step < 2; step += 1) again.next();
      putPendingInPlace(directory);
      expect([cutAfter, await nameOf(directory)]).toEqual([cutAfter, "New"]);
      expect([cutAfter, await nameOf(join(directory, PREVIOUS))]).toEqual([cutAfter, "Old"]);
      expect(existsSync(join(directory, PENDING))).toBe(false);
    }
  }, 60_000);

  test("what was before comes back, once", async () => {
    const directory = prepare("undo");
    expect(putPendingInPlace(directory)).toBe(true);
    expect(putPendingInPlace(directory)).toBe(false);
    expect(await nameOf(directory)).toBe("New");
    expect(letPreviousComeBack(directory)).toBe(true);
    putPendingInPlace(directory);
    expect(await nameOf(directory)).toBe("Old");
    expect(readFileSync(join(directory, "secret.key"))).toEqual(readFileSync(at("old", "secret.key")));
  });

  test("a log that the old database left does not come over the new one", async () => {
    const directory = at("logged");
    cpSync(at("old"), directory, { recursive: true });
    {
      const core = await open(directory);
      await core.database.transaction((tx) => core.settings.change(tx, { siteName: "Written last" }));
      cpSync(directory, at("killed"), { recursive: true });
      await core[Symbol.asyncDispose]();
    }
    const killed = at("killed");
    expect(existsSync(join(killed, "causeway.sqlite-wal"))).toBe(true);
    cpSync(at("new"), join(killed, PENDING), { recursive: true });
    putPendingInPlace(killed);
    expect(await nameOf(killed)).toBe("New");
    expect(await nameOf(join(killed, PREVIOUS))).toBe("Written last");
  });

  test("nothing is put in place while another process serves from the directory", async () => {
    const directory = prepare("served");
    const { lockForServing } = await import("../database/data-directory.ts");
    using _lock = lockForServing(directory);
    expect(() => putPendingInPlace(directory)).toThrow("already serves");
    mkdirSync(at("empty"));
    expect(putPendingInPlace(at("empty"))).toBe(false);
    expect(letPreviousComeBack(at("empty"))).toBe(false);
  });
});
