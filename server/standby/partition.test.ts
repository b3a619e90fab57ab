import { statSync } from "node:fs";
import { join } from "node:path";
import { Database as Sqlite } from "bun:sqlite";
import { expect, test } from "bun:test";
import type { AuditRow } from "../../protocol/api/administration.ts";
import { DATABASE_FILE } from "../database/database.ts";
import { type Appliance, eventually, inStep, twoAppliances } from "../test/paired-appliances.ts";
import { openPartedMachines } from "../test/parted-machines.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { encodeInvitation, readInvitation } from "./invitation.ts";

/** A line counts as dead after 15 s of silence, and is dialled again within 12 s. */
const FOUND_MS = 45_000;

/** Writes one row after the other; what was acknowledged, in order. */
class Writing {
  readonly acknowledged: string[] = [];
  #isOver = false;
  readonly #writing: Promise<void>;
  constructor(browser: TestBrowser, mark: string) {
    this.#writing = this.#write(browser, mark);
  }

  async wrote(more: number): Promise<void> {
    const count = this.acknowledged.length + more;
    await eventually(`${count} rows`, () => Promise.resolve(this.acknowledged.length >= count ? true : null), FOUND_MS);
  }

  async stop(): Promise<readonly string[]> {
    this.#isOver = true;
    await this.#writing;
    return this.acknowledged;
  }

  async #write(browser: TestBrowser, mark: string): Promise<void> {
    for (let number = 0; !this.#isOver; number += 1) {
      const name = `${mark} ${number}`;
      try {
        await browser.json("POST", "/api/login/jump-groups", { name, comments: "" });
        this.acknowledged.push(name);
      } catch {
        // Not acknowledged, and so not promised.
      }
      await Bun.sleep(20);
    }
  }
}

function rowsOf({ directory }: Appliance, file = DATABASE_FILE): Set<string> {
  using database = new Sqlite(join(directory, file), { readonly: true });
  const rows = database.query<{ name: string }, []>("select name from jump_groups").all();
  return new Set(rows.map(({ name }) => name));
}

const baseOf = ({ directory }: Appliance): number => statSync(join(directory, "standby/copy", DATABASE_FILE)).ino;
const isReached = (appliance: Appliance, isSo: boolean) =>
  appliance.pairIs(isSo ? "they are together" : "they are apart", ({ peer }) => peer?.isReached === isSo, FOUND_MS);

test("B34 two that the network parts find each other again: unharmed where nothing was done, else the newer term serves, and what only the other one wrote is said and kept", async () => {
  using network = openPartedMachines();
  await using two = await twoAppliances(undefined, network.machines);
  const { site, fresh } = two;
  const invitation = readInvitation(await site.invitation())!;
  await fresh.act("join", {
    invitation: encodeInvitation({ ...invitation, hosts: [network.machines[0].between] }),
  });
  await inStep(site);
  const writing = new Writing(await site.administrator(), "first");
  await writing.wrote(10);
  const base = baseOf(fresh);
  // Parted for a while: nobody is asked, and the primary serves on.
  network.cut();
  await writing.wrote(50);
  await fresh.signIn("otto");
  await Promise.all([isReached(site, false), isReached(fresh, false)]);
  network.mend();
  await isReached(site, true);
  await inStep(site, FOUND_MS);
  expect(baseOf(fresh)).toBe(base);
  const before = [...writing.acknowledged];
  // Parted again, and somebody takes the primary for dead.
  await inStep(site);
  network.cut();
  await writing.wrote(50);
  await isReached(fresh, false);
  expect(await fresh.act("switch", { force: true })).toMatchObject({ role: "primary" });
  const there = new Writing(await fresh.administrator(), "second");
  await there.wrote(20);
  await writing.wrote(20);
  network.mend();
  const newer = await there.stop();
  await site.signIn("olga");
  const stepped = await site.pairIs("it steps back", ({ role }) => role === "standby", FOUND_MS);
  const older = await writing.stop();
  await fresh.signIn("olga");
  await inStep(fresh, FOUND_MS);
  const kept = rowsOf(fresh);
  expect([...before, ...newer].filter((name) => !kept.has(name))).toEqual([]);
  const lost = older.filter((name) => !kept.has(name));
  expect(lost.length).toBeGreaterThan(70);
  // It is said on both sides since when, and nothing is thrown away.
  expect(stepped.history.map(({ text }) => text).join()).toMatch(
    /What this appliance wrote after \d{4}-.* UTC is kept in its former/u,
  );
  const told = (await fresh.pair()).history.map(({ text }) => text).join();
  expect(told).toMatch(
    /What the other one wrote after \d{4}-.* UTC is lost: .* s until it was last heard, and what it/u,
  );
  const { rows } = await (await fresh.administrator()).json<{ rows: AuditRow[] }>("GET", "/api/login/audit");
  const written = rows.find(({ action }) => action === "standby.stepped-back")?.detail;
  expect(written).toMatchObject({ term: 2, wroteAloneAfter: expect.stringMatching(/^\d{4}-.*Z$/u) });
  await site.stop();
  const own = rowsOf(site);
  expect(older.filter((name) => !own.has(name))).toEqual([]);
}, 240_000);
