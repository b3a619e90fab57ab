import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Database as Sqlite } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { STANDBY_SOCKET_PATH } from "../../protocol/standby.ts";
import { copyDatabase } from "../backups/copy/store.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { type Appliance, eventually, inStep, pairedAppliances, twoAppliances } from "../test/paired-appliances.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { dialLane } from "./lane/dial.ts";
import { makePairKeys } from "./lane/pair-keys.ts";
import { readInvitation } from "./invitation.ts";
import { readPairRecord } from "./pair-file.ts";

const add = (browser: TestBrowser, name: string) =>
  browser.json("POST", "/api/login/jump-groups", { name, comments: "" });
const names = async (browser: TestBrowser): Promise<string[]> =>
  (await browser.json<{ jumpGroups: { name: string }[] }>("GET", "/api/login/jump-groups")).jumpGroups.map(
    ({ name }) => name,
  );
/** Which file the base copy is: another one after a new copy. */
const baseOf = ({ directory }: Appliance): number => statSync(join(directory, "standby/copy", DATABASE_FILE)).ino;

async function takeOverByForce(primary: Appliance, standby: Appliance): Promise<TestBrowser> {
  await primary.kill();
  await standby.act("switch", { force: true });
  return await standby.administrator();
}

/** @returns the names of its Jump Groups, all of them */
function expectSound({ directory }: Appliance): Set<string> {
  using database = new Sqlite(join(directory, DATABASE_FILE), { readonly: true });
  expect(database.query("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(database.query("pragma foreign_key_check").all()).toEqual([]);
  const rows = database.query<{ name: string }, []>("select name from jump_groups").all();
  return new Set(rows.map(({ name }) => name));
}

const silent = (port: number): WebSocket =>
  new WebSocket(`wss://127.0.0.1:${port}${STANDBY_SOCKET_PATH}`, {
    tls: { rejectUnauthorized: false },
  } as unknown as string[]);

describe("a failover pair through faults", () => {
  test("B34 commands and backups that open the database beside the server neither lose a row nor cost a new copy; a stopped primary goes on where it was", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    const anna = await primary.administrator();
    const base = baseOf(standby);
    for (let round = 0; round < 5; round += 1) {
      await primary.core(({ applianceAccess }) => applianceAccess.presenceCodes.create());
      using folder = temporaryDirectory();
      copyDatabase(join(primary.directory, DATABASE_FILE), join(folder.path, "copy.sqlite"));
      {
        using foreign = new Sqlite(join(primary.directory, DATABASE_FILE));
        foreign.run("pragma wal_checkpoint(TRUNCATE)");
      }
      await add(anna, `Round ${round}`);
      await inStep(primary);
    }
    await primary.stop();
    await primary.start();
    await primary.signIn("olga");
    await inStep(primary);
    await add(await primary.administrator(), "After the restart");
    await inStep(primary);
    expect(baseOf(standby)).toBe(base);
    const there = await takeOverByForce(primary, standby);
    expect(await names(there)).toEqual(expect.arrayContaining(["Round 0", "Round 4", "After the restart"]));
    await standby.kill();
    expectSound(standby);
  }, 90_000);

  test("B34 either side killed at any moment of a stream of writes comes back in step, and the copy is sound and has every acknowledged row", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    let anna = await primary.administrator();
    const acknowledged: string[] = [];
    let isOver = false;
    const writing = (async () => {
      for (let number = 0; !isOver; number += 1) {
        const name = `Group ${number}`;
        try {
          await add(anna, name);
          acknowledged.push(name);
        } catch {
          // Not acknowledged: the server is away.
          await Bun.sleep(20);
        }
      }
    })();
    for (let round = 0; round < 6; round += 1) {
      await Bun.sleep(100 + Math.random() * 400);
      const victim = round % 2 === 0 ? standby : primary;
      await victim.kill();
      await victim.start();
      if (victim === primary) anna = await primary.administrator();
      await primary.signIn("olga");
      await primary.pairIs("the standby is back", ({ peer }) => peer?.isReached === true);
    }
    isOver = true;
    await writing;
    await inStep(primary);
    await standby.signIn("otto");
    const there = await takeOverByForce(primary, standby);
    expect(await names(there)).toContain("General");
    await standby.kill();
    const kept = expectSound(standby);
    expect(acknowledged.length).toBeGreaterThan(10);
    expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
  }, 120_000);

  test("B34 a change of roles that a power cut breaks off after it was decided is gone on with at the next start", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await add(await primary.administrator(), "Kept");
    await inStep(primary);
    await primary.kill();
    const answer = standby.act("switch", { force: true }).catch(() => null);
    await eventually("it is decided", async () =>
      (readPairRecord(standby.directory)?.taking ?? null) !== null ||
      readPairRecord(standby.directory)?.role === "primary"
        ? true
        : null,
    );
    await standby.kill();
    await answer;
    await standby.start();
    expect(await names(await standby.administrator())).toContain("Kept");
  }, 60_000);

  test("B34 a primary whose standby dies as it shall take over serves nothing until it hears that its role was not taken, and then serves on", async () => {
    await using pair = await pairedAppliances();
    const { primary, standby } = pair;
    await add(await primary.administrator(), "Kept");
    await inStep(primary);
    // The standby stands still when the word comes, as a machine does that hangs.
    standby.hold();
    const answer = primary.appliance.refusal("POST", "/api/appliance/standby/switch", { body: { force: false } });
    const { status } = await answer;
    await standby.kill();
    const isYielded = readPairRecord(primary.directory)?.hasYielded === true;
    await primary.signIn("olga");
    if (isYielded) {
      expect((await primary.administratorRefused()).status).toBe(503);
      expect((await primary.pair()).problem).toContain("gave its role away");
    } else {
      expect(status).toBe(409);
    }
    await standby.start();
    const anna = await primary.administrator();
    expect(await names(anna)).toContain("Kept");
    await primary.signIn("olga");
    await inStep(primary);
  }, 120_000);

  test("B34 a stranger, noise and a used invitation find no way in, and change nothing", async () => {
    await using two = await twoAppliances();
    const { site, fresh } = two;
    const noise = async (): Promise<void> => {
      const socket = silent(site.port);
      const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
      socket.addEventListener("open", () => socket.send(crypto.getRandomValues(new Uint8Array(5000))));
      await closed;
    };
    // Nobody is expected: there is no such address.
    expect((await site.appliance.request("GET", STANDBY_SOCKET_PATH)).status).toBe(404);
    await noise();
    const first = await site.invitation();
    const second = await site.invitation();
    expect(
      await fresh.appliance.refusal("POST", "/api/appliance/standby/join", { body: { invitation: first } }),
    ).toEqual({ status: 409, code: "standby.refused" });
    expect(
      await fresh.appliance.refusal("POST", "/api/appliance/standby/join", { body: { invitation: "made up" } }),
    ).toEqual({ status: 409, code: "standby.refused" });
    for (let round = 0; round < 10; round += 1) await noise();
    const { key } = readInvitation(second)!;
    const { promise, resolve } = Promise.withResolvers<string>();
    const stranger = { kind: "dialler", keys: makePairKeys(), hostKey: key, invitation: null } as const;
    const ignore = (): void => undefined;
    dialLane({ host: "127.0.0.1", port: site.port }, stranger, {
      ...{ onOpen: () => resolve("came in"), onMessage: ignore, onClose: (_, reason) => resolve(reason) },
    });
    expect(await promise).not.toBe("came in");
    expect(await site.pair()).toMatchObject({ role: "alone", peer: null });
    // Strangers who say nothing take nobody's place.
    const idle = Array.from({ length: 20 }, () => silent(site.port));
    await Bun.sleep(300);
    await fresh.act("join", { invitation: second });
    await inStep(site);
    for (const socket of idle) socket.close();
    // Good once.
    expect(readPairRecord(site.directory)?.invitation).toBeNull();
    expect(existsSync(join(fresh.directory, "standby/copy", DATABASE_FILE))).toBe(true);
  }, 60_000);
});
