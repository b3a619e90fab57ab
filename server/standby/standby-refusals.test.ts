import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Database as Sqlite } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { systemClock } from "../clock.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { createLog } from "../log.ts";
import { type Appliance, eventually, inStep, pairedAppliances, twoAppliances } from "../test/paired-appliances.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { FedLog } from "./fed-log.ts";
import { encodeInvitation, readInvitation } from "./invitation.ts";
import { dialLane } from "./lane/dial.ts";
import { makePairKeys } from "./lane/pair-keys.ts";
import { Pair } from "./pair.ts";
import { readPairRecord, writePairRecord } from "./pair-file.ts";

const MEGABYTE = 1 << 20;
const baseOf = ({ directory }: Appliance): number => statSync(join(directory, "standby/copy", DATABASE_FILE)).ino;
const switchBy = (browser: TestBrowser, force: boolean) =>
  browser.refusal("POST", "/api/appliance/standby/switch", { body: { force } });
const actions = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ rows: { action: string }[] }>("GET", "/api/login/audit")).rows.map(({ action }) => action);

/** Writes so much into a database, beside its server or without one. */
function write({ directory }: Appliance, megabytes: number): void {
  using database = new Sqlite(join(directory, DATABASE_FILE));
  database.run("pragma busy_timeout = 10000");
  for (let index = 0; index < megabytes; index += 1)
    database.run("insert into settings (name, value) values (?, ?)", [
      `filler ${crypto.randomUUID()}`,
      JSON.stringify("x".repeat(MEGABYTE)),
    ]);
}

/** Dials with an invitation. @returns whether it was let in */
async function knock(port: number, hostKey: string, invitation: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const side = { kind: "dialler", keys: makePairKeys(), hostKey, invitation } as const;
  const lane = dialLane({ host: "127.0.0.1", port }, side, {
    ...{ onOpen: () => resolve(true), onMessage: () => undefined, onClose: () => resolve(false) },
  });
  const isIn = await promise;
  setTimeout(() => lane.end("over"), 1000);
  return isIn;
}

