import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "bun:test";
import type { Backup, Backups, ChangeBackupSettings } from "../../protocol/api/appliance/backups.ts";
import type { Static } from "@sinclair/typebox";
import { noRooms, PASSWORD, startTestServer, type TestServer } from "../test/test-server.ts";
import type { TestBrowser } from "../test/test-browser.ts";
import { decodeHeader, headerLength, PREFIX_BYTES } from "./format/header.ts";
import { BACKUPS_FOLDER } from "./targets.ts";

const PATH = "/api/appliance/backups";
const PASSPHRASE = "five ravens on the weir";
type Wish = Static<typeof ChangeBackupSettings>;
const onDisk: Wish = { isEnabled: false, at: "02:00", target: { kind: "disk" }, keepDays: 14, testsEvery: 0 };

async function administrator(site: TestServer): Promise<TestBrowser> {
  const browser = site.browser();
  const code = await site.core.applianceAccess.presenceCodes.create();
  await browser.json("POST", "/api/appliance/with-code", { code, username: "root-anna", password: PASSWORD });
  return browser;
}

async function start(settings: Partial<Wish> = {}): Promise<{ site: TestServer; anna: TestBrowser }> {
  const site = await startTestServer({ openRooms: noRooms });
  const anna = await administrator(site);
  await anna.json("PUT", `${PATH}/settings`, { ...onDisk, passphrase: PASSPHRASE, ...settings });
  return { site, anna };
}

const list = (anna: TestBrowser): Promise<Backups> => anna.json<Backups>("GET", PATH);

/** The backup once it no longer runs, and nothing else does. */
async function settled(site: TestServer, anna: TestBrowser, id: string): Promise<Backup> {
  for (;;) {
    if (!site.core.backups.isBusy) return (await list(anna)).backups.find((backup) => backup.id === id)!;
    await Bun.sleep(20);
  }
}

async function take(site: TestServer, anna: TestBrowser): Promise<Backup> {
  return await settled(site, anna, (await anna.json<Backup>("POST", PATH, {})).id);
}

