import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import type { Restore } from "../../protocol/api/appliance/backups.ts";
import { setUpSite } from "../set-up/set-up.ts";
import { startServingProcess } from "../test/serving-process.ts";
import { ScriptedConsole } from "../test/scripted-console.ts";
import { startTestSite } from "../test/test-site.ts";
import { temporaryDirectory } from "../test/temporary-directory.ts";
import { TestBrowser } from "../test/test-browser.ts";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import { makePassphraseKey } from "./format/keys.ts";
import { openBackup } from "./job/open-backup.ts";
import { takeBackup } from "./job/take.ts";
import { PENDING, putPendingInPlace } from "./swap.ts";
import { systemClock } from "../clock.ts";
import { openCore } from "../core.ts";
import { createLog } from "../log.ts";

const PASSPHRASE = "five ravens on the weir";
const RESTORE = "/api/appliance/restore";

async function administrator(site: Pick<TestServer, "core" | "browser">): Promise<TestBrowser> {
  const browser = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await browser.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
  return browser;
}

/** A backup of a site called Westmoor with an account "rosa", as a file's bytes. */
async function westmoor(change: { version?: string } = {}): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), "causeway-backup-"));
  try {
    const log = createLog(() => undefined, systemClock.now);
    const version = change.version ?? "0.0.0-test";
    const core = await openCore({ directory, credentialsDirectory: null, clock: systemClock, log, version });
    const site = { siteName: "Westmoor", hostname: "west.example", isConsoleEnabled: false, certificate: null };
    await setUpSite(core, { kind: "system" }, { ...site, username: "rosa", displayName: "Rosa", password: PASSWORD });
    await core.database.transaction(async (tx) => {
      await tx.insertInto("updates").values(updateUnderWay).execute();
      await tx.insertInto("settings").values({ name: "updateReturn", value: "{}" }).execute();
    });
    const secretKey = core.secrets.keyForBackup();
    await core[Symbol.asyncDispose]();
    mkdirSync(join(directory, "work"));
    await takeBackup(
      {
        ...{
          kind: "take",
          directory,
          work: join(directory, "work"),
          takenAt: new Date().toISOString(),
          version,
          secretKey,
        },
        ...{ passphraseKey: await makePassphraseKey(PASSPHRASE), fileName: "w.backup" },
        place: { kind: "folder", path: join(directory, "out") },
      },
      { progress: () => undefined, signal: new AbortController().signal, hand: () => Promise.resolve() },
    );
    return readFileSync(join(directory, "out", "w.backup"));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One whose bundle was being checked when the backup was taken. */
const updateUnderWay = {
  ...{ id: "u1", version: "1.4.0", file_name: "u1.bundle", size_bytes: 10, received_bytes: 10 },
  source: "upload",
  state: "preparing",
  ...{ manifest: null, restarts_at: null, drain_minutes: 0, from_version: "1.3.0", slot: null },
  steps: JSON.stringify([
    { step: "received", state: "done", at: null, progress: null, detail: "" },
    { step: "verified", state: "running", at: null, progress: 0.5, detail: "" },
  ]),
  ...{ begun_at: "2026-11-01T00:00:00.000Z", ended_at: null },
} as const;

async function upload(
  anna: TestBrowser,
  bytes: Uint8Array,
  passphrase = PASSPHRASE,
  sliceBytes = 200_000,
): Promise<Restore> {
  const { id } = await anna.json<Restore>("POST", `${RESTORE}/begin`, { sizeBytes: bytes.length, passphrase });
  for (let offset = 0; offset < bytes.length; offset += sliceBytes)
    await anna.request("PUT", `${RESTORE}/${id}/content?offset=${offset}`, {
      raw: Buffer.from(bytes.subarray(offset, offset + sliceBytes)),
    });
  return await opened(anna);
}

async function opened(anna: TestBrowser): Promise<Restore> {
  for (;;) {
    const { restore } = await anna.json<{ restore: Restore }>("GET", RESTORE);
    if (restore.state !== "opening" && restore.state !== "receiving") return restore;
    await Bun.sleep(20);
  }
}

describe("restoring", () => {
  test("an uploaded backup is shown before it replaces anything, in slices that go on where they broke off", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const anna = await administrator(site);
    const bytes = await westmoor();
    const { id } = await anna.json<Restore>("POST", `${RESTORE}/begin`, {
      sizeBytes: bytes.length,
      passphrase: PASSPHRASE,
    });
    const put = (offset: number, end: number) =>
      anna.refusal("PUT", `${RESTORE}/${id}/content?offset=${offset}`, {
        raw: Buffer.from(bytes.subarray(offset, end)),
      });
    expect((await put(0, 1000)).code).toBe("");
    expect((await put(0, 1000)).code).toBe("request.stale");
    expect((await put(2000, 3000)).code).toBe("request.stale");
    expect((await anna.json<{ restore: Restore }>("GET", RESTORE)).restore.receivedBytes).toBe(1000);
    expect((await put(1000, bytes.length)).code).toBe("");
    const restore = await opened(anna);
    expect(restore.state).toBe("ready");
    expect(restore.preview).toMatchObject({ siteName: "Westmoor", hostname: "west.example" });
    expect(restore.preview!.counts.representatives).toBe(1);
    expect(restore.notes.join(" ")).toContain("west.example again, here it is localhost");
    expect((await site.core.settings.read()).siteName).toBe("Northmoor");
    await anna.json("POST", `${RESTORE}/${id}/cancel`, {});
    expect((await anna.json<{ restore: null }>("GET", RESTORE)).restore).toBeNull();
    expect(readdirSync(site.directory).some((name) => name.startsWith("restore"))).toBe(false);
  });

  test("a wrong passphrase, a cut, a changed, a foreign and an endless file are refused in words, and leave nothing", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const anna = await administrator(site);
    const bytes = await westmoor();
    const changed = Buffer.from(bytes);
    changed[bytes.length - 100_000]! ^= 1;
    const cases: [Uint8Array, string, string][] = [
      [bytes, "another passphrase", "not the passphrase"],
      [bytes.subarray(0, bytes.length - 300_000), PASSPHRASE, "ends too early"],
      [bytes.subarray(0, 100), PASSPHRASE, "cut off"],
      [changed, PASSPHRASE, "altered"],
      [Buffer.from("SQLite format 3\0 and so on and on"), PASSPHRASE, "no backup of Causeway"],
    ];
    for (const [file, passphrase, words] of cases) {
      const { state, problem } = await upload(anna, file, passphrase);
      expect(state).toBe("failed");
      expect(problem).toContain(words);
      expect(readdirSync(site.directory).some((name) => name.startsWith("restore"))).toBe(false);
    }
    const { id } = await anna.json<Restore>("POST", `${RESTORE}/begin`, { sizeBytes: 10, passphrase: PASSPHRASE });
    const tooLong = await anna.refusal("PUT", `${RESTORE}/${id}/content?offset=0`, { raw: Buffer.alloc(11) });
    expect(tooLong.code).toBe("request.too_large");
    expect((await anna.refusal("POST", `${RESTORE}/${id}/start`, { body: {} })).code).toBe("request.stale");
    const huge = { sizeBytes: 2 ** 40, passphrase: PASSPHRASE };
    await anna.json("POST", `${RESTORE}/${id}/cancel`, {});
    expect((await anna.refusal("POST", `${RESTORE}/begin`, { body: huge })).code).toBe("storage.full");
  }, 60_000);

  test("a started restore serves the backup's site on the same port, with everybody signed out and the box's listeners kept", async () => {
    using folder = temporaryDirectory();
    const code = await makeNorthmoor(folder.path);
    await using server = await startServingProcess(folder.path);
    const url = `https://127.0.0.1:${server.port}`;
    const anna = new TestBrowser(url);
    await anna.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
    const restore = await upload(anna, await westmoor());
    expect(restore.state).toBe("ready");
    const started = await anna.json<Restore>("POST", `${RESTORE}/${restore.id}/start`, {});
    expect(started.state).toBe("restarting");
    await until(async () => (await site(url)) === "Westmoor");
    expect((await anna.refusal("GET", "/api/appliance/account")).code).toBe("sign_in.required");
    const rosa = new TestBrowser(url);
    await rosa.signIn("login", "rosa", PASSWORD);
    const { rows } = await rosa.json<{ rows: { action: string; actorName: string }[] }>("GET", "/api/login/audit");
    expect(rows.find(({ action }) => action === "backup.restored")?.actorName).toBe("root-anna");
    await server.kill();
    const log = createLog(() => undefined, systemClock.now);
    const options = { credentialsDirectory: null, clock: systemClock, log, version: "0.0.0-test" };
    await using core = await openCore({ ...options, directory: folder.path });
    const kept = await core.database.queries
      .selectFrom("settings")
      .selectAll()
      .where("name", "=", "listeners")
      .execute();
    expect(kept).toHaveLength(1);
    expect((await core.site.trustBundle()).version).toBeGreaterThan(1000);
    const update = await core.database.queries.selectFrom("updates").selectAll().executeTakeFirstOrThrow();
    expect(update).toMatchObject({ state: "cancelled", ended_at: expect.stringContaining("T") });
    expect(JSON.parse(update.steps)[1]).toMatchObject({ state: "waiting", progress: null });
    const asked = core.database.queries.selectFrom("settings").select("value").where("name", "=", "updateReturn");
    expect(await asked.execute()).toEqual([]);
    await using before = await openCore({ ...options, directory: join(folder.path, "before-restore") });
    expect((await before.settings.read()).siteName).toBe("Northmoor");
  }, 60_000);

  test("the same backup restored twice publishes a later trust bundle each time, which Jump Clients take", async () => {
    using folder = temporaryDirectory();
    const bytes = await westmoor();
    const open = async (): Promise<number> => {
      const work = join(folder.path, "restore-opened");
      await Bun.write(join(folder.path, "in", "w.backup"), bytes);
      const place = { kind: "folder" as const, path: join(folder.path, "in") };
      const opened = { fileName: "w.backup", opening: { passphrase: PASSPHRASE }, work, version: "0.0.0-test" };
      await openBackup(
        { kind: "open", place, ...opened, settle: { directory: folder.path, restorer: null } },
        { progress: () => undefined, signal: new AbortController().signal, hand: () => Promise.resolve() },
      );
      renameSync(work, join(folder.path, PENDING));
      expect(putPendingInPlace(folder.path)).toBe(true);
      const log = createLog(() => undefined, systemClock.now);
      const options = { directory: folder.path, credentialsDirectory: null, clock: systemClock, log };
      await using core = await openCore({ ...options, version: "0.0.0-test" });
      return (await core.site.trustBundle()).version;
    };
    const first = await open();
    expect(await open()).toBeGreaterThan(first);
  }, 60_000);

  test("who is signed in hears of a restore before it cuts them off", async () => {
    await using site = await startTestSite();
    const anna = await administrator(site.server);
    using console = await ScriptedConsole.open(site.admin);
    const restore = await upload(anna, await westmoor());
    await anna.json("POST", `${RESTORE}/${restore.id}/start`, {});
    const told = await console.socket.next("console.signed-out");
    expect(told).toMatchObject({
      code: "sign_in.required",
      message: expect.stringContaining("restored from a backup"),
    });
  }, 60_000);
});

/** A set-up site whose listeners were chosen; returns a code of its console. */
async function makeNorthmoor(directory: string): Promise<string> {
  const log = createLog(() => undefined, systemClock.now);
  const options = { credentialsDirectory: null, clock: systemClock, log, version: "0.0.0-test" };
  await using core = await openCore({ ...options, directory });
  const site = { siteName: "Northmoor", hostname: "localhost", isConsoleEnabled: false, certificate: null };
  await setUpSite(core, { kind: "system" }, { ...site, username: "anna", displayName: "Anna", password: PASSWORD });
  const everywhere = { address: "", port: null, networks: [] };
  const value = JSON.stringify({ endpoints: everywhere, consoles: everywhere, administration: everywhere });
  await core.database.transaction(async (tx) => {
    await tx.insertInto("settings").values({ name: "listeners", value }).execute();
  });
  return await core.applianceAccess.presenceCodes.create();
}

/** The site's name as anybody reads it; "" while nobody answers. */
async function site(url: string): Promise<string> {
  try {
    const response = await fetch(`${url}/api/site`, { tls: { rejectUnauthorized: false } });
    return ((await response.json()) as { siteName: string }).siteName;
  } catch {
    return "";
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(50);
}