describe("what a failover pair does not do", () => {
  test("B34 a change of roles by force that fails says why, and the standby follows on", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await standby.signIn("otto");
    // As if somebody had uploaded a backup to the standby: both would put another database in place.
    const pending = join(standby.directory, "restore-pending");
    mkdirSync(pending);
    expect(await switchBy(standby.appliance, true)).toEqual({ status: 409, code: "standby.refused" });
    rmSync(pending, { recursive: true });
    // And as if the disk under the copy failed: what is there is no database any more.
    const copy = join(standby.directory, "standby/copy", DATABASE_FILE);
    const whole = readFileSync(copy);
    writeFileSync(copy, "no database");
    expect(await switchBy(standby.appliance, true)).toEqual({ status: 409, code: "standby.refused" });
    writeFileSync(copy, whole);
    expect(await standby.pair()).toMatchObject({ role: "standby" });
    await inStep(primary);
    await primary.kill();
    await standby.act("switch", { force: true });
    await standby.administrator();
  }, 90_000);

  test("B34 a standby whose copy cannot be read starts all the same, and gets a new one", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const base = baseOf(standby);
    await standby.kill();
    writeFileSync(join(standby.directory, "standby/copy/state.json"), "{}");
    await standby.start();
    await primary.pairIs(
      "the standby is away and back",
      ({ behindBytes, peer }) => behindBytes === 0 && peer!.isReached,
    );
    await eventually("a new copy", () => Promise.resolve(baseOf(standby) === base ? null : true));
    await inStep(primary);
  }, 60_000);

  test("B34 a primary that gave its role away is not made single; that it serves again by force is written down", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await standby.kill();
    await primary.stop();
    writePairRecord(primary.directory, { ...readPairRecord(primary.directory)!, hasYielded: true });
    await primary.start();
    await primary.signIn("olga");
    expect((await primary.administratorRefused()).status).toBe(503);
    const parted = await primary.appliance.refusal("POST", "/api/appliance/standby/part", { body: {} });
    expect(parted).toEqual({ status: 409, code: "standby.refused" });
    expect(await switchBy(primary.appliance, false)).toEqual({ status: 409, code: "standby.refused" });
    await primary.act("switch", { force: true });
    const anna = await primary.administrator();
    expect(await actions(anna)).toContain("standby.switching");
    // The standby hears of the higher term and follows.
    await standby.start();
    await primary.signIn("olga");
    await inStep(primary);
  }, 60_000);

  test("B34 an invitation is good once, however many come with it at the same moment", async () => {
    await using two = await twoAppliances();
    const { site } = two;
    const { key, secret } = readInvitation(await site.invitation())!;
    const admitted = await Promise.all(Array.from({ length: 6 }, () => knock(site.port, key, secret)));
    expect(admitted.filter((isIn) => isIn).length).toBe(1);
  }, 30_000);

  test("an invitation to what is no address is refused, and the next address is tried", async () => {
    await using two = await twoAppliances();
    const { site, fresh } = two;
    const invitation = readInvitation(await site.invitation())!;
    const nowhere = encodeInvitation({ ...invitation, hosts: ["fe80::1%eth0", "no address"] });
    const body = { invitation: nowhere };
    const refused = await fresh.appliance.refusal("POST", "/api/appliance/standby/join", { body });
    expect(refused).toEqual({ status: 409, code: "standby.refused" });
    await fresh.act("join", { invitation: encodeInvitation({ ...invitation, hosts: ["fe80::1%eth0", "127.0.0.1"] }) });
    await inStep(site);
  }, 30_000);

  test("B34 a log is not held for ever for a standby that is away: past its bound it is let go, that is said, and a new copy brings every row", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const base = baseOf(standby);
    await standby.kill();
    await primary.stop();
    {
      const log = createLog(() => undefined, systemClock.now);
      await using own = await Pair.open(primary.directory, { clock: systemClock, log });
      own.holdFromTheStart();
      using fedLog = new FedLog(own, log, 4 * MEGABYTE);
      write(primary, 3);
      fedLog.watch();
      await Bun.sleep(300);
      expect(own.isHolding).toBe(true);
      write(primary, 3);
      fedLog.watch();
      await eventually("the log is let go", () => Promise.resolve(own.isHolding ? null : true));
      expect(own.record.history[0]?.text).toContain("The standby is away for too long.");
    }
    await primary.start();
    await primary.signIn("olga");
    expect((await primary.pair()).history[0]?.text).toContain("a whole new copy");
    await primary.administrator();
    await standby.start();
    await inStep(primary);
    expect(baseOf(standby)).not.toBe(base);
    await primary.kill();
    await standby.signIn("otto");
    await standby.act("switch", { force: true });
    await standby.administrator();
    using database = new Sqlite(join(standby.directory, DATABASE_FILE), { readonly: true });
    const rows = database.query("select count(*) as rows from settings where name like 'filler %'").get();
    expect(rows).toEqual({ rows: 6 });
  }, 90_000);

  test("B34 of two people who change roles at the standby at once one is told so, and the other one gets the primary's answer", async () => {
    await using pair = await pairedAppliances();
    const { standby } = pair;
    await standby.signIn("otto");
    const wish = async (): Promise<string> => {
      const path = "/api/appliance/standby/switch";
      const response = await standby.appliance.request("POST", path, { body: { force: false } });
      return response.ok ? "done" : ((await response.json()) as { message: string }).message;
    };
    const pending = join(standby.directory, "restore-pending");
    mkdirSync(pending);
    expect((await Promise.all([wish(), wish()])).toSorted()).toEqual([
      expect.stringContaining("A backup is being restored on the standby."),
      expect.stringContaining("The primary was asked already."),
    ]);
  }, 60_000);

  test("B34 a primary that cannot keep that it is the standby now starts anew all the same, and is it", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    // As if the disk were full from the moment on that it gives its role away.
    const obstacle = join(primary.directory, "pair.json.new");
    const answer = switchBy(primary.appliance, false);
    await eventually("the role is given away", () => {
      if (readPairRecord(primary.directory)?.hasYielded !== true) return Promise.resolve(null);
      mkdirSync(obstacle);
      return Promise.resolve(true);
    });
    expect(await answer).toEqual({ status: 200, code: "" });
    await standby.signIn("olga");
    await standby.pairIs("the former primary follows", ({ role, peer }) => role === "primary" && peer!.isReached);
    rmSync(obstacle, { recursive: true });
    await primary.signIn("olga");
    await primary.pairIs("it is the standby", ({ role }) => role === "standby");
    await inStep(standby);
  }, 60_000);

  test("what a power cut in a drill left is gone after the next start", async () => {
    await using pair = await pairedAppliances();
    const { standby } = pair;
    const left = join(standby.directory, "standby-drill");
    await standby.kill();
    mkdirSync(left);
    writeFileSync(join(left, DATABASE_FILE), "a whole copy of the site");
    await standby.start();
    await standby.signIn("otto");
    await eventually("it is gone", () => Promise.resolve(existsSync(left) ? null : true));
  }, 60_000);
});