describe("backups", () => {
  test("B29 a backup taken by hand is one encrypted file that shows nothing of the site, and can be downloaded", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const backup = await take(site, anna);
    expect(backup).toMatchObject({ state: "good", reason: "by-hand", place: "disk", problem: "" });
    const [file] = readdirSync(join(site.directory, BACKUPS_FOLDER));
    const bytes = readFileSync(join(site.directory, BACKUPS_FOLDER, file!));
    expect(bytes.length).toBe(backup.sizeBytes);
    for (const word of ["SQLite format", "Northmoor", "manifest.json", "anna"])
      expect(bytes.includes(word)).toBe(false);
    const response = await anna.request("GET", `${PATH}/${backup.id}/content`);
    expect(response.headers.get("content-disposition")).toContain(".backup");
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    const { lastGoodAt, keptBytes, settings } = await list(anna);
    expect({ lastGoodAt, keptBytes }).toEqual({ lastGoodAt: backup.takenAt, keptBytes: bytes.length });
    expect(settings).toMatchObject({ hasPassphrase: true, hasSecret: false });
  });

  test("NA9 neither the backup nor the appliance's own tables hold the passphrase, the secret key or the file's key in the clear", async () => {
    const { site, anna } = await start();
    await using _site = site;
    await take(site, anna);
    const [file] = readdirSync(join(site.directory, BACKUPS_FOLDER));
    const key = readFileSync(join(site.directory, "secret.key"));
    const bytes = readFileSync(join(site.directory, BACKUPS_FOLDER, file!));
    const database = readFileSync(join(site.directory, "causeway.sqlite"));
    const log = readFileSync(join(site.directory, "causeway.sqlite-wal"));
    for (const content of [bytes, database, log]) {
      expect(content.includes(PASSPHRASE)).toBe(false);
      expect(content.includes(key)).toBe(false);
      expect(content.includes(key.toString("base64url"))).toBe(false);
      expect(content.includes(key.toString("hex"))).toBe(false);
    }
    const { header } = decodeHeader(bytes.subarray(0, PREFIX_BYTES), headerOf(bytes));
    expect(database.includes(header.sealedFileKey) || log.includes(header.sealedFileKey)).toBe(false);
  });

  test("a test restore opens, migrates and checks the newest without its passphrase; an older one asks for it", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const first = await take(site, anna);
    site.clock!.advance(60_000);
    const second = await take(site, anna);
    await anna.json("POST", `${PATH}/${second.id}/test`, {});
    expect((await settled(site, anna, second.id)).test).toMatchObject({ isPassed: true, problem: "" });
    expect((await anna.refusal("POST", `${PATH}/${first.id}/test`, { body: {} })).code).toBe("request.conflict");
    await anna.json("POST", `${PATH}/${first.id}/test`, { passphrase: "another passphrase" });
    expect((await settled(site, anna, first.id)).test).toBeNull();
    await anna.json("POST", `${PATH}/${first.id}/test`, { passphrase: PASSPHRASE });
    expect((await settled(site, anna, first.id)).test).toMatchObject({ isPassed: true });
    expect((await list(anna)).restoreTookMs).toBeNumber();
  });

  test("a damaged backup fails its test, is told, and leaves nothing behind", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const alerts: string[] = [];
    site.core.backups.alertBy((cause, { problem }) => void alerts.push(`${cause}: ${problem}`));
    const backup = await take(site, anna);
    const folder = join(site.directory, BACKUPS_FOLDER);
    const file = join(folder, readdirSync(folder)[0]!);
    const bytes = readFileSync(file);
    bytes[300_000]! ^= 1;
    writeFileSync(file, bytes);
    await anna.json("POST", `${PATH}/${backup.id}/test`, {});
    const { test: result } = await settled(site, anna, backup.id);
    expect(result).toMatchObject({ isPassed: false });
    expect(result!.problem).toContain("altered");
    expect(alerts[0]).toStartWith("failed: The test restore failed. The backup was altered");
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("every so many backups one is restored for a test by itself", async () => {
    const { site, anna } = await start({ testsEvery: 2 });
    await using _site = site;
    const tested: boolean[] = [];
    for (let count = 0; count < 4; count += 1) {
      tested.push((await take(site, anna)).test !== null);
      site.clock!.advance(60_000);
    }
    expect(tested).toEqual([false, true, false, true]);
  });

  test("without a passphrase nothing is taken; a second one at the same time is refused; a cancelled one leaves nothing", async () => {
    await using site = await startTestServer({ openRooms: noRooms });
    const anna = await administrator(site);
    expect((await anna.refusal("POST", PATH, { body: {} })).code).toBe("request.conflict");
    const wish = { ...onDisk, isEnabled: true };
    expect((await anna.refusal("PUT", `${PATH}/settings`, { body: wish })).code).toBe("request.invalid");
    await anna.json("PUT", `${PATH}/settings`, { ...onDisk, passphrase: PASSPHRASE });
    const { id } = await anna.json<Backup>("POST", PATH, {});
    expect((await anna.refusal("POST", PATH, { body: {} })).code).toBe("request.conflict");
    const cancelled = await anna.json<Backup>("POST", `${PATH}/${id}/cancel`, {});
    expect(cancelled).toMatchObject({ state: "failed" });
    expect(cancelled.problem).toContain("called off");
    expect(readdirSync(join(site.directory, BACKUPS_FOLDER))).toEqual([]);
  });

  test("old backups go with their files after so many days; the newest good one stays whatever its age", async () => {
    const { site, anna } = await start({ keepDays: 3 });
    await using _site = site;
    const first = await take(site, anna);
    site.clock!.advance(4 * 86_400_000);
    const again = await reSignedIn(site);
    const second = await take(site, again);
    const { backups } = await list(again);
    expect(backups.map(({ id }) => id)).toEqual([second.id]);
    expect(first.id).not.toBe(second.id);
    expect(readdirSync(join(site.directory, BACKUPS_FOLDER))).toHaveLength(1);
  });

  test("a deleted backup is gone from its place, and the audit log names who did it", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const backup = await take(site, anna);
    await anna.json("DELETE", `${PATH}/${backup.id}`);
    expect(readdirSync(join(site.directory, BACKUPS_FOLDER))).toEqual([]);
    expect((await anna.refusal("GET", `${PATH}/${backup.id}/content`)).code).toBe("not_found");
    const { rows } = await (
      await site.administrator()
    ).json<{ rows: { action: string; actorName: string }[] }>("GET", "/api/login/audit");
    const told = rows
      .filter(({ action }) => action.startsWith("backup"))
      .map(({ action, actorName }) => `${action} ${actorName}`);
    expect(told).toEqual(["backup.deleted root-anna", "backup.taken root-anna", "backup-settings.changed root-anna"]);
  });

  test("B26 a program with the scope is handed a backup as it is made; without it it is refused", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const login = await site.administrator();
    const token = async (scopes: string[]): Promise<string> => {
      const account = { name: `nightly ${scopes[0]}`, comments: "", scopes, networks: [], expiresAt: null };
      const made = await login.json<{ apiAccount: { clientId: string }; clientSecret: string }>(
        "POST",
        "/api/login/api-accounts",
        account,
      );
      const body = new URLSearchParams({
        ...{ grant_type: "client_credentials", client_id: made.apiAccount.clientId, client_secret: made.clientSecret },
      });
      const answer = await fetch(`${site.url}/api/oauth/token`, {
        method: "POST",
        body,
        tls: { rejectUnauthorized: false },
      });
      return ((await answer.json()) as { access_token: string }).access_token;
    };
    const get = async (bearer: string): Promise<Response> =>
      await fetch(`${site.url}/api/login/backup`, {
        headers: { authorization: `Bearer ${bearer}` },
        tls: { rejectUnauthorized: false },
      });
    expect((await get(await token(["audit.view"]))).status).toBe(403);
    const response = await get(await token(["backups.take"]));
    expect(response.status).toBe(200);
    const file = join(site.directory, "program.backup");
    writeFileSync(file, Buffer.from(await response.arrayBuffer()));
    await settled(site, anna, "");
    const { backups } = await list(anna);
    expect(backups[0]).toMatchObject({ reason: "api", state: "good", place: "download" });
    expect(await restoredBy(site, file)).toBe(0);
    expect((await anna.refusal("GET", `${PATH}/${backups[0]!.id}/content`)).code).toBe("backup.unreachable");
  });

  test("what was running when the server ended is told as failed, and its traces are gone at the next start", async () => {
    const { site, anna } = await start();
    await using _site = site;
    const backup = await take(site, anna);
    const folder = join(site.directory, BACKUPS_FOLDER);
    writeFileSync(join(folder, "causeway-x.backup.part"), "half");
    await site.core.database.transaction(async (tx) => {
      await tx.updateTable("backups").set({ state: "running" }).where("id", "=", backup.id).execute();
    });
    await site.core.backups.clearUp();
    expect(await settled(site, anna, backup.id)).toMatchObject({
      state: "failed",
      problem: "The service ended while it ran.",
    });
    expect(readdirSync(folder).some((name) => name.endsWith(".part"))).toBe(false);
  });
});

const headerOf = (bytes: Buffer): Buffer =>
  bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerLength(bytes.subarray(0, PREFIX_BYTES)));

/** Sign-ins end after a while without activity. */
async function reSignedIn(site: TestServer): Promise<TestBrowser> {
  const browser = site.browser();
  await browser.json("POST", "/api/appliance/sign-in", { username: "root-anna", password: PASSWORD });
  return browser;
}

/** The exit status of `causeway restore` into a new directory. */
async function restoredBy(site: TestServer, file: string): Promise<number> {
  const data = join(site.directory, "restored");
  const words = ["restore", "--data", data, "--file", file, "--passphrase-stdin"];
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "../main.ts"), ...words], {
    ...{ stdin: Buffer.from(`${PASSPHRASE}\n`), stdout: "ignore", stderr: "inherit" },
  });
  const status = await child.exited;
  return existsSync(join(data, "causeway.sqlite")) ? status : -1;
}
